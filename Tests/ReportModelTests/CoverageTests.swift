import ReportModel
import TestSupport
import Testing

/// Contexts, frontiers and coverage against plain sets of ancestors.
@Suite("What covers what")
struct CoverageTests {
    @Test("A context covers a change exactly when that is among its author's ancestors", arguments: Histories.seeds)
    func isCovered(seed: UInt64) {
        let history = Histories.seeded(seed)
        let store = history.complete
        for author in store.log {
            let ancestors = history.naive[author.name].ancestors
            let shown = store.chains.positions(of: author.accepted.context, hash: store.hash(at:))
            let shownOfTaken = store.chains.positions(ofTaken: author.accepted.context, hash: store.hash(at:))
            #expect(shownOfTaken == shown, history.replay)
            for entry in store.log {
                let covered = store.chains.isCovered(entry.position, by: shown)
                #expect(covered == ancestors.contains(entry.name), "\(entry.name), \(history.replay)")
            }
            let uncovered = store.chains.uncovered(by: shown)
            let rest = store.log.filter { entry in
                uncovered.contains { $0.line.number == entry.position.line && $0.after < entry.position.sequence }
            }
            #expect(Set(rest.map(\.name)) == history.naive.allNames.subtracting(ancestors), history.replay)
        }
    }

    @Test("A context's difference says the whole context, and so does the frontier's", arguments: Histories.seeds)
    func differences(seed: UInt64) {
        let history = Histories.seeded(seed)
        let store = history.complete
        for entry in store.log {
            let record = history.naive[entry.name]
            let context = Frontier(history.naive.heads(amongst: record.ancestors).map(\.reference))
            let after = Frontier(history.naive.heads(amongst: record.ancestors.union([record.name])).map(\.reference))
            #expect(entry.accepted.frontierAfter == after, history.replay)
            // A store restored to before a change of its own, which came back to it, names its predecessor too.
            let predecessor = record.predecessor.map { [$0.reference] } ?? []
            #expect(entry.accepted.context == Frontier(context.heads + predecessor), history.replay)
        }
        for participant in history.everybody {
            let frontier = Frontier(history.naive.heads(amongst: participant.held).map(\.reference))
            #expect(participant.store.frontier == frontier, history.replay)
            for copy in history.backups where copy.held.isSubset(of: participant.held) {
                let (old, new) = (copy.store.frontier, participant.store.frontier)
                #expect(old.applying(new.difference(from: old)) == new, history.replay)
            }
            #expect(Frontier().applying(frontier.difference(from: Frontier())) == frontier, history.replay)
            #expect(frontier.difference(from: frontier).isEmpty, history.replay)
        }
    }

    @Test("A name is found at its place on every store, and nowhere where it is not held", arguments: Histories.seeds)
    func positions(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.participants {
            let store = participant.store
            for record in history.naive.records {
                let position = store.chains.position(of: record.name.reference, hash: store.hash(at:))
                #expect((position != nil) == participant.held.contains(record.name), history.replay)
                if let position { #expect(store.entry(at: position).name == record.name, history.replay) }
                var forged = record.name.reference
                forged.tag ^= 1
                #expect(store.chains.position(of: forged, hash: store.hash(at:)) == nil, history.replay)
            }
        }
    }

    @Test("Without copies no chain branches, and a clock has one head a replica", arguments: Histories.seeds)
    func withoutCopies(seed: UInt64) {
        var options = GeneratedHistory.Options()
        options.copiesStores = false
        let history = GeneratedHistory(seed: seed, options: options)
        let store = history.complete
        #expect(store.chains.lines.allSatisfy { $0.fork == nil }, history.replay)
        #expect(Set(store.chains.lines.map(\.replica)).count == store.chains.lines.count, history.replay)
        #expect(store.frontier.heads.count == store.chains.lines.count, history.replay)
    }
}
