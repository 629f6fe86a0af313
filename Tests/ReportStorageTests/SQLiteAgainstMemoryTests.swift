import ReportModel
import ReportStorage
import TestSupport
import Testing

/// The store on SQLite and the smallest store there can be hold the same, whatever came and in whatever order.
@Suite("The store on SQLite, against the one in memory")
struct SQLiteAgainstMemoryTests {
    @Test("Both hold the same log, frontier, tip and versions", arguments: UInt64(0)..<60)
    func same(seed: UInt64) throws {
        let history = GeneratedHistory(seed: seed)
        var random = SplitMix64(seed: ~seed)
        for participant in history.participants {
            let database = try ReportDatabase.holding(
                participant.store.storedChanges,
                batchChangeCount: Int.random(in: 1...12, using: &random)
            )
            let contents = try database.read { try StoreContents($0, scope: GeneratedHistory.scope) }
            #expect(contents.differences(from: StoreContents(participant.store)) == [], "replay with seed \(seed)")
        }
    }

    @Test("Changes in any order, with gaps and duplicates, end the same", arguments: UInt64(100)..<130)
    func anyOrder(seed: UInt64) throws {
        let history = GeneratedHistory(seed: seed)
        var random = SplitMix64(seed: ~seed)
        let (stored, scope) = (history.stored, GeneratedHistory.scope)
        let expected = try ReportDatabase.holding(stored).read { try StoreContents($0, scope: scope) }
        let database = try ReportDatabase(inMemory: .client)
        var takenCount = 0
        for _ in stored where takenCount < stored.count {
            try database.write { writer in
                for change in stored.shuffled(using: &random) {
                    let outcome = try writer.take(
                        Batch(scope: scope, changes: [change]),
                        received: Timestamp(secondsSince1970: 1)
                    )
                    #expect((outcome.missing == nil) == (outcome.held != [nil]))
                    takenCount += outcome.takenCount
                }
            }
        }
        #expect(takenCount == stored.count, "replay with seed \(seed)")
        let contents = try database.read { try StoreContents($0, scope: scope) }
        #expect(contents.differences(from: expected) == [], "replay with seed \(seed)")
    }

    @Test("What is in conflict is listed, and counted, and nothing else", arguments: UInt64(200)..<230)
    func conflicts(seed: UInt64) throws {
        let history = GeneratedHistory(seed: seed)
        let (scope, names) = (GeneratedHistory.scope, history.naive.allNames)
        let database = try ReportDatabase.holding(history.stored)
        let expected = history.cells.filter { history.naive.versions(of: $0, amongst: names).isConflict }
        let listed = try database.read { try $0.conflicts(in: scope) }
        #expect(listed.map(\.address.inScope).sorted() == expected.sorted(), "replay with seed \(seed)")
        #expect(try database.read { try $0.conflictCount(in: scope) } == expected.count, "replay with seed \(seed)")
    }
}
