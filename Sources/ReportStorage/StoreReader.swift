import Foundation
import GRDB
import ReportModel

/// Everything that can be asked of a store within one transaction.
package struct StoreReader {
    let database: Database
    private let safeguards: Safeguards
    let memo = ReaderMemo()

    init(_ database: Database, _ safeguards: Safeguards = .all) {
        self.database = database
        self.safeguards = safeguards
    }
}

// MARK: - Settings

extension StoreReader {
    /// A named value; `nil` where there is none.
    package func setting(_ name: String) throws -> String? {
        let statement = try self.database.cachedStatement(sql: "SELECT value FROM setting WHERE name = ?")
        return try String.fetchOne(statement, arguments: [name])
    }

    /// The named value that holds the fingerprint of the scheme's files, at the province.
    package static let schemeMark = "scheme"

    /// The scheme's files, by name.
    package func schemeFiles() throws -> [(name: String, text: String)] {
        try Row.fetchAll(self.database, sql: "SELECT name, text FROM scheme_file ORDER BY name")
            .map { (name: try $0.text("name"), text: try $0.text("text")) }
    }
}

// MARK: - Scopes and chains

extension StoreReader {
    /// All scopes in which the store holds a change, by unit.
    package func scopes() throws -> [UnitCode] {
        let statement = try self.database.cachedStatement(sql: "SELECT unit FROM scope ORDER BY unit")
        return try String.fetchAll(statement).compactMap { UnitCode($0) }
    }

    func number(of scope: UnitCode) throws -> Int64? {
        try self.memo.number(of: scope) {
            try self.database.cachedStatement(sql: "SELECT number FROM scope WHERE unit = ?")
                .fetchOneInt64([scope.description])
        }
    }

    /// The chains held in `scope`; empty when none are. In a transaction that writes, with what it added.
    package func chains(in scope: UnitCode) throws -> ScopeChains {
        if let known = self.memo.chains[scope] { return known }
        let chains = try self.storedChains(in: scope)
        self.memo.chains[scope] = chains
        return chains
    }

