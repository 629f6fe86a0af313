import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("Verifying a store")
struct VerificationTests {
    @Test("finds nothing wrong with stores of any history, of either kind", arguments: UInt64(0)..<40)
    func whole(seed: UInt64) throws {
        let store = try StoreOnDisk(seed % 2 == 0 ? .client : .server, history: seed)
        let before = try store.directory.contents()
        let opened = try store.open()
        let result = try opened.verify()
        #expect(result.firstProblem == nil, "\(result.firstProblem?.sentence.english ?? "") seed \(seed)")
        #expect(try result.changeCount == opened.read { try $0.log(of: GeneratedHistory.scope).count } + 1)
        try opened.close()
        #expect(try store.directory.contents().filter { $0.key.hasSuffix("sqlite") } == before)
    }

    @Test("finds nothing wrong with an empty store, nor with one while it is written")
    func inUse() throws {
        #expect(try StoreOnDisk().problem() == nil)
        let store = try StoreOnDisk(history: 7)
        let writer = try store.open(.write)
        try writer.write { try $0.set("name", to: "office") }
        #expect(try store.problem() == nil)
        try writer.close()
    }

    @Test("works on a store of an older program, which it leaves as it is", arguments: StoreKind.allCases)
    func older(kind: StoreKind) throws {
        let store = try StoreOnDisk(kind, history: 3)
        try store.alter { database in
            try database.execute(
                sql: """
                    ALTER TABLE change DROP COLUMN checksum;
                    \(StoreOnDisk.withoutSeals)
                    PRAGMA user_version = \(kind == .client ? 3 : 2);
                    """
            )
        }
        let before = try store.bytes
        #expect(try store.problem() == nil)
        #expect(try store.bytes == before)
        // And once it is opened for writing it has checksums.
        try store.open(.write).close()
        #expect(try store.problem() == nil)
        try store.alter { try $0.execute(sql: "UPDATE change SET received = received + 1 WHERE position = 2") }
        #expect(try store.problem()?.kind == .checksum)
    }

    // MARK: - Alterations

    static let alterations: [(String, StoreProblem.Kind)] = [
        ("UPDATE change SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE position = 2", .undecodable),
        ("UPDATE change SET hash = zeroblob(16) WHERE position = 2", .hash),
        ("UPDATE change SET received = received + 60 WHERE position = 2", .checksum),
        ("UPDATE change SET position = 1000 WHERE position = (SELECT max(position) FROM change)", .checksum),
        ("UPDATE change SET line = 77 WHERE position = 2", .unplaced),
        ("DELETE FROM change WHERE position = 1", .gap),
        ("DELETE FROM change WHERE position = (SELECT max(position) FROM change)", .empty),
        ("UPDATE line SET replica = replica + 1 WHERE number = 1", .hash),
        ("UPDATE line SET head_hash = zeroblob(16) WHERE number = 1", .head),
        ("UPDATE line SET frontier = x'00' WHERE number = 1", .head),
        ("UPDATE line SET delivered_sequence = head_sequence + 1 WHERE number = 1", .delivered),
        ("INSERT INTO scope (unit) VALUES ('410000')", .empty),
        ("UPDATE scope SET unit = '410728-09' WHERE number = 1", .hash),
        ("DELETE FROM cell WHERE others = 2", .cellMissing),
        ("UPDATE cell SET value = x'0504' WHERE others = 2", .cellWrong),
        ("UPDATE cell SET others = 1 WHERE others = 2", .cellWrong),
        ("UPDATE cell SET period = period + 16", .cellExtra),
        ("DELETE FROM version", .versionMissing),
        ("UPDATE version SET value = x'01'", .versionWrong),
        ("UPDATE version SET sequence = sequence + 40", .versionExtra),
        ("DELETE FROM filing WHERE is_submission = 1", .filingMissing),
        ("UPDATE filing SET filled = filled + 1 WHERE is_submission = 1", .filingWrong),
        ("UPDATE filing SET scope = scope + 5", .filingExtra),
        ("UPDATE code SET text = 'other' WHERE text = 'land'", .cellExtra),
        ("DELETE FROM setting WHERE name = 'replica'", .identity),
        ("DROP INDEX line_by_scope", .schema),
        ("CREATE TABLE notes (text)", .schema),
    ]

    @Test("names what was altered", arguments: alterations)
    func altered(sql: String, kind: StoreProblem.Kind) throws {
        // A history that ends with a conflict.
        let store = try StoreOnDisk(history: 5)
        try store.alter { database in
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM cell WHERE others = 2")! > 0)
            try database.execute(sql: sql)
        }
        let problem = try store.problem()
        #expect(problem?.kind == kind, "\(problem?.sentence.english ?? "nothing") after \(sql)")
    }

