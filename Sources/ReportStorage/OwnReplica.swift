import GRDB
import ReportModel

/// As whom a store writes, and as whom it wrote before it was found to be restored from an older copy, or copied
/// (Protocol/Decisions/0009-restored-and-copied-stores.md).
package struct OwnReplica: Hashable, Sendable {
    package let current: ReplicaID
    /// The oldest first; empty for nearly every store.
    package let former: [ReplicaID]
    /// When the current id took the place of the last former one, by this store's clock.
    package let since: Timestamp?

    /// The named value that holds ``current``, for a store that is rebuilt from what can be read of it.
    package static let setting = "replica"

    /// Every id under which this store has written.
    package var all: Set<ReplicaID> { Set(self.former + [self.current]) }
}

extension ReplicaID {
    /// A new one, for a store that is made or goes on under another id.
    package static func random() -> ReplicaID {
        ReplicaID(rawValue: UInt64.random(in: 1...UInt64.max))
    }
}

private enum Setting {
    static let former = "former_replicas"
    static let since = "replica_since"
}

extension StoreReader {
    /// As whom this store writes; `nil` when the store does not say, so that it is damaged.
    package func ownReplica() throws -> OwnReplica? {
        guard let current = try self.setting(OwnReplica.setting).flatMap({ ReplicaID($0) }) else { return nil }
        return OwnReplica(
            current: current,
            former: try self.setting(Setting.former)?.split(separator: " ").compactMap { ReplicaID($0) } ?? [],
            since: try self.setting(Setting.since).flatMap { Int64($0) }.map { Timestamp(secondsSince1970: $0) }
        )
    }

    /// Every id in whose name one of these devices has sealed something.
    package func replicas(sealedBy devices: Set<DeviceID>) throws -> Set<ReplicaID> {
        guard !devices.isEmpty else { return [] }
        return try self.scopes().reduce(into: []) { replicas, scope in
            for line in try self.chains(in: scope).lines where line.signer.map(devices.contains) ?? false {
                replicas.insert(line.replica)
            }
        }
    }

    /// Whether this store has written anything under its present id.
    package func hasWritten() throws -> Bool {
        guard let own = try self.ownReplica() else { return false }
        let sql = "SELECT count(*) FROM line WHERE replica = ?"
        return try Int.fetchOne(self.database, sql: sql, arguments: [own.current.stored]) ?? 0 > 0
    }
}

extension StoreWriter {
    /// Says as whom a new store writes.
    package func setOwnReplica(_ replica: ReplicaID) throws {
        try self.set(OwnReplica.setting, to: replica.description)
    }

    /// Somebody shows these changes of this store's own chain in a scope. If one of them is not held here, the store was
    /// restored from an older copy, or this is one of two copies: from now on it writes under a new id, so that nobody
    /// else goes on with its chain. Branches are safe in themselves; this keeps them few.
    ///
    /// Where everything is sealed this does nothing: anybody can invent a head, and make a store change its id at every
    /// connection. There the changes themselves say it, when they are taken (``isOwn(_:)``).
    ///
    /// - Parameters:
    ///   - heads: of any replica.
    ///   - newReplica: the id to take, drawn at random.
    /// - Returns: Whether it was taken.
    @discardableResult
    package func noteShown(
        _ heads: [Reference],
        in scope: UnitCode,
        now: Timestamp,
        newReplica: ReplicaID
    ) throws -> Bool {
        guard try self.reader.authority() == nil, let own = try self.reader.ownReplica() else { return false }
        let chains = try self.chains(in: scope)
        let shown = heads.filter { $0.replica == own.current }
        guard try shown.contains(where: { try chains.position(of: $0, hash: self.reader.hash) == nil }) else {
            return false
        }
        try self.writeOn(as: newReplica, now: now)
        return true
    }

    /// Whether a run of a batch is of the chain that this store goes on with itself, by its own seal.
    func isOwn(_ run: Batch.Chain) throws -> Bool {
        guard let seal = run.seal, try self.reader.signer()?.id == seal.signer else { return false }
        return try self.reader.ownReplica()?.current == run.replica
    }

    /// Writes under another id from now on, and remembers the one before.
    func writeOn(as newReplica: ReplicaID, now: Timestamp) throws {
        guard let own = try self.reader.ownReplica() else { return try self.setOwnReplica(newReplica) }
        try self.set(Setting.former, to: (own.former + [own.current]).map(\.description).joined(separator: " "))
        try self.set(Setting.since, to: String(now.secondsSince1970))
        try self.setOwnReplica(newReplica)
    }
}