    private func storedChains(in scope: UnitCode) throws -> ScopeChains {
        guard let number = try self.number(of: scope) else {
            return ScopeChains(scope: scope, safeguards: self.safeguards)
        }
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT * FROM line WHERE scope = ? ORDER BY number
                """
        )
        let lines = try Row.fetchAll(statement, arguments: [number]).map { row in
            let fork = try row.optionalInteger("fork_line").map {
                ScopeChains.Position(line: $0, sequence: try row.count("fork_sequence"))
            }
            let head = ScopeChains.Head(
                sequence: try row.count("head_sequence"),
                hash: try row.chainHash("head_hash")
            )
            var reader = ByteReader(try row.bytes("frontier"))
            return ScopeChains.Line(
                number: try row.integer("number"),
                replica: ReplicaID(storedAs: try row.integer("replica")),
                fork: fork,
                signer: try row.signer(),
                head: head,
                frontierAtHead: Frontier(try reader.references(upTo: .max))
            )
        }
        let chains = ScopeChains(scope: scope, lines: lines, safeguards: self.safeguards)
        try chains.requireTree()
        return chains
    }

    package func hash(at position: ScopeChains.Position) throws -> ChainHash {
        let statement = try self.database.cachedStatement(
            sql: "SELECT hash FROM change WHERE line = ? AND sequence = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [position.line, Int64(position.sequence)]) else {
            throw MalformedBytes(offset: 0, expected: "change \(position.sequence) of line \(position.line) in the log")
        }
        return try row.chainHash("hash")
    }

    /// What the province has receipted of `scope`; `nil` when that is everything held.
    package func deliveredFrontier(in scope: UnitCode) throws -> Frontier? {
        guard let number = try self.number(of: scope) else { return nil }
        let chains = try self.chains(in: scope)
        let statement = try self.database.cachedStatement(
            sql: "SELECT number, delivered_sequence FROM line WHERE scope = ?"
        )
        let delivered = try Row.fetchAll(statement, arguments: [number]).reduce(
            into: [ScopeChains.LineNumber: UInt64]()
        ) {
            $0[try $1.integer("number")] = try $1.count("delivered_sequence")
        }
        guard chains.lines.contains(where: { delivered[$0.number]! < $0.head.sequence }) else { return nil }
        return Frontier(
            try chains.lines.compactMap { line in
                let sequence = delivered[line.number]!
                guard sequence > line.fork?.sequence ?? 0 else { return nil }
                let hash = try self.hash(at: .init(line: line.number, sequence: sequence))
                return Reference(replica: line.replica, sequence: sequence, tag: hash.tag)
            }
        )
    }

    /// Changes that the province has not receipted: how many, and when this store took the oldest.
    package func undelivered() throws -> (count: Int, since: Timestamp?) {
        let lines = try Row.fetchAll(
            self.database,
            sql: """
                SELECT head_sequence - delivered_sequence AS count,
                    (SELECT received FROM change
                    WHERE change.line = line.number AND sequence = delivered_sequence + 1) AS since
                FROM line WHERE head_sequence > delivered_sequence
                """
        )
        return (
            Int(try lines.reduce(0) { $0 + (try $1.integer("count")) }),
            try lines.compactMap { try $0.optionalInteger("since") }.min().map { Timestamp(secondsSince1970: $0) }
        )
    }
}

// MARK: - The log

extension StoreReader {
    /// The change at a place of the log.
    package func change(at position: ScopeChains.Position, in chains: ScopeChains) throws -> StoredChange {
        let statement = try self.database.cachedStatement(
            sql: "SELECT line, sequence, hash, bytes FROM change WHERE line = ? AND sequence = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [position.line, Int64(position.sequence)]) else {
            throw MalformedBytes(offset: 0, expected: "change \(position.sequence) of line \(position.line) in the log")
        }
        return try self.storedChange(row, in: chains)
    }

    /// Changes that a peer with this standing lacks, in causal order, as many as fit `byteCountMax` canonical bytes (at
    /// least one), and the peer's frontier once it has taken them.
    ///
    /// Heads of the peer that this store lacks do not tell what the peer holds of those chains: it is ahead, or has gone
    /// another way. Nothing of them is sent before its marks are known; of those on which the two have certainly parted
    /// this store's own marks are in the result. (When the peer lacks something of a chain on which it shows an unknown
    /// head, one of the two sides shows the other a head that is unknown there and not further than its own. That one is
    /// certain, says its marks first, and is answered: Protocol/Decisions/0009-restored-and-copied-stores.md.)
    ///
    /// - Complexity: the changes returned; what the peer has already costs nothing.
    package func changes(
        in scope: UnitCode,
        lackedBy peer: PeerStanding,
        byteCountMax: Int
    ) throws -> LoadedChanges {
        let chains = try self.chains(in: scope)
        var heads: [ScopeChains.Position] = []
        var unknown: [Reference] = []
        for reference in peer.frontier.heads {
            if let position = try chains.position(of: reference, hash: self.hash) {
                heads.append(position)
            } else {
                unknown.append(reference)
            }
        }
        let untraced = Set(unknown.map(\.replica)).subtracting(peer.traced)
        let parted = untraced.filter { replica in
            guard let furthest = chains.furthestSequence(of: replica) else { return false }
            return unknown.contains { $0.replica == replica && $0.sequence <= furthest }
        }
        let wants = try parted.union(peer.traced).subtracting(peer.told).sorted().map { replica in
            try self.marks(of: replica, in: chains)
        }
        // Nearly all else builds on what the peer lacks of these chains: it waits for the answer.
        if !parted.isEmpty {
            return LoadedChanges(changes: [], frontier: peer.frontier, hasUnknownHeads: true, wants: wants)
        }
        var pending: [(position: Int64, change: StoredChange)] = []
        var horizon = Int64.max
        for (line, after) in chains.uncovered(by: heads) where !untraced.contains(line.replica) {
            let fetched = try self.changes(of: line, after: after, in: chains, byteCountMax: byteCountMax)
            pending += fetched.changes
            // Beyond the last change fetched of a line that has more, the order among the lines is not known yet.
            if fetched.hasMore { horizon = min(horizon, fetched.changes.last!.position) }
        }
        let inOrder = pending.sorted { $0.position < $1.position }.filter { $0.position <= horizon }.map(\.change)
        let result = Self.sendable(inOrder, byteCountMax: byteCountMax)
        if result.isEmpty, horizon < .max {
            // What fits has no seal yet. A batch that was taken, or a run of own changes, never has more than a batch.
            return try self.changes(in: scope, lackedBy: peer, byteCountMax: 2 * byteCountMax)
        }
        var frontier = peer.frontier
        for stored in result { frontier.advance(stored.chained.predecessor, to: stored.reference) }
        return LoadedChanges(
            changes: Array(result),
            frontier: frontier,
            hasUnknownHeads: !unknown.isEmpty,
            wants: wants
        )
    }

    /// As many of the changes as fit, at least one, cut where either part proves itself.
    private static func sendable(_ changes: [StoredChange], byteCountMax: Int) -> ArraySlice<StoredChange> {
        var end = 0
        var (byteCount, counted) = (0, 0)
        for parting in changes.partings {
            byteCount += changes[counted..<parting].reduce(0) { $0 + $1.canonicalBytes.count }
            counted = parting
            if byteCount > byteCountMax, end > 0 { break }
            end = parting
        }
        return changes[..<end]
    }

    /// Some of the changes held of a replica's chain, for a peer on another branch of it.
    private func marks(of replica: ReplicaID, in chains: ScopeChains) throws -> ChainMarks {
        ChainMarks(
            replica: replica,
            references: try chains.markPositions(of: replica).map { position in
                Reference(replica: replica, sequence: position.sequence, tag: try self.hash(at: position).tag)
            }
        )
    }

    private func changes(
        of line: ScopeChains.Line,
        after: UInt64,
        in chains: ScopeChains,
        byteCountMax: Int
    ) throws -> (changes: [(position: Int64, change: StoredChange)], hasMore: Bool) {
        let columns = "position, change.line, change.sequence, hash, bytes"
        let statement = try self.database.cachedStatement(
            sql: line.signer == nil
                ? "SELECT \(columns) FROM change WHERE line = ? AND sequence > ? ORDER BY sequence"
                : """
                SELECT \(columns), signature FROM change
                LEFT JOIN seal ON seal.line = change.line AND seal.sequence = change.sequence
                WHERE change.line = ? AND change.sequence > ? ORDER BY change.sequence
                """
        )
        let cursor = try Row.fetchCursor(statement, arguments: [line.number, Int64(after)])
        var changes: [(position: Int64, change: StoredChange)] = []
        var predecessor: ChainHash?
        var byteCount = 0
        while byteCount <= byteCountMax, let row = try cursor.next() {
            let stored = try self.storedChange(row, in: chains, after: predecessor)
            predecessor = stored.hash
            byteCount += stored.canonicalBytes.count
            changes.append((try row.integer("position"), stored))
        }
        return (changes, changes.last.map { $0.change.chained.sequence < line.head.sequence } ?? false)
    }

    /// Every change of `scope` in the order of arrival.
    ///
    /// - Parameters:
    ///   - arrival: those after this place only.
    ///   - replicas: whose changes are left out.
    package func log(
        of scope: UnitCode,
        after arrival: Int64 = 0,
        notBy replicas: Set<ReplicaID> = []
    ) throws -> [LogEntry] {
        guard let number = try self.number(of: scope) else { return [] }
        let chains = try self.chains(in: scope)
        return try Row.fetchAll(
            self.database,
            sql: """
                SELECT change.line, change.sequence, hash, bytes, received, delivered_sequence
                FROM change JOIN line ON line.number = change.line
                WHERE line.scope = ? AND position > ?
                    AND line.replica NOT IN (\(replicas.map { String($0.stored) }.sorted().joined(separator: ", ")))
                ORDER BY position
                """,
            arguments: [number, arrival]
        ).map { row in
            LogEntry(
                position: try row.position(),
                stored: try self.storedChange(row, in: chains),
                received: try row.time("received"),
                isDelivered: try row.integer("sequence") <= row.integer("delivered_sequence")
            )
        }
    }

    private func storedChange(
        _ row: Row,
        in chains: ScopeChains,
        after predecessor: ChainHash? = nil
    ) throws -> StoredChange {
        let position = try row.position()
        let line = try chains.held(position.line)
        let bytes = try row.bytes("bytes")
        var tag: UInt32 = 0
        if position.sequence > 1 {
            let isFirst = line.fork?.sequence ?? 0 == position.sequence - 1
            let before = isFirst ? line.fork! : .init(line: position.line, sequence: position.sequence - 1)
            tag = try predecessor?.tag ?? self.hash(at: before).tag
        }
        return StoredChange(
            chained: ChainedChange(
                replica: line.replica,
                sequence: position.sequence,
                predecessorTag: tag,
                change: try Change(canonicalBytes: bytes)
            ),
            hash: try row.chainHash("hash"),
            canonicalBytes: bytes,
            signer: line.signer,
            seal: try line.signer.flatMap { signer in
                try row.optionalBytes("signature").map { Seal(signer: signer, signature: $0) }
            }
        )
    }
}

/// A change as the log tells it.
package struct LogEntry: Sendable {
    package let position: ScopeChains.Position
    package let stored: StoredChange
    /// When this store took it, by its own clock.
    package let received: Timestamp
    /// Whether the province has receipted it.
    package let isDelivered: Bool
}

// MARK: - Columns

extension ReplicaID {
    init(storedAs number: Int64) {
        self.init(rawValue: UInt64(bitPattern: number))
    }

    var stored: Int64 { Int64(bitPattern: self.rawValue) }
}

extension Statement {
    func fetchOneInt64(_ arguments: StatementArguments) throws -> Int64? {
        try Int64.fetchOne(self, arguments: arguments)
    }
}
