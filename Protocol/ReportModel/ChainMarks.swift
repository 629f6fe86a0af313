/// Some of the changes that a store holds of one replica's chain: its heads, and before them ever fewer. Whoever holds
/// another branch of the chain finds among them, nearly exactly, where the two part.
package struct ChainMarks: Hashable, Sendable {
    package var replica: ReplicaID
    /// Sorted, without duplicates; all of ``replica``.
    package private(set) var references: [Reference]

    /// - Parameter references: all of `replica`.
    package init(replica: ReplicaID, references: some Sequence<Reference>) {
        precondition(references.allSatisfy { $0.replica == replica })
        self.replica = replica
        self.references = Frontier(references).heads
    }

    /// How far before a head the marks are: 0, 1, 2 … 8, and then each an eighth further than the one before. So what is
    /// sent a second time, from the mark before the true branching to there, is at most an eighth of what came after it.
    package static func distances(upTo last: UInt64) -> [UInt64] {
        var distances: [UInt64] = []
        var distance: UInt64 = 0
        while distance < last {
            distances.append(distance)
            distance += max(1, distance / 8)
        }
        return distances + [last]
    }
}

extension ScopeChains {
    /// Where the marks of a replica's chain are: of every head, nearest first, as many as there may be. Empty for a replica
    /// of which nothing is held.
    package func markPositions(of replica: ReplicaID) -> [Position] {
        let heads = self.lines.filter { $0.replica == replica && self.isHead($0) }
        let byDistance = heads.flatMap { line in
            ChainMarks.distances(upTo: line.head.sequence - 1).map { (line, $0) }
        }.sorted { ($0.1, $0.0.number) < ($1.1, $1.0.number) }
        var positions: [Position] = []
        for (line, distance) in byDistance {
            let position = self.ancestor(of: line, at: line.head.sequence - distance)
            if !positions.contains(position) { positions.append(position) }
            if positions.count == ChangeLimits.markCountMax { break }
        }
        return positions
    }

    /// The change with this sequence that the head of `line` continues.
    private func ancestor(of line: Line, at sequence: UInt64) -> Position {
        var line = line
        while let fork = line.fork, sequence <= fork.sequence { line = self[fork.line] }
        return Position(line: line.number, sequence: sequence)
    }

    /// The furthest sequence held of a replica's chain, on whatever branch; `nil` when nothing is.
    package func furthestSequence(of replica: ReplicaID) -> UInt64? {
        self.lines.lazy.filter { $0.replica == replica }.map(\.head.sequence).max()
    }
}
