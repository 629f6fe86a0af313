import ReportModel
import ReportSession
import ReportWire
import TestSupport

/// Frames that went one way without waiting for an answer.
struct Flight {
    enum Direction: String {
        case toServer = "client → server"
        case toClient = "server → client"
    }

    let direction: Direction
    var messages: [Message]

    var bytes: [UInt8] { self.messages.flatMap(\.frame.encoded) }
}

/// The sync that Protocol/README.md shows in bytes: two real sessions over stores in memory, with fixed clocks and
/// replicas, and a line on which everything under way arrives before anything is answered.
struct WorkedSync {
    static let zone = UnitCode("410728-01")!
    static let subzone = UnitCode("410728-01-01")!
    /// 2024-07-02T08:15:00Z, by the client's clock; the server's is 3 seconds ahead.
    private static let now: Int64 = 1_719_908_100
    private static let scheme: UInt64 = 0x0123_4567_89AB_CDEF

    private(set) var flights: [Flight] = []
    private(set) var client: Side
    private(set) var server: Side
    private(set) var clientSession: ClientSession
    private var serverSession = ServerSession()

    static func run() -> WorkedSync {
        var sync = WorkedSync()
        sync.converse()
        return sync
    }

    private init() {
        self.client = Side(replica: 0xA1A1_A1A1_A1A1_A1A1, scopes: [Self.zone, Self.subzone])
        self.server = Side(replica: 0x5E5E_5E5E_5E5E_5E5E, scopes: [Self.zone, Self.subzone])
        Self.enterFigures(&self.client)
        Self.enterTheOthersFigure(&self.server)
        self.clientSession = ClientSession(
            ClientSession.Start(
                replica: self.client.replica,
                scheme: Self.scheme,
                scopes: self.client.standings.map { standing in
                    // The server has receipted nothing; what the client holds goes out unasked.
                    ClientSession.ClientScope(
                        standing: standing,
                        delivered: standing.frontier.isEmpty ? nil : Frontier()
                    )
                }
            )
        )
    }

    private mutating func converse() {
        self.flights = [Flight(direction: .toServer, messages: [])]
        self.perform(self.clientSession.connected(now: Timestamp(secondsSince1970: Self.now)), .toServer)
        while let flight = self.flights.last, !flight.messages.isEmpty {
            let back: Flight.Direction = flight.direction == .toServer ? .toClient : .toServer
            self.flights.append(Flight(direction: back, messages: []))
            for message in flight.messages {
                let actions =
                    back == .toClient ? self.serverSession.received(message) : self.clientSession.received(message)
                self.perform(actions, back)
            }
        }
        self.flights.removeLast()
    }

    /// What a driver does: performs the actions in order and depth first.
    private mutating func perform(_ actions: [SessionAction], _ direction: Flight.Direction) {
        for action in actions { self.perform(action, direction) }
    }

    private mutating func perform(_ action: SessionAction, _ direction: Flight.Direction) {
        let isClient = direction == .toServer
        switch action {
        case .send(let message):
            self.flights[self.flights.count - 1].messages.append(message)
        case .load(let scope, let peer):
            let loaded = isClient ? self.client.load(scope, peer) : self.server.load(scope, peer)
            self.perform(
                isClient ? self.clientSession.loaded(scope, loaded) : self.serverSession.loaded(scope, loaded),
                direction
            )
        case .commitThenReceipt(let batch):
            let (outcome, own) = isClient ? self.client.take(batch) : self.server.take(batch)
            self.perform(
                isClient
                    ? self.clientSession.committed(batch, outcome, own: own)
                    : self.serverSession.committed(batch, outcome, own: own),
                direction
            )
        case .identify:
            let identified = ServerSession.Identified(
                replica: self.server.replica,
                now: Timestamp(secondsSince1970: Self.now + 3),
                scheme: Self.scheme,
                schemeBytes: [],
                scopes: self.server.standings
            )
            self.perform(self.serverSession.identified(identified), direction)
        case .markDelivered, .noteProvinceHolds, .noteOwnHeads, .noteWelcome, .saveScheme, .enrol, .saveCertificate,
            .close:
            break
        }
    }
}

