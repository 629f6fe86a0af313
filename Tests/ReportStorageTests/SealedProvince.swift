import Crypto
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// A province with an authority, and offices that it has granted a scope: stores that want everything sealed.
final class SealedProvince {
    static let scope = UnitCode("410728")!
    static let time = Timestamp(secondsSince1970: 1_720_000_000)
    let authority = SealingKey(P256.Signing.PrivateKey())
    private(set) var replicas: UInt64 = 0

    /// A store that seals with `key`.
    final class Holder {
        let key: SealingKey
        let database: ReportDatabase
        var scope: UnitCode { SealedProvince.scope }
        private var edits = 0
        /// The id to take at the next batch that shows that the store was restored or copied.
        private(set) var newReplica: ReplicaID

        /// A copy of another store with its key, as a copied folder would be.
        init(copyOf other: Holder) throws {
            self.key = other.key
            self.database = try ReportDatabase(inMemoryCopyOf: other.database)
            self.edits = other.edits + 1000
            self.newReplica = ReplicaID(rawValue: other.newReplica.rawValue << 8)
        }

        init(_ kind: StoreKind, replica: UInt64, key: SealingKey, authority: DeviceKey) throws {
            self.key = key
            self.newReplica = ReplicaID(rawValue: replica << 24)
            self.database = try ReportDatabase(inMemory: kind)
            try self.database.write { writer in
                try writer.setOwnReplica(ReplicaID(rawValue: replica))
                try writer.set("unit", to: SealedProvince.scope.description)
                try writer.setIdentity(authority: authority, signer: key.publicKey)
            }
        }

        /// Writes one figure, or as many as said.
        func edit(_ count: Int = 1, item: String? = nil) throws {
            self.edits += 1
            let writes = (0..<count).map { index in
                Change.Write(
                    AddressInScope(
                        form: "infrastructure",
                        period: Period("2024-07")!,
                        row: "",
                        item: Code(item ?? "item_\(index)")!
                    ),
                    .number(Quantity(ExactDecimal(self.edits)))
                )
            }
            try self.write(writes)
        }

        func write(_ writes: [Change.Write]) throws {
            try self.database.write {
                try $0.writeOwn(writes, in: self.scope, author: "a", deviceName: "d", now: SealedProvince.time)
            }
        }

        func grant(_ key: DeviceKey) throws {
            try self.write([Change.Write(SystemForm.grant(SystemForm.grantKey, of: key.id), .text(key.description))])
        }

        func say(_ mark: GrantMark, of device: DeviceID) throws {
            try self.write([Change.Write(SystemForm.grant(SystemForm.grantState, of: device), mark.value)])
        }

        func ruleOut(_ change: Reference, write: Int, code: String = "not_allowed") throws {
            try self.write([Change.Write(SystemForm.void(of: change, write: write), .text(code))])
        }

        @discardableResult
        func seal() throws -> Int { try self.database.write { try $0.sealOwnChanges(with: self.key) } }

        var frontier: Frontier { get throws { try self.database.read { try $0.standing(in: self.scope).frontier } } }

        /// The next batch of what a store with this frontier lacks.
        func batch(for frontier: Frontier, byteCountMax: Int = 48 * 1024) throws -> Batch? {
            let loaded = try self.database.read {
                try $0.changes(in: self.scope, lackedBy: PeerStanding(frontier: frontier), byteCountMax: byteCountMax)
            }
            return loaded.changes.isEmpty ? nil : Batch(scope: self.scope, changes: loaded.changes)
        }

        func take(_ batch: Batch) throws -> TakeOutcome {
            self.newReplica = ReplicaID(rawValue: self.newReplica.rawValue + 1)
            return try self.database.write {
                try $0.take(batch, received: SealedProvince.time, newReplica: self.newReplica)
            }
        }

        /// Sends everything that `other` lacks, batch by batch.
        func send(to other: Holder, byteCountMax: Int = 48 * 1024) throws {
            try self.seal()
            while let batch = try self.batch(for: other.frontier, byteCountMax: byteCountMax) {
                let outcome = try other.take(batch)
                #expect(outcome.problem == nil && outcome.missing == nil && outcome.takenCount > 0)
                guard outcome.takenCount > 0 else { return }
            }
        }

        var contents: StoreContents {
            get throws { try self.database.read { try StoreContents($0, scope: self.scope) } }
        }
    }

    func holder(_ kind: StoreKind = .client, key: SealingKey? = nil) throws -> Holder {
        self.replicas += 1
        return try Holder(
            kind,
            replica: self.replicas,
            key: key ?? SealingKey(P256.Signing.PrivateKey()),
            authority: self.authority.publicKey
        )
    }

    /// The province, and offices that hold their grants.
    func stage(officeCount: Int) throws -> (root: Holder, offices: [Holder]) {
        let root = try self.holder(.server, key: self.authority)
        let offices = try (0..<officeCount).map { _ in try self.holder() }
        for office in offices { try root.grant(office.key.publicKey) }
        for office in offices { try root.send(to: office) }
        return (root, offices)
    }
}
