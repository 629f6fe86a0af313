import Logging
import NIOCore
import NIOPosix
import ReportIdentity
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportTransport
import ReportWire
import ServerIdentity
import ServerStore
import ServiceLifecycle

/// One client's connection, from its hello to its end.
///
/// Whatever goes wrong ends this connection and no other.
struct ServerConnection {
    let store: ServerStore
    let scheme: SchemeInUse
    let commits: GroupCommit
    let memory: ByteBudget
    /// `nil` where nobody is enrolled.
    let authority: Authority?
    /// Beside those of which the store knows it.
    let revoked: Set<DeviceID>
    let refusals: RefusalRecord
    let logger: Logger
    /// The server's wall clock.
    let now: @Sendable () -> Timestamp

    func run(over line: FrameLine) async {
        do {
            try await self.execute(line) { frames, outbound in
                var conversation = Conversation(connection: self, line: line, outbound: outbound)
                try await conversation.run(&frames)
            }
        } catch {
            self.logger.debug("connection failed", metadata: ["error": "\(error)"])
        }
    }

    /// Tells the client that there is no place for it.
    func refuse(_ line: FrameLine) async {
        do {
            try await self.execute(line) { _, outbound in
                self.logger.info(
                    "connection refused",
                    metadata: ["code": "\(ProtocolError.tooManyConnections.rawCode)"]
                )
                try await outbound.write(OutgoingFrame(.goodbye(.tooManyConnections)))
            }
        } catch {
            self.logger.debug("connection failed", metadata: ["error": "\(error)"])
        }
    }

    private func execute(
        _ line: FrameLine,
        _ body: (inout IncomingFrames, NIOAsyncChannelOutboundWriter<OutgoingFrame>) async throws -> Void
    ) async throws {
        try await line.channel.executeThenClose { inbound, outbound in
            var frames = IncomingFrames(inbound, line.patience)
            try await withGracefulShutdownHandler {
                try await body(&frames, outbound)
            } onGracefulShutdown: {
                line.wake()
            }
            // Closing while words of the client are unread would reset the connection, and could take our last
            // word from the client. So it closes first; what it still says is dropped.
            outbound.finish()
            let end = line.channel.channel.eventLoop.scheduleTask(in: .seconds(Limits.lingerSecondsMax)) {
                line.channel.channel.close(promise: nil)
            }
            defer { end.cancel() }
            try await frames.discardRest()
        }
    }
}

/// Drives a `ServerSession`: reads frames, performs its actions, tells it what came of them.
///
/// What it holds is bounded, however little the client reads. It takes nothing from the client while control frames wait;
/// it loads no batch while another waits; and it never holds a share of the common memory while it waits for the client.
///
/// What it does with a frame is not inlined where it waits for one: an idle connection keeps the memory of the functions
/// that wait, and all they might call from there.
private struct Conversation {
    private typealias Load = (scope: UnitCode, peer: PeerStanding)

    let connection: ServerConnection
    let line: FrameLine
    let outbound: NIOAsyncChannelOutboundWriter<OutgoingFrame>
    private var session = ServerSession()
    /// What the session wants to be read, in its order.
    private var loads: [Load] = []
    /// Bulk frames that have not gone to the kernel.
    private var bulkCount = 0
    private var share: ByteBudget.Share?

    init(
        connection: ServerConnection,
        line: FrameLine,
        outbound: NIOAsyncChannelOutboundWriter<OutgoingFrame>
    ) {
        (self.connection, self.line, self.outbound) = (connection, line, outbound)
    }

    mutating func run(_ frames: inout IncomingFrames) async throws {
        do {
            try await self.converse(&frames)
            // The scheme may still be on its way to a client that reads slowly; it is no slower than it may be.
            while self.bulkCount > 0, !Task.isShuttingDownGracefully, let event = try await frames.next() {
                if case .bulkSent = event { self.bulkCount -= 1 }
            }
        } catch let error as ProtocolError {
            _ = try await self.perform(self.session.ended(error))
        } catch let error where error is IOError || error is NIOAsyncWriterError || error is ChannelError {
            // The client is gone, or does not read; it will come back with what was not receipted.
            if let reason = self.line.patience.ended { self.log(reason) }
        } catch let error as SecurityFailure {
            // Nothing can be said on such a line; TLS has said what there is to say.
            if case .peerRefused = error {
                await self.connection.refusals.countCertificate(now: self.connection.now())
            }
            self.connection.logger.info(
                "connection refused",
                metadata: ["code": "\(error.code)", "reason": "\(error.explanation.english)"]
            )
        } catch {
            self.connection.logger.error("store failed", metadata: ["error": "\(error)"])
            _ = try await self.perform(self.session.ended(.storeFailed))
        }
    }