// MARK: - What the two sides begin with

extension WorkedSync {
    private static func cell(_ item: Code) -> AddressInScope {
        AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: item)
    }

    private static func number(_ text: String, upper: String? = nil, _ qualifier: Qualifier? = nil) -> CellValue {
        .number(Quantity(ExactDecimal(text)!, upper: upper.map { ExactDecimal($0)! }, qualifier: qualifier))
    }

    private static func enterFigures(_ client: inout Side) {
        client.stores[0].write(
            [
                Change.Write(SystemForm.deviceName(of: client.replica), .text("办公室一")),
                Change.Write(self.cell("roads"), self.number("21")),
                Change.Write(self.cell("roads_plan"), self.number("47.6")),
                Change.Write(self.cell("standard_factory"), self.number("14")),
            ],
            time: Timestamp(secondsSince1970: self.now - 600),
            author: "张三"
        )
        client.stores[0].write(
            [
                Change.Write(self.cell("power_grid"), .withheld),
                Change.Write(self.cell("sewage_pipe"), self.number("5", upper: "7")),
                Change.Write(self.cell("water_pipe"), self.number("200", .near)),
            ],
            time: Timestamp(secondsSince1970: self.now - 60),
            author: "张三"
        )
    }

    private static func enterTheOthersFigure(_ server: inout Side) {
        var other = MemoryStore(replica: ReplicaID(rawValue: 0xB2B2_B2B2_B2B2_B2B2), scope: self.zone)
        other.write(
            [
                Change.Write(SystemForm.deviceName(of: other.replica), .text("办公室二")),
                Change.Write(self.cell("roads"), self.number("20.6")),
            ],
            time: Timestamp(secondsSince1970: self.now - 86_400),
            author: "李四"
        )
        other.send(to: &server.stores[0])
    }
}

/// A store for each scope, and what a driver asks of it.
struct Side {
    let replica: ReplicaID
    var stores: [MemoryStore]

    init(replica: UInt64, scopes: [UnitCode]) {
        self.replica = ReplicaID(rawValue: replica)
        let id = self.replica
        self.stores = scopes.map { MemoryStore(replica: id, scope: $0) }
    }

    var standings: [ScopeStanding] {
        self.stores.map {
            ScopeStanding(scope: $0.chains.scope, frontier: $0.frontier, tip: $0.tip?.high ?? 0)
        }
    }

    private func index(of scope: UnitCode) -> Int {
        self.stores.firstIndex { $0.chains.scope == scope }!
    }

    func load(_ scope: UnitCode, _ peer: PeerStanding) -> LoadedChanges {
        let store = self.stores[self.index(of: scope)]
        var frontier = peer.frontier
        let changes = store.changes(lackedBy: peer.frontier).map { chained in
            let entry = store.log.first { $0.chained == chained }!
            return StoredChange(
                chained: chained,
                hash: entry.accepted.hash,
                canonicalBytes: entry.canonicalBytes
            )
        }
        for change in changes { frontier.advance(change.chained.predecessor, to: change.reference) }
        return LoadedChanges(changes: changes, frontier: frontier, hasUnknownHeads: false)
    }

    /// Takes a batch of which nothing is missing.
    mutating func take(_ batch: Batch) -> (TakeOutcome, Frontier) {
        let index = self.index(of: batch.scope)
        var outcome = TakeOutcome()
        var next = batch.chains.map { (sequence: $0.firstSequence, tag: $0.predecessorTag) }
        for entry in batch.entries {
            let chained = ChainedChange(
                replica: batch.chains[entry.chain].replica,
                sequence: next[entry.chain].sequence,
                predecessorTag: next[entry.chain].tag,
                change: entry.change
            )
            precondition(self.stores[index].take(chained) == .taken, "nothing is missing or doubled in this sync")
            outcome.takenCount += 1
            next[entry.chain] = (chained.sequence + 1, self.stores[index].log.last!.accepted.hash.tag)
        }
        outcome.held = zip(batch.chains, next).map { chain, next in
            Reference(replica: chain.replica, sequence: next.sequence - 1, tag: next.tag)
        }
        return (outcome, self.stores[index].frontier)
    }
}
