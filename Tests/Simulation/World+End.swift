import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerStore
import TestSupport

// What holds in the end: the troubles are over, and everybody comes to the same.

extension World {
    private var stores: [ReportDatabase] { self.clients.map(\.store.database) + [self.server.store.database] }

    /// Everybody syncs over good lines until all have everything, and every promise is looked at.
    func settle() throws {
        guard self.complaints.isEmpty else { return }
        self.tell("the troubles are over")
        try self.server.use(.newer)
        var existing: [UnitCode: Set<ChangeName>] = [:]
        for store in self.stores {
            try store.read { reader in
                for (scope, names) in try self.held(reader) { existing[scope, default: []].formUnion(names) }
            }
        }
        if self.server.authority != nil, self.random.oneIn(3) { try self.settleByParcels() }
        // Twice is enough: what the last one brought, the first one gets.
        for _ in 0..<2 {
            for client in self.clients { try self.syncWell(client) }
        }
        for client in self.clients { self.counts[.newReplicas] += try client.store.ownReplica().former.count }
        try self.checkNothingMoves(self.random.pick(self.clients))
        try self.checkSame(existing)
        try self.checkWhatIsHeld()
    }

    /// A sync with nothing to do is hello, welcome, done, and changes nothing.
    private func checkNothingMoves(_ client: SimulatedClient) throws {
        let pair = try self.syncWell(client, isChecked: false)
        guard let tally = pair.tally else { return }
        let isQuiet =
            pair.frameCount == 3 && tally.roundTrips == 1 && tally.changesSent == 0 && tally.changesReceived == 0
        if !isQuiet { self.complain("not quiet: \(tally)") }
    }

    /// Byte by byte, log and cells: each client holds of its scopes what the province holds, and of no others; and that is
    /// all that existed, and what the plain history says.
    private func checkSame(_ existing: [UnitCode: Set<ChangeName>]) throws {
        func contents(_ reader: StoreReader) throws -> [UnitCode: StoreContents] {
            try reader.scopes().reduce(into: [:]) { $0[$1] = try StoreContents(reader, scope: $1) }
        }
        let province = try self.server.store.database.read { reader in
            let province = try contents(reader)
            for (scope, contents) in province {
                try self.checkAgainstPlainHistory(contents, inConflict: reader.conflicts(in: scope), in: scope)
            }
            return province
        }
        for (scope, names) in existing {
            let held = Set(province[scope]?.log.map(\.name) ?? [])
            let root = self.server.root?.key.publicKey.id
            // Nothing is there that was not, but for what the province has ruled since.
            if !held.isSuperset(of: names) || !held.subtracting(names).allSatisfy({ self.signers[$0] == root }) {
                self.complain("\(scope): \(names.count) changes existed, \(held.count) are left")
            }
        }
        for client in self.clients {
            let own = Set(SimulatedScheme.newer.scheme.unitAndBelow(client.unit).map(\.code))
            let held = try client.store.database.read(contents)
            for scope in own.union(held.keys).sorted() {
                let expected = own.contains(scope) ? province[scope] : nil
                guard held[scope] != expected else { continue }
                let differences = expected.flatMap { held[scope]?.differences(from: $0) } ?? ["one side has nothing"]
                self.complain("\(self.name(of: client)): \(scope) differs: \(differences)")
            }
        }
    }

    /// The log holds every change once and no other, and every cell is what the plain history says.
    private func checkAgainstPlainHistory(_ contents: StoreContents, inConflict: [CellState], in scope: UnitCode) {
        guard let history = self.histories[scope] else { return self.complain("nobody wrote in \(scope)") }
        let names = Set(contents.log.map(\.name))
        if names.count != contents.log.count { self.complain("\(scope): a change is there twice") }
        if names.contains(where: { history.record(named: $0) == nil }) { self.complain("\(scope): nobody wrote that") }
        let branches = Dictionary(grouping: contents.frontier.heads, by: \.replica).values.filter { $0.count > 1 }
        self.counts[.branchedChains] += branches.count
        self.counts[.conflictsShown] += inConflict.count
        var written: Set<AddressInScope> = []
        var conflicts: Set<AddressInScope> = []
        for cell in history.writtenCells {
            let expected = self.versions(of: cell, amongst: names, in: scope)
            guard !expected.isEmpty else { continue }
            written.insert(cell)
            if expected.isConflict, !SystemForm.rootForms.contains(cell.form) { conflicts.insert(cell) }
            let versions = contents.cells[cell] ?? []
            if versions != expected.inShownOrder {
                self.complain("\(scope) \(cell.item): \(versions) instead of \(expected.inShownOrder)")
            }
            // Values that are equal need not have the same digits.
            if versions.map(\.value.description) != expected.inShownOrder.map(\.value.description) {
                self.complain("\(scope) \(cell.item): digits of \(versions)")
            }
        }
        if Set(contents.cells.keys) != written { self.complain("\(scope): \(contents.cells.count) cells") }
        if Set(inConflict.map(\.address.inScope)) != conflicts { self.complain("\(scope): other conflicts are shown") }
    }
}