    private mutating func converse(_ frames: inout IncomingFrames) async throws {
        // On shutdown it ends between two frames: a commit under way is finished and receipted.
        while !Task.isShuttingDownGracefully {
            if self.bulkCount == 0, !self.loads.isEmpty {
                defer { self.share = nil }
                if try await self.perform(self.load(self.loads.removeFirst())) { return }
                continue
            }
            guard let event = try await frames.next() else {
                _ = try await self.perform(self.session.ended(.connectionLost))
                return
            }
            switch event {
            case .frame(let frame):
                if frame.kind == Message.Kind.hello.rawValue { frames.isGreeted = true }
                if try await self.take(frame) { return }
            case .bulkSent:
                self.bulkCount -= 1
            case .woken:
                continue
            }
        }
        _ = try await self.perform(self.session.ended(.shuttingDown))
    }

    /// - Returns: Whether the conversation is over.
    @inline(never)
    private mutating func take(_ frame: Frame) async throws -> Bool {
        defer { self.share = nil }
        if frame.kind == Message.Kind.batch.rawValue {
            self.share = try await self.connection.memory.take(frame.batchMemoryByteCount)
        }
        guard let message = try Message(frame) else { return false }
        if let peer = self.line.peer, try await self.connection.isRevoked(peer) { throw ProtocolError.deviceRevoked }
        self.connection.logger.trace("received", metadata: message.metadata)
        return try await self.perform(self.session.received(message))
    }

    /// Performs the actions in order and depth first: what an action leads to comes before the next one. Only loads wait
    /// until the client has read what was loaded before.
    ///
    /// - Returns: Whether the conversation is over.
    @inline(never)
    private mutating func perform(_ actions: [SessionAction]) async throws -> Bool {
        var isOver = false
        for action in actions {
            switch action {
            case .send(let message):
                try await self.send(message)
            case .identify(let hello):
                isOver = try await self.perform(self.identify(hello)) || isOver
            case .enrol(let enrol):
                isOver = try await self.perform(self.enrol(enrol)) || isOver
            case .load(let scope, let peer):
                self.loads.append((scope, peer))
            case .commitThenReceipt(let batch):
                isOver = try await self.perform(self.commit(batch)) || isOver
            case .close(let error):
                if let error { await self.note(error) }
                isOver = true
            case .noteOwnHeads(let scope, let heads):
                let (store, now) = (self.connection.store, self.connection.now())
                do {
                    try await NIOThreadPool.singleton.runIfActive {
                        try store.noteOwnHeads(heads, in: scope, now: now, newReplica: ReplicaID.random())
                    }
                } catch {
                    // Tidiness only; the next connection tries again.
                    self.connection.logger.error("new id not noted", metadata: ["error": "\(error)"])
                }
            case .markDelivered, .noteProvinceHolds, .noteWelcome, .saveScheme, .saveCertificate:
                preconditionFailure("only a client is told this")
            }
        }
        return isOver
    }

    @inline(never)
    private mutating func send(_ message: Message) async throws {
        self.connection.logger.trace("sent", metadata: message.metadata)
        let outgoing = OutgoingFrame(message)
        switch outgoing.lane {
        case .control: break
        case .bulk: self.bulkCount += 1
        case .insteadOfBulk: self.bulkCount = 0
        }
        self.share = nil
        try await self.outbound.write(outgoing)
    }

