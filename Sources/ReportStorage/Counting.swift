import Foundation
import GRDB
import ReportModel

/// Why a write does not count. Every store derives it from its log, in whatever order that came
/// (Protocol/README.md, "What counts").
package enum Discount: Hashable, Sendable {
    /// Only the authority writes there, or only the replica itself.
    case notTheirs
    /// The device was revoked, and the revocation had not seen the write.
    case revoked
    /// The root has ruled it out, with this code.
    case ruledOut(String)

    /// As the table `discounted` holds it.
    package var code: String {
        switch self {
        case .notTheirs: "not_theirs"
        case .revoked: "device_revoked"
        case .ruledOut(let code): code
        }
    }

    init(code: String) {
        switch code {
        case Discount.notTheirs.code: self = .notTheirs
        case Discount.revoked.code: self = .revoked
        default: self = .ruledOut(code)
        }
    }
}

/// Decides which writes count, and what a change of the authority means for others.
extension StoreWriter {
    /// Notes which writes of a change that was just appended do not count from the start.
    ///
    /// - Returns: Those that do.
    func counting(
        _ change: Change,
        _ accepted: ScopeChains.Accepted,
        at position: ScopeChains.Position,
        in scope: UnitCode
    ) throws -> [Change.Write] {
        guard let signer = accepted.signer, let authority = try self.authorityID(), signer != authority else {
            return change.writes
        }
        let isRevoked = try self.isRevoked(signer, for: accepted.context, in: scope)
        return try change.writes.enumerated().filter { index, write in
            let isTheirs = write.address.isTheirs(accepted.replica)
            // Both reasons, so that what is noted does not depend on which came first.
            if isRevoked { try self.discount(.revoked, write: index, at: position) }
            if !isTheirs { try self.discount(.notTheirs, write: index, at: position) }
            return isTheirs && !isRevoked
        }.map(\.element)
    }

    /// Does what a change of the authority orders: keeps keys, and takes out what it restricts and rules out.
    func obey(
        _ change: Change,
        _ accepted: ScopeChains.Accepted,
        at position: ScopeChains.Position,
        in scope: UnitCode
    ) throws {
        guard let signer = accepted.signer, try signer == self.authorityID() else { return }
        try self.noteGrants(change, in: scope)
        for write in change.writes {
            if let (device, mark) = write.grantMark {
                try self.note(mark, of: device, accepted.context, at: position, in: scope)
                guard mark == .revoked else { continue }
                let affected = try self.discountUnseen(of: device, by: accepted.context, in: scope)
                self.outdatedCells[scope, default: []].formUnion(affected)
            } else if let (name, index) = SystemForm.ruledOut(by: write.address), case .text(let code) = write.value,
                let place = try self.chains(in: scope).position(of: name, hash: self.reader.hash),
                let address = try self.discount(.ruledOut(code), write: index, at: place, in: scope)
            {
                self.outdatedCells[scope, default: []].insert(address)
            }
        }
    }

    private func authorityID() throws -> DeviceID? {
        if let known = self.knownAuthority { return known }
        let id = try self.reader.authority()?.id
        self.knownAuthority = .some(id)
        return id
    }

    // MARK: - Revocations

    private func note(
        _ mark: GrantMark,
        of device: DeviceID,
        _ seen: Frontier,
        at position: ScopeChains.Position,
        in scope: UnitCode
    ) throws {
        try self.database.executeCached(
            sql: "INSERT INTO act VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                try self.number(of: scope), Data(device.bytes), position.line, Int64(position.sequence),
                mark == .granted, Data(Self.encoded(seen)),
            ]
        )
    }

    /// Whether a change of the device that is only now taken is restricted. (No revocation that is held can have seen it:
    /// the log is causally closed.)
    private func isRevoked(_ device: DeviceID, for context: Frontier, in scope: UnitCode) throws -> Bool {
        try self.reader.isRevoked(device, for: context, in: self.chains(in: scope))
    }

    /// Takes out what a device has written and a revocation that has just come had not seen. It cannot have seen an end of
    /// that revocation.
    ///
    /// - Returns: The cells that it wrote there.
    private func discountUnseen(
        of device: DeviceID,
        by context: Frontier,
        in scope: UnitCode
    ) throws -> Set<AddressInScope> {
        let chains = try self.chains(in: scope)
        let seen = try chains.positions(ofTaken: context, hash: self.reader.hash)
        var affected: Set<AddressInScope> = []
        for (line, after) in chains.uncovered(by: seen) where line.signer == device {
            guard after < line.head.sequence else { continue }
            for sequence in after + 1...line.head.sequence {
                let position = ScopeChains.Position(line: line.number, sequence: sequence)
                let change = try self.reader.change(at: position, in: chains).chained.change
                for (index, write) in change.writes.enumerated() {
                    try self.discount(.revoked, write: index, at: position)
                    affected.insert(write.address)
                }
            }
        }
        return affected
    }

    // MARK: - Rulings

    /// - Returns: The cell of the write; `nil` where the change has no such write, or is the authority's own.
    private func discount(
        _ reason: Discount,
        write index: Int,
        at position: ScopeChains.Position,
        in scope: UnitCode
    ) throws -> AddressInScope? {
        let chains = try self.chains(in: scope)
        guard try chains.held(position.line).signer != self.authorityID() else { return nil }
        let writes = try self.reader.change(at: position, in: chains).chained.change.writes
        guard writes.indices.contains(index) else { return nil }
        try self.discount(reason, write: index, at: position)
        return writes[index].address
    }

    private func discount(_ reason: Discount, write index: Int, at position: ScopeChains.Position) throws {
        try self.database.executeCached(
            sql: "INSERT INTO discounted VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [position.line, Int64(position.sequence), index, reason.code]
        )
    }

    /// Makes the cells anew of which something was taken out, and the times of the reports they belong to. Slow, and rare: so
    /// at the end of a transaction, in which one change of the authority may take out much, and many may follow each other.
    func rebuildOutdatedCells() throws {
        for (scope, addresses) in self.outdatedCells { try self.rebuildCells(addresses, in: scope) }
        self.outdatedCells = [:]
    }

    /// - Complexity: the log of the scope, once.
    private func rebuildCells(_ addresses: Set<AddressInScope>, in scope: UnitCode) throws {
        var walk = try ScopeWalk(self.reader, scope: scope)
        var histories: [AddressInScope: CountingWrites] = [:]
        self.filings = FilingWriter()
        try self.filings.forget(addresses, in: scope, self)
        for entry in try self.reader.log(of: scope) {
            let context = try walk.context(of: entry)
            let change = entry.stored.chained.change
            let discounted = try self.reader.discounts(at: entry.position)
            let counting = change.writes.enumerated().filter { discounted[$0.offset] == nil }.map(\.element)
            for write in counting where addresses.contains(write.address) {
                histories[write.address, default: CountingWrites()]
                    .add(CellVersion(position: entry.position, value: write.value), context, in: walk.chains)
            }
            try self.filings.note(counting, time: change.time, in: scope, received: entry.received, self)
        }
        for address in addresses {
            try self.cells.replace(with: histories[address]?.versions ?? [], at: address, in: scope)
        }
    }
}

