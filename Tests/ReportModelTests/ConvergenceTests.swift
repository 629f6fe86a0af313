import ReportModel
import TestSupport
import Testing

/// Promise (convergence): any order of arrival, any duplication, any grouping gives byte-identical logs and cell states.
@Suite("Convergence")
struct ConvergenceTests {
    private func expectSame(
        _ store: MemoryStore,
        _ expected: StoreContents,
        _ comment: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(StoreContents(store).differences(from: expected) == [], comment, sourceLocation: sourceLocation)
    }

    @Test("Any order of arrival, with changes coming again and again, ends the same", arguments: Histories.seeds)
    func anyOrder(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        let expected = StoreContents(history.complete)
        for _ in 0..<2 {
            var store = history.observer
            // In the worst order, each round takes one change.
            for _ in history.changes where store.log.count < history.changes.count {
                for chained in history.changes.shuffled(using: &random) { store.take(chained) }
            }
            self.expectSame(store, expected, history.replay)
            for chained in history.changes.shuffled(using: &random) { #expect(store.take(chained) == .duplicate) }
            self.expectSame(store, expected, history.replay)
        }
    }

    @Test("Any grouping ends the same: parts joined through relays, in either direction", arguments: Histories.seeds)
    func anyGrouping(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        let expected = StoreContents(history.complete)
        var relays = Array(repeating: history.observer, count: 3)
        for chained in history.changes {
            let relay = Int.random(in: 0..<3, using: &random)
            relays[relay].take(chained)
            // What is a gap here goes to a relay that is brought up to date first.
            for other in relays.indices { relays[other].send(to: &relays[relay]) }
            relays[relay].take(chained)
        }
        for index in relays.indices {
            for other in relays.indices where other != index { relays[other].send(to: &relays[index]) }
            self.expectSame(relays[index], expected, history.replay)
        }
    }

    @Test("Stores that exchange all they have end the same, as the plain rule says", arguments: Histories.seeds)
    func settled(seed: UInt64) throws {
        var history = Histories.seeded(seed)
        history.settle()
        let first = try #require(history.participants.first)
        let expected = StoreContents(first.store)
        for participant in history.participants {
            self.expectSame(participant.store, expected, history.replay)
            #expect(participant.held == first.held, history.replay)
        }
        for cell in history.cells {
            let versions = history.naive.versions(of: cell, amongst: first.held)
            #expect(Set(first.store.versions(of: cell)) == versions, history.replay)
        }
        // Equal tips: nothing moves any more.
        let counts = history.counts
        history.settle()
        #expect(history.counts == counts, history.replay)
    }

    @Test("Tips are equal exactly when the same changes are held", arguments: Histories.seeds)
    func tips(seed: UInt64) {
        let history = Histories.seeded(seed)
        let stores = history.everybody + [history.everybody[0]]
        for left in stores {
            #expect((left.store.tip == nil) == left.held.isEmpty, history.replay)
            for right in stores {
                #expect((left.store.tip == right.store.tip) == (left.held == right.held), history.replay)
                #expect((left.store.frontier == right.store.frontier) == (left.held == right.held), history.replay)
            }
        }
    }
}
