/// The name of a change within a scope, as others refer to it: replica, sequence and the first 4 bytes of its hash.
///
/// A name that a clone cannot forge: two copies of a store both write sequence 8, but under different hashes.
package struct Reference: Hashable, Comparable, Sendable {
    package var replica: ReplicaID
    /// 1, 2, 3 … per scope and replica, without gaps.
    package var sequence: UInt64
    package var tag: UInt32

    package init(replica: ReplicaID, sequence: UInt64, tag: UInt32) {
        self.replica = replica
        self.sequence = sequence
        self.tag = tag
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.replica.rawValue, left.sequence, left.tag) < (right.replica.rawValue, right.sequence, right.tag)
    }
}

extension Reference: CustomStringConvertible {
    package var description: String { "\(self.replica):\(self.sequence)~\(Hexadecimal.text(self.tag, digitCount: 8))" }
}

/// How far somebody has got in a scope: a vector clock whose entries are the heads of chains. A replica nearly always
/// has one head; it has more when two copies of its store went on.
package struct Frontier: Hashable, Sendable {
    /// Sorted, without duplicates.
    package private(set) var heads: [Reference]

    package init() {
        self.heads = []
    }

    package init(_ heads: some Sequence<Reference>) {
        self.heads = Set(heads).sorted()
    }

    package var isEmpty: Bool { self.heads.isEmpty }

    /// The heads of one replica: none, one, or several where its chain has branched.
    package func heads(of replica: ReplicaID) -> [Reference] {
        self.heads.filter { $0.replica == replica }
    }

    /// The frontier after the change `reference`, whose predecessor was `predecessor`: that head moved on.
    package mutating func advance(_ predecessor: Reference?, to reference: Reference) {
        self.heads.removeAll { $0 == predecessor || $0 == reference }
        let index = self.heads.firstIndex { reference < $0 } ?? self.heads.endIndex
        self.heads.insert(reference, at: index)
    }

    /// What to say to somebody who knows `base`: for each replica whose heads differ, all its heads.
    ///
    /// A frontier only grows, so a replica of `base` never goes away; ``applying(_:)`` undoes this.
    package func difference(from base: Frontier) -> [Reference] {
        self.heads.filter { head in self.heads(of: head.replica) != base.heads(of: head.replica) }
    }

    /// The frontier that ``difference(from:)`` described.
    package func applying(_ difference: [Reference]) -> Frontier {
        guard !difference.isEmpty else { return self }
        let replaced = Set(difference.map(\.replica))
        return Frontier(self.heads.filter { !replaced.contains($0.replica) } + difference)
    }
}
