import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import ServerStore

/// A server's session over a real store in memory, which hears whatever a script says.
final class ServerScript {
    private static let source = SmallScheme.source(derived: nil, rule: nil, condition: nil)
    private static let scheme = try! Scheme.parse(source)
    private static let bytes = source.encoded
    private static let now = Timestamp(secondsSince1970: 1_720_000_000)

    private var script: MessageScript
    private let store: ServerStore
    private var session = ServerSession()
    private let heard = ScriptedConversation()

    init(_ input: [UInt8]) throws {
        self.script = MessageScript(input)
        self.store = try .inMemory(replica: ReplicaID(rawValue: 0xF00D), scheme: Self.source)
        // What is there already, so that the server has something to send.
        for (scope, history) in zip(MessageScript.scopes, MessageScript.histories) {
            let held = history.prefix(Int(self.script.byte()) % (history.count + 1))
            if !held.isEmpty { _ = try self.take(Batch(scope: scope, changes: Array(held))) }
        }
    }

    func run() throws {
        while !self.script.isAtEnd {
            let surroundings = self.heard.surroundings { scope in
                try! self.store.database.read { try $0.standing(in: scope) }
            }
            guard let frame = self.script.frame(surroundings) else { continue }
            try self.heard.hear(frame, { self.session.received($0) }, { self.session.ended($0) }, self.perform)
        }
        try self.perform(self.session.ended(.shuttingDown))
        try require(self.heard.isClosed, "a session that is ended is over")
    }

    private func perform(_ actions: [SessionAction]) throws {
        for action in actions {
            switch action {
            case .send(let message):
                try self.heard.send(message)
            case .identify(let hello):
                try self.perform(self.identify(hello))
            case .enrol:
                try self.perform(self.session.enrolled([0x30]))
            case .load(let scope, let peer):
                // Small batches, so that there are several.
                let loaded = try self.store.changes(in: scope, lackedBy: peer, byteCountMax: 64)
                try self.perform(self.session.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try self.take(batch)
                try self.perform(self.session.committed(batch, outcome, own: frontier))
            case .close:
                try self.heard.close()
            case .noteOwnHeads(let scope, let heads):
                let newReplica = ReplicaID(rawValue: 0xE1)
                try self.store.noteOwnHeads(heads, in: scope, now: Self.now, newReplica: newReplica)
            case .markDelivered, .noteProvinceHolds, .noteWelcome, .saveScheme, .saveCertificate:
                throw BrokenProperty("only a client is told \(action)")
            }
        }
    }

    private func take(_ batch: Batch) throws -> (TakeOutcome, Frontier) {
        guard case .taken(let outcome, let frontier) = try self.store.commit([.take(batch)], now: Self.now)[0] else {
            throw BrokenProperty("a batch is taken")
        }
        return (outcome, frontier)
    }

    private func identify(_ hello: Hello) throws -> [SessionAction] {
        let units = Self.scheme.unitAndBelow(hello.scopes[0].unit).map(\.code)
        guard !units.isEmpty else { return self.session.refused(.unknownUnit(hello.scopes[0].unit)) }
        _ = try self.store.commit([.note(hello.replica, units[0])], now: Self.now)
        return self.session.identified(
            ServerSession.Identified(
                replica: try self.store.ownReplica().current,
                now: Self.now,
                scheme: 0,
                schemeBytes: Self.bytes,
                scopes: try self.store.standings(in: units)
            )
        )
    }
}
