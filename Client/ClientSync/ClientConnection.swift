import ClientStore
import Logging
import NIOCore
import ReportIdentity
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportTransport
import ReportWire

/// One connection to the province, from hello to its end. Reconnecting is ``Synchronizer``'s work.
///
/// Drives a `ClientSession`: reads frames, performs its actions, tells it what came of them.
struct ClientConnection {
    let store: ClientStore
    let scheme: Scheme
    let sealingKey: SealingKey?
    let logger: Logger
    /// The device's wall clock.
    let now: @Sendable () -> Timestamp
    /// Told what has moved so far, after every message.
    let progress: @Sendable (ClientSession.Tally) -> Void

    /// What crossed the wire, in bytes of frames.
    struct Traffic {
        var bytesOut = 0
        var bytesIn = 0
    }

    /// - Returns: What moved, and why the conversation ended if not as it should.
    /// - Throws: Errors of the store. What was committed by then stays.
    func run(
        over line: FrameLine,
        traffic: inout Traffic
    ) async throws -> (tally: ClientSession.Tally, error: ProtocolError?) {
        var session = ClientSession(try self.start())
        var end: End?
        var counted = traffic
        defer { traffic = counted }
        try await line.channel.executeThenClose { inbound, outbound in
            var driver = Driver(connection: self, outbound: outbound)
            defer { counted = driver.traffic }
            driver.traffic = counted
            do {
                end = try await driver.perform(session.connected(now: self.now()), &session)
                var frames = IncomingFrames(inbound, line.patience)
                while end == nil, let event = try await frames.next() {
                    guard case .frame(let frame) = event else { continue }
                    driver.traffic.bytesIn += frame.encodedByteCount
                    guard let message = try Message(frame) else { continue }
                    self.logger.debug("received", metadata: message.metadata)
                    end = try await driver.perform(session.received(message), &session)
                    self.progress(session.tally)
                }
                if end == nil { end = try await driver.perform(session.lost(.connectionLost), &session) }
            } catch let error as ProtocolError {
                end = try await driver.perform(session.failed(error), &session)
            } catch let error as IOError {
                self.logger.debug("connection failed", metadata: ["error": "\(error)"])
                end = try await driver.perform(session.lost(.connectionLost), &session)
            } catch let error as ChannelError {
                self.logger.debug("connection failed", metadata: ["error": "\(error)"])
                end = try await driver.perform(session.lost(.connectionLost), &session)
            }
        }
        return (session.tally, end?.error)
    }

    private func start() throws -> ClientSession.Start {
        if let key = self.sealingKey { try self.store.sealOwnChanges(with: key) }
        return ClientSession.Start(
            replica: try self.store.ownReplica().current,
            scheme: self.scheme.fingerprint.high,
            scopes: try self.store.standings(scheme: self.scheme).map {
                ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
            }
        )
    }

    /// How a conversation ended.
    struct End {
        let error: ProtocolError?
    }
}

extension ClientConnection {
    /// Performs the actions of a session, in order and depth first: what an action leads to comes before the next one.
    private struct Driver {
        let connection: ClientConnection
        let outbound: NIOAsyncChannelOutboundWriter<OutgoingFrame>
        var traffic = Traffic()

        mutating func perform(_ actions: [SessionAction], _ session: inout ClientSession) async throws -> End? {
            var end: End?
            for action in actions {
                end = try await self.perform(action, &session) ?? end
            }
            return end
        }

        private mutating func perform(_ action: SessionAction, _ session: inout ClientSession) async throws -> End? {
            let store = self.connection.store
            switch action {
            case .send(let message):
                let outgoing = OutgoingFrame(message)
                self.traffic.bytesOut += outgoing.frame.encodedByteCount
                self.connection.logger.debug("sent", metadata: message.metadata)
                do {
                    try await self.outbound.write(outgoing)
                } catch let error where error is NIOAsyncWriterError || error is ChannelError || error is IOError {
                    // The other side is gone. Its last words may still wait to be read; the reading half will tell.
                    self.connection.logger.debug("could not send", metadata: ["error": "\(error)"])
                }
            case .load(let scope, let peer):
                let loaded = try store.changes(
                    in: scope,
                    lackedBy: peer,
                    byteCountMax: Limits.batchCanonicalByteCountMax
                )
                return try await self.perform(session.loaded(scope, loaded), &session)
            case .commitThenReceipt(let batch):
                let (outcome, frontier) = try store.take(batch, now: self.connection.now())
                return try await self.perform(session.committed(batch, outcome, own: frontier), &session)
            case .markDelivered(let scope, let references):
                try store.markDelivered(references, in: scope)
            case .noteProvinceHolds(let scope, let frontier):
                let now = self.connection.now()
                try store.noteProvinceHolds(frontier, in: scope, now: now, newReplica: .random())
            case .noteWelcome(let time, _):
                let now = self.connection.now()
                try store.noteSync(at: now, skewSeconds: time.seconds(since: now))
            case .saveScheme(let bytes):
                try store.adoptScheme(encoded: bytes, logger: self.connection.logger)
            case .saveCertificate(let der):
                try store.adoptCertificate(der, logger: self.connection.logger)
            case .close(let error):
                return End(error: error)
            case .identify, .noteOwnHeads, .enrol:
                preconditionFailure("only a server is told this")
            }
            return nil
        }
    }
}
