import ReportModel
import ReportWire

/// One scope of one connection, the same on both sides: send what the other lacks, take what it sends.
///
/// What a side knows of the other's frontier is what the other said, plus what was sent since. It can be wrong (the
/// other side was restored, a guess was made): then a batch builds on something the other lacks, the other answers with
/// its own frontier, and sending starts again from there.
struct ScopeExchange: Hashable, Sendable {
    let scope: UnitCode
    /// What this side holds; said in `have`.
    private(set) var own: Frontier
    /// What the other side holds, as far as is known. `nil` before it has said so.
    private(set) var peer: Frontier?
    /// Whether ``peer`` is only what a former connection led to.
    private(set) var isAssumed = false

    /// What is being read is what the other side lacks beyond this.
    private var loadingFrom: Frontier?
    var isLoading: Bool { self.loadingFrom != nil }
    /// Whether the last look found nothing more to send.
    private(set) var isExhausted = false
    private(set) var hasUnknownHeads = false
    /// Batches sent and not yet receipted.
    private(set) var inFlight = 0
    private var batchesSent: UInt64 = 0
    private(set) var batchesReceived: UInt64 = 0
    /// How many batches had been sent when sending last began anew; an answer to an earlier one is out of date.
    private var restartedAt: UInt64 = 0
    private var gapAnswers = 0
    /// Which batch got the last of ``gapAnswers``.
    private var gapAnsweredAt: UInt64 = 0
    private(set) var hasSaidHave = false

    init(scope: UnitCode, own: Frontier) {
        self.scope = scope
        self.own = own
    }

    /// Whether everything the other side lacks was sent and receipted.
    var isDelivered: Bool {
        self.peer != nil && !self.isAssumed && self.isExhausted && self.inFlight == 0 && !self.isLoading
    }

    var canSend: Bool { self.peer != nil && !self.isLoading && !self.isExhausted }

    // MARK: - Sending

    /// Asks for what the other side lacks. Call only when ``canSend``.
    mutating func load() -> SessionAction {
        precondition(self.canSend)
        self.loadingFrom = self.peer
        return .load(self.scope, lackedBy: self.peer!)
    }

    /// - Returns: The batches to send now.
    mutating func loaded(_ loaded: LoadedChanges) -> [Batch] {
        defer { self.loadingFrom = nil }
        // The other side may have said meanwhile that it stands elsewhere; then this is read again from there.
        guard self.loadingFrom == self.peer else { return [] }
        self.hasUnknownHeads = loaded.hasUnknownHeads
        guard !loaded.changes.isEmpty else {
            self.isExhausted = true
            return []
        }
        self.peer = loaded.frontier
        let batches = Batch.batches(of: loaded.changes, in: self.scope)
        self.batchesSent += UInt64(batches.count)
        self.inFlight += batches.count
        return batches
    }

    /// The other side has made the oldest batch in flight durable, as far as it could.
    mutating func receipted() {
        precondition(self.inFlight > 0)
        self.inFlight -= 1
    }

    /// The other side said how far it has got.
    mutating func received(_ have: Have) throws(ProtocolError) {
        guard have.batchesSeen <= self.batchesSent else { throw .unexpected("have") }
        let answersLaterBatch = have.batchesSeen > self.restartedAt
        if self.peer == nil || (self.isAssumed && !self.confirmsAssumption(have.frontier)) {
            self.restart(from: have.frontier)
        } else if self.isAssumed {
            self.peer = self.peer!.united(with: have.frontier)
            self.isExhausted = false
        } else if answersLaterBatch {
            // It lacks what was held back because it seemed to be ahead there. It is on another branch.
            self.restart(from: have.frontier.withoutHeads(furtherThan: self.own))
        }
        self.isAssumed = false
    }

    private mutating func restart(from frontier: Frontier) {
        self.peer = frontier
        self.isExhausted = false
        self.restartedAt = self.batchesSent
    }

    /// Whether what was assumed to be there is there, so that what was sent upon it can be taken.
    private func confirmsAssumption(_ frontier: Frontier) -> Bool {
        self.assumedHeads.allSatisfy { assumed in
            frontier.heads(of: assumed.replica).contains { $0.sequence >= assumed.sequence }
        }
    }

    // What the first unasked batch was built upon.
    private var assumedHeads: [Reference] = []

    /// Remembers the assumption before anything is sent upon it.
    mutating func assume(_ frontier: Frontier) {
        self.peer = frontier
        self.isAssumed = true
        self.assumedHeads = frontier.heads
    }

    /// The other side turned out to hold exactly what this one held at the start.
    mutating func settle(on frontier: Frontier) {
        self.peer = frontier
        self.isAssumed = false
        self.isExhausted = true
    }

    // MARK: - Taking

    /// A batch came; it must be committed, and `committed` follows.
    mutating func receivedBatch() {
        self.batchesReceived += 1
    }

    /// - Returns: The receipt, after the frontier if something was missing.
    mutating func committed(
        _ batch: Batch,
        _ outcome: TakeOutcome,
        own: Frontier
    ) throws(ProtocolError) -> [SessionAction] {
        self.own = own
        var actions: [SessionAction] = []
        if self.hasUnknownHeads, outcome.takenCount > 0 { self.isExhausted = false }
        if outcome.missing != nil {
            // The batches that were on their way by then could not know of the answer.
            if self.gapAnswers == 0 || self.batchesReceived > self.gapAnsweredAt + UInt64(Limits.batchesInFlightMax) {
                self.gapAnswers += 1
                self.gapAnsweredAt = self.batchesReceived
            }
            guard self.gapAnswers <= Limits.gapAnswersMax else { throw .tooManyGaps(self.scope) }
            actions.append(self.have())
        }
        actions.append(.send(.receipt(Receipt(batch, outcome))))
        return actions
    }

    mutating func have() -> SessionAction {
        self.hasSaidHave = true
        return .send(.have(Have(scope: self.scope, batchesSeen: self.batchesReceived, frontier: self.own)))
    }
}

extension Frontier {
    /// Without the heads of those replicas of which `own` has a head that is less far: what follows that one is sent
    /// from the start of the chain, as to somebody who knows nothing of it.
    fileprivate func withoutHeads(furtherThan own: Frontier) -> Frontier {
        Frontier(
            self.heads.filter { head in
                own.heads.contains(head) || !own.heads(of: head.replica).contains { $0.sequence < head.sequence }
            }
        )
    }

    /// The further one of both for each replica that has one head in each; else all heads of both. A guess at the
    /// union, which only the log could tell exactly; a wrong one ends in a gap or a duplicate, both harmless.
    fileprivate func united(with other: Frontier) -> Frontier {
        let replicas = Set(self.heads.map(\.replica)).union(other.heads.map(\.replica))
        return Frontier(
            replicas.flatMap { replica -> [Reference] in
                let (mine, theirs) = (self.heads(of: replica), other.heads(of: replica))
                guard mine.count == 1, theirs.count == 1 else { return mine + theirs }
                return mine[0].sequence >= theirs[0].sequence ? mine : theirs
            }
        )
    }
}
