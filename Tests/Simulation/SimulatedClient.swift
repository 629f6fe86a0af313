import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import TestSupport

/// An office: its store, its clock, and older copies of the store.
package final class SimulatedClient {
    package private(set) var store: ClientStore
    /// The scheme that the store has now.
    package private(set) var scheme: SimulatedScheme
    /// Copied with the store; `nil` where nothing is sealed.
    package let sealingKey: SealingKey?
    package let steps = DurableSteps()
    /// How far its clock is from the true time.
    package var skewSeconds: Int64
    package private(set) var backups: [Backup] = []
    /// In each scope, which incarnation of the province's store it last heard of.
    package var contacts: [UnitCode: Int] = [:]
    /// All that the store held at the last look; it never holds less, but for a restore.
    var known: [UnitCode: Set<ChangeName>] = [:]
    /// For how many steps more it stays where there is no line.
    var stepsAway = 0
    /// Its connection; one at a time.
    weak var pair: Pair?

    /// A store as it was once.
    package struct Backup {
        let store: ClientStore
        let contacts: [UnitCode: Int]
    }

    package init(
        unit: UnitCode,
        replica: UInt64,
        scheme: SimulatedScheme = .newer,
        skewSeconds: Int64 = 0,
        trust: (authority: DeviceKey, own: SealingKey)? = nil,
        safeguards: Safeguards = .all
    ) throws {
        self.store = try .inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: replica),
                unit: unit,
                server: "",
                name: "office \(replica % 100)",
                author: "clerk \(replica % 100)"
            ),
            scheme: scheme.source,
            trust: trust.map { ClientStore.Trust(authority: $0.authority, device: $0.own.publicKey) },
            safeguards: safeguards
        )
        self.sealingKey = trust?.own
        self.scheme = scheme
        self.skewSeconds = skewSeconds
    }

    /// Another machine with a copy of the store as it was then.
    package init(cloning other: SimulatedClient, from backup: Backup) throws {
        self.store = try ClientStore(inMemoryCopyOf: backup.store)
        self.sealingKey = other.sealingKey
        self.scheme = try Self.scheme(of: self.store)
        self.skewSeconds = other.skewSeconds
        self.backups = other.backups
        self.contacts = backup.contacts
    }

    package var unit: UnitCode { self.store.identity.unit }

    private static func scheme(of store: ClientStore) throws -> SimulatedScheme {
        SimulatedScheme.of(try store.schemeSource())!
    }

    /// Works by the scheme with these bytes from now on.
    func use(_ bytes: [UInt8]) throws {
        try self.store.replaceScheme(with: SchemeSource(encoded: bytes))
        self.scheme = try Self.scheme(of: self.store)
    }

    package func backUp() throws {
        if self.backups.count == 3 { self.backups.removeFirst() }
        self.backups.append(Backup(store: try ClientStore(inMemoryCopyOf: self.store), contacts: self.contacts))
    }

    package func restore(from backup: Backup) throws {
        self.die()
        self.store = try ClientStore(inMemoryCopyOf: backup.store)
        self.scheme = try Self.scheme(of: self.store)
        self.contacts = backup.contacts
        self.known = [:]
    }

    /// Its processes die; what they had made durable is there when the next one starts.
    package func crash() throws {
        self.die()
        self.store = try ClientStore(reopening: self.store)
    }

    private func die() {
        self.steps.momentsLeft = nil
        self.pair?.clientEnded(.crashed)
    }
}

extension StoreReader {
    /// The full names of all changes held in a scope.
    package func names(in scope: UnitCode) throws -> Set<ChangeName> {
        Set(try self.log(of: scope).map { ChangeName($0.stored) })
    }

    /// The full names of the changes that are marked as delivered.
    package func deliveredNames(in scope: UnitCode) throws -> Set<ChangeName> {
        Set(try self.log(of: scope).filter(\.isDelivered).map { ChangeName($0.stored) })
    }
}
