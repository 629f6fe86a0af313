import Foundation
import GRDB
import ReportModel

/// Writes to a store within one transaction. Reads through it see what it wrote.
package final class StoreWriter {
    let database: Database
    /// Of the change appended last; looked up once a transaction.
    private var lastPosition: Int64?
    private var touchedLines: [UnitCode: Set<ScopeChains.LineNumber>] = [:]
    lazy var cells = CellWriter(self)
    var filings = FilingWriter()
    /// Looked up once a transaction.
    var knownAuthority: DeviceID??
    /// Cells of which something was taken out in this transaction; until its end they may still show it.
    var outdatedCells: [UnitCode: Set<AddressInScope>] = [:]

    /// Reads within the transaction.
    package let reader: StoreReader

    init(_ database: Database, _ safeguards: Safeguards = .all) {
        self.database = database
        self.reader = StoreReader(database, safeguards)
    }

    /// Keeps a named value, in place of the one before.
    package func set(_ name: String, to value: String) throws {
        try self.database.executeCached(
            sql: "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            arguments: [name, value]
        )
    }

    /// Puts these in the place of the scheme's files.
    package func replaceSchemeFiles(with files: [(name: String, text: String)]) throws {
        try self.database.execute(sql: "DELETE FROM scheme_file")
        for file in files {
            try self.database.executeCached(
                sql: "INSERT INTO scheme_file VALUES (?, ?)",
                arguments: [file.name, file.text]
            )
        }
    }

    /// Notes that a replica has said hello.
    package func noteDevice(_ replica: ReplicaID, unit: UnitCode, at time: Timestamp) throws {
        try self.database.executeCached(
            sql: """
                INSERT INTO device VALUES (?, ?, ?)
                ON CONFLICT (replica) DO UPDATE SET unit = excluded.unit, last_seen = excluded.last_seen
                """,
            arguments: [replica.stored, unit.description, time.secondsSince1970]
        )
    }
}

// MARK: - Numbers

extension StoreWriter {
    func number(of scope: UnitCode) throws -> Int64 {
        try self.reader.number(of: scope) ?? self.insert("INSERT INTO scope (unit) VALUES (?)", scope.description)
    }

    func number(of code: Code) throws -> Int64 {
        try self.reader.number(of: code) ?? self.insert("INSERT INTO code (text) VALUES (?)", code.description)
    }

    private func insert(_ sql: String, _ text: String) throws -> Int64 {
        try self.database.cachedStatement(sql: sql).execute(arguments: [text])
        return self.database.lastInsertedRowID
    }
}

// MARK: - Chains

extension StoreWriter {
    /// The chains of `scope`, with what this transaction added.
    package func chains(in scope: UnitCode) throws -> ScopeChains {
        try self.reader.chains(in: scope)
    }

    /// Appends an accepted change to the log and to its line.
    ///
    /// - Returns: Where it is now.
    func append(
        _ accepted: ScopeChains.Accepted,
        to line: ScopeChains.LineNumber?,
        fork: ScopeChains.Position?,
        in scope: UnitCode,
        bytes: [UInt8],
        received: Timestamp
    ) throws -> ScopeChains.Position {
        let number = try line ?? self.newLine(accepted, fork: fork, in: scope)
        if line == nil {
            self.reader.memo.chains[scope]!.branch(number, from: fork, with: accepted)
        } else {
            self.reader.memo.chains[scope]!.extend(number, with: accepted)
        }
        self.touchedLines[scope, default: []].insert(number)
        let last = try self.lastPosition ?? self.reader.lastArrival()
        let place = LogPlace(
            position: last + 1,
            line: number,
            sequence: Int64(accepted.sequence),
            received: received.secondsSince1970
        )
        let hash = accepted.hash.bytes
        let statement = try self.database.cachedStatement(sql: "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?)")
        statement.bind(1, place.position)
        statement.bind(2, place.line)
        statement.bind(3, place.sequence)
        statement.bind(4, hash)
        statement.bind(5, place.received)
        statement.bind(6, bytes)
        statement.bind(7, place.checksum(with: hash))
        try statement.step(in: self.database)
        self.lastPosition = place.position
        return ScopeChains.Position(line: number, sequence: accepted.sequence)
    }

