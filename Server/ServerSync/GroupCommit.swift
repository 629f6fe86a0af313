import Dispatch
import ReportModel
import ServerStore
import Synchronization

/// Commits the batches of many connections together: while one transaction is being made durable, those that arrive
/// gather for the next, so that one sync of the disk serves them all.
final class GroupCommit: Sendable {
    /// The most batches of one transaction: 3 MiB of changes.
    private static let batchCountMax = 64

    typealias Taken = (outcome: TakeOutcome, frontier: Frontier)

    private struct Waiting {
        let batch: Batch
        let continuation: CheckedContinuation<Taken, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isCommitting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "huiliu.commit")
    private let store: ServerStore
    private let now: @Sendable () -> Timestamp

    init(store: ServerStore, now: @escaping @Sendable () -> Timestamp) {
        self.store = store
        self.now = now
    }

    /// - Returns: Once the transaction that holds the batch is durable.
    func take(_ batch: Batch) async throws -> Taken {
        try await withCheckedThrowingContinuation { continuation in
            let starts = self.state.withLock { state in
                state.waiting.append(Waiting(batch: batch, continuation: continuation))
                defer { state.isCommitting = true }
                return !state.isCommitting
            }
            if starts { self.queue.async { self.commitUntilNoneWait() } }
        }
    }

    private func commitUntilNoneWait() {
        while true {
            let group = self.state.withLock { state in
                let group = Array(state.waiting.prefix(Self.batchCountMax))
                state.waiting.removeFirst(group.count)
                if group.isEmpty { state.isCommitting = false }
                return group
            }
            guard !group.isEmpty else { return }
            do {
                let taken = try self.store.take(group.map(\.batch), now: self.now())
                for (waiting, result) in zip(group, taken) { waiting.continuation.resume(returning: result) }
            } catch {
                for waiting in group { waiting.continuation.resume(throwing: error) }
            }
        }
    }
}
