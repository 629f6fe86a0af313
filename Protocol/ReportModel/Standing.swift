/// Where a side stands in one scope.
package struct ScopeStanding: Hashable, Sendable {
    package var scope: UnitCode
    package var frontier: Frontier
    /// The first 8 bytes of the scope's tip; 0 when nothing is held.
    package var tip: UInt64

    package init(scope: UnitCode, frontier: Frontier, tip: UInt64) {
        self.scope = scope
        self.frontier = frontier
        self.tip = tip
    }
}

/// What a side knows of how far its peer has got in one scope.
package struct PeerStanding: Hashable, Sendable {
    /// What the peer said that it holds, and what it was sent since.
    package var frontier: Frontier
    /// The replicas of whose chains the peer has said marks: what it holds there is known, whatever its heads are.
    package var traced: Set<ReplicaID> = []
    /// The replicas of whose chains the peer has been told marks.
    package var told: Set<ReplicaID> = []

    package init(frontier: Frontier) {
        self.frontier = frontier
    }
}

/// What a store has for a peer with some standing.
package struct LoadedChanges: Hashable, Sendable {
    /// In causal order; empty when the peer lacks nothing that is known to be sendable.
    package var changes: [StoredChange]
    /// The peer's frontier once it has taken them.
    package var frontier: Frontier
    /// Whether the peer's frontier names changes that are not held here, so that it pays to look again after taking some.
    package var hasUnknownHeads: Bool
    /// Of chains on which the two sides have parted: what is held here, for the peer to learn where it must begin. Sorted by
    /// replica; none of which the peer has been told.
    package var wants: [ChainMarks]

    package init(changes: [StoredChange], frontier: Frontier, hasUnknownHeads: Bool, wants: [ChainMarks] = []) {
        self.changes = changes
        self.frontier = frontier
        self.hasUnknownHeads = hasUnknownHeads
        self.wants = wants
    }
}
