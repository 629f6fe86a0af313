import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import ServerStore

/// A sync between two stores in memory, frame by frame, without a network: what would cross the wire.
struct CountedSync {
    /// Batch and receipt frames, both ways.
    private(set) var batchAndReceiptBytes = 0
    /// Everything else: hello, welcome, have, done.
    private(set) var otherBytes = 0
    private(set) var roundTrips = 0

    private let client: ClientStore
    private let server: ServerStore
    private let scheme: Scheme
    private var clientSession: ClientSession
    private var serverSession = ServerSession()
    private var toServer: [Message] = []
    private var toClient: [Message] = []

    init(_ client: ClientStore, _ server: ServerStore, _ scheme: Scheme) throws {
        self.client = client
        self.server = server
        self.scheme = scheme
        self.clientSession = ClientSession(
            ClientSession.Start(
                replica: client.identity.replica,
                scheme: scheme.fingerprint.high,
                scopes: try client.standings(scheme: scheme).map {
                    ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
                }
            )
        )
    }

    mutating func run() throws {
        try self.performClient(self.clientSession.connected(now: Workday.time))
        while !self.toServer.isEmpty || !self.toClient.isEmpty {
            if !self.toServer.isEmpty {
                try self.performServer(self.serverSession.received(self.decoded(self.toServer.removeFirst())))
            }
            if !self.toClient.isEmpty {
                try self.performClient(self.clientSession.received(self.decoded(self.toClient.removeFirst())))
            }
        }
        self.roundTrips = self.clientSession.tally.roundTrips
    }

    private func decoded(_ message: Message) throws -> Message {
        try Message(message.frame)!
    }

    private mutating func count(_ message: Message) {
        let byteCount = message.frame.encodedByteCount
        switch message {
        case .batch, .receipt: self.batchAndReceiptBytes += byteCount
        default: self.otherBytes += byteCount
        }
    }

    private mutating func performClient(_ actions: [SessionAction]) throws {
        for action in actions {
            switch action {
            case .send(let message):
                self.count(message)
                self.toServer.append(message)
            case .load(let scope, let peer):
                let loaded = try self.client.changes(
                    in: scope,
                    lackedBy: peer,
                    byteCountMax: Limits.batchCanonicalByteCountMax
                )
                try self.performClient(self.clientSession.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, own) = try self.client.take(batch, now: Workday.time)
                try self.performClient(self.clientSession.committed(batch, outcome, own: own))
            case .markDelivered(let scope, let references):
                try self.client.markDelivered(references, in: scope)
            case .noteProvinceHolds(let scope, let frontier):
                try self.client.noteProvinceHolds(
                    frontier,
                    in: scope,
                    now: Workday.time,
                    newReplica: .random()
                )
            case .noteWelcome, .saveScheme, .identify, .noteOwnHeads, .enrol, .saveCertificate, .close:
                break
            }
        }
    }

    private mutating func performServer(_ actions: [SessionAction]) throws {
        for action in actions {
            switch action {
            case .send(let message):
                self.count(message)
                self.toClient.append(message)
            case .identify(let hello):
                let standings = try self.server.standings(
                    in: self.scheme.unitAndBelow(hello.scopes[0].unit).map(\.code)
                )
                try self.performServer(
                    self.serverSession.identified(
                        ServerSession.Identified(
                            replica: try self.server.ownReplica().current,
                            now: Workday.time,
                            scheme: self.scheme.fingerprint.high,
                            schemeBytes: [],
                            scopes: standings
                        )
                    )
                )
            case .load(let scope, let peer):
                let loaded = try self.server.changes(
                    in: scope,
                    lackedBy: peer,
                    byteCountMax: Limits.batchCanonicalByteCountMax
                )
                try self.performServer(self.serverSession.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let outcomes = try self.server.commit([.take(batch)], now: Workday.time)
                guard case .taken(let outcome, let own) = outcomes[0] else { return }
                try self.performServer(self.serverSession.committed(batch, outcome, own: own))
            case .markDelivered, .noteProvinceHolds, .noteOwnHeads, .noteWelcome, .saveScheme, .enrol, .saveCertificate,
                .close:
                break
            }
        }
    }
}

/// Bytes per changed cell, and what a sync with nothing to do costs.
struct WireBytes {
    private let scheme: Scheme
    private let client: ClientStore
    private let server: ServerStore
    private let unit = UnitCode("410728-02")!

    /// - Parameter unit: the client's.
    init(scheme source: SchemeSource, unit: UnitCode) throws {
        self.scheme = try Scheme.parse(source)
        self.client = try ClientStore.inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 0x3F2A_91C4_77D0_5E18),
                unit: unit,
                server: "",
                name: "办公室一",
                author: "张三"
            ),
            scheme: source
        )
        self.server = try ServerStore.inMemory(
            replica: ReplicaID(rawValue: 0x8D41_0B7E_62F3_A95C),
            scheme: source
        )
        // A device that is in use: it has written and synced before.
        _ = try self.client.write(
            self.scheme.unitAndBelow(unit).map {
                Edit(Self.cell("roads", in: $0.code), .number(Quantity(ExactDecimal(1))))
            },
            now: Workday.time
        )
        _ = try self.sync()
    }

    private static func cell(_ item: Code, in unit: UnitCode) -> CellAddress {
        CellAddress(unit: unit, form: "infrastructure", period: Period("2019-12")!, item: item)
    }

    func sync() throws -> CountedSync {
        var sync = try CountedSync(self.client, self.server, self.scheme)
        try sync.run()
        return sync
    }

    /// Writes `cells` of one zone in changes of at most `cellsPerChange`, and syncs.
    func bytes(of cells: [Change.Write], cellsPerChange: Int) throws -> CountedSync {
        var rest = cells[...]
        var index = 0
        while !rest.isEmpty {
            let edits = rest.prefix(cellsPerChange).map { Edit(CellAddress($0.address, in: self.unit), $0.value) }
            _ = try self.client.write(edits, now: Workday.edit(index))
            rest = rest.dropFirst(cellsPerChange)
            index += 1
        }
        return try self.sync()
    }
}
