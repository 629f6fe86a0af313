import ReportModel
import ReportScheme
import ServerSummary
import TestSupport
import Testing

/// Totals over random trees and cells, against a program that enumerates the units below every time.
@Suite struct TotalsPropertyTests {
    @Test func totalsEqualWhatANaiveProgramComputes() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<150 {
            let scheme = try Self.scheme(&random)
            let form = try #require(scheme.form(named: "f"))
            let cells = Self.cells(scheme, form, &random)
            let plans = Self.cells(scheme, form, &random)
            let totals = try Totals.compute(
                scheme: scheme,
                form: form,
                period: Period("2024-H1")!,
                today: RuleScheme.today
            ) {
                $1 == .year(2024) ? plans : $1.year == 2024 ? cells : []
            }
            let naive = NaiveTotals(scheme: scheme, form: form, cells: cells, plans: plans)
            let expected = naive.all.flatMap { unit in
                form.items.compactMap { naive.row(unit, $0) }
            }
            let found = totals.rows.map(NaiveTotals.Row.init)
            #expect(found == expected, "replay with seed \(seed)")
        }
    }

    private static let dayBefore = [
        "2023-07-01": "2023-06-30", "2024-06-30": "2024-06-29", "2024-07-01": "2024-06-30",
    ]

    private static func scheme(_ random: inout SplitMix64) throws -> Scheme {
        let levels = ["province", "city", "county", "township", "zone", "subzone"]
        var units = [(code: "100000", level: 0, parents: "")]
        for number in 1...Int.random(in: 1...14, using: &random) {
            let parent = units.filter { $0.level < 5 }.randomElement(using: &random)!
            let level = Int.random(in: parent.level + 1...5, using: &random)
            let above = units.filter { $0.level < level }
            let other = above.randomElement(using: &random)!
            let parents = [
                ", parent: \"\(parent.code)\"",
                // On either side of the period's last day, 2024-06-30, or from just that day.
                ["2023-07-01", "2024-06-30", "2024-07-01"].randomElement(using: &random).map { day in
                    ", parents: [{parent: \"\(parent.code)\", until: \(Self.dayBefore[day]!)}, {parent: \"\(other.code)\", from: \(day)}]"
                }!,
            ]
            let land = [
                "", "", ", land_parent: \"\(other.code)\"",
                ", land_parents: [{parent: \"\(other.code)\", from: 2024-01-01, until: 2024-06-30}]",
                ", land_parents: [{parent: \"\(other.code)\", until: 2024-06-29}]",
            ]
            let text = parents.randomElement(using: &random)! + land.randomElement(using: &random)!
            units.append(("\(100_000 + number)", level, text))
        }
        var unitsText = "units:\n"
        for unit in units {
            unitsText +=
                "- {code: \"\(unit.code)\", name: 单位\(unit.code), name_en: Unit \(unit.code), level: \(levels[unit.level])\(unit.parents)}\n"
        }
        let tree = ["", "tree: administrative\n", "tree: land\n"].randomElement(using: &random)!
        var form = "form: f\nname: 表\nname_en: F\n\(tree)items:\n"
        for (item, plan) in [("a", "p"), ("b", "q"), ("p", nil), ("q", nil)] {
            let reporters = units.filter { _ in Bool.random(using: &random) }.map { "\"\($0.code)\"" }
            form += "- {item: \(item), name: 指标\(item), name_en: Item \(item), unit: 个, kind: cumulative"
            form += item == "b" ? ", additive: \(Bool.random(using: &random))" : ""
            form += plan.map { ", plan: \($0)" } ?? ""
            form += ", periods: [half, year], reported_by: [\((reporters + ["subzone"]).joined(separator: ", "))]}\n"
        }
        return try Scheme.parse(
            SchemeSource([
                .init(name: "s.yaml", text: "scheme: s\nname: 制度\nname_en: S\nversion: 1"),
                .init(name: "u.yaml", text: unitsText),
                .init(name: "m.yaml", text: "measures: [{code: 个, name_en: piece}]"),
                .init(name: "f.yaml", text: form),
            ])
        )
    }

    private static func cells(_ scheme: Scheme, _ form: Form, _ random: inout SplitMix64) -> [ReportedCell] {
        var cells: [ReportedCell] = []
        for unit in scheme.units {
            for item in form.items where Int.random(in: 0..<5, using: &random) > 0 {
                cells.append(
                    ReportedCell(
                        unit: unit.code,
                        item: item.code,
                        value: self.value(&random),
                        isInConflict: Int.random(in: 0..<4, using: &random) == 0
                    )
                )
            }
        }
        return cells.shuffled(using: &random)
    }

    private static func value(_ random: inout SplitMix64) -> CellValue {
        let number = ExactDecimal(
            mantissa: .random(in: -50...500, using: &random),
            scale: .random(in: 0...3, using: &random)
        )!
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return .missing
        case 1: return .notApplicable
        case 2: return .withheld
        case 3:
            return .number(Quantity(number, qualifier: [.about, .about, .near, .over].randomElement(using: &random)))
        case 4: return .number(Quantity(number, upper: try! number.adding(ExactDecimal(2))))
        default: return .number(Quantity(number))
        }
    }
}

/// As the rules read, with no thought for speed.
struct NaiveTotals {
    struct Row: Equatable {
        var cell: String
        var numbers: [String?]
        var counts: [Int]
        var names: [[String]]
        var approximate: Bool
        var direction: String?
    }

    let scheme: Scheme
    let form: Form
    let cells: [ReportedCell]
    let plans: [ReportedCell]

