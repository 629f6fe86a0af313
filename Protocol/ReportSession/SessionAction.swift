import ReportModel
import ReportWire

/// What a session asks its driver to do, in this order. A session does no IO itself.
package enum SessionAction: Hashable, Sendable {
    case send(Message)
    /// Commit the batch durably, then tell the session with `committed`. Only that makes it send the receipt.
    case commitThenReceipt(Batch)
    /// Read what a peer with this frontier lacks, then tell the session with `loaded`.
    case load(UnitCode, lackedBy: Frontier)
    /// Client: the province has receipted these changes, and all before them in their chains.
    case markDelivered(UnitCode, [Reference])
    /// Client: the province holds exactly this much of the scope.
    case noteProvinceHolds(UnitCode, Frontier)
    /// Client: the province's clock, and its replica.
    case noteWelcome(Timestamp, ReplicaID)
    /// Client: the province's scheme, whole.
    case saveScheme([UInt8])
    /// Server: look the client up, then tell the session with `identified` or `refused`.
    case identify(Hello)
    /// The conversation is over; `nil` when it ended as it should. What was to be sent stands before this.
    case close(ProtocolError?)
}

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

/// What a store answered to `SessionAction.load`.
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
