import ReportModel
import ReportScheme
import ReportStorage

/// The store of one office: its cells, its history, and who it is.
///
/// Everything here works without a network. What a method returns is on disk.
package final class ClientStore: Sendable {
    package let database: ReportDatabase
    package let identity: Identity

    /// Who a store is.
    package struct Identity: Hashable, Sendable {
        /// As whom the store wrote when it was opened: ``ClientStore/ownReplica()`` tells it as it is now.
        package let replica: ReplicaID
        /// The unit whose figures, with all units below it, this office keeps.
        package let unit: UnitCode
        /// `host:port` of the province.
        package let server: String
        /// The device's name, which travels with its changes.
        package let name: String
        /// The person at the device.
        package let author: PersonID

        package init(replica: ReplicaID, unit: UnitCode, server: String, name: String, author: PersonID) {
            self.replica = replica
            self.unit = unit
            self.server = server
            self.name = name
            self.author = author
        }
    }

    /// Whom a store believes, and by what it is known: the province's public key and the device's own.
    package struct Trust: Hashable, Sendable {
        package let authority: DeviceKey
        package let device: DeviceKey
        /// The province's word for the device: X.509 in DER. `nil` where lines are not encrypted, as in tests.
        package let certificate: [UInt8]?
        /// The digest of the one-time code with which the device was enrolled.
        package let code: [UInt8]?

        package init(
            authority: DeviceKey,
            device: DeviceKey,
            certificate: [UInt8]? = nil,
            code: [UInt8]? = nil
        ) {
            self.authority = authority
            self.device = device
            self.certificate = certificate
            self.code = code
        }
    }

    /// Makes a new store.
    ///
    /// - Parameter trust: `nil` for a province without identity.
    /// - Throws: `StoreError`.
    package static func create(
        in directory: String,
        identity: Identity,
        scheme: SchemeSource,
        trust: Trust? = nil
    ) throws -> ClientStore {
        let database = try ReportDatabase(kind: .client, directory: directory, access: .create) { writer in
            try self.fill(writer, identity: identity, scheme: scheme, trust: trust)
        }
        return ClientStore(database, identity)
    }

    /// A store in memory, for tests.
    package static func inMemory(
        identity: Identity,
        scheme: SchemeSource,
        trust: Trust? = nil,
        safeguards: Safeguards = .all
    ) throws -> ClientStore {
        let database = try ReportDatabase(inMemory: .client, safeguards: safeguards)
        try database.write { try self.fill($0, identity: identity, scheme: scheme, trust: trust) }
        return ClientStore(database, identity)
    }

    /// A copy in memory of a store as it is now, as a copied file would be; for tests.
    package convenience init(inMemoryCopyOf other: ClientStore) throws {
        try self.init(ReportDatabase(inMemoryCopyOf: other.database))
    }

    /// The same store as the next process finds it: what was not stored is gone. For tests.
    package convenience init(reopening other: ClientStore) throws {
        try self.init(other.database)
    }

    static func fill(_ writer: StoreWriter, identity: Identity, scheme: SchemeSource, trust: Trust?) throws {
        try writer.setOwnReplica(identity.replica)
        if let trust { try Self.set(trust, writer) }
        try writer.set(Setting.unit, to: identity.unit.description)
        try Self.set(server: identity.server, name: identity.name, author: identity.author, writer)
        try writer.replaceSchemeFiles(with: scheme.files.map { ($0.name, $0.text) })
    }

    /// Opens a store.
    ///
    /// - Throws: `StoreError`.
    package convenience init(in directory: String, access: ReportDatabase.Access) throws {
        try self.init(ReportDatabase(kind: .client, directory: directory, access: access))
    }

    private convenience init(_ database: ReportDatabase) throws {
        let identity = try database.read { reader in
            guard let replica = try reader.ownReplica()?.current,
                let unit = try reader.setting(Setting.unit).flatMap({ UnitCode($0) })
            else { throw StoreError.damaged(path: database.path, detail: "no identity") }
            return Identity(
                replica: replica,
                unit: unit,
                server: try reader.setting(Setting.server) ?? "",
                name: try reader.setting(Setting.name) ?? "",
                author: try reader.setting(Setting.author) ?? ""
            )
        }
        self.init(database, identity)
    }

    private init(_ database: ReportDatabase, _ identity: Identity) {
        self.database = database
        self.identity = identity
    }

    enum Setting {
        static let unit = "unit"
        static let server = "server"
        static let name = "name"
        static let author = "author"
        static let certificate = "certificate"
        static let code = "enrolment_code_digest"
        /// As which devices the store was known before it was enrolled anew: ids, a blank between them.
        static let formerDevices = "former_devices"
        static let lastSync = "last_sync"
        static let skewSeconds = "skew_seconds"
        /// Why the province ended the last sync: code, Chinese words, English words, a line each.
        static let refusal = "sync_refusal"
        /// The number of the last parcel that was made.
        static let parcelsMade = "parcels_made"
        /// The highest number of a parcel since whose making the province has said how far it has got.
        static let parcelsAnswered = "parcels_answered"
        /// Up to which place of the log the clerk knows what others have replaced.
        static let replacedKnown = "replaced_known"
    }
}

