import GRDB
import ReportModel

/// A store made anew from the changes of a log, one after another: what its chains, cells and filings must be.
///
/// It lies in a file that SQLite makes and removes by itself, so that memory does not grow with the log.
final class Replay {
    let writer: StoreWriter

    /// Runs `body` with an empty store.
    static func run<Result>(kind: StoreKind, _ body: (Replay) throws -> Result) throws -> Result {
        // An empty path is a file of no name that is gone when it is closed.
        let queue = try DatabaseQueue(path: "")
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { database in
            // Nobody needs it after a crash.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
            for migration in Schema.migrations(of: kind) { try migration(database) }
            let result = try body(Replay(writer: StoreWriter(database)))
            try database.execute(sql: "COMMIT")
            return result
        }
    }

    /// - Parameter writer: of a store that holds nothing yet.
    init(writer: StoreWriter) {
        self.writer = writer
    }

    /// What became of a change of the log.
    enum Step {
        case taken(ScopeChains.Position, ChainHash)
        case twice
        case gap(missing: Reference)
        /// It goes on with a chain that somebody else seals.
        case foreign
    }

    /// Takes the next change of the log.
    ///
    /// - Parameter predecessor: where the change before it in its chain is in this store; `nil` for the first.
    func take(
        _ change: Change,
        canonicalBytes: [UInt8],
        replica: ReplicaID,
        sequence: UInt64,
        signer: DeviceID? = nil,
        after predecessor: ScopeChains.Position?,
        in scope: UnitCode,
        received: Timestamp
    ) throws -> Step {
        let chained = ChainedChange(
            replica: replica,
            sequence: sequence,
            predecessorTag: try predecessor.map { try self.hash(at: $0, in: scope).tag } ?? 0,
            change: change
        )
        switch try self.writer.take(
            chained,
            canonicalBytes: canonicalBytes,
            signer: signer,
            in: scope,
            received: received
        ) {
        case .gap(let missing): return .gap(missing: missing)
        case .foreign: return .foreign
        case .held(_, isNew: false): return .twice
        case .held(let hash, isNew: true):
            let name = Reference(replica: replica, sequence: sequence, tag: hash.tag)
            let chains = try self.writer.chains(in: scope)
            guard let position = try chains.position(of: name, hash: self.writer.reader.hash) else {
                preconditionFailure("a change that was taken is held")
            }
            return .taken(position, hash)
        }
    }

    /// The hash of a change that was taken; that of a line's head is at hand.
    func hash(at position: ScopeChains.Position, in scope: UnitCode) throws -> ChainHash {
        let head = try self.writer.chains(in: scope).held(position.line).head
        return head.sequence == position.sequence ? head.hash : try self.writer.reader.hash(at: position)
    }

    /// Whether the change at this place was taken.
    func holds(_ position: ScopeChains.Position, in scope: UnitCode) throws -> Bool {
        try self.writer.chains(in: scope).held(position.line).head.sequence >= position.sequence
    }
}
