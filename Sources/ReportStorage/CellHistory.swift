import ReportModel

/// One write of a cell, as `explain` tells it.
package struct CellEvent: Sendable {
    /// `replica:sequence`, with `~hash` where the chain has branched.
    package let dot: String
    package let authored: AuthoredVersion
    /// The dots of the writes that this one replaced, because its author had seen them.
    package internal(set) var supersedes: [String]
    /// The dots of the writes that replaced this one.
    package internal(set) var supersededBy: [String]
    package let isDelivered: Bool
}

extension StoreReader {
    /// Every write of a cell, in the order in which this store took them.
    ///
    /// - Complexity: the log of the cell's scope.
    package func history(of address: CellAddress) throws -> [CellEvent] {
        let chains = try self.chains(in: address.unit)
        let target = address.inScope
        var frontiers: [ScopeChains.Position: Frontier] = [:]
        var events: [CellEvent] = []
        var known: [(position: ScopeChains.Position, context: [ScopeChains.Position])] = []
        for entry in try self.log(of: address.unit) {
            let chained = entry.stored.chained
            let before = chains.predecessor(of: entry.position)
            let (context, after) = ScopeChains.frontiers(
                of: chained,
                named: entry.stored.reference,
                base: before.flatMap { frontiers[$0] } ?? Frontier()
            )
            frontiers[entry.position] = after
            guard let write = chained.change.writes.first(where: { $0.address == target }) else { continue }
            let heads = try chains.positions(ofTaken: context, hash: self.hash)
            let dot = chains.dot(of: entry.stored)
            var event = CellEvent(
                dot: dot,
                authored: AuthoredVersion(
                    version: Version(
                        time: chained.change.time,
                        replica: chained.replica,
                        sequence: chained.sequence,
                        hash: entry.stored.hash,
                        value: write.value
                    ),
                    author: chained.change.author,
                    device: try self.deviceName(of: chained.replica, in: address.unit)
                ),
                supersedes: [],
                supersededBy: [],
                isDelivered: entry.isDelivered
            )
            // A write replaces those that its author had seen and that nothing he had seen had replaced.
            for (index, other) in known.enumerated() where chains.isCovered(other.position, by: heads) {
                let isReplaced = known.contains { later in
                    chains.isCovered(later.position, by: heads)
                        && chains.isCovered(other.position, by: later.context)
                }
                guard !isReplaced else { continue }
                event.supersedes.append(events[index].dot)
                events[index].supersededBy.append(dot)
            }
            known.append((entry.position, heads))
            events.append(event)
        }
        return events
    }
}
