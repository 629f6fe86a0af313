import ReportModel
import TestSupport
import Testing

@Suite("Frontiers")
struct FrontierTests {
    private static func head(_ replica: UInt64, _ sequence: UInt64, _ tag: UInt32 = 0) -> Reference {
        Reference(replica: ReplicaID(rawValue: replica), sequence: sequence, tag: tag)
    }

    /// Base, new, and the difference that is written.
    static let differences: [([Reference], [Reference], [Reference])] = [
        ([], [], []), ([], [head(1, 1)], [head(1, 1)]), ([head(1, 1)], [head(1, 1)], []),
        ([head(1, 1), head(2, 5)], [head(1, 3), head(2, 5)], [head(1, 3)]),
        ([head(1, 3, 7)], [head(1, 3, 8)], [head(1, 3, 8)]),
        // When a chain branches, all its heads are said, also the one that stayed.
        ([head(1, 3, 7)], [head(1, 3, 7), head(1, 3, 8)], [head(1, 3, 7), head(1, 3, 8)]),
        ([head(1, 3, 7), head(1, 3, 8)], [head(1, 3, 8), head(1, 4, 1)], [head(1, 3, 8), head(1, 4, 1)]),
        ([head(1, 3, 7), head(1, 3, 8), head(2, 1)], [head(1, 3, 7), head(1, 3, 8), head(2, 2)], [head(2, 2)]),
    ]

    @Test("A difference says the changed replicas' heads, and is undone by applying it", arguments: differences)
    func difference(_ base: [Reference], _ new: [Reference], _ expected: [Reference]) {
        let (base, new) = (Frontier(base), Frontier(new))
        #expect(new.difference(from: base) == expected)
        #expect(base.applying(expected) == new)
    }

    @Test("Heads are sorted and without duplicates, however they are given", arguments: UInt64(0)..<200)
    func sorted(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let references = (0..<6).map { _ in Reference.random(using: &random) }
        let frontier = Frontier((references + random.some(of: references)).shuffled(using: &random))
        #expect(frontier == Frontier(references), "replay with seed \(seed)")
        #expect(frontier.heads == Set(references).sorted(), "replay with seed \(seed)")
        let replicas = Set(references.map(\.replica)).sorted()
        #expect(replicas.flatMap { frontier.heads(of: $0) } == frontier.heads, "replay with seed \(seed)")
    }

    @Test("A head that moves on takes its predecessor's place, in order", arguments: UInt64(0)..<200)
    func advance(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let references = (0..<4).map { _ in Reference.random(using: &random) }
        let next = Reference.random(using: &random)
        var frontier = Frontier(references)
        frontier.advance(references[0], to: next)
        let rest = references.filter { $0 != references[0] }
        #expect(frontier == Frontier(rest + [next]), "replay with seed \(seed)")
        frontier.advance(nil, to: references[0])
        #expect(frontier == Frontier(references + [next]), "replay with seed \(seed)")
    }

    @Test("References are ordered by replica, sequence and tag, and printed with all three")
    func references() {
        let ascending = [
            Self.head(0, .max, .max), Self.head(1, 1, .max), Self.head(1, 2, 0), Self.head(1, 2, 1),
            Self.head(.max, 1, 0),
        ]
        #expect(ascending.reversed().sorted() == ascending)
        #expect(Self.head(255, 7, 0xAB).description == "00000000000000ff:7~000000ab")
    }
}
