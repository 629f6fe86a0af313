import Testing

@testable import ServerSync

@Suite("The memory that connections share")
struct ByteBudgetTests {
    /// Tells in which order waiters were served.
    private actor Record {
        var names: [String] = []
        func add(_ name: String) { self.names.append(name) }
    }

    /// Asks in a task of its own, and returns once the task waits.
    private func ask(
        _ budget: ByteBudget,
        _ byteCount: Int,
        _ name: String,
        _ record: Record
    ) async -> Task<ByteBudget.Share, any Error> {
        let before = budget.waitingCount
        let task = Task {
            let share = try await budget.take(byteCount)
            await record.add(name)
            return share
        }
        while budget.waitingCount == before { await Task.yield() }
        return task
    }

    @Test("is given to whoever comes first, and the small wait behind the large")
    func fair() async throws {
        let budget = ByteBudget(byteCount: 10)
        let record = Record()
        let held = try await budget.take(8)
        let large = await self.ask(budget, 9, "large", record)
        let small = await self.ask(budget, 1, "small", record)
        #expect(await record.names.isEmpty, "1 byte is left over, but the small one came second")
        held.giveBack()
        let first = try await large.value
        let second = try await small.value
        #expect(Set(await record.names) == ["large", "small"], "9 and 1 fit together")
        first.giveBack()
        first.giveBack()
        second.giveBack()
        let all = try await budget.take(10)
        all.giveBack()
    }

    @Test("comes back from whoever forgets to give it back")
    func forgotten() async throws {
        let budget = ByteBudget(byteCount: 10)
        for _ in 0..<5 { _ = try await budget.take(10) }
    }

    @Test("is not kept for a waiter who was cancelled, and those behind it move up")
    func cancelled() async throws {
        let budget = ByteBudget(byteCount: 10)
        let record = Record()
        let held = try await budget.take(5)
        let large = await self.ask(budget, 9, "large", record)
        let small = await self.ask(budget, 5, "small", record)
        large.cancel()
        await #expect(throws: CancellationError.self) { try await large.value }
        let share = try await small.value
        #expect(await record.names == ["small"])
        share.giveBack()
        held.giveBack()
        _ = try await budget.take(10)
    }

    @Test("is not taken by a task that was cancelled before it asked")
    func cancelledBefore() async throws {
        let budget = ByteBudget(byteCount: 10)
        let held = try await budget.take(10)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await budget.take(1)
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        held.giveBack()
        _ = try await budget.take(10)
        #expect(budget.waitingCount == 0)
    }
}
