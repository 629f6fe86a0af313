/// The functions that give a number.
enum FormulaFunction: String, CaseIterable {
    case sum, min, max, abs, either, stated, number
    case share, intensity, growth, points, contribution
    case asRatio = "as_ratio"
    case plan, completion, remainder, pace, elapsed
    case last, current, below
    case yearBefore = "year_before"
    case atYear = "at_year"
    case atQuarter = "at_quarter"
    case previous
    case inYear = "in_year"
    case at, count, decimals, year

    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .elapsed, .year: 0...0
        case .abs, .stated, .number, .asRatio, .plan, .completion, .remainder, .pace, .last, .current, .below,
            .yearBefore, .atYear, .atQuarter, .previous, .count, .decimals:
            1...1
        case .growth: 1...2
        case .share, .intensity, .points, .inYear, .at, .either: 2...2
        case .contribution: 4...4
        case .sum, .min, .max: 1...64
        }
    }

    var argumentCountText: String {
        let counts = self.argumentCounts
        return counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound)–\(counts.upperBound)"
    }
}