// MARK: - Reading

extension ClientStore {
    /// The scheme this store works by: the province's, once it has come; until then the bundled one.
    package func schemeSource() throws -> SchemeSource {
        try self.database.read { reader in
            SchemeSource(try reader.schemeFiles().map { SchemeSource.File(name: $0.name, text: $0.text) })
        }
    }

    /// Whether the scheme can be read, as any scheme that is stored can be.
    package func isSchemeWhole() throws -> Bool {
        (try? Scheme.parse(try self.schemeSource())) != nil
    }

    /// As whom this store writes. A sync may give it a new id.
    package func ownReplica() throws -> OwnReplica {
        try self.database.read { try Self.ownReplica($0) }
    }

    static func ownReplica(_ reader: StoreReader) throws -> OwnReplica {
        guard let replica = try reader.ownReplica() else {
            throw MalformedBytes(offset: 0, expected: "the store's replica in its settings")
        }
        return replica
    }

    /// Every id under which this store has written, also before it was enrolled anew.
    package func ownReplicas() throws -> Set<ReplicaID> { try self.database.read(Self.ownReplicas) }

    private static func ownReplicas(_ reader: StoreReader) throws -> Set<ReplicaID> {
        try self.ownReplica(reader).all.union(reader.replicas(sealedBy: self.formerDevices(reader)))
    }

    /// Whom the store believes, and by what it is known; `nil` in a province where nobody is enrolled.
    package func trust() throws -> Trust? {
        try self.database.read { reader in
            guard let authority = try reader.authority(), let device = try reader.signer() else { return nil }
            return Trust(
                authority: authority,
                device: device,
                certificate: try reader.setting(Setting.certificate).flatMap { Hexadecimal.bytes($0) },
                code: try reader.setting(Setting.code).flatMap { Hexadecimal.bytes($0) }
            )
        }
    }

    /// Keeps a newer certificate of this device's.
    package func replaceCertificate(with der: [UInt8]) throws {
        try self.database.write { try Self.set(certificate: der, $0) }
    }

    /// The device was enrolled anew: from now on it is known by another key, and writes under another id. What it wrote
    /// before stays what it is.
    ///
    /// - Parameters:
    ///   - trust: with the authority that the store believes already.
    ///   - identity: for the unit of the store.
    package func reenrol(_ trust: Trust, as identity: Identity) throws {
        try self.database.write { writer in
            if let former = try writer.reader.signer()?.id {
                let ids = try Self.formerDevices(writer.reader).union([former]).map(\.description).sorted()
                try writer.set(Setting.formerDevices, to: ids.joined(separator: " "))
            }
            try Self.set(trust, writer)
            try Self.set(server: identity.server, name: identity.name, author: identity.author, writer)
            try writer.setOwnReplica(identity.replica)
            try writer.set(Setting.refusal, to: "")
        }
    }

    /// The province is reached there from now on.
    package func remember(server: String) throws {
        try self.database.write { try $0.set(Setting.server, to: server) }
    }

    private static func formerDevices(_ reader: StoreReader) throws -> Set<DeviceID> {
        Set(try reader.setting(Setting.formerDevices)?.split(separator: " ").compactMap { DeviceID($0) } ?? [])
    }

    /// Whether something that this device wrote has no seal, so that without its key nobody will ever take it.
    package func hasUnsealedChanges() throws -> Bool {
        try self.database.read { try $0.hasUnsealedChanges() }
    }

    private static func set(_ trust: Trust, _ writer: StoreWriter) throws {
        try writer.setIdentity(authority: trust.authority, signer: trust.device)
        if let certificate = trust.certificate { try self.set(certificate: certificate, writer) }
        if let code = trust.code { try writer.set(Setting.code, to: Hexadecimal.text(code)) }
    }

    private static func set(certificate der: [UInt8], _ writer: StoreWriter) throws {
        try writer.set(Setting.certificate, to: Hexadecimal.text(der))
    }

