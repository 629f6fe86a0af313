import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerStore
import ReportWire
import TestSupport

extension World {
    /// What a client takes for delivered is at the province.
    func checkDelivered(_ client: SimulatedClient) throws {
        let delivered = try client.store.database.read { reader in
            try reader.scopes().map { ($0, try reader.deliveredNames(in: $0)) }
        }
        try self.server.store.database.read { reader in
            for (scope, names) in delivered where !names.isEmpty {
                let lost = names.subtracting(try reader.names(in: scope))
                if !lost.isEmpty { self.complain("delivered and not at the province: \(lost)") }
            }
        }
    }

    /// After a sync of one client alone both sides hold the same of all its scopes, and all of it is delivered.
    func checkAgreement(_ pair: Pair) throws {
        let own = Set(SimulatedScheme.scheme.unitAndBelow(pair.client.unit).map(\.code))
        func contents(_ reader: StoreReader) throws -> [UnitCode: StoreContents] {
            try reader.scopes().filter(own.contains).reduce(into: [:]) { contents, scope in
                contents[scope] = try StoreContents(reader, scope: scope)
            }
        }
        let client = try pair.client.store.database.read(contents)
        let server = try self.server.store.database.read(contents)
        if client.keys != server.keys { self.complain("\(client.keys.sorted()) and \(server.keys.sorted())") }
        for scope in client.keys.sorted() {
            let differences = server[scope].map(client[scope]!.differences) ?? []
            if !differences.isEmpty {
                self.complain(
                    "after a sync \(scope) differs: \(differences)\n" + pair.transcript.joined(separator: "\n")
                )
            }
        }
        let unsent = try pair.client.store.status().unsent
        if unsent != 0 {
            self.complain("\(unsent) changes unsent after a sync\n" + pair.transcript.joined(separator: "\n"))
        }
    }

    /// Everybody syncs over good lines until all have everything, and every promise is looked at.
    func settle() throws {
        var existing: [UnitCode: Set<ChangeName>] = [:]
        for store in self.clients.map(\.store.database) + [self.server.store.database] {
            try store.read { reader in
                for scope in try reader.scopes() { existing[scope, default: []].formUnion(try reader.names(in: scope)) }
            }
        }
        for round in 0..<2 {
            for client in self.clients {
                try self.syncWell(
                    client,
                    batchByteCountMax: self.random.pick([1, 150, 48 * 1024]),
                    isChecked: round == 1
                )
            }
        }
        for (scope, names) in existing {
            let held = try self.server.store.database.read { try $0.names(in: scope) }
            if held != names { self.complain("\(scope): \(names.count) changes existed, \(held.count) are left") }
        }
        for client in self.clients { try self.checkNothingMoves(client) }
        for store in self.clients.map(\.store.database) + [self.server.store.database] {
            try store.read(self.checkAgainstPlainHistory)
        }
        for client in self.clients { try self.checkForeignScopes(client) }
    }

    /// A sync with nothing to do is hello, welcome, done, and changes nothing.
    private func checkNothingMoves(_ client: SimulatedClient) throws {
        let pair = try self.syncWell(client, isChecked: false)
        guard let tally = pair.tally else { return }
        let isQuiet =
            pair.frameCount == 3 && tally.roundTrips == 1 && tally.changesSent == 0 && tally.changesReceived == 0
        if !isQuiet { self.complain("not quiet: \(tally)\n" + pair.transcript.joined(separator: "\n")) }
    }

    private func checkAgainstPlainHistory(_ reader: StoreReader) throws {
        for scope in try reader.scopes() {
            guard let history = self.histories[scope] else {
                self.complain("nobody wrote in \(scope)")
                continue
            }
            let log = try reader.log(of: scope).map(\.stored)
            let names = Set(log.map { ChangeName($0) })
            if names.count != log.count { self.complain("\(scope): a change is there twice") }
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
                self.noteConflicts(expected.isConflict ? 1 : 0)
            }
            let written = Set(log.flatMap { $0.chained.change.writes.map(\.address) })
            if Set(cells.keys) != written { self.complain("\(scope): \(cells.count) cells") }
        }
    }

    /// A store holds only what its unit and the units below it write.
    private func checkForeignScopes(_ client: SimulatedClient) throws {
        let own = Set(SimulatedScheme.scheme.unitAndBelow(client.unit).map(\.code))
        let foreign = try client.store.database.read { Set(try $0.scopes()) }.subtracting(own)
        if !foreign.isEmpty { self.complain("\(client.unit) holds \(foreign)") }
    }
}

/// What a sync has to move.
struct Differences {
    /// What the province lacks.
    private var lackedCount = 0
    /// What it has, and of which the receipt was lost.
    private var unsureCount = 0
    private(set) var receivedCount = 0

    init(_ client: SimulatedClient, _ server: SimulatedServer) throws {
        let own = SimulatedScheme.scheme.unitAndBelow(client.unit).map(\.code)
        try client.store.database.read { client in
            try server.store.database.read { server in
                for scope in Set(try client.scopes() + server.scopes()).intersection(own) {
                    let (here, there) = (try client.names(in: scope), try server.names(in: scope))
                    let delivered = try client.deliveredNames(in: scope)
                    self.lackedCount += here.subtracting(there).count
                    self.unsureCount += here.intersection(there).subtracting(delivered).count
                    self.receivedCount += there.subtracting(here).count
                }
            }
        }
    }

    /// How many changes may have been sent.
    ///
    /// - Parameter isExact: where a chain has branched, its beginning is sent along, perhaps more than once.
    func sentCounts(isExact: Bool) -> ClosedRange<Int> {
        self.lackedCount...(isExact ? self.lackedCount + self.unsureCount : .max)
    }
}
