import GRDB
import ReportModel

/// What `verify` found.
package struct Verification: Sendable {
    /// How many changes were looked at: all of them, if nothing is wrong.
    package let changeCount: Int
    /// How many seals were checked back to the authority: all of them, if nothing is wrong. 0 in an open province.
    package let sealCount: Int
    package var firstProblem: StoreProblem?
}

extension ReportDatabase {
    /// Checks the store from its log alone: replays every change into a store that is gone afterwards, and compares.
    ///
    /// Works on a store in use, and changes nothing. What no log can tell, such as the settings, is not checked, but for
    /// the identity; of what the province has, only whether it lies within the chains.
    ///
    /// - Parameter progress: told now and then how many changes of how many are replayed.
    /// - Complexity: O(n log n) for n writes in the log: each is applied once, then each row of a table is looked up once
    ///   in the other store. Memory does not grow with the store, but for its codes and lines; the replay takes about as
    ///   much room in the folder for temporary files as the store itself.
    /// - Throws: `StoreError` where the store cannot be read at all; never for what is wrong within it.
    package func verify(progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }) throws -> Verification {
        try self.read { reader in
            try Replay.run(kind: self.kind) { replay in
                let verifier = Verifier(reader.database, kind: self.kind, replay: replay)
                do {
                    try verifier.verify(progress)
                    return verifier.found(nil)
                } catch let problem as StoreProblem {
                    return verifier.found(problem)
                } catch let error as DatabaseError where error.resultCode.isOfDamage {
                    return verifier.found(StoreProblem(.file, detail: error.message))
                } catch is RowDecodingError, is MalformedBytes {
                    // Every column that a problem has a name for was read before.
                    return verifier.found(StoreProblem(.file))
                }
            }
        }
    }
}

extension ReportDatabase {
    /// As ``verify(progress:)``, of a store that may be so damaged that it cannot even be opened.
    ///
    /// - Throws: `StoreError` where there is no store of this kind, or one of a newer program.
    package static func verify(
        kind: StoreKind,
        directory: String,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws -> Verification {
        do {
            return try ReportDatabase(kind: kind, directory: directory, access: .inspect).verify(progress: progress)
        } catch StoreError.damaged(_, let detail) {
            return Verification(changeCount: 0, sealCount: 0, firstProblem: StoreProblem(.file, detail: detail))
        }
    }
}

extension ResultCode {
    /// Whether the file is at fault, and not the disk, its room or its permissions.
    var isOfDamage: Bool {
        [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_FORMAT].contains(self.primaryResultCode)
    }
}

/// One run of `verify`. Throws a ``StoreProblem`` at the first thing that is wrong.
private final class Verifier {
    private let database: Database
    private let kind: StoreKind
    private let replay: Replay
    /// The store's own line numbers, and those of the replay.
    private var lines: [Int64: StoredLine] = [:]
    private var replayedLines: Set<ScopeChains.LineNumber> = []
    private var changeCount = 0
    private var sealCount = 0

    /// A row of the table `line`, and where the replay has that line.
    private struct StoredLine {
        let scope: UnitCode
        let replica: ReplicaID
        let fork: ScopeChains.Position?
        let signer: DeviceID?
        var replayed: ScopeChains.LineNumber?

        var firstSequence: UInt64 { (self.fork?.sequence ?? 0) + 1 }
    }

    init(_ database: Database, kind: StoreKind, replay: Replay) {
        self.database = database
        self.kind = kind
        self.replay = replay
    }

    func found(_ problem: StoreProblem?) -> Verification {
        Verification(changeCount: self.changeCount, sealCount: self.sealCount, firstProblem: problem)
    }

