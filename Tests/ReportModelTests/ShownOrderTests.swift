import ReportModel
import TestSupport
import Testing

@Suite("The provisional order")
struct ShownOrderTests {
    /// Versions that often share time, replica and sequence, but never all of these and the hash.
    private func versions(_ random: inout SplitMix64) -> [Version] {
        let versions = (0..<12).map { _ in
            Version(
                time: Timestamp(secondsSince1970: Int64.random(in: -1...1, using: &random)),
                replica: ReplicaID(rawValue: random.pick([0, 1, .max])),
                sequence: random.pick([1, 2, .max]),
                hash: ChainHash(high: random.pick([0, .max]), low: random.pick([0, 1, .max])),
                value: .missing
            )
        }
        return Array(Set(versions))
    }

    @Test(
        "Is total: of two versions exactly one comes first, and of three the order goes through",
        arguments: UInt64(0)..<200
    )
    func total(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let versions = self.versions(&random)
        for (i, a) in versions.enumerated() {
            for (j, b) in versions.enumerated() {
                #expect([a < b, b < a, a == b].count { $0 } == 1, "replay with seed \(seed)")
                #expect((a == b) == (i == j), "replay with seed \(seed)")
                for c in versions where a < b && b < c { #expect(a < c, "replay with seed \(seed)") }
            }
        }
    }

    @Test("Shows the same version for any arrangement", arguments: UInt64(0)..<200)
    func anyArrangement(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let versions = self.versions(&random)
        let shown = versions.inShownOrder
        #expect(shown.first == versions.max(), "replay with seed \(seed)")
        for _ in 0..<5 {
            let shuffled = versions.shuffled(using: &random)
            #expect(shuffled.inShownOrder == shown, "replay with seed \(seed)")
            #expect(shuffled.max() == shown.first, "replay with seed \(seed)")
            #expect(SeenToken(shuffled) == SeenToken(versions), "replay with seed \(seed)")
            #expect(SeenToken(shuffled.dropFirst()) != SeenToken(versions), "replay with seed \(seed)")
        }
    }

    @Test("Is by time, then replica, then sequence, then hash")
    func precedence() {
        func version(_ time: Int64, _ replica: UInt64, _ sequence: UInt64, _ high: UInt64, _ low: UInt64) -> Version {
            Version(
                time: Timestamp(secondsSince1970: time),
                replica: ReplicaID(rawValue: replica),
                sequence: sequence,
                hash: ChainHash(high: high, low: low),
                value: .missing
            )
        }
        let ascending = [
            version(-1, .max, .max, .max, .max), version(0, 0, .max, .max, .max), version(0, 1, 1, .max, .max),
            version(0, 1, 2, 0, .max), version(0, 1, 2, 1, 0), version(0, 1, 2, 1, 1), version(0, 1, 10, 0, 0),
            version(0, .max, 1, 0, 0), version(1, 0, 1, 0, 0),
        ]
        #expect(ascending.reversed().sorted() == ascending)
    }

    @Test("No two versions in any history are equal, and each store shows the greatest", arguments: Histories.seeds)
    func inHistories(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.everybody {
            for cell in history.cells {
                let versions = participant.store.versions(of: cell)
                for (i, version) in versions.enumerated() {
                    for later in versions[(i + 1)...] { #expect(later < version, history.replay) }
                }
                let distinct = versions.reduce(into: [CellValue]()) { distinct, version in
                    if !distinct.contains(version.value) { distinct.append(version.value) }
                }
                #expect(versions.isConflict == (distinct.count > 1), history.replay)
            }
        }
    }

    @Test("An empty cell has the token of zeros, and a version has another")
    func emptyToken() {
        let version = Version(
            time: Timestamp(secondsSince1970: 0),
            replica: ReplicaID(rawValue: 0),
            sequence: 1,
            hash: ChainHash(high: 0, low: 0),
            value: .missing
        )
        #expect(SeenToken([Version]()).description == "0000000000000000")
        #expect(SeenToken([version]) != SeenToken([Version]()))
        #expect(SeenToken([version]).description.utf8.count == 16)
    }
}
