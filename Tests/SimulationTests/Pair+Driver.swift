import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import ServerStore

// What the drivers of both sides do with the actions of their sessions: in order and depth first.

extension Pair {
    /// What the client brings to the connection.
    func start() throws -> ClientSession.Start {
        ClientSession.Start(
            replica: try self.client.store.ownReplica().current,
            scheme: SimulatedScheme.scheme.fingerprint.high,
            scopes: try self.client.store.standings(scheme: SimulatedScheme.scheme).map {
                ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
            }
        )
    }

    func performClient(_ actions: [SessionAction]) throws {
        let store = self.client.store
        for action in actions where self.clientSession != nil {
            switch action {
            case .send(let message):
                self.send(message, from: .client)
            case .load(let scope, let peer):
                let loaded = try store.changes(in: scope, lackedBy: peer, byteCountMax: self.batchByteCountMax)
                try self.performClient(self.clientSession!.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try store.take(batch, now: self.clientNow)
                if Self.falls(&self.crashes.clientAfterCommit) { return self.clientEnded(.crashed) }
                try self.performClient(self.clientSession!.committed(batch, outcome, own: frontier))
            case .markDelivered(let scope, let references):
                if Self.falls(&self.crashes.clientOnReceipt) { return self.clientEnded(.crashed) }
                try store.markDelivered(references, in: scope)
            case .noteProvinceHolds(let scope, let frontier):
                try store.noteProvinceHolds(
                    frontier,
                    in: scope,
                    now: self.clientNow,
                    newReplica: self.line.newReplica()
                )
            case .noteWelcome(let time, _):
                try store.noteSync(at: self.clientNow, skewSeconds: time.seconds(since: self.clientNow))
            case .close(let error):
                self.clientEnded(.ended(error))
            case .saveScheme, .identify, .noteOwnHeads:
                preconditionFailure("all simulated stores have the same scheme, and only a server identifies")
            }
        }
    }

    func performServer(_ actions: [SessionAction]) throws {
        let store = self.server.store
        for action in actions where self.serverSession != nil {
            switch action {
            case .send(let message):
                self.send(message, from: .server)
            case .identify(let hello):
                try self.performServer(self.identify(hello))
            case .load(let scope, let peer):
                let loaded = try store.changes(in: scope, lackedBy: peer, byteCountMax: self.batchByteCountMax)
                try self.performServer(self.serverSession!.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try store.take(batch, now: self.serverNow)
                if Self.falls(&self.crashes.serverAfterCommit) { return self.server.crash() }
                try self.performServer(self.serverSession!.committed(batch, outcome, own: frontier))
            case .close:
                self.serverEnded()
            case .noteOwnHeads(let scope, let heads):
                try store.noteOwnHeads(heads, in: scope, now: self.serverNow, newReplica: self.line.newReplica())
            case .markDelivered, .noteProvinceHolds, .noteWelcome, .saveScheme:
                preconditionFailure("only a client is told this")
            }
        }
    }

    private func identify(_ hello: Hello) throws -> [SessionAction] {
        let units = SimulatedScheme.scheme.unitAndBelow(hello.scopes[0].unit).map(\.code)
        guard !units.isEmpty else { return self.serverSession!.refused(.unknownUnit(hello.scopes[0].unit)) }
        let store = self.server.store
        _ = try store.commit([.note(hello.replica, units[0])], now: self.serverNow)
        return self.serverSession!.identified(
            ServerSession.Identified(
                replica: try store.ownReplica().current,
                now: self.serverNow,
                scheme: SimulatedScheme.scheme.fingerprint.high,
                schemeBytes: SimulatedScheme.bytes,
                scopes: try store.standings(in: units)
            )
        )
    }

    /// Counts down to a crash.
    private static func falls(_ countdown: inout Int?) -> Bool {
        guard let count = countdown else { return false }
        countdown = count > 1 ? count - 1 : nil
        return count <= 1
    }
}
