import ReportModel

/// A unit or item that a name may mean.
package struct NameCandidate: Hashable, Sendable {
    /// The code of the unit or item.
    package let code: String
    package let name: Bilingual
}

extension Scheme {
    /// What `name` most likely means, best first: at most three, and none that is quite unlike it.
    ///
    /// - Parameter units: those that may be meant, where `name` is a unit's.
    package func candidates(for name: ImportedName, among units: [ReportingUnit]) -> [NameCandidate] {
        let named: [(candidate: NameCandidate, aliases: [String])] =
            if let form = name.form {
                self.form(form)?.items.map { (NameCandidate(code: $0.code.description, name: $0.name), $0.aliases) }
                    ?? []
            } else {
                units.map { (NameCandidate(code: $0.code.description, name: $0.name), $0.aliases) }
            }
        let scored = named.map { candidate, aliases in
            let names = [candidate.name.chinese, candidate.name.english] + aliases
            return (candidate, likeness: names.map { Likeness.of(name.text, $0) }.max() ?? 0)
        }
        // The sort is stable, so equals stay in the order of the scheme.
        return scored.filter { $0.likeness >= Likeness.worthALook }.sorted { $0.likeness > $1.likeness }
            .prefix(3).map(\.0)
    }
}

/// How much two names are alike.
enum Likeness {
    /// Two names of two characters with one in common are worth a look only when it stands at the same place.
    static let worthALook = 700

    /// From 0 for nothing in common to 3000 for the same: up to 1000 each for the characters they share, for the few
    /// edits that lead from one to the other, and for the one being within the other, as 参木 is in 参木工业集聚区.
    static func of(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased().unicodeScalars), Array(right.lowercased().unicodeScalars))
        let (shorter, longer) = left.count <= right.count ? (left, right) : (right, left)
        guard !shorter.isEmpty else { return 0 }
        let shared = 2000 * self.sharedCount(shorter, longer) / (shorter.count + longer.count)
        let edits = 1000 - 1000 * self.editCount(shorter, longer) / longer.count
        // One character alone is within many names by chance.
        let isWithin = shorter.count > 1 && !longer.ranges(of: shorter).isEmpty
        return shared + edits + (isWithin ? 1000 : 0)
    }

    private static func sharedCount(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var counts = right.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        return left.count { scalar in
            guard let count = counts[scalar], count > 0 else { return false }
            counts[scalar] = count - 1
            return true
        }
    }

    /// How many characters must be put in, taken out or exchanged (Levenshtein).
    private static func editCount(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (leftIndex, leftScalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = leftIndex + 1
            for (rightIndex, rightScalar) in right.enumerated() {
                let exchanged = diagonal + (leftScalar == rightScalar ? 0 : 1)
                diagonal = row[rightIndex + 1]
                row[rightIndex + 1] = min(exchanged, row[rightIndex] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
