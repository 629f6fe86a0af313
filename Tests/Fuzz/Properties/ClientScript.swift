import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire

/// A client's session over a real store in memory, which hears whatever a script says.
final class ClientScript {
    private static let source = SmallScheme.source(derived: nil, rule: nil, condition: nil)
    private static let scheme = try! Scheme.parse(source)
    private static let now = Timestamp(secondsSince1970: 1_720_000_000)

    private var script: MessageScript
    private let store: ClientStore
    private var session: ClientSession
    private let heard = ScriptedConversation()

    init(_ input: [UInt8]) throws {
        self.script = MessageScript(input)
        self.store = try .inMemory(
            // One of the two replicas of the histories: so this is an office restored from an older copy, too.
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 0xA1),
                unit: MessageScript.scopes[0],
                server: "",
                name: "办公室一",
                author: "张三"
            ),
            scheme: Self.source
        )
        for (scope, history) in zip(MessageScript.scopes, MessageScript.histories) {
            let held = Array(history.prefix(Int(self.script.byte()) % (history.count + 1)))
            guard !held.isEmpty else { continue }
            _ = try self.store.take(Batch(scope: scope, changes: held), now: Self.now)
            let delivered = Frontier(held.prefix(Int(self.script.byte()) % (held.count + 1)).suffix(1).map(\.reference))
            try Self.note(delivered, in: scope, self.store)
        }
        self.session = ClientSession(
            ClientSession.Start(
                replica: self.store.identity.replica,
                scheme: 0,
                scopes: try self.store.standings(scheme: Self.scheme).map {
                    ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
                }
            )
        )
    }

    func run() throws {
        try self.perform(self.session.connected(now: Self.now))
        while !self.script.isAtEnd {
            let surroundings = self.heard.surroundings { scope in
                try! self.store.database.read { try $0.standing(in: scope) }
            }
            guard let frame = self.script.frame(surroundings) else { continue }
            try self.heard.hear(frame, { self.session.received($0) }, { self.session.failed($0) }, self.perform)
        }
        try self.perform(self.session.lost(.connectionLost))
        try require(self.heard.isClosed, "a session that is lost is over")
    }

    private func perform(_ actions: [SessionAction]) throws {
        for action in actions {
            switch action {
            case .send(let message):
                try self.heard.send(message)
            case .load(let scope, let peer):
                let loaded = try self.store.changes(in: scope, lackedBy: peer, byteCountMax: 64)
                try self.perform(self.session.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try self.store.take(batch, now: Self.now)
                try self.perform(self.session.committed(batch, outcome, own: frontier))
            case .markDelivered(let scope, let references):
                try self.store.markDelivered(references, in: scope)
            case .noteProvinceHolds(let scope, let frontier):
                try Self.note(frontier, in: scope, self.store)
            case .noteWelcome(let time, _):
                try self.store.noteSync(at: Self.now, skewSeconds: time.seconds(since: Self.now))
            case .saveScheme(let bytes):
                _ = try? SchemeSource(encoded: bytes)
            case .close:
                try self.heard.close()
            case .identify, .noteOwnHeads, .enrol, .saveCertificate:
                throw BrokenProperty("only a server is told \(action)")
            }
        }
    }

    /// The province holds this much.
    private static func note(_ frontier: Frontier, in scope: UnitCode, _ store: ClientStore) throws {
        let newReplica = ReplicaID(rawValue: 0xE1)
        try store.noteProvinceHolds(frontier, in: scope, now: Self.now, newReplica: newReplica)
    }
}
