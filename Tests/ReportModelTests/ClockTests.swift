import ReportModel
import TestSupport
import Testing

/// Clocks may be wrong by years; one device's wrong clock never moves another's, and never decides what came first.
@Suite("Wrong clocks")
struct ClockTests {
    /// For each write, in the order of writing: who wrote when, and on which cells it is still current.
    private struct Line: Equatable {
        var replica: ReplicaID
        var time: Int64
        var currentCells: [AddressInScope]
    }

    private func lines(_ history: GeneratedHistory) -> [Line] {
        let store = history.complete
        let versions = history.cells.map { ($0, store.versions(of: $0)) }
        return history.naive.records.map { record in
            Line(
                replica: record.name.replica,
                time: record.chained.change.time.secondsSince1970,
                currentCells: versions.filter { $0.1.contains { $0.hash == record.name.hash } }.map(\.0)
            )
        }
    }

    @Test(
        "Setting one clock wrong by years moves that device's times only, and supersedes nothing",
        arguments: Histories.seeds
    )
    func skew(seed: UInt64) {
        let history = Histories.seeded(seed)
        var random = history.testRandom
        var options = GeneratedHistory.Options()
        let wrong = Int.random(in: 0..<2, using: &random)
        let skew = random.pick([-130, -1, 1, 40, 130]) * 31_557_600
        options.skewSeconds[wrong] = Int64(skew)
        let wrongReplica = history.participants[wrong].store.replica

        let expected = self.lines(history).map { line in
            var line = line
            if line.replica == wrongReplica { line.time += Int64(skew) }
            return line
        }
        #expect(self.lines(GeneratedHistory(seed: seed, options: options)) == expected, history.replay)
    }

    @Test("Every store keeps every time as its author's clock was", arguments: Histories.seeds)
    func asItWas(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.participants {
            for entry in participant.store.log {
                let written = history.naive[entry.name].chained.change.time
                #expect(entry.chained.change.time == written, history.replay)
                for write in entry.chained.change.writes {
                    let versions = participant.store.versions(of: write.address)
                    #expect(versions.allSatisfy { $0.hash != entry.name.hash || $0.time == written }, history.replay)
                }
            }
        }
    }

    @Test("A write that was shown another supersedes it though its clock stands decades before")
    func olderClockSupersedes() {
        let cell = AddressInScope(form: "infrastructure", period: .year(2024), item: "roads")
        var left = MemoryStore(replica: ReplicaID(rawValue: 1), scope: GeneratedHistory.scope)
        var right = MemoryStore(replica: ReplicaID(rawValue: 2), scope: GeneratedHistory.scope)
        left.write([.init(cell, .text("first"))], time: Timestamp(secondsSince1970: 4_102_444_799), author: "a")
        left.send(to: &right)
        right.write([.init(cell, .text("second"))], time: Timestamp(secondsSince1970: 0), author: "b")
        right.send(to: &left)
        for store in [left, right] { #expect(store.versions(of: cell).map(\.value) == [.text("second")]) }
    }
}