/// The writes of a cell that count, in the order of the log, less those that later ones had seen.
private struct CountingWrites {
    private(set) var versions: [CellVersion] = []

    mutating func add(_ version: CellVersion, _ context: [ScopeChains.Position], in chains: ScopeChains) {
        self.versions.removeAll { chains.isCovered($0.position, by: context) }
        self.versions.append(version)
    }
}

extension StoreReader {
    /// Whether what a device writes in a scope from now on does not count, even if it knows all that is held here.
    ///
    /// - Complexity: one look-up where it was never revoked.
    package func isRevoked(_ device: DeviceID, in scope: UnitCode) throws -> Bool {
        guard try self.authority() != nil, try self.acts(on: device, in: scope).contains(where: { !$0.isEnd }) else {
            return false
        }
        let chains = try self.chains(in: scope)
        return try self.isRevoked(device, for: chains.frontier, in: chains)
    }

    /// Whether some revocation of the device is held of which somebody with this context has not seen the end.
    func isRevoked(_ device: DeviceID, for context: Frontier, in chains: ScopeChains) throws -> Bool {
        let acts = try self.acts(on: device, in: chains.scope)
        guard acts.contains(where: { !$0.isEnd }) else { return false }
        let seen = try chains.positions(ofTaken: context, hash: self.hash)
        let ends = try acts.filter { $0.isEnd && chains.isCovered($0.position, by: seen) }.map {
            try chains.positions(ofTaken: $0.seen, hash: self.hash)
        }
        return acts.contains { act in
            !act.isEnd && !ends.contains { chains.isCovered(act.position, by: $0) }
        }
    }

    private struct Act {
        let position: ScopeChains.Position
        let isEnd: Bool
        let seen: Frontier
    }

    private func acts(on device: DeviceID, in scope: UnitCode) throws -> [Act] {
        guard let number = try self.number(of: scope) else { return [] }
        let statement = try self.database.cachedStatement(sql: "SELECT * FROM act WHERE scope = ? AND device = ?")
        return try Row.fetchAll(statement, arguments: [number, Data(device.bytes)]).map { row in
            var reader = ByteReader(try row.bytes("seen"))
            return Act(
                position: try row.position(),
                isEnd: try row.integer("is_end") != 0,
                seen: Frontier(try reader.references(upTo: .max))
            )
        }
    }

    /// Why writes of a change do not count, by their index; no entry for those that do.
    package func discounts(at position: ScopeChains.Position) throws -> [Int: [Discount]] {
        let statement = try self.database.cachedStatement(
            sql: "SELECT write_index, reason FROM discounted WHERE line = ? AND sequence = ? ORDER BY reason"
        )
        let rows = try Row.fetchAll(statement, arguments: [position.line, Int64(position.sequence)])
        return try rows.reduce(into: [:]) { found, row in
            found[Int(try row.integer("write_index")), default: []].append(Discount(code: try row.text("reason")))
        }
    }
}

extension AddressInScope {
    /// Whether a device may write here at all, whatever a scheme says: grants, rulings and the like are the authority's, and what a
    /// replica says of itself only itself can say.
    fileprivate func isTheirs(_ replica: ReplicaID) -> Bool {
        self.form == SystemForm.devices
            ? self.row.description == replica.description : !SystemForm.rootForms.contains(self.form)
    }
}

extension Change.Write {
    /// What the write, if it is the authority's, says of a device.
    fileprivate var grantMark: (DeviceID, GrantMark)? {
        guard self.address.form == SystemForm.grants, self.address.item == SystemForm.grantState,
            let device = DeviceID(self.address.row.description), let mark = GrantMark(self.value)
        else { return nil }
        return (device, mark)
    }
}
