import NIOCore
import NIOSSL
import NIOTLS
import ReportWire

/// Stands between TLS and the frames: notices the end of the handshake, and says in our words what went wrong.
final class SecurityHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let handshake: Handshake
    /// Whether we show a certificate, which the other side may refuse.
    private let hasCertificate: Bool

    init(_ handshake: Handshake, hasCertificate: Bool) {
        self.handshake = handshake
        self.hasCertificate = hasCertificate
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let negotiated)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard negotiated == TransportSecurity.protocolName else {
            self.handshake.ends(as: .failed)
            context.fireErrorCaught(SecurityFailure.otherProtocol)
            return context.close(mode: .all, promise: nil)
        }
        self.handshake.ends(as: .over)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Whoever speaks another protocol within TLS is not listened to, though it may have spoken already.
        guard self.handshake.phase == .over else { return }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        // A frame that was cut off is noticed by its length, and a conversation by its last word: that the line ended
        // without TLS's own goodbye says nothing more.
        case NIOSSLError.uncleanShutdown, NIOSSLError.shutdownFailed: break
        case NIOSSLError.handshakeFailed(let reason):
            let isOver = self.handshake.phase != .underWay
            self.handshake.ends(as: .failed)
            if !isOver { context.fireErrorCaught(self.meaning(of: reason)) }
        case let reason as BoringSSLError: context.fireErrorCaught(self.meaning(of: reason))
        default: context.fireErrorCaught(error)
        }
    }

    /// That a connection did not close as TLS wants it is nobody's concern once it is closed.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        let closed = context.eventLoop.makePromise(of: Void.self)
        closed.futureResult.whenComplete { _ in promise?.succeed() }
        context.close(mode: mode, promise: closed)
    }

    // MARK: - What the library says

    private func meaning(of reason: BoringSSLError) -> any Error {
        if let refusal = self.handshake.refusal {
            return self.handshake.isServer
                ? SecurityFailure.peerRefused(refusal) : SecurityFailure.notOurServer(refusal)
        }
        guard case .sslError(let stack) = reason else { return ProtocolError.connectionLost }
        if stack == [.eofDuringHandshake] { return ProtocolError.connectionLost }
        let names = stack.map(Self.name).joined(separator: " ")
        func isNamed(_ parts: String...) -> Bool { parts.contains { names.contains($0) } }
        if self.handshake.phase == .over {
            // A server looks at a client's certificate when for the client the handshake is over. An alert before that may be
            // anybody's: it is neither encrypted nor signed.
            let isRefused = isNamed("ALERT_") && isNamed("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")
            return self.hasCertificate && isRefused && !self.handshake.isServer
                ? SecurityFailure.certificateRefused : ProtocolError.connectionLost
        }
        // What does not even look like TLS.
        return !self.handshake.isServer && isNamed("WRONG_VERSION_NUMBER") && !isNamed("ALERT_")
            ? SecurityFailure.noTLS : SecurityFailure.handshakeFailed(detail: names)
    }

    /// The library gives the names of its errors only in a text, between a code and a line of its source.
    private static func name(_ error: BoringSSLInternalError) -> String {
        let text = error.description
        guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else { return text }
        return String(text[start...].prefix { $0 != " " })
    }
}
