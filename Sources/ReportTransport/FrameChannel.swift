import NIOCore
import ReportWire

/// A TCP connection that carries frames both ways.
package typealias FrameChannel = NIOAsyncChannel<Frame, Frame>

/// Makes a connection speak frames.
package enum FramePipeline {
    /// - Parameters:
    ///   - silenceSeconds: how long the other side may say nothing before the inbound sequence throws
    ///     `ProtocolError.silentTooLong`.
    ///   - firstFrameSeconds: how long its first frame may take, however it drips in; `nil` is no limit.
    package static func wrap(
        _ channel: any Channel,
        silenceSeconds: Int64,
        firstFrameSeconds: Int64? = nil
    ) throws -> FrameChannel {
        try channel.pipeline.syncOperations.addHandlers([
            IdleStateHandler(readTimeout: .seconds(silenceSeconds)),
            SilenceHandler(seconds: silenceSeconds),
            ByteToMessageHandler(FrameDecoder(), maximumBufferSize: 2 * (Limits.frameByteCountMax + 4)),
            MessageToByteHandler(FrameEncoder()),
        ])
        if let firstFrameSeconds {
            try channel.pipeline.syncOperations.addHandler(FirstFrameHandler(seconds: firstFrameSeconds))
        }
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
                // One batch is taken at a time; what waits in the kernel's buffer holds the peer back.
                backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
                // `outbound.finish()` says "no more from here", and what the other side still says can be read.
                isOutboundHalfClosureEnabled: true,
                inboundType: Frame.self,
                outboundType: Frame.self
            )
        )
    }
}

/// Cuts the stream into frames. A bad length or checksum ends the inbound sequence with a `ProtocolError`.
struct FrameDecoder: ByteToMessageDecoder {
    typealias InboundOut = Frame

    mutating func decode(context: ChannelHandlerContext, buffer: inout ByteBuffer) throws -> DecodingState {
        guard let byteCount = try Frame.byteCount(peeking: buffer.readableBytesView),
            buffer.readableBytes >= 4 + byteCount
        else { return .needMoreData }
        buffer.moveReaderIndex(forwardBy: 4)
        guard let body = buffer.readBytes(length: byteCount) else { return .needMoreData }
        context.fireChannelRead(self.wrapInboundOut(try Frame(body: body)))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        // What is left at the end of the stream is a cut frame; the driver sees that the conversation was not over.
        try self.decode(context: context, buffer: &buffer)
    }
}

struct FrameEncoder: MessageToByteEncoder {
    typealias OutboundIn = Frame

    func encode(data: Frame, out: inout ByteBuffer) {
        out.writeBytes(data.encoded)
    }
}

/// Turns a long silence into an error of the inbound sequence.
final class SilenceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let seconds: Int64

    init(seconds: Int64) {
        self.seconds = seconds
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is IdleStateHandler.IdleStateEvent {
            context.fireErrorCaught(ProtocolError.silentTooLong(seconds: self.seconds))
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }
}

/// Turns a first frame that does not come into an error of the inbound sequence.
final class FirstFrameHandler: ChannelInboundHandler {
    typealias InboundIn = Frame

    private let seconds: Int64
    private var deadline: Scheduled<Void>?

    init(seconds: Int64) {
        self.seconds = seconds
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(self.seconds)) {
            context.fireErrorCaught(ProtocolError.silentTooLong(seconds: self.seconds))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.deadline?.cancel()
        context.fireChannelRead(data)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.deadline?.cancel()
    }
}
