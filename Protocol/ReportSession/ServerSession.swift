import ReportModel
import ReportWire

/// One sync as the server sees it. A value: told events, it answers with actions (Protocol/README.md, "A sync").
///
/// ```
/// waiting ──hello──▶ identifying ──identified──▶ exchanging ──client's done, all delivered──▶ closed
///    ├─enrol──▶ enrolling ──enrolled────────────────────────────────────────────────────────────▲
///    └────────────────────┴──────── refused, goodbye, wrong word, stopping ──────────────────────┘
/// ```
package struct ServerSession: Hashable, Sendable {
    /// What the server knows once it has looked a client up.
    package struct Identified: Hashable, Sendable {
        package var replica: ReplicaID
        package var now: Timestamp
        package var scheme: UInt64
        /// The encoded scheme in pieces, which all connections share; sent when the client has another.
        package var schemeParts: [SchemePart]
        /// The claimed unit first, then the units below it.
        package var scopes: [ScopeStanding]
        /// A new certificate for a device whose own is running out.
        package var certificate: [UInt8]?

        package init(
            replica: ReplicaID,
            now: Timestamp,
            scheme: UInt64,
            schemeParts: [SchemePart],
            scopes: [ScopeStanding],
            certificate: [UInt8]? = nil
        ) {
            self.replica = replica
            self.now = now
            self.scheme = scheme
            self.schemeParts = schemeParts
            self.scopes = scopes
            self.certificate = certificate
        }

        /// The same with the scheme in one piece.
        package init(
            replica: ReplicaID,
            now: Timestamp,
            scheme: UInt64,
            schemeBytes: [UInt8],
            scopes: [ScopeStanding],
            certificate: [UInt8]? = nil
        ) {
            self.init(
                replica: replica,
                now: now,
                scheme: scheme,
                schemeParts: SchemePart.parts(of: schemeBytes),
                scopes: scopes,
                certificate: certificate
            )
        }
    }

    private enum State: Hashable {
        /// Can transition to: identifying, enrolling, closed.
        case waiting
        /// The driver looks the client up before it reads on. Can transition to: exchanging, closed.
        case identifying(Hello)
        /// The driver looks at the code before it reads on. Can transition to: closed.
        case enrolling
        /// Can transition to: closed.
        case exchanging
        case closed
    }

    private var state: State = .waiting
    /// This server's own; `nil` before the client is known.
    private var replica: ReplicaID?
    private var scopes: [UnitCode: ScopeStanding] = [:]
    private var exchanges: [UnitCode: ScopeExchange] = [:]
    private var turns: [UnitCode] = []
    private var clientIsDone = false
    private var sent: [SentBatch] = []

    package init() {}

    /// The client said `message`. Every state answers every message.
    package mutating func received(_ message: Message) -> [SessionAction] {
        do throws(ProtocolError) {
            return try self.answer(message)
        } catch {
            return self.end(error)
        }
    }

    /// The client is known.
    package mutating func identified(_ identified: Identified) -> [SessionAction] {
        guard case .identifying(let hello) = self.state else { return [] }
        self.state = .exchanging
        self.replica = identified.replica
        let clientTips = Dictionary(hello.scopes.map { ($0.unit, $0.tip) }) { first, _ in first }
        let differing = identified.scopes.filter { $0.tip != clientTips[$0.scope] ?? 0 }
        let isSame = identified.scopes.map(\.scope) == hello.scopes.map(\.unit)
        var actions: [SessionAction] = [
            .send(
                .welcome(
                    Welcome(
                        version: min(hello.versions.upperBound, Limits.versions.upperBound),
                        capabilities: hello.capabilities.intersection(.all),
                        replica: identified.replica,
                        time: identified.now,
                        scheme: identified.scheme,
                        batchesInFlightMax: Limits.batchesInFlightMax,
                        differingScopeCount: differing.count,
                        scopes: isSame ? nil : identified.scopes.map(\.scope)
                    )
                )
            )
        ]
        for standing in identified.scopes { self.scopes[standing.scope] = standing }
        for standing in differing {
            self.add(ScopeExchange(scope: standing.scope, own: standing.frontier))
            actions.append(self.exchanges[standing.scope]!.have())
        }
        if let certificate = identified.certificate, hello.capabilities.contains(.renewal) {
            actions.append(.send(.certificate(certificate)))
        }
        if identified.scheme != hello.scheme {
            actions += identified.schemeParts.map { .send(.scheme($0)) }
        }
        if differing.isEmpty {
            // The client holds what the server holds; whatever it sent unasked is here already.
            self.state = .closed
            return actions + [.send(.done), .close(nil)]
        }
        return actions
    }

    /// The device is enrolled; it comes back with its certificate.
    package mutating func enrolled(_ certificate: [UInt8]) -> [SessionAction] {
        guard self.state == .enrolling else { return [] }
        self.state = .closed
        return [.send(.certificate(certificate)), .close(nil)]
    }

    /// The client is not let in.
    package mutating func refused(_ error: ProtocolError) -> [SessionAction] {
        self.state == .closed ? [] : self.end(error)
    }

    /// The store answered a `load`.
    package mutating func loaded(_ scope: UnitCode, _ changes: LoadedChanges) -> [SessionAction] {
        guard self.state == .exchanging, self.exchanges[scope] != nil else { return [] }
        do throws(ProtocolError) {
            let (wants, batches) = try self.exchanges[scope]!.loaded(changes)
            self.sent += batches.map(SentBatch.init)
            return wants.map { .send(.want($0)) } + batches.map { .send(.batch($0)) } + self.pump()
        } catch {
            return self.end(error)
        }
    }

    /// The store has committed a batch.
    package mutating func committed(_ batch: Batch, _ outcome: TakeOutcome, own: Frontier) -> [SessionAction] {
        let scope = batch.scope
        guard self.state == .exchanging, self.exchanges[scope] != nil else { return [] }
        do throws(ProtocolError) {
            let answers = try self.exchanges[scope]!.committed(batch, outcome, own: own)
            return answers + self.pump()
        } catch {
            return self.end(error)
        }
    }

    /// The server is stopping, its store failed, or the client is silent: say why, and go.
    package mutating func ended(_ error: ProtocolError) -> [SessionAction] {
        self.state == .closed ? [] : self.end(error)
    }

    // MARK: - Answers

    private mutating func answer(_ message: Message) throws(ProtocolError) -> [SessionAction] {
        switch (self.state, message) {
        case (.closed, _):
            return []
        case (_, .goodbye(let reason)):
            self.state = .closed
            return [.close(reason)]
        case (.waiting, .hello(let hello)):
            guard hello.versions.overlaps(Limits.versions) else {
                throw .noCommonVersion(client: hello.versions)
            }
            self.state = .identifying(hello)
            return [.identify(hello)]
        case (.waiting, .enrol(let enrol)):
            guard enrol.versions.overlaps(Limits.versions) else {
                throw .noCommonVersion(client: enrol.versions)
            }
            self.state = .enrolling
            return [.enrol(enrol)]
        case (.exchanging, .have(let have)):
            guard self.opensExchange(in: have.scope) else { return [] }
            try self.exchanges[have.scope]!.received(have)
            let ownHeads = self.replica.map(have.frontier.heads(of:)) ?? []
            return (ownHeads.isEmpty ? [] : [.noteOwnHeads(have.scope, ownHeads)]) + self.pump()
        case (.exchanging, .want(let want)):
            guard self.exchanges[want.scope] != nil else { throw .unexpected(message.name) }
            try self.exchanges[want.scope]!.received(want)
            self.clientIsDone = false
            return self.pump()
        case (.exchanging, .batch(let batch)):
            // Every batch is answered, so that receipts need no names; this one says that nothing was taken.
            guard self.opensExchange(in: batch.scope) else { return [.send(.receipt(Receipt(held: [])))] }
            self.clientIsDone = false
            self.exchanges[batch.scope]!.receivedBatch()
            return [.commitThenReceipt(batch)]
        case (.exchanging, .receipt(let receipt)):
            guard !self.sent.isEmpty else { throw .unexpected(message.name) }
            let batch = self.sent.removeFirst()
            _ = try receipt.references(for: batch.chains)
            self.exchanges[batch.scope]!.receipted()
            return self.pump()
        case (.exchanging, .done):
            self.clientIsDone = true
            return self.pump()
        case (.waiting, _), (.identifying, _), (.enrolling, _), (.exchanging, _):
            throw .unexpected(message.name)
        }
    }

    /// Makes sure that there is an exchange in `scope`.
    ///
    /// - Returns: `false` for a scope that is not served. What a client sends there before it has read the welcome is
    ///   dropped: the welcome tells it.
    private mutating func opensExchange(in scope: UnitCode) -> Bool {
        guard self.exchanges[scope] == nil else { return true }
        guard let standing = self.scopes[scope] else { return false }
        self.add(ScopeExchange(scope: scope, own: standing.frontier))
        return true
    }

    // MARK: - Sending

    private mutating func pump() -> [SessionAction] {
        var actions: [SessionAction] = []
        var loadingCount = self.exchanges.values.count(where: \.isLoading)
        for _ in self.turns.indices
        where self.sent.haveRoom(batchCountMax: Limits.batchesInFlightMax, loadingCount: loadingCount) {
            let scope = self.turns.removeFirst()
            self.turns.append(scope)
            guard self.exchanges[scope]!.canSend else { continue }
            actions.append(self.exchanges[scope]!.load())
            loadingCount += 1
        }
        if actions.isEmpty, self.clientIsDone, self.exchanges.values.allSatisfy(\.isDelivered) {
            self.state = .closed
            return [.send(.done), .close(nil)]
        }
        return actions
    }

    private mutating func add(_ exchange: ScopeExchange) {
        self.exchanges[exchange.scope] = exchange
        self.turns.append(exchange.scope)
    }

    private mutating func end(_ error: ProtocolError) -> [SessionAction] {
        self.state = .closed
        return [.send(.goodbye(error)), .close(error)]
    }
}
