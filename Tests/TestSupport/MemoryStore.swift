import ReportModel

/// The smallest store there can be: one scope, in memory. A value, so a copy of it is a clone, and an older copy put in
/// its place is a restore.
///
/// It also shows how a store uses ``ScopeChains``: the chains decide, the store keeps the rows. A store needs three
/// things by position (the hash of a change, the author's frontier after it, the change itself) and, for each cell, its
/// versions with the position of the change that wrote them.
package struct MemoryStore: Sendable {
    package typealias Position = ScopeChains.Position

    package enum Outcome: Hashable, Sendable {
        case taken
        case duplicate
        case gap(missing: Reference)
    }

    /// A change as it is kept.
    package struct Entry: Hashable, Sendable {
        package let position: Position
        package let chained: ChainedChange
        package let canonicalBytes: [UInt8]
        package let accepted: ScopeChains.Accepted

        package var name: ChangeName {
            ChangeName(replica: self.accepted.replica, sequence: self.accepted.sequence, hash: self.accepted.hash)
        }
    }

    private struct PlacedVersion: Hashable, Sendable {
        var position: Position
        var version: Version
    }

    package let replica: ReplicaID
    package private(set) var chains: ScopeChains
    /// In order of arrival. What a change needs arrives before it, so this is a causal order too.
    package private(set) var log: [Entry] = []
    private var logIndexes: [Position: Int] = [:]
    private var cells: [AddressInScope: [PlacedVersion]] = [:]
    /// The change that the next own change follows: the last that this store wrote itself.
    private var lastWritten: Position?

    package init(replica: ReplicaID, scope: UnitCode) {
        self.replica = replica
        self.chains = ScopeChains(scope: scope)
    }

    package var frontier: Frontier { self.chains.frontier }
    package var tip: ChainHash? { self.chains.tip }

    /// The versions of a cell, the provisional one first.
    package func versions(of address: AddressInScope) -> [Version] {
        self.cells[address, default: []].map(\.version).inShownOrder
    }

    package var writtenCells: [AddressInScope] { self.cells.keys.sorted() }
}

// MARK: - Writing and taking

extension MemoryStore {
    /// Writes a change of this store's own: it has been shown all that the store holds.
    @discardableResult
    package mutating func write(_ writes: [Change.Write], time: Timestamp, author: PersonID) -> ChainedChange {
        let previous = self.lastWritten.map { self.entry(at: $0).accepted }
        let chained = ChainedChange(
            replica: self.replica,
            sequence: (previous?.sequence ?? 0) + 1,
            predecessorTag: previous?.hash.tag ?? 0,
            change: Change(
                time: time,
                author: author,
                contextDifference: self.frontier.difference(from: previous?.frontierAfter ?? Frontier()),
                writes: writes
            )
        )
        let outcome = self.take(chained)
        precondition(outcome == .taken, "a store's own change is \(outcome)")
        self.lastWritten = self.log.last?.position
        return chained
    }

    /// Stores a change that arrived, unless it is held already or something that it needs is not.
    @discardableResult
    package mutating func take(_ chained: ChainedChange) -> Outcome {
        let bytes = chained.change.canonicalBytes
        let placement = self.chains.placement(
            of: chained,
            canonicalBytes: bytes,
            hash: self.hash(at:),
            frontierAfter: { self.entry(at: $0).accepted.frontierAfter }
        )
        switch placement {
        case .duplicate:
            return .duplicate
        case .gap(let missing):
            return .gap(missing: missing)
        case .foreign:
            preconditionFailure("nobody seals here")
        case .extends(let line, let accepted):
            self.chains.extend(line, with: accepted)
            self.keep(chained, bytes, accepted, on: line)
        case .branches(let fork, let accepted):
            let line = ScopeChains.LineNumber(self.chains.lines.count + 1)
            self.chains.branch(line, from: fork, with: accepted)
            self.keep(chained, bytes, accepted, on: line)
        }
        return .taken
    }

    private mutating func keep(
        _ chained: ChainedChange,
        _ bytes: [UInt8],
        _ accepted: ScopeChains.Accepted,
        on line: ScopeChains.LineNumber
    ) {
        let position = Position(line: line, sequence: accepted.sequence)
        self.logIndexes[position] = self.log.count
        self.log.append(Entry(position: position, chained: chained, canonicalBytes: bytes, accepted: accepted))
        self.merge(chained.change, at: position, accepted)
    }

    /// In each cell it writes, the change takes the place of the versions that its context covers.
    private mutating func merge(_ change: Change, at position: Position, _ accepted: ScopeChains.Accepted) {
        let shown = self.chains.positions(ofTaken: accepted.context, hash: self.hash(at:))
        for write in change.writes {
            var versions = self.cells[write.address, default: []]
            versions.removeAll { self.chains.isCovered($0.position, by: shown) }
            let version = Version(
                time: change.time,
                replica: accepted.replica,
                sequence: accepted.sequence,
                hash: accepted.hash,
                value: write.value
            )
            versions.append(PlacedVersion(position: position, version: version))
            self.cells[write.address] = versions
        }
    }
}

// MARK: - Sending

extension MemoryStore {
    /// What somebody with this frontier lacks, in causal order. Heads that are not held here say nothing.
    package func changes(lackedBy frontier: Frontier) -> [ChainedChange] {
        let lacked = self.chains.uncovered(by: self.chains.positions(of: frontier, hash: self.hash(at:)))
        return self.log.filter { entry in
            lacked.contains { $0.line.number == entry.position.line && $0.after < entry.position.sequence }
        }.map(\.chained)
    }

    /// Gives `other` what it lacks.
    package func send(to other: inout MemoryStore) {
        for chained in self.changes(lackedBy: other.frontier) { other.take(chained) }
    }

    package func entry(at position: Position) -> Entry {
        self.log[self.logIndexes[position]!]
    }

    package func hash(at position: Position) -> ChainHash {
        self.entry(at: position).accepted.hash
    }
}
