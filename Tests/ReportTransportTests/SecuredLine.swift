import Crypto
import NIOCore
import NIOPosix
import NIOSSL
import ReportIdentity
import ReportModel
import ReportWire

@testable import ReportTransport

/// A province and a device of it, for lines between them.
struct Parties: Sendable {
    let authority = P256.Signing.PrivateKey()
    let device = P256.Signing.PrivateKey()
    let server = P256.Signing.PrivateKey()

    static let validity = Validity.year(from: Timestamp(secondsSince1970: 1_760_000_000))
    static let serial = [UInt8](repeating: 7, count: 16)

    var pinned: DeviceKey { DeviceKey(self.authority.publicKey) }

    /// - Parameter authority: who signs; the province itself where it is `nil`.
    func certificate(by authority: P256.Signing.PrivateKey? = nil) throws -> DeviceCertificate {
        try .issue(
            for: DeviceKey(self.device.publicKey),
            facts: try DeviceFacts(name: "办公室一", unit: UnitCode("410728")!, role: .clerk, person: "张三"),
            authority: authority ?? self.authority,
            serial: Self.serial,
            validity: Self.validity
        )
    }

    func serverCertificate() throws -> ServerCertificate {
        try .issue(
            for: self.server.publicKey,
            authority: self.authority,
            serial: Self.serial,
            validity: Self.validity
        )
    }

    func serverSide() throws -> TransportSecurity {
        try .server(authority: self.pinned, certificate: self.serverCertificate(), key: self.server)
    }

    /// - Parameters:
    ///   - pinned: whom the device believes; its province where it is `nil`.
    ///   - certificate: what it shows; its own where it is `nil`.
    func deviceSide(pinned: DeviceKey? = nil, certificate: DeviceCertificate? = nil) throws -> TransportSecurity {
        try .client(
            authority: pinned ?? self.pinned,
            identity: (certificate ?? self.certificate(), self.device)
        )
    }
}

/// What a driver learns first of its line.
enum Heard: Sendable {
    /// The other side's first frame, and who it is.
    case frame(peer: DeviceID?)
    case end
    case failure(any Error)

    var security: SecurityFailure? {
        if case .failure(let error) = self { error as? SecurityFailure } else { nil }
    }

    var code: ProtocolError.Code? {
        if case .failure(let error as ProtocolError) = self { error.knownCode } else { nil }
    }

    /// Whose certificate came with a frame: outer `nil` where no frame came.
    var peer: DeviceID?? {
        if case .frame(let peer) = self { .some(peer) } else { nil }
    }
}

extension FrameLine {
    /// Says something, and listens for the other side's first word.
    func firstWord() async -> Heard {
        do {
            return try await self.channel.executeThenClose { inbound, outbound in
                try? await outbound.write(OutgoingFrame(.done))
                var frames = IncomingFrames(inbound, self.patience)
                var heard = Heard.end
                do {
                    while let event = try await frames.next() {
                        guard case .frame = event else { continue }
                        heard = .frame(peer: self.peer?.id)
                        break
                    }
                } catch {
                    heard = .failure(error)
                }
                outbound.finish()
                return heard
            }
        } catch {
            return .failure(error)
        }
    }
}

/// A listener on a free port of this machine that takes one connection.
struct OneLineListener: Sendable {
    private let listener: NIOAsyncChannel<FrameLine, Never>

    var address: SocketAddress { self.listener.channel.localAddress! }

    static let patient = Patience.Times(silenceSeconds: 60, frameSeconds: 60, helloSeconds: 60)

    init(_ security: TransportSecurity?, times: Patience.Times = Self.patient) async throws {
        self.listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try FrameLine(channel, times: times, controlByteCountMax: 16_384, security: security)
                }
            }
    }

    /// What the server learns first of the first client.
    func firstWord() async throws -> Heard {
        try await self.listener.executeThenClose { lines in
            for try await line in lines { return await line.firstWord() }
            return .end
        }
    }
}
