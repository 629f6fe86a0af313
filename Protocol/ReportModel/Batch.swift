/// Changes of one scope in causal order, as they travel and are taken together.
///
/// A batch is wrapping. What is hashed and stored are the canonical bytes of each change, so a batch may be cut
/// anywhere between two changes.
package struct Batch: Hashable, Sendable {
    package var scope: UnitCode
    /// The chains of which the batch carries a run.
    package private(set) var chains: [Chain]
    package private(set) var entries: [Entry]

    /// Where a run of changes begins in its chain.
    package struct Chain: Hashable, Sendable {
        package var replica: ReplicaID
        package var firstSequence: UInt64
        /// The first 4 bytes of the hash before the first change of the run; 0 where ``firstSequence`` is 1.
        package var predecessorTag: UInt32
        /// Of the last change of the run; `nil` where nobody seals.
        package var seal: Seal?

        package init(replica: ReplicaID, firstSequence: UInt64, predecessorTag: UInt32, seal: Seal? = nil) {
            self.replica = replica
            self.firstSequence = firstSequence
            self.predecessorTag = predecessorTag
            self.seal = seal
        }
    }

    /// One change: the next of its chain.
    package struct Entry: Hashable, Sendable {
        /// Index in ``Batch/chains``.
        package let chain: Int
        package let change: Change
        /// Of ``change``, computed once: they are hashed, measured and stored.
        package let canonicalBytes: [UInt8]

        package init(chain: Int, change: Change, canonicalBytes: [UInt8]) {
            self.chain = chain
            self.change = change
            self.canonicalBytes = canonicalBytes
        }
    }

    /// - Parameter entries: each chain occurs, in order of first appearance.
    package init(scope: UnitCode, chains: [Chain], entries: [Entry]) {
        self.scope = scope
        self.chains = chains
        self.entries = entries
    }

    /// - Parameter changes: in causal order.
    package init(scope: UnitCode, changes: [StoredChange]) {
        self.init(scope: scope, chains: [], entries: [])
        var chainEnding: [Reference: Int] = [:]
        for stored in changes {
            let chained = stored.chained
            let continued = chained.predecessor.flatMap { chainEnding.removeValue(forKey: $0) }
            let chain = continued ?? self.chains.count
            if continued == nil {
                self.chains.append(
                    Chain(
                        replica: chained.replica,
                        firstSequence: chained.sequence,
                        predecessorTag: chained.sequence == 1 ? 0 : chained.predecessorTag
                    )
                )
            }
            self.entries.append(
                Entry(chain: chain, change: chained.change, canonicalBytes: stored.canonicalBytes)
            )
            self.chains[chain].seal = stored.seal
            chainEnding[stored.reference] = chain
        }
    }
}

/// A change as a store holds it.
package struct StoredChange: Hashable, Sendable {
    package var chained: ChainedChange
    package var hash: ChainHash
    package var canonicalBytes: [UInt8]
    /// Who seals the chain that it belongs to; `nil` where nobody seals.
    package var signer: DeviceID?
    /// The seal of this very change, where it has one: a seal covers what is before it in its chain as well.
    package var seal: Seal?

    package init(
        chained: ChainedChange,
        hash: ChainHash,
        canonicalBytes: [UInt8],
        signer: DeviceID? = nil,
        seal: Seal? = nil
    ) {
        self.chained = chained
        self.hash = hash
        self.canonicalBytes = canonicalBytes
        self.signer = signer
        self.seal = seal
    }

    package var reference: Reference {
        Reference(replica: self.chained.replica, sequence: self.chained.sequence, tag: self.hash.tag)
    }
}

extension [StoredChange] {
    /// Where the changes may be parted, as the count of those before: everywhere if nobody seals; else only where of each
    /// chain the last change before is sealed, so that either part proves itself. The last is the count of all that can be
    /// sent.
    package var partings: [Int] {
        var partings: [Int] = []
        // By what the next change of the chain would follow.
        var unsealed: Set<Reference> = []
        for (index, stored) in self.enumerated() {
            if stored.signer != nil {
                if let predecessor = stored.chained.predecessor { unsealed.remove(predecessor) }
                if stored.seal == nil { unsealed.insert(stored.reference) }
            }
            if unsealed.isEmpty { partings.append(index + 1) }
        }
        return partings
    }
}
