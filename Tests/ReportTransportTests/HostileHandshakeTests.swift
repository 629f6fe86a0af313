import NIOCore
import NIOPosix
import ReportIdentity
import ReportModel
import ReportWire
import Testing

@testable import ReportTransport

/// Over real connections of this machine, with peers that say whatever they like.
@Suite("Handshakes that no program of ours makes")
struct HostileHandshakeTests {
    private let parties = Parties()

    /// What a server learns first of a client that sends `bytes`.
    private func server(
        hears bytes: [UInt8],
        thenEnds: Bool = false,
        times: Patience.Times = OneLineListener.patient
    ) async throws -> Heard {
        let listener = try await OneLineListener(self.parties.serverSide(), times: times)
        async let atServer = listener.firstWord()
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: listener.address).get()
        client.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        if thenEnds { client.close(mode: .output, promise: nil) }
        let heard = try await atServer
        client.close(promise: nil)
        return heard
    }

    /// A record of TLS (RFC 8446, 5.1): 22 is a handshake, 23 is what comes after.
    private static func record(_ kind: UInt8, _ payload: some Collection<UInt8>) -> [UInt8] {
        [kind, 3, 1, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    }

    /// The beginning of a client's hello that announces so many bytes.
    private static func hello(_ byteCount: Int) -> [UInt8] {
        [1, UInt8(byteCount >> 16), UInt8(byteCount >> 8 & 0xFF), UInt8(byteCount & 0xFF), 3, 3]
    }

    /// What a peer sends in place of a handshake.
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]

        init(_ name: String, _ bytes: [UInt8]) {
            (self.testDescription, self.bytes) = (name, bytes)
        }
    }

    static let attacks = [
        Attack("a request of the web", Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)),
        Attack("ones", [UInt8](repeating: 0xFF, count: 400)),
        Attack("a handshake of zeros", record(22, [UInt8](repeating: 0, count: 300))),
        Attack("data before a handshake", record(23, [UInt8](repeating: 9, count: 300))),
        Attack("a hello of rubbish", record(22, hello(100) + [UInt8](repeating: 0xAA, count: 98))),
        Attack("a hello announcing 16 MiB", record(22, hello(0xFF_FFFF))),
        Attack("a frame of ours", Message.done.frame.encoded),
    ]

    @Test("end with the name of what is wrong", arguments: attacks)
    func garbage(attack: Attack) async throws {
        let heard = try await self.server(hears: attack.bytes)
        guard case .handshakeFailed(let detail)? = heard.security else {
            Issue.record("\(heard)")
            return
        }
        #expect(!detail.isEmpty && !detail.contains("/"), "no path of a source: \(detail)")
    }

    @Test("end when the client goes away in the midst of them", arguments: [0, 1, 5, 60])
    func cut(byteCount: Int) async throws {
        let bytes = Self.record(22, Self.hello(200) + [UInt8](repeating: 3, count: 100))
        let heard = try await self.server(hears: Array(bytes.prefix(byteCount)), thenEnds: true)
        #expect(heard.code == .connectionLost, "\(heard)")
    }

    @Test("end when they say more than anybody needs, in however small pieces")
    func oversized() async throws {
        // One byte a record, so that what the library itself counts stays small.
        let payload = Self.hello(16_000) + [UInt8](repeating: 3, count: 15_990)
        let heard = try await self.server(hears: payload.flatMap { Self.record(22, [$0]) })
        #expect(heard.security == .handshakeTooLong, "\(heard)")
    }

    @Test("end when the client lets the server wait", arguments: [0, 1, 5, 60])
    func stalled(byteCount: Int) async throws {
        let bytes = Self.record(22, Self.hello(200) + [UInt8](repeating: 3, count: 100))
        let times = Patience.Times(silenceSeconds: 60, frameSeconds: 60, helloSeconds: 1)
        let heard = try await self.server(hears: Array(bytes.prefix(byteCount)), times: times)
        #expect(heard.code == .silentTooLong, "\(heard)")
    }

    @Test("end when the server lets the client wait")
    func silentServer() async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let security = try self.parties.deviceSide()
        let line = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(to: listener.localAddress!) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try FrameLine(
                        channel,
                        times: Patience.Times(silenceSeconds: 1, frameSeconds: 60),
                        controlByteCountMax: 4 * 1024 * 1024,
                        security: security
                    )
                }
            }
        let heard = await line.firstWord()
        #expect(heard.code == .silentTooLong, "\(heard)")
        try await listener.close()
    }
}
