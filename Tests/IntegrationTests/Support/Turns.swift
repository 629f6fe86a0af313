import Synchronization

/// Lets a few go at a time, in the order in which they came.
///
/// Tests run side by side, and with some hundred programs at once a small machine answers none of them in time. Programs
/// that a test talks to or ends itself, servers above all, take no turn: one may be waiting for another.
final class Turns: Sendable {
    static let ofCommands = Turns(count: 4)

    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    init(count: Int) {
        self.state = Mutex(State(free: count))
    }

    func take<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        await self.begin()
        defer { self.end() }
        return try await body()
    }

    private func begin() async {
        await withCheckedContinuation { continuation in
            let isTurn = self.state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isTurn { continuation.resume() }
        }
    }

    private func end() {
        let next = self.state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