    private func newLine(
        _ accepted: ScopeChains.Accepted,
        fork: ScopeChains.Position?,
        in scope: UnitCode
    ) throws -> ScopeChains.LineNumber {
        try self.database.executeCached(
            sql: """
                INSERT INTO line
                    (scope, replica, fork_line, fork_sequence, head_sequence, head_hash, frontier, delivered_sequence,
                    signer)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                try self.number(of: scope), accepted.replica.stored, fork?.line, fork.map { Int64($0.sequence) },
                Int64(accepted.sequence), Data(accepted.hash.bytes), Data(Self.encoded(accepted.frontierAfter)),
                Int64(fork?.sequence ?? 0), accepted.signer.map { Data($0.bytes) },
            ]
        )
        return self.database.lastInsertedRowID
    }

    /// Brings up to date what changes once a transaction, not once a change. To be called at its end.
    func finish() throws {
        try self.saveLines()
        try self.rebuildOutdatedCells()
    }

    /// Writes the heads of all lines that grew.
    func saveLines() throws {
        for (scope, numbers) in self.touchedLines {
            for number in numbers {
                let line = self.reader.memo.chains[scope]![number]
                try self.database.executeCached(
                    sql: "UPDATE line SET head_sequence = ?, head_hash = ?, frontier = ? WHERE number = ?",
                    arguments: [
                        Int64(line.head.sequence), Data(line.head.hash.bytes), Data(Self.encoded(line.frontierAtHead)),
                        number,
                    ]
                )
            }
        }
        self.touchedLines = [:]
    }

    static func encoded(_ frontier: Frontier) -> [UInt8] {
        var writer = ByteWriter()
        writer.references(frontier.heads)
        return writer.bytes
    }

    /// The author's frontier right after a held change that is no head: replayed along its chain. Slow, and needed only
    /// when a chain branches.
    func frontier(after position: ScopeChains.Position, in chains: ScopeChains) throws -> Frontier {
        var path: [ScopeChains.Position] = []
        var current: ScopeChains.Position? = position
        while let next = current {
            path.append(next)
            current = chains.predecessor(of: next)
        }
        var frontier = Frontier()
        for step in path.reversed() {
            let stored = try self.reader.change(at: step, in: chains)
            frontier = ScopeChains.frontiers(of: stored.chained, named: stored.reference, base: frontier).after
        }
        return frontier
    }
}

// MARK: - Delivery

extension StoreWriter {
    /// Notes that the province has these changes, and with them everything before them in their chains.
    package func markDelivered(_ references: [Reference], in scope: UnitCode) throws {
        try self.saveLines()
        let chains = try self.chains(in: scope)
        for reference in references {
            var reached = try chains.position(of: reference, hash: self.reader.hash)
            while let position = reached {
                try self.database.executeCached(
                    sql: "UPDATE line SET delivered_sequence = max(delivered_sequence, ?) WHERE number = ?",
                    arguments: [Int64(position.sequence), position.line]
                )
                reached = chains[position.line].fork
            }
        }
    }

    /// Notes that the province has exactly what `frontier` covers, and nothing else of this scope: a province restored
    /// from a backup may have less than it once receipted.
    ///
    /// A head that is further than what is held here may be a continuation or another branch, of a store that was restored or
    /// copied. Until what leads to it has come, nothing of that chain counts as delivered.
    package func setDelivered(_ frontier: Frontier, in scope: UnitCode) throws {
        try self.saveLines()
        guard let number = try self.reader.number(of: scope) else { return }
        try self.database.executeCached(
            sql: "UPDATE line SET delivered_sequence = coalesce(fork_sequence, 0) WHERE scope = ?",
            arguments: [number]
        )
        try self.markDelivered(frontier.heads, in: scope)
    }
}
