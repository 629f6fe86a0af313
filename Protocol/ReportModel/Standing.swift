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

/// What a store has for a peer with some frontier.
package struct LoadedChanges: Hashable, Sendable {
    /// In causal order; empty when the peer lacks nothing that is known to be sendable.
    package var changes: [StoredChange]
    /// The peer's frontier once it has taken them.
    package var frontier: Frontier
    /// Whether the peer's frontier names changes that are not held here, so that it pays to look again after taking some.
    package var hasUnknownHeads: Bool

    package init(changes: [StoredChange], frontier: Frontier, hasUnknownHeads: Bool) {
        self.changes = changes
        self.frontier = frontier
        self.hasUnknownHeads = hasUnknownHeads
    }
}
