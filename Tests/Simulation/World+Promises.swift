import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerStore
import TestSupport

// What holds at every moment.

extension World {
    /// All that a store holds, as its heads say: whatever is held is held with all that it builds on.
    func held(_ chains: ScopeChains) -> Set<ChangeName> {
        var held: Set<ChangeName> = []
        for line in chains.lines where chains.isHead(line) {
            let name = ChangeName(replica: line.replica, sequence: line.head.sequence, hash: line.head.hash)
            guard let record = self.histories[chains.scope]?.record(named: name) else {
                self.complain("nobody wrote \(name), which is held")
                continue
            }
            held.insert(name)
            held.formUnion(record.ancestors)
        }
        return held
    }

    func held(_ reader: StoreReader) throws -> [UnitCode: Set<ChangeName>] {
        try reader.scopes().reduce(into: [:]) { $0[$1] = self.held(try reader.chains(in: $1)) }
    }

    /// No store has lost anything, and what an office takes for delivered is at the province: unless the province's store
    /// was replaced since they last spoke.
    func checkWhatIsHeld() throws {
        let atProvince = try self.server.store.database.read(self.held)
        self.checkNothingLost(from: &self.server.known, now: atProvince, "the province")
        for client in self.clients {
            try client.store.database.read { reader in
                let held = try self.held(reader)
                self.checkNothingLost(from: &client.known, now: held, self.name(of: client))
                for (scope, names) in held where client.contacts[scope] == self.server.incarnation {
                    let delivered = try self.delivered(reader, names, in: scope)
                    let lost = delivered.subtracting(atProvince[scope] ?? [])
                    if !lost.isEmpty {
                        self.complain("\(self.name(of: client)): delivered and not at the province: \(lost)")
                    }
                }
            }
        }
    }

    private func checkNothingLost(
        from known: inout [UnitCode: Set<ChangeName>],
        now held: [UnitCode: Set<ChangeName>],
        _ whose: String
    ) {
        for (scope, names) in known {
            let lost = names.subtracting(held[scope] ?? [])
            if !lost.isEmpty { self.complain("\(whose) has lost \(lost)") }
        }
        known = held
    }

    /// What is marked as delivered: each chain up to a mark.
    func delivered(
        _ reader: StoreReader,
        _ held: Set<ChangeName>,
        in scope: UnitCode
    ) throws -> Set<ChangeName> {
        guard let delivered = try reader.deliveredFrontier(in: scope), let history = self.histories[scope] else {
            return held
        }
        return delivered.heads.reduce(into: []) { names, reference in
            guard let name = held.first(where: { $0.reference == reference }) else {
                return self.complain("\(reference) is delivered and not held")
            }
            names.formUnion(history.chain(upTo: name))
        }
    }

    /// One store, picked at random, shows in every cell what the plain history says.
    func checkSomeStore() throws {
        let stores = self.clients.map(\.store.database) + [self.server.store.database]
        try self.random.pick(stores).read { reader in
            for scope in try reader.scopes() { try self.checkCells(reader, of: scope) }
        }
    }

    /// Every true conflict is shown and no false one: the versions of each cell are those of the plain history.
    func checkCells(_ reader: StoreReader, of scope: UnitCode, only addresses: [AddressInScope]? = nil) throws {
        guard let history = self.histories[scope] else { return }
        let names = self.held(try reader.chains(in: scope))
        for address in addresses ?? history.writtenCells {
            let expected = self.versions(of: address, amongst: names, in: scope)
            let cell = try reader.cell(CellAddress(address, in: scope))
            let versions = cell.versions.map(\.version)
            if versions != expected.inShownOrder {
                self.complain("\(scope) \(address.item): \(versions) instead of \(expected.inShownOrder)")
            }
            if cell.isConflict != expected.isConflict {
                self.complain("\(scope) \(address.item): in conflict is \(cell.isConflict)")
            }
        }
    }

    /// After a sync of one client alone both sides hold the same of all its scopes, and all of it is delivered.
    func checkAgreement(_ pair: Pair) throws {
        func tips(_ reader: StoreReader) throws -> [UnitCode: ChainHash?] {
            try pair.served.reduce(into: [:]) { $0[$1] = try reader.chains(in: $1).tip }
        }
        let client = try pair.client.store.database.read(tips)
        let server = try self.server.store.database.read(tips)
        for scope in pair.served.sorted() {
            if client[scope] != server[scope] { self.complain("after a sync \(scope) differs") }
            if try pair.client.store.database.read({ try $0.deliveredFrontier(in: scope) }) != nil {
                self.complain("changes unsent in \(scope) after a sync")
            }
        }
    }
}
