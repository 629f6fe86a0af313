import ReportModel

/// How high a unit stands. A parent always stands higher than its children.
package enum UnitLevel: String, Sendable, CaseIterable, Comparable {
    case province, city, county, township, zone, subzone

    package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .province: 0
        case .city: 1
        case .county: 2
        case .township: 3
        case .zone: 4
        case .subzone: 5
        }
    }
}

/// Along which parents figures are added up.
package enum UnitTreeKind: String, Sendable, CaseIterable {
    /// Along the administrative parents: the tree of nearly every form.
    case administrative
    /// Along the land parents; a unit without one hangs under its administrative parent.
    case land
}

/// The unit above another, and when.
package struct DatedParent: Hashable, Sendable {
    package let unit: UnitCode
    package let validity: Validity
}

/// A node of the reporting tree 单位.
package struct ReportingUnit: Hashable, Sendable {
    package let code: UnitCode
    package let name: Bilingual
    package let level: UnitLevel
    /// Empty for the one unit at the top; for every other exactly one holds on any day.
    package let parents: [DatedParent]
    /// At most one holds on any day.
    package let landParents: [DatedParent]
    package let aliases: [String]

    /// The unit above on that day; `nil` at the top.
    func parent(on date: CalendarDate, in tree: UnitTreeKind) -> UnitCode? {
        let land = tree == .land ? self.landParents.first { $0.validity.contains(date) } : nil
        return (land ?? self.parents.first { $0.validity.contains(date) })?.unit
    }
}
