import ReportModel

/// A form 报表: one page of items that are reported together.
package struct Form: Sendable {
    package let code: Code
    package let name: Bilingual
    /// Along which parents its figures are added up.
    package let tree: UnitTreeKind
    /// In the order of the scheme's text, which is the order of every page.
    package private(set) var items: [Item]
    /// When the form's reports open and are due: its own schedule, or the scheme's.
    package let schedule: Schedule
    /// Who writes any of its figures, and so explains what the checks say of them.
    package let writers: Writers

    private let itemIndices: [String: [Int]]
    private let codeIndices: [Code: Int]

    init(code: Code, name: Bilingual, tree: UnitTreeKind, schedule: Schedule, items: [Item]) {
        self.code = code
        self.name = name
        self.tree = tree
        self.schedule = schedule
        self.items = items
        // Nobody writes what is derived.
        self.writers = items.filter { !$0.reporters.isEmpty }.reduce(Writers([])) { $0.union($1.writers) }
        self.codeIndices = Dictionary(items.enumerated().map { ($1.code, $0) }) { first, _ in first }
        var itemIndices: [String: [Int]] = [:]
        itemIndices.reserveCapacity(items.count * 3)
        for (index, item) in items.enumerated() {
            for name in [item.code.description, item.name.chinese, item.name.english] + item.aliases {
                let key = NameIndex.key(name)
                // An item may have one name twice.
                if itemIndices[key]?.last != index { itemIndices[key, default: []].append(index) }
            }
        }
        self.itemIndices = itemIndices
    }

    /// The same form with the formulas of its derived items.
    func deriving(_ formula: (Item) -> DerivedFormula?) -> Form {
        var form = self
        for (index, item) in self.items.enumerated() {
            if let formula = formula(item) { form.items[index].formula = formula }
        }
        return form
    }

    /// The item with this code, name (Chinese or English) or alias. Where several items had the name one after the
    /// other, the first of them.
    package func item(named name: String) -> Item? {
        self.items(named: name).first
    }

    /// The item with this code, name or alias in the form of `period`; where that form has none, one of another time.
    package func item(named name: String, in period: Period) -> Item? {
        let items = self.items(named: name)
        return items.first { $0.isInForm(of: period) } ?? items.first
    }

    private func items(named name: String) -> [Item] {
        self.itemIndices[NameIndex.key(name), default: []].map { self.items[$0] }
    }

    /// The item with this code; names do not count.
    package func item(_ code: Code) -> Item? {
        self.codeIndices[code].map { self.items[$0] }
    }

    /// The items of the form as it is for `period`, whatever kinds of period they are reported for.
    package func items(in period: Period) -> [Item] {
        self.items.filter { $0.isInForm(of: period) }
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
    /// Who writes it: what the item says, or its form, or the default.
    package let writers: Writers
    /// How the figure is worked out, if it is not reported.
    package fileprivate(set) var formula: DerivedFormula?
    /// When the item is in its form. What was stored of it stays, and is shown for ever.
    package let validity: Validity

    /// Whether the form has the item for `period`: the last day of the period decides.
    package func isInForm(of period: Period) -> Bool {
        period.lastDay.map(self.validity.contains) ?? true
    }

    /// Whether units report the item for `period`.
    package func isReported(in period: Period) -> Bool {
        self.periods.contains(period.kind) && self.isInForm(of: period)
    }
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
