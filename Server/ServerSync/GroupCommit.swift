import Dispatch
import ReportModel
import ReportStorage
import ServerStore
import Synchronization

/// Commits the steps of many connections together: while one transaction is being made durable, those that arrive
/// gather for the next, so that one sync of the disk serves them all.
final class GroupCommit: Sendable {
    /// The most steps of one transaction, where nobody wants it otherwise: 3 MiB of changes.
    static let stepCountMax = 64

    private struct Waiting {
        let step: ServerStore.Step
        let continuation: CheckedContinuation<ServerStore.Step.Outcome, any Error>
    }

    private struct State {
        var waiting: [Waiting] = []
        var isCommitting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "huiliu.commit")
    private let store: ServerStore
    private let stepCountMax: Int
    private let now: @Sendable () -> Timestamp
    private let root: @Sendable () throws -> Root?

    /// - Parameter root: who rules on what is taken; nobody where there is no authority.
    init(
        store: ServerStore,
        stepCountMax: Int,
        now: @escaping @Sendable () -> Timestamp,
        root: @escaping @Sendable () throws -> Root? = { nil }
    ) {
        self.root = root
        self.store = store
        self.stepCountMax = stepCountMax
        self.now = now
    }

    /// How many steps wait for the next transaction.
    var waitingCount: Int { self.state.withLock { $0.waiting.count } }

    /// - Returns: Once the transaction that holds the step is durable.
    func commit(_ step: ServerStore.Step) async throws -> ServerStore.Step.Outcome {
        try await withCheckedThrowingContinuation { continuation in
            let starts = self.state.withLock { state in
                state.waiting.append(Waiting(step: step, continuation: continuation))
                defer { state.isCommitting = true }
                return !state.isCommitting
            }
            if starts { self.queue.async { self.commitUntilNoneWait() } }
        }
    }

    private func commitUntilNoneWait() {
        while true {
            let group = self.state.withLock { state in
                let group = Array(state.waiting.prefix(self.stepCountMax))
                state.waiting.removeFirst(group.count)
                if group.isEmpty { state.isCommitting = false }
                return group
            }
            guard !group.isEmpty else { return }
            do {
                try self.commit(group)
            } catch StoreError.damaged where group.count > 1 {
                // One scope that is damaged must not fail the others: each step by itself. What befalls the whole store, a
                // full disk or another program that holds it, befalls them all, and is not waited for once more each.
                for waiting in group {
                    do {
                        try self.commit([waiting])
                    } catch {
                        waiting.continuation.resume(throwing: error)
                    }
                }
            } catch {
                for waiting in group { waiting.continuation.resume(throwing: error) }
            }
        }
    }

    /// - Throws: When none of `group` was committed, and none is resumed.
    private func commit(_ group: [Waiting]) throws {
        let outcomes = try self.store.commit(group.map(\.step), now: self.now(), root: self.root())
        for (waiting, result) in zip(group, outcomes) { waiting.continuation.resume(returning: result) }
    }
}
