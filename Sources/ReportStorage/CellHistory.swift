import ReportModel

/// One write of a cell, as `explain` tells it.
package struct CellEvent: Sendable {
    /// `replica:sequence`, with `~hash` where the chain has branched.
    package let dot: String
    package let name: WriteName
    package let authored: AuthoredVersion
    /// The dots of the writes that this one replaced, because its author had seen them.
    package internal(set) var supersedes: [String]
    /// The dots of the writes that replaced this one.
    package internal(set) var supersededBy: [String]
    /// The dots of the writes that did not count and that its author has accepted with it.
    package internal(set) var accepts: [String] = []
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
        try self.histories(of: [address.inScope], in: address.unit)[address.inScope] ?? []
    }

    /// Every write of these cells, by cell, in the order in which this store took them.
    ///
    /// - Complexity: the log of the scope, once.
    func histories(
        of addresses: Set<AddressInScope>,
        in scope: UnitCode
    ) throws -> [AddressInScope: [CellEvent]] {
        var walk = try ScopeWalk(self, scope: scope)
        var histories: [AddressInScope: HistoryOfCell] = [:]
        // Stores of former programs have no such table.
        let hasDiscounts = try self.authority() != nil
        for entry in try self.log(of: scope) {
            let context = try walk.context(of: entry)
            let writes = entry.stored.chained.change.writes
            for (index, write) in writes.enumerated() where addresses.contains(write.address) {
                let event = CellEvent(
                    dot: walk.chains.dot(of: entry.stored),
                    name: WriteName(change: entry.stored.reference, index: index),
                    authored: AuthoredVersion(
                        version: Version(
                            time: entry.stored.chained.change.time,
                            replica: entry.stored.chained.replica,
                            sequence: entry.stored.chained.sequence,
                            hash: entry.stored.hash,
                            value: write.value
                        ),
                        author: entry.stored.chained.change.author,
                        device: try self.deviceName(of: entry.stored.chained.replica, in: scope)
                    ),
                    supersedes: [],
                    supersededBy: [],
                    isDelivered: entry.isDelivered,
                    signer: entry.stored.signer,
                    discounts: try hasDiscounts ? self.discounts(at: entry.position)[index] ?? [] : []
                )
                histories[write.address, default: HistoryOfCell()]
                    .add(event, at: entry.position, context: context, writtenWith: writes, in: walk.chains)
            }
        }
        return histories.mapValues(\.events)
    }
}

/// The events of one cell, each with what it replaces of those before it.
private struct HistoryOfCell {
    private(set) var events: [CellEvent] = []
    private var writes = WritesOfCell()

    /// - Parameter writes: all those of its change.
    mutating func add(
        _ event: CellEvent,
        at position: ScopeChains.Position,
        context: [ScopeChains.Position],
        writtenWith writes: [Change.Write],
        in chains: ScopeChains
    ) {
        var event = event
        event.accepts = self.events.filter { former in
            !former.discounts.isEmpty && writes.contains { $0.address == SystemForm.accepted(former.name) }
        }.map(\.dot)
        let superseded = self.writes.add(position, context: context, isCounting: event.discounts.isEmpty, in: chains)
        event.supersedes = superseded.map { self.events[$0].dot }
        for index in superseded { self.events[index].supersededBy.append(event.dot) }
        for index in self.writes.answered { self.events[index].isAnswered = true }
        self.events.append(event)
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
