import ReportWire
import Synchronization

/// Bytes of memory that many connections share. Whoever finds too few left waits; first come, first served.
final class ByteBudget: Sendable {
    private struct Waiting {
        let number: UInt64
        let byteCount: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var leftByteCount: Int
        var waiting: [Waiting] = []
        var nextNumber: UInt64 = 0
        /// Those who have asked and are about to wait; who is taken out meanwhile is cancelled.
        var arriving: Set<UInt64> = []
    }

    private let byteCount: Int
    private let state: Mutex<State>

    init(byteCount: Int) {
        self.byteCount = byteCount
        self.state = Mutex(State(leftByteCount: byteCount))
    }

    /// How many wait, for tests.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    /// A part of the budget; it goes back with this object, or before.
    final class Share: Sendable {
        private let budget: ByteBudget
        private let byteCount: Mutex<Int>

        fileprivate init(_ budget: ByteBudget, _ byteCount: Int) {
            self.budget = budget
            self.byteCount = Mutex(byteCount)
        }

        func giveBack() {
            let byteCount = self.byteCount.withLock { count in
                defer { count = 0 }
                return count
            }
            if byteCount > 0 { self.budget.give(byteCount) }
        }

        deinit { self.giveBack() }
    }

    /// - Parameter byteCount: at most the whole budget.
    /// - Returns: Once so many bytes are left, and all who came before have theirs.
    /// - Throws: `CancellationError`; nothing is taken then.
    func take(_ byteCount: Int) async throws -> Share {
        precondition((0...self.byteCount).contains(byteCount))
        let number: UInt64? = self.state.withLock { state in
            if state.waiting.isEmpty, state.leftByteCount >= byteCount {
                state.leftByteCount -= byteCount
                return nil
            }
            state.nextNumber += 1
            state.arriving.insert(state.nextNumber)
            return state.nextNumber
        }
        if let number {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    self.wait(Waiting(number: number, byteCount: byteCount, continuation: continuation))
                }
            } onCancel: {
                self.cancel(number)
            }
        }
        return Share(self, byteCount)
    }

    private func wait(_ waiting: Waiting) {
        let isCancelled = self.state.withLock { state in
            guard state.arriving.remove(waiting.number) != nil else { return true }
            state.waiting.append(waiting)
            return false
        }
        if isCancelled { waiting.continuation.resume(throwing: CancellationError()) }
        // What was given back between asking and waiting.
        self.give(0)
    }

    private func cancel(_ number: UInt64) {
        let waiting: Waiting? = self.state.withLock { state in
            state.arriving.remove(number)
            return state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        waiting?.continuation.resume(throwing: CancellationError())
        // It may have kept smaller ones waiting that came after it.
        self.give(0)
    }

    private func give(_ byteCount: Int) {
        let served = self.state.withLock { state in
            state.leftByteCount += byteCount
            var count = 0
            while count < state.waiting.count, state.waiting[count].byteCount <= state.leftByteCount {
                state.leftByteCount -= state.waiting[count].byteCount
                count += 1
            }
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
        for waiting in served { waiting.continuation.resume() }
    }
}
