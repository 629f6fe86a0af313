import Logging
import ReportIdentity
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ReportWire
import ServerIdentity
import ServerStore

/// Takes the parcels of offices without a line, in any order and any number of times, and answers each with a parcel: what
/// the province holds now, and what the office lacks (Protocol/README.md, "Parcels"). The province may be serving meanwhile.
package struct ProvinceParcels: Sendable {
    package let store: ServerStore
    private let authority: Authority
    private let revoked: Set<DeviceID>
    private let pieces: ParcelPieces
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - authority: the store's.
    ///   - revoked: devices whose parcels are not taken, even where the store does not know yet that they were revoked.
    package init(
        store: ServerStore,
        authority: Authority,
        revoked: Set<DeviceID> = [],
        pieces: ParcelPieces = .standard,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp
    ) {
        (self.store, self.authority, self.revoked, self.pieces) = (store, authority, revoked, pieces)
        (self.logger, self.now) = (logger, now)
    }

    /// What a parcel brought, and what it was answered.
    package struct Taken: Sendable {
        /// Whose parcel it was.
        package let certificate: DeviceCertificate
        /// Whether the device has been enrolled with it.
        package let isEnrolment: Bool
        package let number: UInt64
        /// When it was made, by the device's clock.
        package let time: Timestamp
        package internal(set) var newCount = 0
        package internal(set) var duplicateCount = 0
        /// Writes that were ruled out.
        package internal(set) var ruledOutCount = 0
        /// Where the office holds changes that are missing here still.
        package internal(set) var missing: [UnitCode] = []
        /// What is not the office's, and was left out.
        package internal(set) var notServed: Set<UnitCode> = []
        /// Why not all of the file was used.
        package internal(set) var damage: ParcelDamage?
        /// Changes in the answer.
        package internal(set) var answeredCount = 0
        /// Of the answer.
        package internal(set) var byteCount = 0
    }

    /// Takes a parcel, up to its end or to the first damage, and writes the answer.
    ///
    /// - Parameters:
    ///   - source: gives the next bytes of the parcel, as for `ParcelReader`.
    ///   - sink: takes the bytes of the answer, piece by piece.
    ///   - newReplica: the id to take where the store turns out to have been restored, drawn at random.
    /// - Throws: `ParcelRefusal`, `ParcelDamage` where nothing could be used; what `sink` throws, errors of the store. What
    ///   was taken by then stays.
    package func take(
        from source: @escaping (Int) throws -> [UInt8],
        answer sink: @escaping ([UInt8]) throws -> Void,
        newReplica: ReplicaID
    ) throws -> Taken {
        let scheme = try SchemeInUse.Loaded(self.store)
        var reader = try ParcelReader(key: self.authority.key, authority: self.authority.publicKey, source: source)
        let certificate = try self.certificate(of: &reader, scheme.scheme)
        guard try !self.isRevoked(certificate) else { throw ParcelRefusal.revoked(certificate.facts) }
        if case .device = reader.sender {
            _ = try self.store.commit([.note(reader.opening.replica, certificate.facts.unit)], now: self.now())
        }
        var reading = Reading(
            parcels: self,
            scheme: scheme,
            certificate: certificate,
            reader,
            newReplica: newReplica
        )
        try reading.run(&reader)
        try reading.answer(sink)
        return reading.taken
    }

    /// Who has written the parcel; a newcomer is enrolled now.
    private func certificate(of reader: inout ParcelReader, _ scheme: Scheme) throws -> DeviceCertificate {
        switch reader.sender {
        case .province: throw ParcelRefusal.notFromProvince
        case .device(let certificate): return certificate
        case .newcomer(let request):
            guard case .enrol(let enrol)? = try reader.nextMessage(), enrol.request == request.der else {
                throw ParcelRefusal.forged
            }
            let desk = EnrolmentDesk(store: self.store, authority: self.authority, scheme: scheme)
            do {
                return try desk.enrol(enrol, now: self.now())
            } catch let error as ProtocolError {
                throw ParcelRefusal.notEnrolled(error)
            }
        }
    }

    private func isRevoked(_ certificate: DeviceCertificate) throws -> Bool {
        if self.revoked.contains(certificate.id) { return true }
        return try self.store.database.read { try $0.isRevoked(certificate.id, in: certificate.facts.unit) }
    }
}

extension ProvinceParcels {
    /// One parcel, from its first message to its answer.
    private struct Reading {
        let parcels: ProvinceParcels
        let scheme: SchemeInUse.Loaded
        let opening: ParcelOpening
        var taken: Taken
        /// How far the office has got, where it said so.
        private var held: [UnitCode: Frontier] = [:]
        /// The scopes that this device is served, its own first.
        private var served: [UnitCode]
        private let newReplica: ReplicaID

        init(
            parcels: ProvinceParcels,
            scheme: SchemeInUse.Loaded,
            certificate: DeviceCertificate,
            _ reader: borrowing ParcelReader,
            newReplica: ReplicaID
        ) {
            self.newReplica = newReplica
            (self.parcels, self.scheme, self.opening) = (parcels, scheme, reader.opening)
            var isEnrolment = false
            if case .newcomer = reader.sender { isEnrolment = true }
            self.taken = Taken(
                certificate: certificate,
                isEnrolment: isEnrolment,
                number: reader.opening.number,
                time: reader.opening.time
            )
            self.served = scheme.scheme.unitAndBelow(certificate.facts.unit).map(\.code)
        }

