import ReportModel
import ReportWire

/// One scope of one connection, the same on both sides: send what the other lacks, take what it sends.
///
/// What a side knows of the other's frontier is what the other said, plus what was sent since. It can be wrong (the
/// other side was restored, a guess was made): then a batch builds on something the other lacks, the other answers with
/// its own frontier, and sending starts again from there. On a chain that has branched (a store was restored or copied)
/// heads do not tell where the two part; there both sides say marks.
struct ScopeExchange: Hashable, Sendable {
    let scope: UnitCode
    /// What this side holds; said in `have`.
    private(set) var own: Frontier
    /// What the other side holds, as far as is known. `nil` before it has said so.
    private(set) var peer: PeerStanding?
    /// Whether ``peer`` is only what a former connection led to.
    private(set) var isAssumed = false

    /// What is being read is what the other side lacks beyond this.
    private var loadingFrom: PeerStanding?
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
    /// Changes that the peer said it holds in its marks.
    private var marked: [Reference] = []
    /// Replicas of which this side has told marks, and the peer has not.
    private var untraced: Set<ReplicaID> = []

    init(scope: UnitCode, own: Frontier) {
        self.scope = scope
        self.own = own
    }

    /// Whether everything the other side lacks was sent and receipted.
    var isDelivered: Bool {
        self.peer != nil && !self.isAssumed && self.isExhausted && self.inFlight == 0 && !self.isLoading
            && self.untraced.isEmpty
    }

    var canSend: Bool { self.peer != nil && !self.isLoading && !self.isExhausted }

    // MARK: - Sending

    /// Asks for what the other side lacks. Call only when ``canSend``.
    mutating func load() -> SessionAction {
        precondition(self.canSend)
        self.loadingFrom = self.peer
        return .load(self.scope, lackedBy: self.peer!)
    }

    /// - Returns: The batches to send now, after the wants.
    /// - Throws: Where what the store has for the other side fits no frame.
    mutating func loaded(_ loaded: LoadedChanges) throws(ProtocolError) -> (wants: [Want], batches: [Batch]) {
        defer { self.loadingFrom = nil }
        // The other side may have said meanwhile that it stands elsewhere; then this is read again from there.
        guard self.loadingFrom == self.peer else { return ([], []) }
        self.hasUnknownHeads = loaded.hasUnknownHeads
        for marks in loaded.wants where self.peer!.told.insert(marks.replica).inserted {
            if !self.peer!.traced.contains(marks.replica) { self.untraced.insert(marks.replica) }
        }
        let wants = loaded.wants.map { Want(scope: self.scope, marks: $0) }
        guard !loaded.changes.isEmpty else {
            self.isExhausted = true
            return (wants, [])
        }
        self.peer!.frontier = loaded.frontier
        let batches = try Batch.batches(of: loaded.changes, in: self.scope)
        self.batchesSent += UInt64(batches.count)
        self.inFlight += batches.count
        return (wants, batches)
    }

    /// The other side has made the oldest batch in flight durable, as far as it could.
    mutating func receipted() {
        precondition(self.inFlight > 0)
        self.inFlight -= 1
    }

    /// The other side said how far it has got.
    mutating func received(_ have: Have) throws(ProtocolError) {
        guard have.batchesSeen <= self.batchesSent else { throw .unexpected("have") }
        self.said.formUnion(have.frontier.heads)
        let answersLaterBatch = have.batchesSeen > self.restartedAt
        if self.peer == nil || (self.isAssumed && !self.confirmsAssumption(have.frontier)) {
            self.restart(from: have.frontier)
        } else if self.isAssumed {
            // What was sent upon the assumption is on its way.
            self.peer!.frontier = Frontier(self.peer!.frontier.heads + have.frontier.heads)
            self.isExhausted = false
        } else if answersLaterBatch {
            self.restart(from: have.frontier)
        }
        self.isAssumed = false
    }

    private mutating func restart(from frontier: Frontier) {
        var peer = self.peer ?? PeerStanding(frontier: frontier)
        // What it said of its chains stays true.
        peer.frontier = Frontier(frontier.heads + self.marked)
        self.peer = peer
        self.isExhausted = false
        self.restartedAt = self.batchesSent
    }

    /// The other side said where it stands on a chain that has branched. Answered once the store has been asked.
    mutating func received(_ want: Want) throws(ProtocolError) {
        let replica = want.marks.replica
        // Another connection may have brought the chain here since this side said how far it has got.
        let isAsked = self.peer?.told.contains(replica) == true || !self.own.heads(of: replica).isEmpty
        guard self.peer != nil, !self.isAssumed, isAsked,
            self.peer!.traced.insert(replica).inserted,
            self.marked.count + want.marks.references.count <= Limits.marksMax
        else { throw .unexpected("want") }
        self.untraced.remove(replica)
        self.marked += want.marks.references
        // A head that is further did not confirm what was assumed: it is on another branch.
        let known = self.peer!.frontier.heads.filter { head in
            head.replica != replica || self.said.contains(head) || !self.assumedHeads.contains(head)
        }
        self.peer!.frontier = Frontier(known + want.marks.references)
        self.isExhausted = false
    }

    /// Whether what was assumed to be there is there, so that what was sent upon it can be taken.
    private func confirmsAssumption(_ frontier: Frontier) -> Bool {
        self.assumedHeads.allSatisfy { assumed in
            frontier.heads(of: assumed.replica).contains { $0.sequence >= assumed.sequence }
        }
    }

    // What the first unasked batch was built upon.
    private var assumedHeads: [Reference] = []
    // The heads that the other side has said.
    private var said: Set<Reference> = []

    /// Remembers the assumption before anything is sent upon it.
    mutating func assume(_ frontier: Frontier) {
        self.peer = PeerStanding(frontier: frontier)
        self.isAssumed = true
        self.assumedHeads = frontier.heads
    }

    /// The other side turned out to hold exactly what this one held at the start.
    mutating func settle(on frontier: Frontier) {
        self.peer = PeerStanding(frontier: frontier)
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
        if let problem = outcome.problem { throw .unproven(problem, in: self.scope) }
        var actions: [SessionAction] = []
        if self.hasUnknownHeads, outcome.takenCount > 0 { self.isExhausted = false }
        // There is a ruling now that the other side lacks.
        if outcome.ruledOutCount > 0 { self.isExhausted = false }
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
