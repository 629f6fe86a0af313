import NIOCore
import ReportWire

/// Sends frames in their lanes, and watches the clock.
///
/// At most one bulk frame is between here and the kernel, so a control frame waits for that one at most. Other bulk
/// frames wait here; a driver that cares for its memory has no second one (``LineEvent/bulkSent``).
final class LaneHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = LineEvent
    typealias OutboundIn = OutgoingFrame
    typealias OutboundOut = ByteBuffer

    private let patience: Patience
    private var bulk: [Frame] = []
    private var isBulkUnderWay = false
    /// Frames that the kernel has not taken.
    private var underWayCount = 0
    /// Somebody wants the sending half closed, once all is sent.
    private var isClosing = false
    private var closePromise: EventLoopPromise<Void>?
    /// When the kernel must have taken the next frame.
    private var sendDeadline: NIODeadline?
    private var check: Scheduled<Void>?

    init(_ patience: Patience) {
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.scheduleCheck(at: context.eventLoop.now + self.patience.interval, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.check?.cancel()
    }

    // MARK: - From the other side

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(self.wrapInboundOut(.bytes(self.unwrapInboundIn(data))))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? LineEvent {
            self.tell(event, context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func tell(_ event: LineEvent, _ context: ChannelHandlerContext) {
        context.fireChannelRead(self.wrapInboundOut(event))
        context.fireChannelReadComplete()
    }

    // MARK: - To the other side

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let outgoing = self.unwrapOutboundIn(data)
        switch outgoing.lane {
        case .control:
            self.send(outgoing.frame, isBulk: false, context)
        case .bulk:
            self.bulk.append(outgoing.frame)
            self.sendBulk(context)
        case .insteadOfBulk:
            self.bulk = []
            self.send(outgoing.frame, isBulk: false, context)
        }
        promise?.succeed()
    }

    private func sendBulk(_ context: ChannelHandlerContext) {
        guard !self.isBulkUnderWay, !self.bulk.isEmpty else { return }
        self.isBulkUnderWay = true
        self.send(self.bulk.removeFirst(), isBulk: true, context)
    }

    private func send(_ frame: Frame, isBulk: Bool, _ context: ChannelHandlerContext) {
        self.underWayCount += 1
        if self.sendDeadline == nil { self.sendDeadline = context.eventLoop.now + self.patience.frame }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { result in
            self.sent(result, isBulk: isBulk, context)
        }
        context.write(self.wrapOutboundOut(ByteBuffer(bytes: frame.encoded)), promise: sent)
    }

    private func sent(_ result: Result<Void, any Error>, isBulk: Bool, _ context: ChannelHandlerContext) {
        self.underWayCount -= 1
        self.sendDeadline = self.underWayCount == 0 ? nil : context.eventLoop.now + self.patience.frame
        guard case .success = result else { return }
        if isBulk {
            self.isBulkUnderWay = false
            if !self.bulk.isEmpty {
                self.sendBulk(context)
                context.flush()
            }
            self.tell(.bulkSent, context)
        }
        self.closeIfAllIsSent(context)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        self.isClosing = true
        self.closePromise.setOrCascade(to: promise)
        self.closeIfAllIsSent(context)
    }

    private func closeIfAllIsSent(_ context: ChannelHandlerContext) {
        guard self.isClosing, self.underWayCount == 0, self.bulk.isEmpty else { return }
        self.isClosing = false
        context.close(mode: .output, promise: self.closePromise)
    }

    // MARK: - The clock

    private func scheduleCheck(at deadline: NIODeadline, _ context: ChannelHandlerContext) {
        self.check = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.look(context)
        }
    }

    /// One timer serves all deadlines. None is ever set nearer than one interval from the time at which it is set, so it
    /// is enough to look once an interval, and at the next one known then.
    private func look(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        if let deadline = self.sendDeadline, deadline <= now {
            // Nothing can be said to somebody who does not read.
            self.patience.end(.notReadInTime(seconds: self.patience.times.frameSeconds))
            return context.close(mode: .all, promise: nil)
        }
        if let reason = self.patience.overdue(now) { context.fireErrorCaught(reason) }
        let next = [self.sendDeadline, self.patience.deadline, now + self.patience.interval].compactMap(\.self).min()!
        self.scheduleCheck(at: next, context)
    }
}
