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
                for scope in try reader.scopes() { existing[scope, default: []].formUnion(try reader.names(in: scope)) }
            }
        }
        // Twice is enough: what the last one brought, the first one gets.
        for round in 0..<2 {
            for client in self.clients { try self.syncWell(client, isChecked: round == 1) }
        }
        for (scope, names) in existing {
            let held = try self.server.store.database.read { try $0.names(in: scope) }
            if held != names { self.complain("\(scope): \(names.count) changes existed, \(held.count) are left") }
        }
        for client in self.clients { try self.checkNothingMoves(client) }
        for store in self.stores { try store.read(self.checkAgainstPlainHistory) }
        try self.checkSame()
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

    /// Byte by byte, log and cells: each client holds of its scopes what the province holds, and of no others.
    private func checkSame() throws {
        func contents(_ reader: StoreReader) throws -> [UnitCode: StoreContents] {
            try reader.scopes().reduce(into: [:]) { $0[$1] = try StoreContents(reader, scope: $1) }
        }
        let province = try self.server.store.database.read(contents)
        for (scope, contents) in province {
            let branches = Dictionary(grouping: contents.frontier.heads, by: \.replica).values.filter { $0.count > 1 }
            self.counts[.branchedChains] += branches.count
            self.counts[.conflictsShown] += contents.cells.values.count(where: \.isConflict)
            if self.histories[scope] == nil { self.complain("nobody wrote in \(scope)") }
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

    /// The log holds every change once and no other, and every cell is what the log and the plain history imply.
    private func checkAgainstPlainHistory(_ reader: StoreReader) throws {
        for scope in try reader.scopes() {
            guard let history = self.histories[scope] else { continue }
            let log = try reader.log(of: scope).map(\.stored)
            let names = Set(log.map { ChangeName($0) })
            if names.count != log.count { self.complain("\(scope): a change is there twice") }
            if names != self.held(try reader.chains(in: scope)) { self.complain("\(scope): the log is not closed") }
            let cells = Dictionary(
                uniqueKeysWithValues: try reader.cells(of: scope).map { ($0.address.inScope, $0) }
            )
            let inConflict = Set(try reader.conflicts(in: scope).map(\.address.inScope))
            for cell in history.writtenCells {
                let expected = history.versions(of: cell, amongst: names)
                let versions = cells[cell]?.versions.map(\.version) ?? []
                if versions != expected.inShownOrder {
                    self.complain("\(scope) \(cell.item): \(versions) instead of \(expected.inShownOrder)")
                }
                if versions.map(\.value.description) != expected.inShownOrder.map(\.value.description) {
                    self.complain("\(scope) \(cell.item): digits of \(versions)")
                }
                if inConflict.contains(cell) != expected.isConflict {
                    self.complain("\(scope) \(cell.item): in conflict is \(inConflict.contains(cell))")
                }
            }
            let written = Set(log.flatMap { $0.chained.change.writes.map(\.address) })
            if Set(cells.keys) != written { self.complain("\(scope): \(cells.count) cells") }
        }
    }
}
