import NIOCore
import NIOEmbedded
import ReportModel
import ReportWire
import Testing

@testable import ReportTransport

@Suite("Frames that come on a connection")
struct IncomingFramesTests {
    private static let frames = [Message.done, .goodbye(.storeFailed), .done].map(\.frame)

    /// Frames from pieces of bytes.
    private func frames(_ pieces: [[UInt8]], helloSeconds: Int64? = nil, isGreeted: Bool = true) async throws -> [Frame]
    {
        let (stream, source) = NIOAsyncChannelInboundStream<LineEvent>.makeTestingStream()
        for piece in pieces { source.yield(.bytes(ByteBuffer(bytes: piece))) }
        source.finish()
        let times = Patience.Times(silenceSeconds: 60, frameSeconds: 60, helloSeconds: helloSeconds)
        var incoming = IncomingFrames(stream, Patience(times, eventLoop: NIOAsyncTestingEventLoop()))
        if isGreeted { incoming.isGreeted = true }
        var frames: [Frame] = []
        while let event = try await incoming.next() {
            if case .frame(let frame) = event { frames.append(frame) }
        }
        return frames
    }

    @Test("are the same however the line cuts them", arguments: 1...40)
    func cut(pieceByteCount: Int) async throws {
        let bytes = Self.frames.flatMap(\.encoded)
        let pieces = stride(from: 0, to: bytes.count, by: pieceByteCount).map {
            Array(bytes[$0..<min($0 + pieceByteCount, bytes.count)])
        }
        #expect(try await self.frames(pieces) == Self.frames)
    }

    @Test("are refused by their announced length, before their bytes come")
    func announced() async throws {
        let tooLong = await #expect(throws: ProtocolError.self) { try await self.frames([[0, 1, 0, 1]]) }
        #expect(tooLong?.knownCode == .notThisProtocol)
        let later = await #expect(throws: ProtocolError.self) {
            try await self.frames([Self.frames[0].encoded, [0, 1, 0, 1]])
        }
        #expect(later?.knownCode == .frameTooLarge, "whoever has sent a frame speaks our protocol")
        let noHello: [UInt8] = [0, 0, 0x40, 7]
        let first = await #expect(throws: ProtocolError.self) {
            try await self.frames([noHello], helloSeconds: 15, isGreeted: false)
        }
        #expect(first?.knownCode == .malformedMessage, "longer than a hello, before the hello")
        #expect(try await self.frames([noHello], helloSeconds: 15, isGreeted: true).isEmpty, "but not after it")
        #expect(try await self.frames([[0, 0, 0x40, 6]], helloSeconds: 15, isGreeted: false).isEmpty)
    }
}
