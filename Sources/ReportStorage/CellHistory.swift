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
    /// Who sealed it; `nil` where nobody seals.
    package let signer: DeviceID?
    /// Why it does not count; empty for nearly every write.
    package let discounts: [Discount]
    /// Of a write that does not count: whether somebody who had seen it has written the cell since.
    package internal(set) var isAnswered = false
}

extension StoreReader {
    /// Every write of a cell, in the order in which this store took them.
    ///
    /// - Complexity: the log of the cell's scope.
    package func history(of address: CellAddress) throws -> [CellEvent] {
        let target = address.inScope
        var walk = try ScopeWalk(self, scope: address.unit)
        var writes = WritesOfCell()
        var events: [CellEvent] = []
        // Stores of former programs have no such table.
        let hasDiscounts = try self.authority() != nil
        for entry in try self.log(of: address.unit) {
            let stored = entry.stored
            let context = try walk.context(of: entry)
            guard let index = stored.chained.change.writes.firstIndex(where: { $0.address == target }) else { continue }
            let write = stored.chained.change.writes[index]
            let dot = walk.chains.dot(of: stored)
            let discounts = try hasDiscounts ? self.discounts(at: entry.position)[index] ?? [] : []
            let superseded = writes.add(
                entry.position,
                context: context,
                isCounting: discounts.isEmpty,
                in: walk.chains
            )
            for index in superseded { events[index].supersededBy.append(dot) }
            for index in writes.answered { events[index].isAnswered = true }
            events.append(
                CellEvent(
                    dot: dot,
                    authored: AuthoredVersion(
                        version: Version(
                            time: stored.chained.change.time,
                            replica: stored.chained.replica,
                            sequence: stored.chained.sequence,
                            hash: stored.hash,
                            value: write.value
                        ),
                        author: stored.chained.change.author,
                        device: try self.deviceName(of: stored.chained.replica, in: address.unit)
                    ),
                    supersedes: superseded.map { events[$0].dot },
                    supersededBy: [],
                    isDelivered: entry.isDelivered,
                    signer: stored.signer,
                    discounts: discounts
                )
            )
        }
        return events
    }
}

/// Goes through the log of a scope, and knows of each change what its author had seen.
struct ScopeWalk {
    let chains: ScopeChains
    private let reader: StoreReader
    private var frontiers: [ScopeChains.Position: Frontier] = [:]

    init(_ reader: StoreReader, scope: UnitCode) throws {
        self.reader = reader
        self.chains = try reader.chains(in: scope)
    }

    /// The heads of what the author had seen. To be called for every change, in the order of the log.
    mutating func context(of entry: LogEntry) throws -> [ScopeChains.Position] {
        let before = self.chains.predecessor(of: entry.position)
        let (context, after) = ScopeChains.frontiers(
            of: entry.stored.chained,
            named: entry.stored.reference,
            base: before.flatMap { self.frontiers[$0] } ?? Frontier()
        )
        self.frontiers[entry.position] = after
        return try self.chains.positions(ofTaken: context, hash: self.reader.hash)
    }
}

/// The writes of one cell, in the order of the log.
struct WritesOfCell {
    private var known: [Write] = []
    /// Those that do not count and that the author of the write added last had seen, if that one counts.
    private(set) var answered: [Int] = []

    private struct Write {
        let position: ScopeChains.Position
        let context: [ScopeChains.Position]
        let isCounting: Bool
    }

    /// Adds the next write. One that does not count replaces nothing, and nothing replaces it.
    ///
    /// - Returns: The writes that it replaces, as indexes in order of adding: those that its author had seen and that
    ///   nothing he had seen had replaced.
    mutating func add(
        _ position: ScopeChains.Position,
        context: [ScopeChains.Position],
        isCounting: Bool,
        in chains: ScopeChains
    ) -> [Int] {
        defer { self.known.append(Write(position: position, context: context, isCounting: isCounting)) }
        self.answered = []
        guard isCounting else { return [] }
        self.answered = self.known.indices.filter {
            !self.known[$0].isCounting && chains.isCovered(self.known[$0].position, by: context)
        }
        let seen = self.known.indices.filter {
            self.known[$0].isCounting && chains.isCovered(self.known[$0].position, by: context)
        }
        let replaced = seen.filter { index in
            !seen.contains { chains.isCovered(self.known[index].position, by: self.known[$0].context) }
        }
        return replaced
    }
}
