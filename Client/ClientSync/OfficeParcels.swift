import ClientStore
import Logging
import ReportIdentity
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ReportWire

/// Syncs an office without a line: makes parcels for the province, and takes its answers, in any order and any number of
/// times (Protocol/README.md, "Parcels").
package struct OfficeParcels: Sendable {
    package let store: ClientStore
    package let scheme: Scheme
    private let identity: DeviceIdentity
    private let pieces: ParcelPieces
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Throws: `ParcelRefusal` where the device is enrolled for another unit.
    package init(
        store: ClientStore,
        scheme: Scheme,
        identity: DeviceIdentity,
        pieces: ParcelPieces = .standard,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        let enrolled = identity.certificate.facts.unit
        guard enrolled == store.identity.unit else {
            throw ParcelRefusal.otherUnit(store.identity.unit, enrolledFor: enrolled)
        }
        (self.store, self.scheme, self.identity, self.pieces) = (store, scheme, identity, pieces)
        (self.logger, self.now) = (logger, now)
    }

    // MARK: - Making a parcel

    /// A parcel that was made.
    package struct Made: Hashable, Sendable {
        package let number: UInt64
        package let changeCount: Int
        package let byteCount: Int
    }

    /// Makes a parcel of all that the province has not receipted. Where that is nothing, the parcel still asks for what the
    /// province has.
    ///
    /// - Parameter sink: takes the bytes of the parcel, piece by piece.
    /// - Throws: What `sink` throws, errors of the store.
    package func make(to sink: @escaping ([UInt8]) throws -> Void) throws -> Made {
        try self.store.sealOwnChanges(with: self.identity.sealingKey)
        let number = try self.store.newParcelNumber()
        let opening = ParcelOpening(
            replica: try self.store.ownReplica().current,
            number: number,
            time: self.now(),
            scheme: self.scheme.fingerprint.high
        )
        var writer = try ParcelWriter(
            opening,
            to: self.identity.authority,
            from: .device(self.identity.certificate),
            key: self.identity.key,
            pieces: self.pieces,
            sink: sink
        )
        let scopes = try self.store.standings(scheme: self.scheme)
        // Before anything else, so that whatever is lost of the rest, the province knows what it lacks.
        for (standing, _) in scopes {
            try writer.append(.have(Have(scope: standing.scope, batchesSeen: 0, frontier: standing.frontier)))
        }
        try writer.endRecord()
        for (standing, delivered) in scopes {
            guard let delivered else { continue }
            try writer.appendChanges(in: standing.scope, lackedBy: delivered) { peer, byteCountMax in
                try self.store.changes(in: standing.scope, lackedBy: peer, byteCountMax: byteCountMax)
            }
        }
        try writer.finish()
        return Made(number: number, changeCount: writer.changeCount, byteCount: writer.byteCount)
    }

    // MARK: - Taking an answer

    /// What an answer brought.
    package struct Taken: Sendable {
        /// Of the parcel that is answered.
        package let number: UInt64
        /// When the province answered, by its clock.
        package let time: Timestamp
        /// Whether it is the newest word of the province so far.
        package let isNews: Bool
        package internal(set) var newCount = 0
        package internal(set) var duplicateCount = 0
        package internal(set) var hasNewScheme = false
        /// Where the province held changes that are missing here still.
        package internal(set) var missing: [UnitCode] = []
        /// Why not all of the file was used.
        package internal(set) var damage: ParcelDamage?
    }

    /// Takes the province's answer to a parcel, up to its end or to the first damage.
    ///
    /// - Parameters:
    ///   - source: gives the next bytes of the answer, as for `ParcelReader`.
    ///   - newReplica: the id to take where the store turns out to have been restored or copied, drawn at random.
    /// - Throws: `ParcelRefusal`, `ParcelDamage` where nothing could be used, errors of the store. What was
    ///   taken by then stays.
    package func takeAnswer(
        from source: @escaping (Int) throws -> [UInt8],
        newReplica: ReplicaID
    ) throws -> Taken {
        var reader = try ParcelReader(key: self.identity.key, authority: self.identity.authority, source: source)
        let number = reader.opening.number
        var taken = Taken(
            number: number,
            time: reader.opening.time,
            isNews: try self.store.isNews(answering: number)
        )
        var held: [(scope: UnitCode, frontier: Frontier)] = []
        var scheme = SchemeAssembly()
        do throws(any Error) {
            while let message = try reader.nextMessage() {
                switch message {
                case .have(let have):
                    guard held.count < Limits.scopeCountMax else { throw ProtocolError.unexpected(message.name) }
                    try self.store.noteProvinceHeld(
                        have.frontier,
                        in: have.scope,
                        answering: number,
                        now: self.now(),
                        newReplica: newReplica
                    )
                    held.append((have.scope, have.frontier))
                case .batch(let batch):
                    let (outcome, _) = try self.store.take(batch, now: self.now(), newReplica: newReplica)
                    if let problem = outcome.problem { throw ProtocolError.unproven(problem, in: batch.scope) }
                    taken.newCount += outcome.takenCount
                    taken.duplicateCount += outcome.duplicateCount
                case .scheme(let part):
                    guard let bytes = try scheme.append(part) else { continue }
                    scheme = SchemeAssembly()
                    // An older answer brings an older scheme.
                    guard try !self.store.isOutdated(answering: number) else { continue }
                    taken.hasNewScheme = try self.store.adoptScheme(encoded: bytes, logger: self.logger)
                case .certificate(let der):
                    try self.store.adoptCertificate(der, logger: self.logger)
                default:
                    throw ProtocolError.unexpected(message.name)
                }
            }
            try self.store.noteAnswered(number, at: self.now())
        } catch let damage as ParcelDamage {
            taken.damage = damage
        } catch let error as ProtocolError {
            taken.damage = reader.refusal(error)
        }
        taken.missing = try self.store.database.read { store in
            try held.filter { try !store.holds($0.frontier, in: $0.scope) }.map(\.scope)
        }
        return taken
    }
}
