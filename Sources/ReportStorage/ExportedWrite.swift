import ReportModel

/// One write of the log with what became of it.
package struct ExportedWrite: Sendable {
    /// Where a write stands in its cell now.
    package enum State: Sendable {
        /// The value of the cell, or one of several equal ones.
        case current
        /// One of several values between which nobody has decided.
        case conflicting
        /// Another write took its place.
        case superseded
        /// It never took a place.
        case notCounted
    }

    package let address: CellAddress
    package let value: CellValue
    package let state: State
    package let replica: ReplicaID
    package let sequence: UInt64
    package let hash: ChainHash
    package let author: PersonID
    /// The name of the device, where it is known.
    package let device: String?
    package let time: Timestamp
    package let received: Timestamp
    package let isDelivered: Bool
    /// The dots of the writes that this one replaced.
    package let supersedes: [String]
}

extension StoreReader {
    /// Every write of a scope, in the order in which this store took them.
    ///
    /// - Complexity: the log of the scope, which is held in memory meanwhile.
    package func forEachWrite(in scope: UnitCode, _ body: (ExportedWrite) throws -> Void) throws {
        var walk = try ScopeWalk(self, scope: scope)
        var cells: [AddressInScope: (writes: WritesOfCell, dots: [String])] = [:]
        // Stores of former programs have no such table.
        let hasDiscounts = try self.authority() != nil
        for entry in try self.log(of: scope) {
            let stored = entry.stored
            let context = try walk.context(of: entry)
            let dot = walk.chains.dot(of: stored)
            let discounted = try hasDiscounts ? self.discounts(at: entry.position) : [:]
            for (index, write) in stored.chained.change.writes.enumerated() {
                let address = CellAddress(write.address, in: scope)
                var cell = cells[write.address] ?? (WritesOfCell(), [])
                let isCounting = discounted[index] == nil
                let superseded = cell.writes.add(
                    entry.position,
                    context: context,
                    isCounting: isCounting,
                    in: walk.chains
                )
                let supersedes = superseded.map { cell.dots[$0] }
                cell.dots.append(dot)
                cells[write.address] = cell
                try body(
                    ExportedWrite(
                        address: address,
                        value: write.value,
                        state: isCounting ? try self.state(of: entry.position, at: address) : .notCounted,
                        replica: stored.chained.replica,
                        sequence: stored.chained.sequence,
                        hash: stored.hash,
                        author: stored.chained.change.author,
                        device: try self.deviceName(of: stored.chained.replica, in: scope),
                        time: stored.chained.change.time,
                        received: entry.received,
                        isDelivered: entry.isDelivered,
                        supersedes: supersedes
                    )
                )
            }
        }
    }

    private func state(of position: ScopeChains.Position, at address: CellAddress) throws -> ExportedWrite.State {
        let versions = try self.key(of: address).map { try self.versions(of: $0) } ?? []
        guard versions.contains(where: { $0.position == position }) else { return .superseded }
        return versions.contains { $0.value != versions[0].value } ? .conflicting : .current
    }
}
