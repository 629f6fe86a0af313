import ClientStore
import ClientSync
import ReportIdentity
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
    /// Copied with the store, but for the certificate, which stands in it; `nil` where nothing is sealed.
    package private(set) var identity: DeviceIdentity?
    package let sealingKey: SealingKey?
    package let steps = DurableSteps()
    /// How far its clock is from the true time.
    package var skewSeconds: Int64
    package private(set) var backups: [Backup] = []
    /// In each scope, which incarnation of the province's store it last heard of.
    package private(set) var contacts: [UnitCode: Int] = [:]
    /// What its parcels are numbered by, in plain words.
    var parcelNumbers = ParcelNumbers()
    /// All that the store held at the last look; it never holds less, but for a restore.
    var known: [UnitCode: Set<ChangeName>] = [:]
    /// For how many steps more it stays where there is no line.
    var stepsAway = 0
    /// Its connection; one at a time.
    weak var pair: Pair?

    /// The last parcel that was made, and the last one of which an answer has come whole or that a sync on a line overtook.
    struct ParcelNumbers {
        var made: UInt64 = 0
        var answered: UInt64 = 0
    }

    /// A store as it was once.
    package struct Backup {
        let store: ClientStore
        let contacts: [UnitCode: Int]
        let parcelNumbers: ParcelNumbers
    }

    package init(
        unit: UnitCode,
        replica: UInt64,
        scheme: SimulatedScheme = .newer,
        skewSeconds: Int64 = 0,
        identity: DeviceIdentity? = nil,
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
            trust: identity.map {
                ClientStore.Trust(authority: $0.authority, device: $0.certificate.key, certificate: $0.certificate.der)
            },
            safeguards: safeguards
        )
        self.identity = identity
        self.sealingKey = identity?.sealingKey
        self.scheme = scheme
        self.skewSeconds = skewSeconds
    }

    /// Another machine with a copy of the store as it was then.
    package init(cloning other: SimulatedClient, from backup: Backup) throws {
        self.store = try ClientStore(inMemoryCopyOf: backup.store)
        self.identity = other.identity
        self.sealingKey = other.sealingKey
        self.scheme = other.scheme
        self.skewSeconds = other.skewSeconds
        self.backups = other.backups
        self.contacts = backup.contacts
        self.parcelNumbers = backup.parcelNumbers
        try self.readHandouts()
    }

    package var unit: UnitCode { self.store.identity.unit }

    /// Works by the scheme with these bytes from now on.
    func use(_ bytes: [UInt8]) throws {
        try self.store.replaceScheme(with: SchemeSource(encoded: bytes))
        try self.readHandouts()
    }

    /// Reads from the store what the province hands out: the scheme, and the certificate.
    func readHandouts() throws {
        let source = try self.store.schemeSource()
        if source != self.scheme.source { self.scheme = SimulatedScheme.of(source)! }
        guard let identity = self.identity, let der = try self.store.trust()?.certificate,
            der != identity.certificate.der
        else { return }
        self.identity = DeviceIdentity(
            key: identity.key,
            certificate: try DeviceCertificate(der: der, authority: identity.authority),
            authority: identity.authority
        )
    }

    /// It heard from the province's store of this incarnation what that holds of a scope: all of it, or some, which leaves
    /// standing what it has heard before.
    func heard(of scope: UnitCode, from incarnation: Int, isAll: Bool) {
        self.contacts[scope] = isAll ? incarnation : self.contacts[scope].map { min($0, incarnation) }
    }

    package func backUp() throws {
        if self.backups.count == 3 { self.backups.removeFirst() }
        self.backups.append(
            Backup(
                store: try ClientStore(inMemoryCopyOf: self.store),
                contacts: self.contacts,
                parcelNumbers: self.parcelNumbers
            )
        )
    }

    package func restore(from backup: Backup) throws {
        self.die()
        self.store = try ClientStore(inMemoryCopyOf: backup.store)
        self.contacts = backup.contacts
        self.parcelNumbers = backup.parcelNumbers
        self.known = [:]
        try self.readHandouts()
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
