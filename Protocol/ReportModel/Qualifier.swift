/// A word that goes with a printed number: 近200 is a little below 200. The word itself is kept, and has a direction.
package enum Qualifier: String, Sendable, CaseIterable {
    // The order is part of the canonical encoding (Protocol/README.md, "Values"): append, never reorder.
    case near = "近"
    case closeTo = "接近"
    case shortOf = "不足"
    case over = "超"
    case breaking = "突破"
    case odd = "余"
    case more = "多"
    case about = "约"
    case around = "左右"
    case orMore = "以上"
    case noLess = "不少于"
    case atLeast = "至少"

    /// What the word says about the true number.
    package enum Direction: String, Sendable {
        case below, above, around
        case atLeast = "at_least"
    }

    package var direction: Direction {
        switch self {
        case .near, .closeTo, .shortOf: .below
        case .over, .breaking, .odd, .more: .above
        case .about, .around: .around
        case .orMore, .noLess, .atLeast: .atLeast
        }
    }

    /// Whether the word follows its number, as in 1000多.
    package var followsNumber: Bool {
        switch self {
        case .odd, .more, .around, .orMore: true
        default: false
        }
    }

    /// Number in the canonical encoding, from 1; 0 stands for no qualifier.
    package var wireNumber: UInt8 {
        UInt8(Self.allCases.firstIndex(of: self)! + 1)
    }

    package init?(wireNumber: UInt8) {
        guard wireNumber >= 1, Int(wireNumber) <= Self.allCases.count else { return nil }
        self = Self.allCases[Int(wireNumber) - 1]
    }
}