        private var store: ServerStore { self.parcels.store }

        mutating func run(_ reader: inout ParcelReader) throws {
            do throws(any Error) {
                while let message = try reader.nextMessage() {
                    switch message {
                    case .have(let have): try self.take(have)
                    case .batch(let batch): try self.take(batch)
                    default: throw ProtocolError.unexpected(message.name)
                    }
                }
            } catch let damage as ParcelDamage {
                self.taken.damage = damage
            } catch let error as ProtocolError {
                self.taken.damage = reader.refusal(error)
            }
        }

        private mutating func take(_ have: Have) throws {
            // As in a hello, an office's own unit comes first.
            let unit = self.taken.certificate.facts.unit
            guard !self.held.isEmpty || have.scope == unit else {
                throw ParcelRefusal.otherUnit(have.scope, enrolledFor: unit)
            }
            guard self.held.count < Limits.scopeCountMax else { throw ProtocolError.unexpected("have") }
            guard try self.serves(have.scope) else { return }
            self.held[have.scope] = have.frontier
            let ownHeads = have.frontier.heads(of: try self.store.ownReplica().current)
            guard !ownHeads.isEmpty else { return }
            try self.store.noteOwnHeads(ownHeads, in: have.scope, now: self.parcels.now(), newReplica: self.newReplica)
        }

        private mutating func take(_ batch: Batch) throws {
            guard try self.serves(batch.scope) else { return }
            let root = Root(key: self.parcels.authority.sealingKey, scheme: self.scheme.scheme)
            let outcomes = try self.store.commit(
                [.take(batch)],
                now: self.parcels.now(),
                root: root,
                newReplica: self.newReplica
            )
            guard case .taken(let outcome, _) = outcomes[0] else { preconditionFailure("a batch is taken") }
            if let problem = outcome.problem { throw ProtocolError.unproven(problem, in: batch.scope) }
            self.taken.newCount += outcome.takenCount
            self.taken.duplicateCount += outcome.duplicateCount
            self.taken.ruledOutCount += outcome.ruledOutCount
        }

        /// As on a line: the device's unit and what is below it, and of units that are gone those that it was granted.
        private mutating func serves(_ scope: UnitCode) throws -> Bool {
            if self.served.contains(scope) { return true }
            guard !self.taken.notServed.contains(scope) else { return false }
            guard self.taken.notServed.count < Limits.scopeCountMax else { throw ProtocolError.scopeNotServed(scope) }
            let certificate = self.taken.certificate
            let asked = [certificate.facts.unit, scope]
            guard try self.store.scopes(servedTo: asked, by: self.scheme.scheme, on: certificate.id).contains(scope)
            else {
                self.taken.notServed.insert(scope)
                return false
            }
            self.served.append(scope)
            return true
        }

        // MARK: - The answer

        mutating func answer(_ sink: @escaping ([UInt8]) throws -> Void) throws {
            let (store, parcels) = (self.store, self.parcels)
            let certificate = self.taken.certificate
            let opening = ParcelOpening(
                replica: try store.ownReplica().current,
                number: self.opening.number,
                time: parcels.now(),
                scheme: self.scheme.scheme.fingerprint.high
            )
            var writer = try ParcelWriter(
                opening,
                to: certificate.key,
                from: .province,
                key: parcels.authority.key,
                pieces: parcels.pieces,
                sink: sink
            )
            for standing in try store.standings(in: self.served) {
                try writer.append(.have(Have(scope: standing.scope, batchesSeen: 0, frontier: standing.frontier)))
            }
            try writer.endRecord()
            if let new = self.taken.isEnrolment ? certificate : self.renewed() {
                try writer.append(.certificate(new.der))
                try writer.endRecord()
            }
            if self.opening.scheme != opening.scheme {
                for part in self.scheme.parts { try writer.append(.scheme(part)) }
            }
            for scope in self.served {
                // Of a damaged parcel it is not known whether the office holds anything where it said nothing.
                guard let held = self.held[scope] ?? (self.taken.damage == nil ? Frontier() : nil) else { continue }
                try writer.appendChanges(in: scope, lackedBy: held) { peer, byteCountMax in
                    try store.changes(in: scope, lackedBy: peer, byteCountMax: byteCountMax)
                }
            }
            try writer.finish()
            (self.taken.answeredCount, self.taken.byteCount) = (writer.changeCount, writer.byteCount)
            self.taken.missing = try store.database.read { reader in
                try self.served.filter { scope in
                    try self.held[scope].map { try !reader.holds($0, in: scope) } ?? false
                }
            }
        }

        /// A certificate for a device whose own is running out. That it does not get one now keeps nobody from its answer.
        private func renewed() -> DeviceCertificate? {
            let desk = EnrolmentDesk(
                store: self.store,
                authority: self.parcels.authority,
                scheme: self.scheme.scheme
            )
            do {
                return try desk.renew(self.taken.certificate, now: self.parcels.now())
            } catch {
                self.parcels.logger.error("certificate not renewed", metadata: ["error": "\(error)"])
                return nil
            }
        }
    }
}
