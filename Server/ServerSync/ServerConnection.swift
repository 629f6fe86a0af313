import Logging
import NIOCore
import NIOPosix
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportTransport
import ReportWire
import ServerStore
import ServiceLifecycle

/// One client's connection, from its hello to its end.
///
/// Drives a `ServerSession`: reads frames, performs its actions, tells it what came of them. Whatever goes wrong ends
/// this connection and no other.
struct ServerConnection {
    let store: ServerStore
    let scheme: SchemeInUse
    let commits: GroupCommit
    let logger: Logger
    /// The server's wall clock.
    let now: @Sendable () -> Timestamp

    func run(over channel: FrameChannel) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                var frames = inbound.cancelOnGracefulShutdown().makeAsyncIterator()
                try await self.converse(&frames, outbound)
                // Closing while words of the client are unread would reset the connection, and could take our last
                // word from the client. So it closes first; what it still says is dropped.
                outbound.finish()
                let end = channel.channel.eventLoop.scheduleTask(in: .seconds(Limits.lingerSecondsMax)) {
                    channel.channel.close(promise: nil)
                }
                defer { end.cancel() }
                while try await frames.next() != nil {}
            }
        } catch {
            self.logger.debug("connection failed", metadata: ["error": "\(error)"])
        }
    }

    /// The frames of the client. On shutdown they end between two: a commit under way is finished and receipted.
    private typealias Frames = AsyncCancelOnGracefulShutdownSequence<NIOAsyncChannelInboundStream<Frame>>.AsyncIterator

    private func converse(
        _ frames: inout Frames,
        _ outbound: NIOAsyncChannelOutboundWriter<Frame>
    ) async throws {
        var session = ServerSession()
        do {
            while let frame = try await frames.next() {
                guard let message = try Message(frame) else { continue }
                self.logger.trace("received", metadata: message.metadata)
                if try await self.perform(session.received(message), &session, outbound) { return }
            }
            let reason = Task.isShuttingDownGracefully ? ProtocolError.shuttingDown : .connectionLost
            _ = try await self.perform(session.ended(reason), &session, outbound)
        } catch let error as ProtocolError {
            _ = try await self.perform(session.ended(error), &session, outbound)
        } catch is IOError {
            // The client is gone; it will come back with what was not receipted.
        } catch is NIOAsyncWriterError {
        } catch is ChannelError {
        } catch {
            self.logger.error("store failed", metadata: ["error": "\(error)"])
            _ = try await self.perform(session.ended(.storeFailed), &session, outbound)
        }
    }

    /// Performs the actions in order and depth first: what an action leads to comes before the next one.
    ///
    /// - Returns: Whether the conversation is over.
    private func perform(
        _ actions: [SessionAction],
        _ session: inout ServerSession,
        _ outbound: NIOAsyncChannelOutboundWriter<Frame>
    ) async throws -> Bool {
        var isOver = false
        for action in actions {
            var next: [SessionAction] = []
            switch action {
            case .send(let message):
                self.logger.trace("sent", metadata: message.metadata)
                try await outbound.write(message.frame)
            case .identify(let hello):
                next = try await self.identify(hello, &session)
            case .load(let scope, let peer):
                let store = self.store
                let loaded = try await NIOThreadPool.singleton.runIfActive {
                    try store.changes(in: scope, lackedBy: peer, byteCountMax: Limits.batchCanonicalByteCountMax)
                }
                next = session.loaded(scope, loaded)
            case .commitThenReceipt(let batch):
                guard case .taken(let outcome, let frontier) = try await self.commits.commit(.take(batch)) else {
                    preconditionFailure("a batch is taken")
                }
                self.logger.debug(
                    "committed",
                    metadata: ["scope": "\(batch.scope)", "new": "\(outcome.takenCount)"]
                )
                next = session.committed(batch, outcome, own: frontier)
            case .close(let error):
                if let error {
                    self.logger.info(
                        "connection ended",
                        metadata: ["code": "\(error.rawCode)", "reason": "\(error.words.english)"]
                    )
                }
                isOver = true
            case .noteOwnHeads(let scope, let heads):
                let (store, now) = (self.store, self.now())
                try await NIOThreadPool.singleton.runIfActive {
                    try store.noteOwnHeads(heads, in: scope, now: now, newReplica: .random())
                }
            case .markDelivered, .noteProvinceHolds, .noteWelcome, .saveScheme:
                preconditionFailure("only a client is told this")
            }
            if !next.isEmpty { isOver = try await self.perform(next, &session, outbound) || isOver }
        }
        return isOver
    }

    private func identify(_ hello: Hello, _ session: inout ServerSession) async throws -> [SessionAction] {
        let (store, inUse) = (self.store, self.scheme)
        let (current, units) = try await NIOThreadPool.singleton.runIfActive {
            let current = try inUse.current()
            return (current, try store.scopes(servedTo: hello.scopes.map(\.unit), by: current.scheme))
        }
        guard !units.isEmpty else { return session.refused(.unknownUnit(hello.scopes[0].unit)) }
        _ = try await self.commits.commit(.note(hello.replica, hello.scopes[0].unit))
        let (replica, standings) = try await NIOThreadPool.singleton.runIfActive {
            (try store.ownReplica().current, try store.standings(in: units))
        }
        return session.identified(
            ServerSession.Identified(
                replica: replica,
                now: self.now(),
                scheme: current.scheme.fingerprint.high,
                schemeBytes: current.bytes,
                scopes: standings
            )
        )
    }
}
