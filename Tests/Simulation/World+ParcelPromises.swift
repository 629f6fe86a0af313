import ClientStore
import ClientSync
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ServerStore
import ServerSync
import TestSupport

// What holds whenever somebody takes a parcel or a receipt, in plain words.

/// A parcel that comes to the province, and what was there before.
struct TakenParcel {
    let parcel: SentParcel
    let damage: StickDamage?
    let before: [UnitCode: Set<ChangeName>]
    let isRevoked: Bool
}

/// A receipt that comes to an office, and what was there before.
struct TakenReceipt {
    let receipt: SentReceipt
    let client: SimulatedClient
    let damage: StickDamage?
    /// Whether nothing newer has come from the province.
    let isNews: Bool
    let before: [UnitCode: Set<ChangeName>]
    let deliveredBefore: [UnitCode: Set<ChangeName>]
}

extension World {
    /// - Returns: The scopes that the province serves the office, in their order, and what it holds of them now.
    func check(
        _ taking: TakenParcel,
        _ taken: ProvinceParcels.Taken
    ) throws -> (scopes: [UnitCode], held: [UnitCode: Set<ChangeName>]) {
        let (parcel, name) = (taking.parcel, "parcel \(taking.parcel.number) of \(self.name(of: taking.parcel.client))")
        self.check(taking.damage, isTold: taken.damage != nil, name)
        if taking.isRevoked { self.complain("\(name), which is revoked, was taken") }
        let read = parcel.haves.read(taking.damage)
        if read.count < parcel.haves.scopes.count, taken.newCount + taken.duplicateCount > 0 {
            self.complain("\(name) was used behind its damage")
        }
        let after = try self.server.store.database.read(self.held)
        let root = self.server.root?.key.publicKey.id
        for (scope, names) in after {
            let new = names.subtracting(taking.before[scope] ?? []).subtracting(parcel.held[scope] ?? [])
            if new.contains(where: { self.signers[$0] != root }) { self.complain("\(name) brought \(new)") }
        }
        if taking.damage.map({ $0.kind == .trailing }) ?? true {
            // Of an office that knew what this province holds a parcel brings all that was missing.
            for (scope, names) in parcel.held
            where parcel.contacts[scope] == self.server.incarnation && !taken.notServed.contains(scope) {
                let missing = names.subtracting(after[scope] ?? [])
                if !missing.isEmpty { self.complain("\(name) did not bring \(missing)") }
            }
        }
        let served = try self.server.store.scopes(
            servedTo: [parcel.client.unit] + read,
            by: self.server.scheme.scheme,
            on: parcel.client.sealingKey?.publicKey.id
        )
        return (served, served.reduce(into: [:]) { $0[$1] = after[$1] ?? [] })
    }

    func check(_ taking: TakenParcel, refusal: any Error) {
        if case ParcelRefusal.revoked = refusal {
            self.counts[.parcelsOfRevoked] += 1
            if !taking.isRevoked { self.complain("the province refused a device that is not revoked") }
        } else if taking.damage?.sparesOpening ?? true {
            self.complain("the province took nothing of a parcel: \(refusal)")
        }
    }

    func takenReceipt(
        _ receipt: SentReceipt,
        at client: SimulatedClient,
        _ damage: StickDamage?
    ) throws -> TakenReceipt {
        try client.store.database.read { reader in
            let held = try self.held(reader)
            return TakenReceipt(
                receipt: receipt,
                client: client,
                damage: damage,
                isNews: receipt.parcel.number > client.parcelNumbers.answered,
                before: held,
                deliveredBefore: try self.delivered(reader, held)
            )
        }
    }

    private func delivered(
        _ reader: StoreReader,
        _ held: [UnitCode: Set<ChangeName>]
    ) throws -> [UnitCode: Set<ChangeName>] {
        try held.reduce(into: [:]) { $0[$1.key] = try self.delivered(reader, $1.value, in: $1.key) }
    }

    func check(_ taking: TakenReceipt, _ taken: OfficeParcels.Taken) throws {
        let (receipt, client) = (taking.receipt, taking.client)
        let name = "the receipt of parcel \(receipt.parcel.number) at \(self.name(of: client))"
        self.check(taking.damage, isTold: taken.damage != nil, name)
        if taken.isNews != taking.isNews { self.complain("\(name): is news is \(taken.isNews)") }
        if taking.damage == nil {
            client.parcelNumbers.answered = max(client.parcelNumbers.answered, receipt.parcel.number)
        }
        let read = receipt.haves.read(taking.damage)
        for scope in read { client.heard(of: scope, from: receipt.incarnation, isAll: taking.isNews) }
        if read.count < receipt.haves.scopes.count, taken.newCount + taken.duplicateCount > 0 {
            self.complain("\(name) was used behind its damage")
        }
        try client.store.database.read { reader in
            let held = try self.held(reader)
            let delivered = try self.delivered(reader, held)
            for scope in Set(held.keys).union(read) {
                self.check(taking, scope, held: held[scope] ?? [], delivered: delivered[scope] ?? [], name)
            }
        }
    }

    /// What a receipt has brought of one scope, and what it has marked as delivered there.
    private func check(
        _ taking: TakenReceipt,
        _ scope: UnitCode,
        held: Set<ChangeName>,
        delivered: Set<ChangeName>,
        _ name: String
    ) {
        let receipt = taking.receipt
        let (before, deliveredBefore) = (taking.before[scope] ?? [], taking.deliveredBefore[scope] ?? [])
        guard receipt.haves.read(taking.damage).contains(scope), let covered = receipt.held[scope] else {
            if held != before || delivered != deliveredBefore { self.complain("\(name) changed \(scope)") }
            return
        }
        if !held.subtracting(before).isSubset(of: covered) { self.complain("\(name) brought what is not there") }
        let standing = taking.isNews ? [] : deliveredBefore
        let unfounded = delivered.subtracting(covered).subtracting(standing)
        if !unfounded.isEmpty { self.complain("\(name) marks \(unfounded)") }
        if !delivered.isSuperset(of: standing) {
            self.complain("\(name) takes back \(standing.subtracting(delivered))")
        }
        // Whoever holds what the parcel told gets all that is missing. (Where the province lacked some of that, what it holds
        // may be another branch, which it does not know yet: then the next receipt brings it.)
        let told = receipt.parcel.held[scope] ?? []
        guard taking.damage.map({ $0.kind == .trailing }) ?? true, receipt.answered.contains(scope),
            before.isSuperset(of: told), covered.isSuperset(of: told), !delivered.isSuperset(of: covered)
        else { return }
        self.complain("\(name) leaves out \(covered.subtracting(delivered)) of \(scope)")
    }

    func check(_ taking: TakenReceipt, refusal: any Error) throws {
        if taking.damage?.sparesOpening ?? true {
            self.complain("\(self.name(of: taking.client)) took nothing of a receipt: \(refusal)")
        }
        try self.checkUnchanged(taking, "a damaged receipt")
    }

    private func checkUnchanged(_ taking: TakenReceipt, _ name: String) throws {
        try taking.client.store.database.read { reader in
            let held = try self.held(reader)
            if held != taking.before { self.complain("\(name) changed what is held") }
            if try self.delivered(reader, held) != taking.deliveredBefore {
                self.complain("\(name) changed what is delivered")
            }
        }
    }

    /// Whatever is damaged is told, and nothing else.
    private func check(_ damage: StickDamage?, isTold: Bool, _ name: String) {
        if (damage != nil) != isTold { self.complain("\(name): damage is told: \(isTold)") }
    }
}
