import Foundation
import GRDB
import ReportModel

// A damaged file may hold anything in any column. What cannot be what it should be is thrown, and never ends the
// program, as GRDB's subscripts would.

extension Row {
    /// A whole number.
    ///
    /// - Throws: when there is none in the column.
    func integer(_ column: String) throws -> Int64 {
        try self.decode(forColumn: column)
    }

    func integer(at index: Int) throws -> Int64 {
        try self.decode(atIndex: index)
    }

    func optionalInteger(_ column: String) throws -> Int64? {
        (self[column] as DatabaseValue).isNull ? nil : try self.integer(column)
    }

    /// A sequence or another number that is never negative.
    func count(_ column: String) throws -> UInt64 {
        guard let count = UInt64(exactly: try self.integer(column)) else {
            throw MalformedBytes(offset: 0, expected: "a number from 0 in column \(column)")
        }
        return count
    }

    func text(_ column: String) throws -> String {
        try self.decode(forColumn: column)
    }

    func text(at index: Int) throws -> String {
        try self.decode(atIndex: index)
    }

    func bytes(_ column: String) throws -> [UInt8] {
        Array(try self.decode(Data.self, forColumn: column))
    }

    /// `nil` for NULL, and where the row has no such column.
    func optionalBytes(_ column: String) throws -> [UInt8]? {
        guard self.hasColumn(column), !(self[column] as DatabaseValue).isNull else { return nil }
        return try self.bytes(column)
    }

    /// Who seals a line; stores of former programs have no such column.
    func signer() throws -> DeviceID? {
        try self.optionalBytes("signer").map { bytes in
            guard let signer = DeviceID(bytes: bytes) else {
                throw MalformedBytes(offset: 0, expected: "a device in column signer")
            }
            return signer
        }
    }

    func time(_ column: String) throws -> Timestamp {
        Timestamp(secondsSince1970: try self.integer(column))
    }

    func chainHash(_ column: String) throws -> ChainHash {
        guard let hash = ChainHash(bytes: try self.bytes(column)) else {
            throw MalformedBytes(offset: 0, expected: "a hash in column \(column)")
        }
        return hash
    }

    /// The place of a change in the log, of the columns `line` and `sequence`.
    func position() throws -> ScopeChains.Position {
        ScopeChains.Position(line: try self.integer("line"), sequence: try self.count("sequence"))
    }

    /// The period with the number in the column.
    ///
    /// - Returns: `nil` when it is the number of none.
    func period(_ column: String) throws -> Period? {
        Period(wireNumber: try self.count(column))
    }
}

extension ScopeChains {
    /// - Throws: when no line has the number: then some row of the store is damaged.
    func held(_ number: LineNumber) throws -> Line {
        guard let line = self.lines.first(where: { $0.number == number }) else {
            throw MalformedBytes(offset: 0, expected: "line \(number) among those of \(self.scope)")
        }
        return line
    }

    /// - Throws: when a line forks from none before it, or ends before it begins.
    func requireTree() throws {
        for line in self.lines {
            let begin = line.fork?.sequence ?? 0
            let isRooted =
                line.fork.map { fork in
                    self.lines.contains {
                        $0.number == fork.line && fork.line < line.number && fork.sequence <= $0.head.sequence
                            && $0.replica == line.replica
                    }
                } ?? true
            guard isRooted, begin < line.head.sequence else {
                throw MalformedBytes(offset: 0, expected: "line \(line.number) of \(self.scope) to follow another")
            }
        }
    }
}
