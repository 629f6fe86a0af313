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
        let scheme = self.client.scheme.scheme
        if let key = self.client.sealingKey { try self.client.store.sealOwnChanges(with: key) }
        return ClientSession.Start(
            replica: try self.client.store.ownReplica().current,
            scheme: scheme.fingerprint.high,
            scopes: try self.client.store.standings(scheme: scheme).map {
                ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
            }
        )
    }

    /// - Throws: `DurableSteps.Death` when the client dies over it.
    func performClient(_ actions: [SessionAction]) throws {
        let (store, steps) = (self.client.store, self.client.steps)
        for action in actions where self.clientSession != nil {
            switch action {
            case .send(let message):
                self.send(message, from: .client)
            case .load(let scope, let peer):
                let loaded = try store.changes(in: scope, lackedBy: peer, byteCountMax: self.batchByteCountMax)
                try self.performClient(self.clientSession!.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try steps.make {
                    let taken = try store.take(batch, now: self.clientNow, newReplica: self.newReplica())
                    self.client.heard(of: batch.scope, from: self.incarnation, isAll: false)
                    return taken
                }
                try self.performClient(self.clientSession!.committed(batch, outcome, own: frontier))
            case .markDelivered(let scope, let references):
                try steps.make {
                    try store.markDelivered(references, in: scope)
                    self.client.heard(of: scope, from: self.incarnation, isAll: false)
                }
            case .noteProvinceHolds(let scope, let frontier):
                try steps.make {
                    try store.noteProvinceHolds(
                        frontier,
                        in: scope,
                        now: self.clientNow,
                        newReplica: self.newReplica()
                    )
                    self.client.heard(of: scope, from: self.incarnation, isAll: true)
                }
            case .noteWelcome(let time, _):
                let now = self.clientNow
                let skewSeconds = time.secondsSince1970 - now.secondsSince1970
                try steps.make {
                    try store.noteSync(at: now, skewSeconds: skewSeconds)
                    self.client.parcelNumbers.answered = max(
                        self.client.parcelNumbers.answered,
                        self.client.parcelNumbers.made
                    )
                }
            case .saveScheme(let bytes):
                try steps.make { try self.client.use(bytes) }
            case .close(let error):
                // Where a receipt came in between, what it brought has not been compared.
                if error == nil, !self.hasTakenReceipt {
                    for scope in self.served { self.client.heard(of: scope, from: self.incarnation, isAll: true) }
                }
                self.clientEnded(.ended(error))
            case .identify, .noteOwnHeads, .enrol, .saveCertificate:
                preconditionFailure("only a server identifies")
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
                try self.identify(hello)
            case .load(let scope, let peer):
                let loaded = try store.changes(in: scope, lackedBy: peer, byteCountMax: self.batchByteCountMax)
                try self.performServer(self.serverSession!.loaded(scope, loaded))
            case .commitThenReceipt(let batch):
                self.commit(.take(batch)) { outcome in
                    guard case .taken(let outcome, let frontier) = outcome else {
                        preconditionFailure("a batch is taken")
                    }
                    return self.serverSession!.committed(batch, outcome, own: frontier)
                }
            case .close:
                self.serverEnded()
            case .noteOwnHeads(let scope, let heads):
                try store.noteOwnHeads(heads, in: scope, now: self.serverNow, newReplica: self.newReplica())
            case .markDelivered, .noteProvinceHolds, .noteWelcome, .saveScheme, .enrol, .saveCertificate:
                preconditionFailure("only a client is told this")
            }
        }
    }

    /// Reads no further until the step is durable.
    private func commit(_ step: ServerStore.Step, then: @escaping (ServerStore.Step.Outcome) throws -> [SessionAction])
    {
        self.serverIsCommitting = true
        self.server.commit(step, for: self) { outcome in
            self.serverIsCommitting = false
            guard self.serverSession != nil else { return }
            try self.performServer(then(outcome))
            try self.serverReads()
        }
    }

    private func identify(_ hello: Hello) throws {
        let store = self.server.store
        let scheme = self.server.scheme
        let units = try store.scopes(servedTo: hello.scopes.map(\.unit), by: scheme.scheme)
        guard !units.isEmpty else {
            return try self.performServer(self.serverSession!.refused(.unknownUnit(hello.scopes[0].unit)))
        }
        self.served = Set(units)
        self.commit(.note(hello.replica, units[0])) { _ in
            self.serverSession!.identified(
                ServerSession.Identified(
                    replica: try store.ownReplica().current,
                    now: self.serverNow,
                    scheme: scheme.scheme.fingerprint.high,
                    schemeBytes: scheme.bytes,
                    scopes: try store.standings(in: units)
                )
            )
        }
    }
}