    private mutating func identify(_ hello: Hello) async throws -> [SessionAction] {
        // Where devices are enrolled, nobody else is told anything.
        if self.connection.authority != nil, self.line.peer == nil { return self.session.refused(.notEnrolled) }
        if let peer = self.line.peer {
            let asked = hello.scopes[0].unit
            guard asked == peer.facts.unit else {
                return self.session.refused(.otherUnit(asked, enrolledFor: peer.facts.unit))
            }
            self.connection.logger.debug(
                "identified",
                metadata: ["device": "\(peer.id)", "unit": "\(peer.facts.unit)"]
            )
        }
        return try await self.connection.identify(hello, self.line.peer, &self.session)
    }

    private mutating func enrol(_ enrol: Enrol) async throws -> [SessionAction] {
        do {
            return self.session.enrolled(try await self.connection.enrolled(enrol).der)
        } catch let error as ProtocolError {
            return self.session.refused(error)
        }
    }

    private mutating func commit(_ batch: Batch) async throws -> [SessionAction] {
        guard case .taken(let outcome, let frontier) = try await self.connection.commits.commit(.take(batch)) else {
            preconditionFailure("a batch is taken")
        }
        self.connection.logger.debug(
            "committed",
            metadata: ["scope": "\(batch.scope)", "new": "\(outcome.takenCount)"]
        )
        return self.session.committed(batch, outcome, own: frontier)
    }

    @inline(never)
    private mutating func load(_ load: Load) async throws -> [SessionAction] {
        self.share = try await self.connection.memory.take(Limits.batchMemoryByteCountMax)
        let store = self.connection.store
        let loaded = try await NIOThreadPool.singleton.runIfActive {
            try store.changes(in: load.scope, lackedBy: load.peer, byteCountMax: Limits.batchCanonicalByteCountMax)
        }
        return self.session.loaded(load.scope, loaded)
    }

    private func log(_ error: ProtocolError) {
        var metadata: Logger.Metadata = ["code": "\(error.rawCode)", "reason": "\(error.words.english)"]
        if let peer = self.line.peer { metadata["device"] = "\(peer.id)" }
        self.connection.logger.info("connection ended", metadata: metadata)
    }

    private func note(_ error: ProtocolError) async {
        self.log(error)
        await self.connection.refusals.count(error, now: self.connection.now())
    }
}

extension Frame {
    /// What the frame's batch counts as in the common memory.
    fileprivate var batchMemoryByteCount: Int {
        var reader = ByteReader(self.payload)
        let isDeflated = self.flags.contains(.deflated)
        let byteCount = isDeflated ? Int(clamping: (try? reader.varint()) ?? 0) : self.payload.count
        let byteCountMax = Limits.batchMemoryByteCountMax / Limits.batchMemoryFactor
        return min(byteCount, byteCountMax) * Limits.batchMemoryFactor
    }
}

extension ServerConnection {
    @inline(never)
    fileprivate func identify(
        _ hello: Hello,
        _ peer: DeviceCertificate?,
        _ session: inout ServerSession
    ) async throws -> [SessionAction] {
        let (store, inUse) = (self.store, self.scheme)
        let isOpen = self.authority == nil
        let (current, units) = try await NIOThreadPool.singleton.runIfActive {
            // A province may begin to enrol while it is served open.
            if isOpen, try store.authority() != nil { throw ProtocolError.notEnrolled }
            let current = try inUse.current()
            return (current, try store.scopes(servedTo: hello.scopes.map(\.unit), by: current.scheme, on: peer?.id))
        }
        guard !units.isEmpty else { return session.refused(.unknownUnit(hello.scopes[0].unit)) }
        do {
            _ = try await self.commits.commit(.note(hello.replica, hello.scopes[0].unit))
        } catch {
            // Only the list of devices misses it. A province whose disk is full still gives what it holds.
            self.logger.error("hello not noted", metadata: ["error": "\(error)"])
        }
        let (replica, standings) = try await NIOThreadPool.singleton.runIfActive {
            (try store.ownReplica().current, try store.standings(in: units))
        }
        let renewed = hello.capabilities.contains(.renewal) ? try await self.renewed(peer) : nil
        return session.identified(
            ServerSession.Identified(
                replica: replica,
                now: self.now(),
                scheme: current.scheme.fingerprint.high,
                schemeParts: current.parts,
                scopes: standings,
                certificate: renewed?.der
            )
        )
    }
}
