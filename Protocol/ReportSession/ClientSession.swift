import ReportModel
import ReportWire

/// One sync as the client sees it. A value: told events, it answers with actions (Protocol/README.md, "A sync").
///
/// ```
/// greeting ──welcome──▶ learning ──all haves──▶ exchanging ──done──▶ closed
///     └──────────────────────┴─── goodbye, lost, wrong word ────────────▲
/// ```
package struct ClientSession: Hashable, Sendable {
    /// What the client brings to a connection.
    package struct Start: Hashable, Sendable {
        package var replica: ReplicaID
        package var scheme: UInt64
        /// The claimed unit first.
        package var scopes: [ClientScope]

        package init(replica: ReplicaID, scheme: UInt64, scopes: [ClientScope]) {
            precondition(!scopes.isEmpty)
            self.replica = replica
            self.scheme = scheme
            self.scopes = scopes
        }
    }

    /// Where the client stands in one scope.
    package struct ClientScope: Hashable, Sendable {
        package var standing: ScopeStanding
        /// What the province has receipted so far; `nil` when that is everything the client holds.
        package var delivered: Frontier?

        package init(standing: ScopeStanding, delivered: Frontier?) {
            self.standing = standing
            self.delivered = delivered
        }
    }

    /// What moved.
    package struct Tally: Hashable, Sendable {
        package var changesSent = 0
        package var changesReceived = 0
        /// The longest run of messages of which each one answers the one before, in pairs there and back.
        package var roundTrips = 0
    }

    private enum State: Hashable {
        /// Hello is said. Can transition to: learning, closed.
        case greeting
        /// The welcome is read, and this many haves are still to come. Can transition to: exchanging, closed.
        case learning(havesLeft: Int)
        /// Batches and receipts go both ways. Can transition to: closed.
        case exchanging
        case closed
    }

    private let start: Start
    private var state: State = .greeting
    private var exchanges: [UnitCode: ScopeExchange] = [:]
    /// In the order in which they take turns.
    private var turns: [UnitCode] = []
    private var served: Set<UnitCode> = []
    private var batchesInFlightMax = Limits.batchesInFlightMax
    private var unaskedByteCount = 0
    private var sent: [SentBatch] = []
    private var hasSaidDone = false
    /// Scopes of which the announced have has come.
    private var learnt: Set<UnitCode> = []
    private var scheme = SchemeAssembly()
    private var isSchemeExpected = false
    /// For each kind of question that is open: after how many round trips it was asked.
    private var roundTripsWhenAsked = RoundTrips()
    package private(set) var tally = Tally()

    package init(_ start: Start) {
        self.start = start
    }

    /// The connection stands.
    package mutating func connected(now: Timestamp) -> [SessionAction] {
        let scopes = self.start.scopes.map { Hello.Scope(unit: $0.standing.scope, tip: $0.standing.tip) }
        var actions: [SessionAction] = [
            .send(
                .hello(
                    Hello(replica: self.start.replica, time: now, scheme: self.start.scheme, scopes: scopes)
                )
            )
        ]
        self.served = Set(scopes.map(\.unit))
        // A guess that nearly always holds saves a round trip: the province still has what it receipted.
        for scope in self.start.scopes {
            guard let delivered = scope.delivered else { continue }
            var exchange = ScopeExchange(scope: scope.standing.scope, own: scope.standing.frontier)
            exchange.assume(delivered)
            self.add(exchange)
        }
        actions += self.pump()
        return actions
    }

    /// The province said `message`. Every state answers every message.
    package mutating func received(_ message: Message) -> [SessionAction] {
        self.tally.roundTrips = self.roundTripsWhenAsked.reached(by: message, so: self.tally.roundTrips)
        do throws(ProtocolError) {
            return try self.answer(message)
        } catch {
            return self.end(error)
        }
    }

    /// The store answered a `load`.
    package mutating func loaded(_ scope: UnitCode, _ changes: LoadedChanges) -> [SessionAction] {
        guard self.state != .closed, self.exchanges[scope] != nil else { return [] }
        do throws(ProtocolError) {
            let (wants, batches) = try self.exchanges[scope]!.loaded(changes)
            return self.send(wants, batches, of: changes, in: scope) + self.pump()
        } catch {
            return self.end(error)
        }
    }

    private mutating func send(
        _ wants: [Want],
        _ batches: [Batch],
        of changes: LoadedChanges,
        in scope: UnitCode
    ) -> [SessionAction] {
        self.sent += batches.map(SentBatch.init)
        if !batches.isEmpty { self.hasSaidDone = false }
        for _ in batches { self.roundTripsWhenAsked.askedByBatch(self.tally.roundTrips) }
        if !wants.isEmpty { self.roundTripsWhenAsked.askedByHave(scope, self.tally.roundTrips) }
        var actions = wants.map { SessionAction.send(.want($0)) } + batches.map { .send(.batch($0)) }
        if self.state == .greeting, !batches.isEmpty {
            self.unaskedByteCount += changes.changes.reduce(0) { $0 + $1.canonicalBytes.count }
            // So that the province can answer at once.
            if !self.exchanges[scope]!.hasSaidHave { actions.insert(self.have(scope), at: 0) }
        }
        return actions
    }

    /// The store has committed a batch.
    package mutating func committed(_ batch: Batch, _ outcome: TakeOutcome, own: Frontier) -> [SessionAction] {
        let scope = batch.scope
        guard self.state != .closed, self.exchanges[scope] != nil else { return [] }
        self.tally.changesReceived += outcome.takenCount
        do throws(ProtocolError) {
            let answers = try self.exchanges[scope]!.committed(batch, outcome, own: own)
            return self.pump() + answers
        } catch {
            return self.end(error)
        }
    }

    /// What came was no message: say so, and go.
    package mutating func failed(_ error: ProtocolError) -> [SessionAction] {
        self.state == .closed ? [] : self.end(error)
    }

    /// The connection ended without a word.
    package mutating func lost(_ error: ProtocolError) -> [SessionAction] {
        guard self.state != .closed else { return [] }
        self.state = .closed
        return [.close(error)]
    }

    // MARK: - Answers

    private mutating func answer(_ message: Message) throws(ProtocolError) -> [SessionAction] {
        switch (self.state, message) {
        case (.closed, _):
            return []
        case (_, .goodbye(let reason)):
            self.state = .closed
            return [.close(reason)]
        case (.greeting, .welcome(let welcome)):
            return try self.welcomed(welcome)
        case (.learning(let havesLeft), .have(let have)) where havesLeft > 0:
            guard self.learnt.insert(have.scope).inserted else { throw .unexpected(message.name) }
            var actions = try self.learn(have)
            self.state = .learning(havesLeft: havesLeft - 1)
            if havesLeft == 1 { actions += self.allLearnt() }
            return actions
        case (.exchanging, .have(let have)):
            return try self.learn(have) + self.pump()
        case (.exchanging, .want(let want)):
            guard self.exchanges[want.scope] != nil else { throw .scopeNotServed(want.scope) }
            try self.exchanges[want.scope]!.received(want)
            // The server waits for the answer, and for what follows it.
            self.hasSaidDone = false
            return self.pump()
        case (.learning, .receipt(let receipt)), (.exchanging, .receipt(let receipt)):
            return try self.receipted(receipt)
        case (.exchanging, .batch(let batch)):
            guard self.exchanges[batch.scope] != nil else { throw .scopeNotServed(batch.scope) }
            self.exchanges[batch.scope]!.receivedBatch()
            return [.commitThenReceipt(batch)]
        case (.exchanging, .scheme(let part)) where self.isSchemeExpected:
            guard let scheme = try self.scheme.append(part) else { return [] }
            self.isSchemeExpected = false
            return [.saveScheme(scheme)]
        case (.exchanging, .certificate(let der)):
            return [.saveCertificate(der)]
        case (.exchanging, .done):
            self.state = .closed
            return [.close(nil)]
        case (.greeting, _), (.learning, _), (.exchanging, _):
            throw .unexpected(message.name)
        }
    }

    private mutating func welcomed(_ welcome: Welcome) throws(ProtocolError) -> [SessionAction] {
        guard Limits.versions.contains(welcome.version) else { throw .unexpected("welcome") }
        if let scopes = welcome.scopes { self.served = Set(scopes) }
        for scope in self.turns where !self.served.contains(scope) { self.remove(scope) }
        self.batchesInFlightMax = min(welcome.batchesInFlightMax, Limits.batchesInFlightMax)
        self.isSchemeExpected = welcome.scheme != self.start.scheme
        self.state = .learning(havesLeft: welcome.differingScopeCount)
        let note = SessionAction.noteWelcome(welcome.time, welcome.replica)
        return welcome.differingScopeCount == 0 ? [note] + self.allLearnt() : [note]
    }

    private mutating func learn(_ have: Have) throws(ProtocolError) -> [SessionAction] {
        guard self.served.contains(have.scope) else { throw .scopeNotServed(have.scope) }
        if self.exchanges[have.scope] == nil {
            self.add(ScopeExchange(scope: have.scope, own: self.standing(of: have.scope)?.frontier ?? Frontier()))
        }
        try self.exchanges[have.scope]!.received(have)
        var actions: [SessionAction] = []
        if have.batchesSeen == 0 { actions.append(.noteProvinceHolds(have.scope, have.frontier)) }
        if !self.exchanges[have.scope]!.hasSaidHave { actions.append(self.have(have.scope)) }
        return actions
    }

    private mutating func receipted(_ receipt: Receipt) throws(ProtocolError) -> [SessionAction] {
        guard !self.sent.isEmpty else { throw .unexpected("receipt") }
        let batch = self.sent.removeFirst()
        let references = try receipt.references(for: batch.chains)
        // A scope that turned out not to be served has no exchange any more.
        guard self.exchanges[batch.scope] != nil else { return self.pump() }
        self.exchanges[batch.scope]!.receipted()
        self.tally.changesSent += receipt.held.reduce(0) { $0 + Int($1.count) }
        return [.markDelivered(batch.scope, references)] + self.pump()
    }

    /// Every scope for which no `have` came is the same on both sides.
    private mutating func allLearnt() -> [SessionAction] {
        self.state = .exchanging
        var actions: [SessionAction] = []
        for scope in self.start.scopes {
            let unit = scope.standing.scope
            guard self.served.contains(unit), self.exchanges[unit]?.isAssumed ?? true else { continue }
            self.exchanges[unit]?.settle(on: scope.standing.frontier)
            if scope.delivered != nil { actions.append(.noteProvinceHolds(unit, scope.standing.frontier)) }
        }
        return actions + self.pump()
    }

    // MARK: - Sending

    /// Lets the scopes take turns until the connection is full, and says so when there is nothing left to send.
    private mutating func pump() -> [SessionAction] {
        var actions: [SessionAction] = []
        var loadingCount = self.exchanges.values.count(where: \.isLoading)
        for _ in self.turns.indices
        where self.sent.haveRoom(batchCountMax: self.batchesInFlightMax, loadingCount: loadingCount) {
            // Before the welcome one batch at a time, so that what was sent unasked is known.
            if self.state == .greeting, self.isLoading || self.unaskedByteCount >= Limits.unaskedByteCountMax { break }
            let scope = self.turns.removeFirst()
            self.turns.append(scope)
            guard self.exchanges[scope]!.canSend else { continue }
            actions.append(self.exchanges[scope]!.load())
            loadingCount += 1
        }
        let isDelivered = self.exchanges.values.allSatisfy(\.isDelivered)
        if self.state == .exchanging, isDelivered, !self.exchanges.isEmpty, !self.hasSaidDone {
            self.hasSaidDone = true
            self.roundTripsWhenAsked.askedByDone(self.tally.roundTrips)
            actions.append(.send(.done))
        }
        return actions
    }

    private mutating func add(_ exchange: ScopeExchange) {
        self.exchanges[exchange.scope] = exchange
        self.turns.append(exchange.scope)
    }

    private mutating func remove(_ scope: UnitCode) {
        self.exchanges[scope] = nil
        self.turns.removeAll { $0 == scope }
    }

    private func standing(of scope: UnitCode) -> ScopeStanding? {
        self.start.scopes.first { $0.standing.scope == scope }?.standing
    }

    private mutating func end(_ error: ProtocolError) -> [SessionAction] {
        self.state = .closed
        return [.send(.goodbye(error)), .close(error)]
    }

    private var isLoading: Bool { self.exchanges.values.contains(where: \.isLoading) }

    private mutating func have(_ scope: UnitCode) -> SessionAction {
        self.roundTripsWhenAsked.askedByHave(scope, self.tally.roundTrips)
        return self.exchanges[scope]!.have()
    }
}
