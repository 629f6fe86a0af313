import ClientStore
import ClientSync
import Crypto
import ReportIdentity
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerIdentity
import ServerStore
import TestSupport

// Worlds in which the province has an authority: it grants, revokes, trusts again and rules, and everything is sealed.

extension P256.Signing.PrivateKey {
    /// A key that the seed alone decides, so that a story is the same again.
    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        // Nearly every number is a key.
        while true {
            let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
            if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) {
                self = key
                return
            }
        }
    }
}

extension Authority {
    /// Enrols a device whose key the seed alone decides.
    func enrol(_ name: String, person: PersonID, of unit: UnitCode, seed: UInt64, now: Timestamp) throws
        -> DeviceIdentity
    {
        let key = P256.Signing.PrivateKey(seed: seed)
        let certificate = try self.issueDevice(
            for: DeviceKey(key.publicKey),
            facts: DeviceFacts(name: name, unit: unit, role: .clerk, person: person),
            now: now
        )
        return DeviceIdentity(key: key, certificate: certificate, authority: self.publicKey)
    }
}

extension World {
    /// The province grants every office its unit, and the offices learn it.
    func enrolOffices() throws {
        guard let root = self.server.root else { return }
        for client in self.clients { try self.server.store.grant(self.device(client), as: root, now: self.rootNow) }
        try self.rememberRoot()
        for client in self.clients {
            for scope in root.scheme.unitAndBelow(client.unit).map(\.code) {
                let granting = try self.server.store.changes(
                    in: scope,
                    lackedBy: PeerStanding(frontier: Frontier()),
                    byteCountMax: .max
                )
                _ = try client.store.take(Batch(scope: scope, changes: granting.changes), now: self.rootNow)
            }
        }
    }

    private func device(_ client: SimulatedClient) -> GrantedDevice {
        GrantedDevice(
            key: client.sealingKey!.publicKey,
            grant: Grant(role: .clerk, unit: client.unit),
            name: client.store.identity.name,
            person: client.store.identity.author
        )
    }

    var rootNow: Timestamp { self.time.now(skewSeconds: self.server.skewSeconds) }

    /// The province trusts a device no more, or again.
    func changeTrust() throws {
        guard let root = self.server.root else { return }
        let client = self.random.pick(self.clients)
        self.disturbanceCount += 1
        if self.random.oneIn(2) {
            // What is in the pouch by then comes from a device that is not trusted any more.
            if self.random.oneIn(2) { try self.makeParcel(client) }
            self.tell("\(self.name(of: client)) is revoked")
            self.counts[.revocations] += 1
            try self.server.store.revoke(self.device(client).key.id, as: root, now: self.rootNow)
        } else {
            self.tell("\(self.name(of: client)) is trusted again")
            try self.server.store.grant(self.device(client), as: root, now: self.rootNow)
        }
        try self.rememberRoot()
    }

    /// Tells the plain history what the province has just written: it had seen all that it held.
    func rememberRoot() throws {
        guard let root = self.server.root?.key.publicKey.id else { return }
        try self.server.store.database.read { reader in
            for scope in try reader.scopes() {
                var held: Set<ChangeName> = []
                for stored in try reader.log(of: scope).map(\.stored) {
                    let name = ChangeName(stored)
                    if stored.signer == root, self.histories[scope]?.record(named: name) == nil {
                        let predecessor = held.first { $0.reference == stored.chained.predecessor }
                        _ = self.histories[scope, default: NaiveHistory(scope: scope)]
                            .add(stored.chained, after: predecessor, ancestors: held, sealedBy: stored.signer)
                        self.counts[.rulings] += stored.chained.change.writes.count {
                            $0.address.form == SystemForm.voids
                        }
                    }
                    self.signers[name] = stored.signer
                    held.insert(name)
                }
            }
        }
    }

    /// The changes of the authority that a store holds. A restored province may write one anew that it has forgotten, down to
    /// the byte.
    func rootChanges(_ store: ReportDatabase) throws -> Set<ChangeName> {
        guard let root = self.server.root?.key.publicKey.id else { return [] }
        return try store.read { reader in
            Set(try self.held(reader).values.joined()).filter { self.signers[$0] == root }
        }
    }

    // MARK: - The plain words

    /// The versions of a cell by the plain history, less what does not count.
    func versions(of cell: AddressInScope, amongst held: Set<ChangeName>, in scope: UnitCode) -> Set<Version> {
        guard let history = self.histories[scope] else { return [] }
        guard let root = self.server.root?.key.publicKey.id else { return history.versions(of: cell, amongst: held) }
        let orders = held.filter { self.signers[$0] == root }.map { history[$0] }
        return history.versions(of: cell, amongst: held) { record in
            guard let signer = self.signers[record.name], signer != root else { return true }
            return !self.isRuledOut(record, cell, by: orders) && !self.isRevoked(record, signer, by: orders)
        }
    }

    private func isRuledOut(_ record: NaiveHistory.Record, _ cell: AddressInScope, by orders: [NaiveHistory.Record])
        -> Bool
    {
        guard let index = record.chained.change.writes.firstIndex(where: { $0.address == cell }) else { return false }
        let void = SystemForm.void(of: record.name.reference, write: index)
        return orders.contains { $0.value(of: void) != nil }
    }

    /// Whether parcels of a device are refused by a province that holds this.
    func isRevoked(_ device: DeviceID, amongst held: Set<ChangeName>, in scope: UnitCode) -> Bool {
        guard let root = self.server.root?.key.publicKey.id, let history = self.histories[scope] else { return false }
        let state = SystemForm.grant(SystemForm.grantState, of: device)
        let orders = held.filter { self.signers[$0] == root }.map { history[$0] }
        return orders.contains { revocation in
            revocation.value(of: state) == GrantMark.revoked.value
                && !orders.contains { end in
                    end.value(of: state) == GrantMark.granted.value && end.ancestors.contains(revocation.name)
                }
        }
    }

    private func isRevoked(_ record: NaiveHistory.Record, _ signer: DeviceID, by orders: [NaiveHistory.Record]) -> Bool
    {
        let state = SystemForm.grant(SystemForm.grantState, of: signer)
        return orders.contains { revocation in
            revocation.value(of: state) == GrantMark.revoked.value
                && !revocation.ancestors.contains(record.name)
                && !orders.contains { end in
                    end.value(of: state) == GrantMark.granted.value && record.ancestors.contains(end.name)
                        && end.ancestors.contains(revocation.name)
                }
        }
    }
}
