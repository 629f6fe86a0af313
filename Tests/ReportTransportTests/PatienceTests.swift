import NIOCore
import NIOEmbedded
import ReportWire
import Testing

@testable import ReportTransport

/// In virtual time.
@Suite("Patience with a peer")
struct PatienceTests {
    private let channel = EmbeddedChannel()
    private let kernel = SlowKernel()
    private let patience: Patience

    init() throws {
        let times = Patience.Times(silenceSeconds: 60, frameSeconds: 40, helloSeconds: 15)
        self.patience = Patience(times, eventLoop: self.channel.eventLoop)
        try self.channel.pipeline.syncOperations.addHandlers([self.kernel, LaneHandler(self.patience)])
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private func advance(_ seconds: Int64) { self.channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

    private var now: NIODeadline { self.channel.eventLoop.now }

    private func code() -> ProtocolError.Code? {
        do {
            try self.channel.throwIfErrorCaught()
            return nil
        } catch {
            return (error as? ProtocolError)?.knownCode
        }
    }

    @Test("ends with a client that has not said hello, whatever it sends")
    func hello() {
        for _ in 0..<14 {
            self.patience.waits(since: self.now, frameSince: self.now, isGreeted: false)
            self.advance(1)
        }
        #expect(self.code() == nil)
        self.patience.waits(since: self.now, frameSince: self.now, isGreeted: false)
        self.advance(1)
        #expect(self.code() == .silentTooLong)
    }

    @Test("ends with a peer that says nothing, and not with one that waits for us")
    func silence() {
        self.patience.waits(since: self.now, frameSince: nil, isGreeted: true)
        self.advance(59)
        self.patience.rests()
        self.advance(1000)
        #expect(self.code() == nil)
        self.patience.waits(since: self.now, frameSince: nil, isGreeted: true)
        self.advance(59)
        #expect(self.code() == nil)
        self.advance(1)
        #expect(self.code() == .silentTooLong)
        #expect(self.patience.ended?.knownCode == .silentTooLong)
    }

    @Test("ends with a frame that drips in byte by byte")
    func drip() {
        let start = self.now
        for _ in 0..<39 {
            self.advance(1)
            self.patience.waits(since: self.now, frameSince: start, isGreeted: true)
        }
        #expect(self.code() == nil)
        self.advance(1)
        #expect(self.code() == .tooSlow)
    }

    @Test("ends with a peer that does not read, and not with one that reads slowly")
    func notReading() {
        for _ in 0..<10 {
            self.channel.writeAndFlush(OutgoingFrame(.goodbye(.shuttingDown)), promise: nil)
        }
        self.advance(39)
        self.kernel.takeAll()
        self.channel.writeAndFlush(OutgoingFrame(.goodbye(.shuttingDown)), promise: nil)
        self.advance(39)
        #expect(self.channel.isActive)
        self.advance(1)
        #expect(!self.channel.isActive)
        #expect(self.patience.ended?.knownCode == .tooSlow)
    }
}
