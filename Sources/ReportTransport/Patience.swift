import NIOCore
import ReportWire
import Synchronization

/// How long one connection waits for its peer: the driver says what it waits for, the event loop watches the clock.
///
/// Time counts against the peer only while the driver waits for its bytes. A peer that waits for us is not silent.
package final class Patience: Sendable {
    /// How long, in seconds.
    package struct Times: Sendable {
        /// How long the peer may say nothing.
        package var silenceSeconds: Int64
        /// How long one frame may take, from its first byte to its last, in either direction.
        package var frameSeconds: Int64
        /// Until when a client must have said hello; `nil` where the peer says none.
        package var helloSeconds: Int64?

        package init(silenceSeconds: Int64, frameSeconds: Int64, helloSeconds: Int64? = nil) {
            self.silenceSeconds = silenceSeconds
            self.frameSeconds = frameSeconds
            self.helloSeconds = helloSeconds
        }
    }

    private struct State {
        var deadline: NIODeadline?
        var reason: ProtocolError?
        var ended: ProtocolError?
    }

    let times: Times
    private let eventLoop: any EventLoop
    private let helloDeadline: NIODeadline?
    private let state = Mutex(State())

    init(_ times: Times, eventLoop: any EventLoop) {
        self.times = times
        self.eventLoop = eventLoop
        self.helloDeadline = times.helloSeconds.map { eventLoop.now + .seconds($0) }
    }

    /// Why the clock has ended the connection; `nil` when it has not.
    package var ended: ProtocolError? { self.state.withLock { $0.ended } }

    // MARK: - The driver

    var now: NIODeadline { self.eventLoop.now }

    /// The driver waits for bytes.
    ///
    /// - Parameters:
    ///   - start: since when the peer has given no sign of life.
    ///   - frameStart: when the first byte of an unfinished frame came.
    ///   - isGreeted: whether the client has said hello, where one must.
    func waits(since start: NIODeadline, frameSince frameStart: NIODeadline?, isGreeted: Bool) {
        var deadline = start + .seconds(self.times.silenceSeconds)
        var reason = ProtocolError.silentTooLong(seconds: self.times.silenceSeconds)
        if let frameStart, frameStart + self.frame < deadline {
            deadline = frameStart + self.frame
            reason = .notSentInTime(seconds: self.times.frameSeconds)
        }
        if !isGreeted, let helloDeadline = self.helloDeadline, helloDeadline < deadline {
            deadline = helloDeadline
            reason = .silentTooLong(seconds: self.times.helloSeconds!)
        }
        self.state.withLock { ($0.deadline, $0.reason) = (deadline, reason) }
    }

    /// The driver has something to do.
    func rests() {
        self.state.withLock { $0.deadline = nil }
    }

    // MARK: - The event loop

    var frame: TimeAmount { .seconds(self.times.frameSeconds) }

    var interval: TimeAmount {
        .seconds(min(self.times.silenceSeconds, self.times.frameSeconds, self.times.helloSeconds ?? .max))
    }

    var deadline: NIODeadline? { self.state.withLock { $0.deadline } }

    /// - Returns: Why the connection ends, once, if the driver has waited too long.
    func overdue(_ now: NIODeadline) -> ProtocolError? {
        self.state.withLock { state in
            guard let deadline = state.deadline, deadline <= now else { return nil }
            state.deadline = nil
            state.ended = state.reason
            return state.reason
        }
    }

    func end(_ reason: ProtocolError) {
        self.state.withLock { $0.ended = reason }
    }
}
