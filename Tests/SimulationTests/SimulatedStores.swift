import BundledScheme
import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerStore
import TestSupport

/// The scheme of all simulated stores.
enum SimulatedScheme {
    static let source = BundledScheme.source
    static let scheme = try! Scheme.parse(source)
    static let bytes = source.encoded
}

/// An office: its store, its clock, and older copies of the store.
final class SimulatedClient {
    private(set) var store: ClientStore
    let skewSeconds: Int64
    private(set) var backups: [Backup] = []

    /// What was in a store once.
    struct Backup {
        var replica: ReplicaID
        var scopes: [Scope]

        struct Scope {
            var unit: UnitCode
            var changes: [StoredChange]
            /// `nil` for everything.
            var delivered: Frontier?
        }
    }

    init(unit: UnitCode, replica: UInt64, skewSeconds: Int64 = 0) throws {
        self.store = try .inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: replica),
                unit: unit,
                server: "",
                name: "office \(replica % 100)",
                author: "clerk \(replica % 100)"
            ),
            scheme: SimulatedScheme.source
        )
        self.skewSeconds = skewSeconds
    }

    /// Another store from the same backup, with the same replica.
    init(cloning other: SimulatedClient, from backup: Backup) throws {
        self.store = try Self.store(other.store.identity, from: backup)
        self.skewSeconds = other.skewSeconds
        self.backups = other.backups
    }

    var unit: UnitCode { self.store.identity.unit }

    func backUp() throws {
        self.backups.append(
            Backup(
                replica: try self.store.ownReplica().current,
                scopes: try self.store.database.read(SimulatedClient.backup)
            )
        )
    }

    func restore(from backup: Backup) throws {
        self.store = try Self.store(self.store.identity, from: backup)
    }

    private static func backup(_ reader: StoreReader) throws -> [Backup.Scope] {
        try reader.scopes().map { unit in
            Backup.Scope(
                unit: unit,
                changes: try reader.log(of: unit).map(\.stored),
                delivered: try reader.deliveredFrontier(in: unit)
            )
        }
    }

    private static func store(_ identity: ClientStore.Identity, from backup: Backup) throws -> ClientStore {
        let identity = ClientStore.Identity(
            replica: backup.replica,
            unit: identity.unit,
            server: identity.server,
            name: identity.name,
            author: identity.author
        )
        let store = try ClientStore.inMemory(identity: identity, scheme: SimulatedScheme.source)
        for scope in backup.scopes {
            _ = try store.take(Batch(scope: scope.unit, changes: scope.changes), now: Timestamp(secondsSince1970: 0))
            if let delivered = scope.delivered {
                try store.noteProvinceHolds(
                    delivered,
                    in: scope.unit,
                    now: Timestamp(secondsSince1970: 0),
                    newReplica: identity.replica
                )
            }
        }
        return store
    }
}

/// The province: its store, and an older copy of it.
final class SimulatedServer {
    private(set) var store: ServerStore
    private(set) var backups: [[(unit: UnitCode, changes: [StoredChange])]] = []
    /// Connections that die when the server does.
    private var pairs: [Pair] = []

    init() throws {
        self.store = try Self.empty()
    }

    private static func empty() throws -> ServerStore {
        try .inMemory(replica: ReplicaID(rawValue: 0xF00D), scheme: SimulatedScheme.source)
    }

    func backUp() throws {
        self.backups.append(
            try self.store.database.read { reader in
                try reader.scopes().map { ($0, try reader.log(of: $0).map(\.stored)) }
            }
        )
    }

    /// Starts again from an older copy; without one, from nothing.
    func restore(random: inout SplitMix64) throws {
        self.crash()
        self.store = try Self.empty()
        for (unit, changes) in self.backups.randomElement(using: &random) ?? [] {
            _ = try self.store.take(Batch(scope: unit, changes: changes), now: Timestamp(secondsSince1970: 0))
        }
    }

    func accepted(_ pair: Pair) {
        self.pairs.append(pair)
    }

    /// The process dies; what it committed is there when it starts again.
    func crash() {
        for pair in self.pairs { pair.serverDied() }
        self.pairs = []
    }
}

extension StoreReader {
    /// The full names of all changes held in a scope.
    func names(in scope: UnitCode) throws -> Set<ChangeName> {
        Set(try self.log(of: scope).map { ChangeName($0.stored) })
    }

    /// The full names of the changes that are marked as delivered.
    func deliveredNames(in scope: UnitCode) throws -> Set<ChangeName> {
        Set(try self.log(of: scope).filter(\.isDelivered).map { ChangeName($0.stored) })
    }
}

extension ServerStore {
    /// Takes one batch in a transaction of its own.
    func take(_ batch: Batch, now: Timestamp) throws -> (TakeOutcome, Frontier) {
        guard case .taken(let outcome, let frontier) = try self.commit([.take(batch)], now: now)[0] else {
            preconditionFailure("a batch is taken")
        }
        return (outcome, frontier)
    }
}
