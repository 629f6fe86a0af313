import NIOCore
import ReportIdentity
import ReportWire
import Synchronization

/// How far the handshake of one line has got. The line's handlers share it, and its driver reads it.
final class Handshake: Sendable {
    /// Where it stands. From under way it can become one of the others, which are for good.
    enum Phase: Sendable {
        case underWay
        /// It went wrong, and the other side is being told so.
        case failed
        case over
    }

    private struct State {
        var phase = Phase.underWay
        var peer: DeviceCertificate?
        var refusal: CertificateRefusal?
    }

    let isServer: Bool
    private let state = Mutex(State())

    init(isServer: Bool) {
        self.isServer = isServer
    }

    var phase: Phase { self.state.withLock { $0.phase } }

    /// Whose certificate the other side has shown, and proved to hold the key of; `nil` before the handshake is over.
    var peer: DeviceCertificate? {
        self.state.withLock { $0.phase == .over ? $0.peer : nil }
    }

    /// Why the other side's certificate was not taken.
    var refusal: CertificateRefusal? { self.state.withLock { $0.refusal } }

    func verified(_ certificate: DeviceCertificate) { self.state.withLock { $0.peer = certificate } }

    func refused(_ refusal: CertificateRefusal) { self.state.withLock { $0.refusal = refusal } }

    func ends(as phase: Phase) {
        self.state.withLock { state in
            if state.phase == .underWay { state.phase = phase }
        }
    }
}

/// Stands between the network and TLS. A handshake may have only so many bytes; and a server that ends one says why, and
/// waits a moment until that is read.
final class HandshakeGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the other side may say of a handshake, in bytes, before one more read: 16 KiB. With the longest certificate that is
    /// read, one has less than half of that.
    private static let byteCountMax = 16 * 1024

    private let handshake: Handshake
    private var byteCount = 0
    /// Whether the other side may still say something.
    private var isInputOpen = true
    /// Who waits for the end of a connection that we have ended.
    private var ended: EventLoopPromise<Void>?
    private var end: Scheduled<Void>?

    init(_ handshake: Handshake) {
        self.handshake = handshake
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody wants what comes after our last word.
        guard self.ended == nil else { return }
        if self.handshake.phase == .underWay {
            // What comes behind the last word of a handshake, in the same read, belongs to no handshake.
            guard self.byteCount <= Self.byteCountMax else {
                context.fireErrorCaught(SecurityFailure.handshakeTooLong)
                return context.close(mode: .all, promise: nil)
            }
            self.byteCount += self.unwrapInboundIn(data).readableBytes
        }
        context.fireChannelRead(data)
    }

    /// Closing while words of the other side are unread resets the connection, and could take the alert that says what
    /// is wrong. So a server closes its own half first, and drops what still comes.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, self.isInputOpen, self.handshake.isServer, self.handshake.phase == .failed else {
            return context.close(mode: mode, promise: promise)
        }
        if let ended = self.ended {
            if let promise { ended.futureResult.cascade(to: promise) }
            return
        }
        let ended = context.eventLoop.makePromise(of: Void.self)
        self.ended = ended
        if let promise { ended.futureResult.cascade(to: promise) }
        context.close(mode: .output, promise: nil)
        self.end = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Limits.lingerSecondsMax)) {
            context.close(mode: .all, promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            self.isInputOpen = false
            if self.ended != nil { return context.close(mode: .all, promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.isInputOpen = false
        self.end?.cancel()
        self.ended?.succeed()
        context.fireChannelInactive()
    }
}