    private static func set(server: String, name: String, author: PersonID, _ writer: StoreWriter) throws {
        try writer.set(Setting.server, to: server)
        try writer.set(Setting.name, to: name)
        try writer.set(Setting.author, to: author)
    }

    /// A cell as it is; one that nobody wrote has no versions.
    package func cell(_ address: CellAddress) throws -> CellState {
        try self.database.read { try $0.cell(address) }
    }

    /// The cells of one unit's form and period.
    package func cells(of unit: UnitCode, form: Code, period: Period) throws -> [CellState] {
        try self.database.read { try $0.cells(of: unit, form: form, period: period) }
    }

    /// All cells in conflict.
    package func conflicts() throws -> [CellState] {
        try self.database.read { reader in
            try reader.scopes().flatMap { try reader.conflicts(in: $0) }
        }
    }

    /// What anybody wrote in this office's scopes and does not count, as long as nobody who has seen it has written the
    /// cell since.
    package func uncountedWrites() throws -> [UncountedWrite] {
        try self.database.read { try $0.uncountedWrites(of: nil) }
    }

    /// What was written here, still stands and has not been receipted by the province, by cell.
    package func undeliveredFigures() throws -> [UndeliveredFigure] {
        try self.database.read { reader in
            // A store that was rebuilt may have forgotten an id, but not which device it is.
            let device = try reader.signer().map { [$0.id] } ?? []
            return try reader.undeliveredFigures(
                of: Self.ownReplicas(reader).union(reader.replicas(sealedBy: Set(device)))
            )
        }
    }

    /// The figures written here that others have replaced since somebody here last took note of it.
    package func replacedFigures() throws -> ReplacedFigures { try self.database.read(Self.replacedFigures) }

    /// Somebody here knows of them: from now on only what is replaced later is told.
    package func takeNote(of replaced: ReplacedFigures) throws {
        try self.database.write { try $0.set(Setting.replacedKnown, to: String(replaced.arrival)) }
    }

    /// Passes over what has arrived where it replaced nothing, so that it need not be looked at again.
    package func passOverOtherNews() throws {
        try self.database.write { writer in
            let replaced = try Self.replacedFigures(writer.reader)
            guard replaced.figures.isEmpty, replaced.isSettled else { return }
            try writer.set(Setting.replacedKnown, to: String(replaced.arrival))
        }
    }

    private static func replacedFigures(_ reader: StoreReader) throws -> ReplacedFigures {
        let known = try reader.setting(Setting.replacedKnown).flatMap { Int64($0) } ?? 0
        return try reader.replacedFigures(after: known, of: Self.ownReplicas(reader))
    }

    /// Why the province refused the last sync; `nil` after one that went well.
    package func refusal() throws -> SyncRefusal? { try self.database.read(Self.refusal) }

    private static func refusal(_ reader: StoreReader) throws -> SyncRefusal? {
        try reader.setting(Setting.refusal).flatMap { SyncRefusal($0) }
    }

    /// What an office wants to know about its store.
    package struct Status: Sendable {
        /// Changes that the province has not receipted.
        package let unsent: Int
        package let unsentSince: Timestamp?
        package let lastSync: Timestamp?
        /// How far the province's clock was ahead of this device's at the last sync.
        package let skewSeconds: Int64?
        package let conflictCount: Int
        package let ownReplica: OwnReplica
        /// What was lost when the store was damaged, and nobody has given back.
        package let lost: [LostChanges]
        /// Why the province refused the last sync; `nil` after one that went well.
        package let refusal: SyncRefusal?
        /// What this device has written and does not count, also before it was enrolled anew.
        package let uncounted: [UncountedWrite]
        /// What was written here and others have replaced, since somebody here last took note of it.
        package let replaced: [ReplacedFigure]
    }

    /// What `status` tells.
    package func status() throws -> Status {
        try self.database.read { reader in
            let undelivered = try reader.undelivered()
            return Status(
                unsent: undelivered.count,
                unsentSince: undelivered.since,
                lastSync: try reader.setting(Setting.lastSync).flatMap { Int64($0) }
                    .map { Timestamp(secondsSince1970: $0) },
                skewSeconds: try reader.setting(Setting.skewSeconds).flatMap { Int64($0) },
                conflictCount: try reader.scopes().reduce(0) { try $0 + reader.conflictCount(in: $1) },
                ownReplica: try Self.ownReplica(reader),
                lost: try reader.lostChanges(),
                refusal: try Self.refusal(reader),
                uncounted: try reader.signer().map { signer in
                    try reader.uncountedWrites(of: Self.formerDevices(reader).union([signer.id]))
                } ?? [],
                replaced: try Self.replacedFigures(reader).figures
            )
        }
    }
}
