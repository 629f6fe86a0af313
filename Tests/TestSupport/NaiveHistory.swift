import ReportModel

/// The full name of a change, with the whole hash.
package struct ChangeName: Hashable, Comparable, Sendable {
    package let replica: ReplicaID
    package let sequence: UInt64
    package let hash: ChainHash

    package init(replica: ReplicaID, sequence: UInt64, hash: ChainHash) {
        self.replica = replica
        self.sequence = sequence
        self.hash = hash
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.replica, left.sequence, left.hash) < (right.replica, right.sequence, right.hash)
    }

    package var reference: Reference {
        Reference(replica: self.replica, sequence: self.sequence, tag: self.hash.tag)
    }
}

/// The promises of the model in their plainest words, as slow as that is: every change carries the names of all changes
/// that its author held, and the state of a cell is worked out anew each time it is asked for.
///
/// It knows no clock, no frontier and no line; whoever writes tells it what they held. Nothing here may call
/// ``ScopeChains`` or ``Frontier``.
package struct NaiveHistory: Sendable {
    package struct Record: Sendable {
        package let name: ChangeName
        /// The change before it in its chain.
        package let predecessor: ChangeName?
        /// All that the author held when writing, the predecessor included.
        package let ancestors: Set<ChangeName>
        package let chained: ChainedChange

        package func value(of cell: AddressInScope) -> CellValue? {
            self.chained.change.writes.first { $0.address == cell }?.value
        }
    }

    package let scope: UnitCode
    /// Every change ever written, in the order of writing, lost ones included.
    package private(set) var records: [Record] = []
    private var indexes: [ChangeName: Int] = [:]

    package init(scope: UnitCode) {
        self.scope = scope
    }

    package subscript(_ name: ChangeName) -> Record {
        self.records[self.indexes[name]!]
    }

    /// `nil` when nobody ever wrote a change of this name.
    package func record(named name: ChangeName) -> Record? {
        self.indexes[name].map { self.records[$0] }
    }

    /// Adds a change whose author held `ancestors` and had last written `predecessor`.
    ///
    /// - Parameter signer: who seals its chain; `nil` where nobody seals.
    ///
    /// Two copies of one store that do the very same thing at the same second write one and the same change.
    package mutating func add(
        _ chained: ChainedChange,
        after predecessor: ChangeName?,
        ancestors: Set<ChangeName>,
        sealedBy signer: DeviceID? = nil
    ) -> ChangeName {
        let hashBefore =
            predecessor?.hash ?? ChainHash(startOf: chained.replica, in: self.scope, sealedBy: signer)
        let name = ChangeName(
            replica: chained.replica,
            sequence: (predecessor?.sequence ?? 0) + 1,
            hash: hashBefore.next(chained.change.canonicalBytes)
        )
        if self.indexes[name] == nil {
            self.indexes[name] = self.records.count
            self.records.append(
                Record(name: name, predecessor: predecessor, ancestors: ancestors, chained: chained)
            )
        }
        return name
    }

    /// The record of a change as it travels. By its bytes: changes with 1.0 and 1.00 in them are equal, but not the same.
    package func record(of chained: ChainedChange) -> Record? {
        let bytes = chained.change.canonicalBytes
        return self.records.first { $0.chained == chained && $0.chained.change.canonicalBytes == bytes }
    }

    package var allNames: Set<ChangeName> { Set(self.records.map(\.name)) }

    /// The versions of a cell for somebody who holds `held`: all writes of it, less those that another of them has
    /// among its ancestors.
    ///
    /// - Parameter counts: asked of each change that writes the cell; what does not count is as if it were not there.
    package func versions(
        of cell: AddressInScope,
        amongst held: Set<ChangeName>,
        counts: (Record) -> Bool = { _ in true }
    ) -> Set<Version> {
        let writers = self.records.filter { held.contains($0.name) && $0.value(of: cell) != nil && counts($0) }
        let current = writers.filter { writer in
            !writers.contains { $0.ancestors.contains(writer.name) }
        }
        return Set(
            current.map { writer in
                Version(
                    time: writer.chained.change.time,
                    replica: writer.name.replica,
                    sequence: writer.name.sequence,
                    hash: writer.name.hash,
                    value: writer.value(of: cell)!
                )
            }
        )
    }

    /// The names of those of `held` that no other of `held` follows in its chain, in order.
    package func heads(amongst held: Set<ChangeName>) -> [ChangeName] {
        let continued = Set(held.compactMap { self[$0].predecessor })
        return held.subtracting(continued).sorted()
    }

    /// `name` and all before it in its chain.
    package func chain(upTo name: ChangeName) -> Set<ChangeName> {
        var chain: Set<ChangeName> = []
        var next: ChangeName? = name
        while let name = next {
            chain.insert(name)
            next = self[name].predecessor
        }
        return chain
    }

    package var writtenCells: [AddressInScope] {
        Set(self.records.flatMap { $0.chained.change.writes.map(\.address) }).sorted()
    }
}
