import ReportModel
import TestSupport
import Testing

/// A store takes a change only if its predecessor and everything its context names are present.
@Suite("Causal closure")
struct ClosureTests {
    @Test(
        "A change is taken exactly when all its ancestors are held; a gap changes nothing",
        arguments: Histories.seeds
    )
    func takenOrGap(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        var store = history.observer
        var held: Set<ChangeName> = []
        for _ in 0..<3 {
            for record in history.naive.records.shuffled(using: &random) {
                let before = store
                let outcome = store.take(record.chained)
                if held.contains(record.name) {
                    #expect(outcome == .duplicate, history.replay)
                    #expect(store.chains == before.chains, history.replay)
                } else if record.ancestors.isSubset(of: held) {
                    #expect(outcome == .taken, history.replay)
                    #expect(store.log.last?.name == record.name, history.replay)
                    held.insert(record.name)
                } else {
                    self.expectGap(outcome, record, held, history)
                    #expect(store.chains == before.chains && store.log.count == held.count, history.replay)
                }
            }
        }
    }

    private func expectGap(
        _ outcome: MemoryStore.Outcome,
        _ record: NaiveHistory.Record,
        _ held: Set<ChangeName>,
        _ history: GeneratedHistory
    ) {
        guard case .gap(let missing) = outcome else {
            Issue.record("\(outcome) instead of a gap, seed \(history.seed)")
            return
        }
        let missingAncestors = record.ancestors.subtracting(held)
        #expect(missingAncestors.contains { $0.reference == missing }, history.replay)
    }

    @Test("Whatever is taken away from what is sent, nothing is held without its ancestors", arguments: Histories.seeds)
    func lossy(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        var store = history.observer
        for chained in history.changes where !random.oneIn(6) { store.take(chained) }
        let held = Set(store.log.map(\.name))
        for name in held {
            #expect(history.naive[name].ancestors.isSubset(of: held), history.replay)
        }
    }

    @Test("What is sent to somebody is what they lack, in causal order", arguments: Histories.seeds)
    func lacked(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        for sender in history.everybody {
            let receiver = random.pick(history.everybody)
            let sent = sender.store.changes(lackedBy: receiver.store.frontier).map {
                history.naive.record(of: $0)!.name
            }
            let names = Set(sent)
            #expect(names.count == sent.count, history.replay)
            // A head that the sender does not hold says nothing to it, so some of its chain may be sent again.
            let known = history.naive.heads(amongst: receiver.held).filter { sender.held.contains($0) }
                .reduce(into: Set()) { $0.formUnion(history.naive.chain(upTo: $1)) }
            #expect(names == sender.held.subtracting(known), history.replay)
            #expect(names.isSuperset(of: sender.held.subtracting(receiver.held)), history.replay)

            var store = receiver.store
            for chained in sender.store.changes(lackedBy: store.frontier) {
                let outcome = store.take(chained)
                #expect(outcome == .taken || outcome == .duplicate, history.replay)
            }
            #expect(Set(store.log.map(\.name)) == sender.held.union(receiver.held), history.replay)
        }
    }
}
