import ReportModel

/// A form 报表: one page of items that are reported together.
package struct Form: Sendable {
    package let code: Code
    package let name: Bilingual
    /// Along which parents its figures are added up.
    package let tree: UnitTreeKind
    /// In the order of the scheme's text, which is the order of every page.
    package let items: [Item]

    private let itemIndices: [String: Int]

    init(code: Code, name: Bilingual, tree: UnitTreeKind, items: [Item]) {
        self.code = code
        self.name = name
        self.tree = tree
        self.items = items
        self.itemIndices = NameIndex.make(items) {
            [$0.code.description, $0.name.chinese, $0.name.english] + $0.aliases
        }
    }

    /// The same form with the formulas of its derived items.
    func deriving(_ formula: (Item) -> DerivedFormula?) -> Form {
        Form(
            code: self.code,
            name: self.name,
            tree: self.tree,
            items: self.items.map { item in
                var item = item
                item.formula = formula(item)
                return item
            }
        )
    }

    /// The item with this code, name (Chinese or English) or alias.
    package func item(named name: String) -> Item? {
        self.itemIndices[NameIndex.key(name)].map { self.items[$0] }
    }

    /// The item with this code; names do not count.
    package func item(_ code: Code) -> Item? {
        self.itemIndices[code.description].map { self.items[$0] }.flatMap { $0.code == code ? $0 : nil }
    }
}

/// An item 指标: one figure that units report.
package struct Item: Sendable {
    /// What stretch of time a figure covers.
    package enum Kind: String, Sendable, CaseIterable {
        /// From the start of the year to the end of the period.
        case cumulative
        /// The period alone.
        case current
        /// The state on the last day of the period.
        case pointInTime = "point_in_time"
        /// From the very beginning, over all years.
        case sinceStart = "since_start"
    }

    /// What a figure says: what was done, or what was meant to be.
    package enum Role: String, Sendable, CaseIterable {
        case actual, plan, target, expected
    }

    package let code: Code
    package let name: Bilingual
    package let aliases: [String]
    package let valueType: ValueType
    /// The allowed values of a choice; empty for every other type.
    package let choices: [String]
    /// `nil` for numbers without a unit of measure and for other types.
    package let measure: Measure?
    /// `nil` for other types than numbers, which cover no stretch of time.
    package let kind: Kind?
    package let role: Role
    /// Whether the figures of several units may be added.
    package let isAdditive: Bool
    /// The item of the same form that holds the plan for this one, read at the calendar year.
    package let plan: Code?
    package let periods: Set<Period.Kind>
    /// The units that report the item; none when it is derived.
    package let reporters: Set<UnitCode>
    /// How the figure is worked out, if it is not reported.
    package fileprivate(set) var formula: DerivedFormula?
}

/// Finds things by any of their names.
enum NameIndex {
    /// How a name is compared: without blanks around it. Everything else counts, upper and lower case too.
    static func key(_ name: String) -> String { name.trimmingBlanks }

    /// The first of two things with one name wins; the parser lets no two through.
    static func make<Thing>(_ things: [Thing], names: (Thing) -> [String]) -> [String: Int] {
        var indices: [String: Int] = [:]
        for (index, thing) in things.enumerated() {
            for name in names(thing) where indices[self.key(name)] == nil {
                indices[self.key(name)] = index
            }
        }
        return indices
    }
}