    func verify(_ progress: (Int, Int) -> Void) throws {
        let version = try Int.fetchOne(self.database, sql: "PRAGMA user_version") ?? 0
        try self.checkSchema(version)
        try self.checkFile()
        try self.checkIdentity()
        try self.readLines()
        let reader = StoreReader(self.database)
        if let authority = try reader.authority() {
            guard let signer = try reader.signer() else { throw StoreProblem(.identity) }
            try self.replay.writer.setIdentity(authority: authority, signer: signer)
        }
        try self.replayLog(progress)
        try self.replay.writer.finish()
        try self.checkLines()
        var tables: [DerivedTable] = [.cell, .version]
        // Stores of the first programs have no times of reports.
        if try self.database.tableExists(DerivedTable.filing.name) { tables.append(.filing) }
        // Nor seals.
        let hasSeals = try self.database.tableExists(DerivedTable.granted.name)
        if hasSeals { tables += [.granted, .act, .discounted] }
        let comparison = DerivedTables(
            self.database,
            self.replay.writer.database,
            lines: self.lines.compactMapValues(\.replayed)
        )
        for table in tables { try comparison.check(table) }
        guard hasSeals else { return }
        let lines = self.lines.mapValues {
            SealVerification.Line(scope: $0.scope, replica: $0.replica, signer: $0.signer)
        }
        let seals = SealVerification(reader, kind: self.kind, replayed: self.replay.writer.reader, lines: lines)
        self.sealCount = try seals.check()
    }

    // MARK: - The file

    private func checkSchema(_ version: Int) throws {
        let expected = try DatabaseQueue().write { database in
            for migration in Schema.migrations(of: self.kind)[..<version] { try migration(database) }
            return try Self.schema(database)
        }
        let found = try Self.schema(self.database)
        guard found != expected else { return }
        var problem = StoreProblem(.schema)
        problem.detail = zip(found, expected).first { $0 != $1 }?.1 ?? expected.last
        throw problem
    }

    private static func schema(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database,
            sql: "SELECT type || ' ' || name || coalesce(': ' || sql, '') FROM sqlite_master ORDER BY name"
        )
    }

    /// - Complexity: every page of the file.
    private func checkFile() throws {
        let found = try String.fetchAll(self.database, sql: "PRAGMA integrity_check(1)")
        guard found != ["ok"] else { return }
        var problem = StoreProblem(.file)
        problem.detail = found.first?.replacing("\n", with: " ")
        throw problem
    }

    private func checkIdentity() throws {
        let reader = StoreReader(self.database)
        let isKnown = try reader.ownReplica() != nil
        let isPlaced = try self.kind == .server || reader.setting("unit").flatMap { UnitCode($0) } != nil
        guard isKnown, isPlaced else { throw StoreProblem(.identity) }
    }

    // MARK: - The log

    private func readLines() throws {
        let rows = try Row.fetchCursor(
            self.database,
            sql: "SELECT line.*, unit FROM line LEFT JOIN scope ON scope.number = line.scope ORDER BY line.number"
        )
        while let row = try rows.next() {
            guard let unit = String.fromDatabaseValue(row["unit"]), let scope = UnitCode(unit) else {
                throw StoreProblem(.unplaced)
            }
            self.lines[try row.integer("number")] = StoredLine(
                scope: scope,
                replica: ReplicaID(storedAs: try row.integer("replica")),
                fork: try row.optionalInteger("fork_line").map {
                    ScopeChains.Position(line: $0, sequence: try row.count("fork_sequence"))
                },
                signer: try row.signer()
            )
        }
    }

    private func replayLog(_ progress: (Int, Int) -> Void) throws {
        let total = try Int.fetchOne(self.database, sql: "SELECT count(*) FROM change") ?? 0
        let hasChecksums = try self.database.columns(in: "change").contains { $0.name == "checksum" }
        let rows = try Row.fetchCursor(self.database, sql: "SELECT * FROM change ORDER BY position")
        while let row = try rows.next() {
            try self.replay(row, hasChecksum: hasChecksums)
            self.changeCount += 1
            if self.changeCount % 256 == 0 { progress(self.changeCount, total) }
        }
    }