    /// The units in the order of the page.
    var all: [UnitCode] {
        let top = self.scheme.units.filter { self.parent($0) == nil }.map(\.code)
        return top.flatMap { [$0] + self.below($0) }
    }

    /// On the last day of the period.
    func parent(_ unit: ReportingUnit) -> UnitCode? {
        func holds(_ parent: DatedParent) -> Bool {
            (parent.validity.from?.description ?? "0000") <= "2024-06-30"
                && (parent.validity.until?.description ?? "9999") >= "2024-06-30"
        }
        let land = self.form.tree == .land ? unit.landParents.filter(holds) : []
        return (land + unit.parents.filter(holds)).first?.unit
    }

    func below(_ unit: UnitCode) -> [UnitCode] {
        self.scheme.units.filter { self.parent($0) == unit }.flatMap { [$0.code] + self.below($0.code) }
    }

    func contributors(_ unit: UnitCode, _ item: Item) -> [UnitCode] {
        ([unit] + self.below(unit)).filter { candidate in
            item.reporters.contains(candidate) && !self.below(candidate).contains { item.reporters.contains($0) }
        }
    }

    func value(_ unit: UnitCode, _ item: Item, _ cells: [ReportedCell]) -> ReportedCell? {
        item.reporters.contains(unit) ? cells.last { $0.unit == unit && $0.item == item.code } : nil
    }

    func sum(_ unit: UnitCode, _ item: Item, _ cells: [ReportedCell], upper: Bool = false) -> ExactDecimal? {
        let contributors = self.contributors(unit, item)
        guard item.isAdditive || contributors == [unit] else { return nil }
        let quantities = contributors.compactMap { self.value($0, item, cells)?.value.quantity }
        let numbers = quantities.map { upper ? $0.upper ?? $0.number : $0.number }
        return numbers.isEmpty ? nil : numbers.reduce(.zero) { try! $0.adding($1) }
    }

    func completion(_ unit: UnitCode, _ item: Item) -> (plan: ExactDecimal?, percent: ExactDecimal?) {
        guard let plan = item.plan.flatMap({ self.form.item($0) }) else { return (nil, nil) }
        let own = self.value(unit, plan, self.plans)?.value.quantity?.number
        guard item.isAdditive else {
            let actual = self.value(unit, item, self.cells)?.value.quantity?.number
            return (own, actual.flatMap { actual in own.flatMap { try! actual.percent(of: $0, decimals: 1) } })
        }
        let sum = self.sum(unit, plan, self.plans)
        let whole =
            sum == nil && own != nil
            || self.contributors(unit, item)
                .filter { self.value($0, item, self.cells)?.value.quantity != nil }
                .allSatisfy { self.isCovered($0, upTo: unit, by: plan) }
        let actual = self.sum(unit, item, self.cells)
        let percent = actual.flatMap { actual in (sum ?? own).flatMap { try! actual.percent(of: $0, decimals: 1) } }
        return (sum ?? own, whole ? percent : nil)
    }

    func isCovered(_ contributor: UnitCode, upTo top: UnitCode, by plan: Item) -> Bool {
        if self.sum(contributor, plan, self.plans) != nil { return true }
        var unit: UnitCode? = contributor
        while let current = unit {
            if self.contributors(current, plan) == [current], self.sum(current, plan, self.plans) != nil { return true }
            unit = current == top ? nil : self.scheme.unit(current).flatMap { self.parent($0) }
        }
        return false
    }

    func row(_ unit: UnitCode, _ item: Item) -> Row? {
        let contributors = self.contributors(unit, item)
        guard !contributors.isEmpty else { return nil }
        let given = contributors.map { self.value($0, item, self.cells) }
        let own = self.value(unit, item, self.cells)
        let sum = self.sum(unit, item, self.cells)
        let ownNumber = own?.value.quantity?.number
        let isParent = contributors != [unit]
        var difference: ExactDecimal?
        if isParent, let sum, let ownNumber { difference = try! ownNumber.subtracting(sum) }
        let hasRange = sum != nil && given.contains { $0?.value.quantity?.upper != nil }
        let (plan, percent) = self.completion(unit, item)
        let missing = zip(contributors, given).filter { ($1?.value ?? .missing) == .missing }.map(\.0.description)
        let withheld = zip(contributors, given).filter { $1?.value == .withheld }.map(\.0.description)
        let conflicts = given.count { $0?.isInConflict == true } + (isParent && own?.isInConflict == true ? 1 : 0)
        let approximate = (sum == nil ? [own] : given).contains { $0?.value.quantity?.isApproximate == true }
        let quantities = (sum == nil ? [own] : given).compactMap { $0?.value.quantity }.filter(\.isApproximate)
        let directions = Set(quantities.map { $0.qualifier?.direction.rawValue })
        let upper = hasRange ? self.sum(unit, item, self.cells, upper: true) : nil
        return Row(
            cell: "\(unit)/\(item.code)",
            numbers: [sum, upper, ownNumber, difference, plan].map { $0?.normalized.description } + [
                percent?.description
            ],
            counts: [contributors.count - missing.count - withheld.count, contributors.count, conflicts],
            names: [missing, withheld],
            approximate: approximate,
            direction: directions.count == 1 ? directions.first! : nil
        )
    }
}

extension NaiveTotals.Row {
    init(_ row: Totals.Row) {
        self.init(
            cell: "\(row.unit.code)/\(row.item.code)",
            numbers: [row.sum, row.upper, row.own, row.difference, row.plan, row.completion].map { $0?.description },
            counts: [row.reported, row.expected, row.inConflict],
            names: [row.missing.map(\.description), row.withheld.map(\.description)],
            approximate: row.isApproximate,
            direction: row.approximation.direction?.rawValue
        )
    }
}
