import ReportModel
import TestSupport
import Testing

/// The histories that the property tests share: each is generated once.
enum Histories {
    static let seeds = UInt64(0)..<200
    private static let all = seeds.map { GeneratedHistory(seed: $0) }

    static func seeded(_ seed: UInt64) -> GeneratedHistory { self.all[Int(seed)] }
}

extension GeneratedHistory {
    /// What a failing property test says.
    var replay: Comment { "replay with seed \(self.seed)" }

    /// A generator for the test's own decisions, apart from those of the history.
    var testRandom: SplitMix64 { SplitMix64(seed: ~self.seed) }

    /// Participants and the older copies of them: every one must keep every promise at every moment.
    var everybody: [Participant] { self.participants + self.backups }

    /// An observer that took every change in the order of writing.
    var complete: MemoryStore {
        var store = self.observer
        for chained in self.changes { store.take(chained) }
        return store
    }
}

@Suite("Generated histories")
struct GeneratedHistoryTests {
    @Test("Histories are not dull: all that can happen does, often")
    func notDull() {
        var (branched, restartedChain, conflicts, equalTimes, copies) = (0, 0, 0, 0, 0)
        for seed in Histories.seeds {
            let history = Histories.seeded(seed)
            let store = history.complete
            branched += store.chains.lines.contains { $0.fork != nil } ? 1 : 0
            restartedChain +=
                Dictionary(grouping: store.chains.lines.filter { $0.fork == nil }, by: \.replica)
                    .values.contains { $0.count > 1 } ? 1 : 0
            conflicts += history.cells.contains { store.versions(of: $0).isConflict } ? 1 : 0
            equalTimes += Set(history.changes.map(\.change.time)).count < history.changes.count ? 1 : 0
            copies += history.counts.clones > 0 && history.counts.restores > 0 ? 1 : 0
            #expect(history.counts.taken > 0 && history.changes.count > 5, history.replay)
        }
        let counts = Histories.seeds.map { Histories.seeded($0).counts }
        #expect(counts.count { $0.gaps > 0 } > 100)
        #expect(counts.count { $0.duplicates > 0 } > 100)
        #expect(branched > 100)
        #expect(restartedChain > 10)
        #expect(conflicts > 150)
        #expect(equalTimes > 150)
        #expect(copies > 50)
    }

    @Test("The same seed makes the same history")
    func repeatable() {
        for seed in UInt64(0)..<5 {
            let (one, other) = (GeneratedHistory(seed: seed), GeneratedHistory(seed: seed))
            #expect(one.changes == other.changes && one.counts == other.counts)
        }
    }

    @Test("Every store holds what the plain rule says it holds, all the time", arguments: Histories.seeds)
    func held(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.everybody {
            #expect(Set(participant.store.log.map(\.name)) == participant.held, history.replay)
            #expect(participant.store.log.count == participant.held.count, history.replay)
        }
    }
}
