import NIOCore
import NIOEmbedded
import ReportModel
import ReportWire
import Testing

@testable import ReportTransport

@Suite("Lanes of a connection")
struct LaneTests {
    private let channel = EmbeddedChannel()
    private let kernel = SlowKernel()

    init() throws {
        let times = Patience.Times(silenceSeconds: 60, frameSeconds: 60)
        let patience = Patience(times, eventLoop: self.channel.eventLoop)
        try self.channel.pipeline.syncOperations.addHandlers([self.kernel, LaneHandler(patience)])
    }

    private static func batch(_ number: Int) -> Message {
        .scheme(SchemePart(totalByteCount: 100, inflatedByteCount: 100, bytes: [UInt8(number)]))
    }

    private static let have = Message.have(Have(scope: UnitCode("410728")!, batchesSeen: 3, frontier: Frontier()))

    private func send(_ messages: Message...) {
        for message in messages { self.channel.writeAndFlush(OutgoingFrame(message), promise: nil) }
    }

    @Test("A control frame waits for one bulk frame, not for all of them; bulk keeps its order")
    func overtakes() throws {
        self.send(Self.batch(1), Self.batch(2), Self.batch(3), Self.have, .done)
        #expect(try self.kernel.waiting == [Self.batch(1), Self.have], "one bulk frame is with the kernel")
        self.kernel.takeAll()
        self.kernel.takeAll()
        self.kernel.takeAll()
        self.kernel.takeAll()
        #expect(
            try self.kernel.taken == [Self.batch(1), Self.have, Self.batch(2), Self.batch(3), .done],
            "done stays behind the scheme: a client that reads it closes"
        )
    }

    @Test("Whoever loads is told when a bulk frame has gone")
    func tellsWhenBulkIsSent() throws {
        self.send(Self.batch(1), Self.have)
        #expect(try self.channel.readInbound(as: LineEvent.self) == nil)
        self.kernel.takeAll()
        guard case .bulkSent? = try self.channel.readInbound(as: LineEvent.self) else {
            return #expect(Bool(false), "nothing was told")
        }
        #expect(try self.channel.readInbound(as: LineEvent.self) == nil, "nobody waits for control")
    }

    @Test("Goodbye takes the place of bulk that has not gone")
    func goodbye() throws {
        self.send(Self.batch(1), Self.batch(2), .goodbye(.shuttingDown))
        self.kernel.takeAll()
        self.kernel.takeAll()
        #expect(try self.kernel.taken == [Self.batch(1), .goodbye(.shuttingDown)])
    }

    @Test("The sending half closes when all has gone")
    func close() throws {
        self.send(Self.batch(1), .done)
        self.channel.close(mode: .output, promise: nil)
        self.kernel.takeAll()
        #expect(!self.kernel.isOutputClosed)
        self.kernel.takeAll()
        #expect(try self.kernel.taken == [Self.batch(1), .done])
        #expect(self.kernel.isOutputClosed)
    }
}

/// Takes bytes when it is told to.
final class SlowKernel: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private var held: [(ByteBuffer, EventLoopPromise<Void>?)] = []
    private var sent: [ByteBuffer] = []
    private(set) var isOutputClosed = false

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.held.append((self.unwrapOutboundIn(data), promise))
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output {
            self.isOutputClosed = true
        } else {
            for (_, promise) in self.held { promise?.fail(ChannelError.ioOnClosedChannel) }
            context.close(mode: mode, promise: promise)
        }
    }

    /// All that waits now.
    func takeAll() {
        let held = self.held
        self.held = []
        self.sent += held.map(\.0)
        for (_, promise) in held { promise?.succeed() }
    }

    var waiting: [Message] { get throws { try self.held.map { try Self.message($0.0) } } }
    var taken: [Message] { get throws { try self.sent.map(Self.message) } }

    private static func message(_ bytes: ByteBuffer) throws -> Message {
        var parser = FrameParser()
        parser.append(bytes.readableBytesView)
        let frame = try #require(try parser.next())
        return try #require(try Message(frame))
    }
}
