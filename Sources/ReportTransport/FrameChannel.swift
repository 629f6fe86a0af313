import NIOCore
import ReportIdentity
import ReportWire

/// A TCP connection that carries frames both ways. What comes are bytes, of which ``IncomingFrames`` makes frames one by
/// one, as they are asked for: so small frames that came together take no more memory than their bytes.
package typealias FrameChannel = NIOAsyncChannel<LineEvent, OutgoingFrame>

/// A connection, and how long it may keep its driver waiting.
package struct FrameLine: Sendable {
    package let channel: FrameChannel
    package let patience: Patience
    private let handshake: Handshake?

    /// Makes a connection speak frames.
    ///
    /// - Parameters:
    ///   - controlByteCountMax: above so many bytes of control frames that wait for the kernel, writing waits.
    ///   - security: `nil` for a line that anybody on its way can read. Otherwise frames wait until the handshake is over;
    ///     that it ends is for `times` to see to, like everything that the other side says.
    package init(
        _ channel: any Channel,
        times: Patience.Times,
        controlByteCountMax: Int,
        security: TransportSecurity? = nil
    ) throws {
        self.handshake = try security?.secure(channel)
        self.patience = Patience(times, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(LaneHandler(self.patience))
        let bulkByteCountMax = 4 + Limits.frameByteCountMax
        try channel.syncOptions?.setOption(
            .writeBufferWaterMark,
            value: .init(low: controlByteCountMax, high: bulkByteCountMax + controlByteCountMax)
        )
        self.channel = try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                // A driver takes one frame at a time; what waits in the kernel's buffer holds the peer back.
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2),
                // `outbound.finish()` says "no more from here", and what the other side still says can be read.
                isOutboundHalfClosureEnabled: true,
                inboundType: LineEvent.self,
                outboundType: OutgoingFrame.self
            )
        )
    }

    /// Whether nobody on the way can read or alter what is said.
    package var isSecured: Bool { self.handshake != nil }

    /// The device at the other end, as it has proved to be; `nil` where it has shown no certificate, on a line that is not
    /// secured, and before the handshake is over. Once a frame has come the handshake is over.
    package var peer: DeviceCertificate? { self.handshake?.peer }

    /// Wakes the driver up where it waits for the other side's next word.
    package func wake() {
        let channel = self.channel.channel
        channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(LineEvent.woken) }
    }

    /// Lets the kernel hold little that is not yet on its way, so that a control frame does not wait behind it. Where the
    /// system has no such option, only what it holds anyway is ahead of a control frame.
    package static var unsentOption: ChannelOptions.Types.SocketOption? {
        #if os(Linux)
            // TCP_NOTSENT_LOWAT of <linux/tcp.h>.
            ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: 25))
        #else
            nil
        #endif
    }
}

/// What a driver learns of its connection.
package enum LineEvent: Sendable {
    case bytes(ByteBuffer)
    /// A bulk frame has gone to the kernel.
    case bulkSent
    /// Somebody wants the driver to look around.
    case woken
}

/// A frame with its lane.
package struct OutgoingFrame: Sendable {
    package let frame: Frame
    package let lane: Lane

    package init(_ message: Message) {
        self.frame = message.frame
        self.lane = message.lane
    }
}

/// Which frames may overtake which. Within a lane the order is kept.
package enum Lane: Sendable {
    /// Small words, which never wait behind bulk.
    case control
    /// Goes to the kernel frame by frame, when no control frame waits.
    case bulk
    /// Takes the place of all bulk that has not gone yet.
    case insteadOfBulk
}

extension Message {
    /// The lane of the message.
    ///
    /// Control may overtake bulk, and this is why nothing goes wrong: hello, welcome and the haves that it announces are
    /// said before any bulk. A later have speaks of what its sender *received*, a receipt answers the batches of the
    /// other direction, and receipts keep their order among themselves; so none of them says anything about the batches
    /// of its own direction. Bulk never overtakes control, so a batch never comes before the have that opens its scope.
    /// `done` is bulk, though it is small: it is the last word, said when all batches are receipted, and a client that
    /// reads it closes, so it must not overtake the scheme.
    package var lane: Lane {
        switch self {
        case .batch, .scheme, .done: .bulk
        case .goodbye: .insteadOfBulk
        default: .control
        }
    }
}