    private func replay(_ row: Row, hasChecksum: Bool) throws {
        let position = try row.position()
        guard var line = self.lines[position.line] else {
            throw self.problem(.unplaced, nil, position.sequence, row)
        }
        func problem(_ kind: StoreProblem.Kind) -> StoreProblem { self.problem(kind, line, position.sequence, row) }
        let bytes = try row.bytes("bytes")
        guard let change = try? Change(canonicalBytes: bytes) else { throw problem(.undecodable) }
        guard change.canonicalBytes == bytes else { throw problem(.notCanonical) }
        let predecessor = try self.predecessor(of: position.sequence, on: line, problem(.gap))
        let before =
            try predecessor.map { try self.replay.hash(at: $0, in: line.scope) }
            ?? ChainHash(startOf: line.replica, in: line.scope, sealedBy: line.signer)
        guard try row.bytes("hash") == before.next(bytes).bytes else { throw problem(.hash) }
        let place = LogPlace(
            position: try row.integer("position"),
            line: position.line,
            sequence: Int64(position.sequence),
            received: try row.integer("received")
        )
        if hasChecksum, try row.integer("checksum") != place.checksum(with: row.bytes("hash")) {
            throw problem(.checksum)
        }
        let step = try self.replay.take(
            change,
            canonicalBytes: bytes,
            replica: line.replica,
            sequence: position.sequence,
            signer: line.signer,
            after: predecessor,
            in: line.scope,
            received: Timestamp(secondsSince1970: place.received)
        )
        switch step {
        case .twice: throw problem(.twice)
        case .foreign: throw problem(.sealWrong)
        case .gap(let missing):
            var problem = problem(.context)
            problem.detail = missing.description
            throw problem
        case .taken(let replayed, _):
            // The first change of a line must begin a line in the replay too; the others go on with it.
            if let number = line.replayed {
                guard number == replayed.line else { throw problem(.branch) }
                return
            }
            guard self.replayedLines.insert(replayed.line).inserted else { throw problem(.branch) }
            line.replayed = replayed.line
            self.lines[position.line] = line
        }
    }

    /// Where the replay has the change before the one with `sequence`; `nil` at the start of a chain.
    private func predecessor(
        of sequence: UInt64,
        on line: StoredLine,
        _ gap: StoreProblem
    ) throws -> ScopeChains.Position? {
        guard sequence >= line.firstSequence else { throw gap }
        guard sequence > 1 else { return nil }
        let isFirst = sequence == line.firstSequence
        let number = isFirst ? line.fork.flatMap { self.lines[$0.line]?.replayed } : line.replayed
        guard let number else { throw gap }
        let position = ScopeChains.Position(line: number, sequence: sequence - 1)
        let isInScope = try self.replay.writer.chains(in: line.scope).lines.contains { $0.number == number }
        guard isInScope, try self.replay.holds(position, in: line.scope) else { throw gap }
        return position
    }

    private func problem(_ kind: StoreProblem.Kind, _ line: StoredLine?, _ sequence: UInt64, _ row: Row) -> StoreProblem
    {
        var problem = StoreProblem(kind)
        problem.scope = line?.scope
        problem.replica = line?.replica
        problem.sequence = sequence
        problem.hash = try? row.chainHash("hash")
        return problem
    }

    // MARK: - Lines

    private func checkLines() throws {
        let rows = try Row.fetchCursor(self.database, sql: "SELECT * FROM line ORDER BY number")
        while let row = try rows.next() {
            let stored = self.lines[try row.integer("number")]!
            var problem = StoreProblem(.empty)
            problem.scope = stored.scope
            problem.replica = stored.replica
            guard let number = stored.replayed else { throw problem }
            let line = try self.replay.writer.chains(in: stored.scope).held(number)
            problem.sequence = line.head.sequence
            problem.hash = line.head.hash
            let fork = stored.fork.map {
                ScopeChains.Position(line: self.lines[$0.line]?.replayed ?? 0, sequence: $0.sequence)
            }
            guard line.fork == fork else { throw problem.of(.branch) }
            guard try row.count("head_sequence") == line.head.sequence,
                try row.bytes("head_hash") == line.head.hash.bytes,
                try row.bytes("frontier") == StoreWriter.encoded(line.frontierAtHead)
            else { throw problem.of(.head) }
            let delivered = try row.count("delivered_sequence")
            guard delivered >= stored.fork?.sequence ?? 0, delivered <= line.head.sequence else {
                throw problem.of(.delivered)
            }
        }
        let empty = try String.fetchOne(
            self.database,
            sql: "SELECT unit FROM scope WHERE number NOT IN (SELECT scope FROM line)"
        )
        guard let empty else { return }
        var problem = StoreProblem(.empty)
        problem.scope = UnitCode(empty)
        problem.place = empty
        throw problem
    }
}

extension StoreProblem {
    /// The same place with another thing wrong.
    fileprivate func of(_ kind: Kind) -> StoreProblem {
        var problem = StoreProblem(kind)
        (problem.scope, problem.replica) = (self.scope, self.replica)
        (problem.sequence, problem.hash) = (self.sequence, self.hash)
        return problem
    }
}