    @Test("names the scope, the replica and the change that is wrong")
    func named() throws {
        let store = try StoreOnDisk()
        let writer = try store.open(.write)
        let history = GeneratedHistory(seed: 5)
        let stored = history.stored
        _ = try writer.write {
            try $0.take(Batch(scope: GeneratedHistory.scope, changes: stored), received: Timestamp(secondsSince1970: 1))
        }
        try writer.close()
        try store.alter { try $0.execute(sql: "UPDATE change SET received = 2 WHERE position = 3") }
        let problem = try #require(try store.problem())
        #expect(problem.code == "checksum_wrong" && problem.scope == GeneratedHistory.scope)
        #expect(problem.hash == stored[2].hash && problem.replica == stored[2].chained.replica)
        #expect(problem.sequence == stored[2].chained.sequence)
    }

    // MARK: - Single bytes

    @Test("finds every byte that is flipped in a row of the log or of what it implies")
    func flippedInRows() throws {
        let store = try StoreOnDisk(history: 11, stepCount: 16)
        let whole = try store.bytes
        let before = try store.alter(StoreOnDisk.rows)
        for table in StoreOnDisk.tables { #expect(before[table]?.isEmpty == false, "\(table)") }
        var (found, refused, missed) = (0, 0, [String]())
        for table in StoreOnDisk.tables {
            for (index, row) in before[table]!.enumerated() {
                for (column, value) in row {
                    for (byte, flipped) in Self.flips(of: value).enumerated() {
                        let isDone = try store.alter { database in
                            try database.execute(sql: "PRAGMA synchronous = OFF")
                            return try Self.set(column, to: flipped, inRow: index, of: table, row, database)
                        }
                        guard isDone else {
                            refused += 1
                            continue
                        }
                        if try store.problem() != nil {
                            found += 1
                        } else {
                            missed.append("\(table) \(index) \(column) \(byte): \(value) → \(flipped)")
                        }
                        try store.write(whole)
                    }
                }
            }
        }
        print("  \(found) flipped bytes found, \(refused) refused by the database")
        // Up to where the province has a chain is no word of the log, and the next sync says it anew.
        missed.removeAll { $0.contains("delivered_sequence") }
        #expect(missed.isEmpty, "\(missed.joined(separator: "\n"))")
        #expect(found > 1000)
    }

    /// The value with each of its bytes flipped in turn.
    private static func flips(of value: DatabaseValue) -> [DatabaseValue] {
        if let number = Int64.fromDatabaseValue(value) {
            return (0..<8).map { (number ^ (1 << ($0 * 8))).databaseValue }
        }
        guard let data = Data.fromDatabaseValue(value) else { return [] }
        return data.indices.map { index in
            var data = data
            data[index] ^= 0x10
            return data.databaseValue
        }
    }

    private static func set(
        _ column: String,
        to value: DatabaseValue,
        inRow index: Int,
        of table: String,
        _ row: Row,
        _ database: Database
    ) throws -> Bool {
        let names = row.columnNames.map { "\($0) IS ?" }.joined(separator: " AND ")
        do {
            try database.execute(
                sql: "UPDATE \(table) SET \(column) = ? WHERE \(names)",
                arguments: StatementArguments([value] + row.databaseValues)
            )
            return database.changesCount == 1
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            return false
        }
    }

    /// Whether the store cannot be opened, or `verify` names something.
    private static func isFound(in store: StoreOnDisk) -> Bool {
        do {
            return try store.problem() != nil
        } catch {
            return true
        }
    }

    @Test("finds every byte that is flipped in the file, or else reads what was there before")
    func flippedInFile() throws {
        let store = try StoreOnDisk(history: 11, stepCount: 6)
        // The smallest pages there are: less unused room, in which a byte says nothing.
        try store.alter { database in
            try database.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM")
        }
        let whole = try store.bytes
        let before = try store.alter(StoreOnDisk.rows)
        // The first page, which names the tables, and theirs: so little fits on one page each.
        let pages = try store.alter { database in
            let names = StoreOnDisk.tables.map { "'\($0)'" }.joined(separator: ", ")
            return try Int.fetchAll(database, sql: "SELECT rootpage FROM sqlite_master WHERE tbl_name IN (\(names))")
        }
        let offsets = ([1] + pages).flatMap { ($0 - 1) * 512..<$0 * 512 }
        var (found, harmless) = (0, 0)
        for offset in offsets {
            var bytes = whole
            bytes[offset] ^= 0x20
            try store.write(bytes)
            if Self.isFound(in: store) {
                found += 1
            } else {
                harmless += 1
                let rows = try? store.alter(StoreOnDisk.rows)
                #expect(rows == before, "byte \(offset) of \(whole.count)")
            }
        }
        print("  of \(offsets.count) bytes \(found) were found, and \(harmless) say nothing")
        // The rest is room that no row uses yet.
        #expect(found > offsets.count / 5)
    }
}

extension StoreProblem.Kind: CustomTestStringConvertible {
    public var testDescription: String { self.rawValue }
}
