import Dispatch
import GRDB
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore
import TestSupport
import Testing

@testable import ServerSync

@Suite("Commits of many connections together")
struct GroupCommitTests {
    private static let scopes = [UnitCode("410728-01")!, UnitCode("410728-02")!, UnitCode("410423-01")!]

    private func batch(_ scope: UnitCode, _ count: Int) -> Batch {
        var store = MemoryStore(replica: ReplicaID(rawValue: 7), scope: scope)
        for number in 1...count {
            store.write(
                [Change.Write(AddressInScope(form: "land", period: .none, item: "quota"), .text("value \(number)"))],
                time: Timestamp(secondsSince1970: Int64(number)),
                author: "clerk"
            )
        }
        return Batch(scope: scope, changes: store.storedChanges)
    }

    /// Commits the steps at once: the first transaction holds the first step, the second one all the others.
    private func commit(_ steps: [ServerStore.Step], to store: ServerStore) async -> [Result<Int, any Error>] {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let group = GroupCommit(store: store, stepCountMax: 64) {
            // The clock is read when a transaction begins.
            begin.yield()
            release.wait()
            return Timestamp(secondsSince1970: 100)
        }
        return await withTaskGroup(of: (Int, Result<Int, any Error>).self) { tasks in
            for (index, step) in steps.enumerated() {
                tasks.addTask {
                    do {
                        guard case .taken(let outcome, _) = try await group.commit(step) else {
                            return (index, .success(0))
                        }
                        return (index, .success(outcome.takenCount))
                    } catch {
                        return (index, .failure(error))
                    }
                }
                if index == 0 {
                    for await _ in begun { break }
                } else {
                    while group.waitingCount < index { await Task.yield() }
                }
            }
            for _ in 0..<steps.count + 2 { release.signal() }
            var results: [Int: Result<Int, any Error>] = [:]
            for await (index, result) in tasks { results[index] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    @Test("One scope that is damaged fails alone, and the others of its transaction are durable")
    func damagedScope() async throws {
        let directory = try TemporaryDirectory()
        let source = SchemeSource([SchemeSource.File(name: "scheme.yaml", text: "scheme: small\n")])
        let made = try ServerStore.create(in: directory.path, replica: ReplicaID(rawValue: 1), scheme: source)
        _ = try made.commit(Self.scopes.map { .take(self.batch($0, 1)) }, now: Timestamp(secondsSince1970: 50))
        try made.database.close()
        let queue = try DatabaseQueue(path: directory.path + "/" + StoreKind.server.fileName)
        try await queue.writeWithoutTransaction { database in
            try database.execute(
                sql: "UPDATE line SET head_hash = x'00' WHERE scope = (SELECT number FROM scope WHERE unit = ?)",
                arguments: [Self.scopes[1].description]
            )
        }
        try queue.close()
        let store = try ServerStore(in: directory.path, access: .serve)
        defer { try? store.database.close() }
        let results = await self.commit(
            [.note(ReplicaID(rawValue: 7), Self.scopes[0])] + Self.scopes.map { .take(self.batch($0, 3)) },
            to: store
        )
        #expect(try results[0].get() == 0)
        #expect(try results[1].get() == 2)
        #expect(try results[3].get() == 2)
        #expect {
            _ = try results[2].get()
        } throws: {
            guard case StoreError.damaged = $0 else { return false }
            return true
        }
        for scope in [Self.scopes[0], Self.scopes[2]] {
            #expect(try store.database.read { try $0.log(of: scope).count } == 3)
        }
    }

    @Test("What befalls the whole store befalls all of them")
    func wholeStore() async throws {
        let directory = try TemporaryDirectory()
        let source = SchemeSource([SchemeSource.File(name: "scheme.yaml", text: "scheme: small\n")])
        try ServerStore.create(in: directory.path, replica: ReplicaID(rawValue: 1), scheme: source).database.close()
        // Refuses every write.
        let store = try ServerStore(in: directory.path, access: .read)
        defer { try? store.database.close() }
        let results = await self.commit(Self.scopes.map { .take(self.batch($0, 1)) }, to: store)
        #expect(results.count == 3)
        for result in results { #expect(throws: StoreError.self) { try result.get() } }
    }
}
