import NIOCore
import ReportModel
import ReportWire

/// Cuts what comes on a connection into frames, one at a time, as they are asked for.
///
/// Memory is taken for bytes that have come, never for a length that is only announced; what is held is at most one frame
/// and what one read brought beyond it. Before the hello a frame may be as long as a hello.
package struct IncomingFrames: ~Copyable {
    /// What a driver waits for.
    package enum Event: Sendable {
        case frame(Frame)
        /// A bulk frame has gone to the kernel.
        case bulkSent
        /// Time to look around.
        case woken
    }

    private var events: NIOAsyncChannelInboundStream<LineEvent>.AsyncIterator
    private let patience: Patience
    /// Whether the peer may say anything; a client says hello first.
    package var isGreeted: Bool
    private var buffer = ByteBuffer()
    private var frameStart: NIODeadline?
    private var hasHadFrame = false

    /// How a server of TLS begins its answer to whatever is none: an alert (RFC 8446, 5.1). No frame begins so.
    private static let alertStart: [UInt8] = [21, 3]

    package init(_ inbound: NIOAsyncChannelInboundStream<LineEvent>, _ patience: Patience) {
        self.events = inbound.makeAsyncIterator()
        self.patience = patience
        self.isGreeted = patience.times.helloSeconds == nil
    }

    /// - Returns: `nil` when the other side has said all it will.
    /// - Throws: `ProtocolError` for what is no frame, and for a peer that lets us wait too long; `SecurityFailure` for a
    ///   line that cannot be secured.
    package mutating func next() async throws -> Event? {
        // A sign of life is a byte that comes or a bulk frame that goes; being woken is none.
        var start = self.patience.now
        while true {
            if let frame = try self.takeFrame() {
                return .frame(frame)
            }
            if self.buffer.readableBytes == 0 {
                self.frameStart = nil
            } else if self.frameStart == nil {
                self.frameStart = start
            }
            self.patience.waits(since: start, frameSince: self.frameStart, isGreeted: self.isGreeted)
            defer { self.patience.rests() }
            switch try await self.events.next() {
            case .bytes(var bytes):
                start = self.patience.now
                if self.buffer.readableBytes == 0 {
                    self.buffer = bytes
                } else {
                    self.buffer.writeBuffer(&bytes)
                }
            case .bulkSent: return .bulkSent
            case .woken: return .woken
            case nil: return nil
            }
        }
    }

    /// Reads to the end without looking at anything.
    package mutating func discardRest() async throws {
        self.buffer = ByteBuffer()
        while try await self.events.next() != nil {}
    }

    /// What the next frame's length field says.
    private func byteCount() throws(ProtocolError) -> Int? {
        do throws(ProtocolError) {
            return try Frame.byteCount(peeking: self.buffer.readableBytesView)
        } catch {
            throw self.hasHadFrame ? error : .notThisProtocol
        }
    }

    private mutating func takeFrame() throws -> Frame? {
        if self.patience.times.helloSeconds == nil, self.buffer.readableBytesView.starts(with: Self.alertStart) {
            throw SecurityFailure.wantsTLS
        }
        guard let byteCount = try self.byteCount() else { return nil }
        let helloByteCountMax = Limits.helloByteCountMax + Limits.frameByteCountMin
        guard self.isGreeted || byteCount <= helloByteCountMax else {
            let expected = "at most \(Limits.helloByteCountMax) bytes of hello"
            throw ProtocolError.malformed("hello", MalformedBytes(offset: 0, expected: expected))
        }
        guard self.buffer.readableBytes >= 4 + byteCount else { return nil }
        self.buffer.moveReaderIndex(forwardBy: 4)
        let body = self.buffer.readBytes(length: byteCount) ?? []
        self.frameStart = nil
        self.hasHadFrame = true
        if self.buffer.readableBytes == 0 {
            // An idle connection holds no buffer.
            self.buffer = ByteBuffer()
        } else if self.buffer.readerIndex > Limits.frameByteCountMax {
            self.buffer.discardReadBytes()
        }
        return try Frame(body: body)
    }
}
