import ReportModel

/// How high a unit stands. A parent always stands higher than its children.
package enum UnitLevel: String, Sendable, CaseIterable, Comparable {
    case province, city, county, zone, subzone

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .province: 0
        case .city: 1
        case .county: 2
        case .zone: 3
        case .subzone: 4
        }
    }
}

/// A node of the reporting tree 单位.
package struct ReportingUnit: Hashable, Sendable {
    package let code: UnitCode
    package let name: Bilingual
    package let level: UnitLevel
    /// `nil` for the one unit at the top.
    package let parent: UnitCode?
    package let aliases: [String]
}
