import ReportModel
import ReportScheme
import TestSupport
import Testing

@Suite("Checking while figures change")
struct CheckBookTests {
    /// Rules that look at every kind of place: here, earlier, at the year, a year before, below, above.
    static let rules = [
        "f.a == f.b", "f.a >= last(f.a)", "f.a <= plan(f.a)", "growth(f.a) <= 50%", "f.a == below(f.a)",
        "f.b <= at(county, f.b)", "current(f.a) >= 1亿元", "f.share_a ~= completion(f.a)", "complete(f.n)",
        "not present(f.n) or present(f.firms)", "f.stock == last(f.stock)", "sum(f.a, g.a) <= 9亿元",
        "f.points ~= points(f.share_a, year_before(f.share_a))", "in_year(2023, f.n) <= f.n",
        "f.doubled_share <= 150%", "either(f.flow, f.a) <= 5亿元",
    ]

    /// Rules with a condition about other figures than the rule's own.
    static let conditional = [
        ("f.a <= f.flow", "f.stock >= 3平方公里"), ("f.b <= f.a", "f.n > 2个 or year_before(f.share_a) < 2%"),
    ]

    static let scheme: Scheme = {
        let all =
            Self.rules.map { RuleScheme.check($0) }
            + Self.conditional.map { RuleScheme.check($0.0, "when: '\($0.1)'") }
        let checks = all.enumerated().map { index, check in check.replacing("R1", with: "R\(index)") }
        let kinds = CheckKind.allCases.map {
            "{check: K_\($0.rawValue), name: 通则, name_en: general, level: warning, kind: \($0.rawValue)}"
        }
        let share =
            "{item: doubled_share, name: 倍比, name_en: doubled, unit: \"%\", formula: \"share(a, a_plan) + share(a, a_plan)\", periods: [half, year]}"
        return try! Scheme.parse(RuleScheme.source(derived: [share], checks: checks + kinds))
    }()

    static let units = ["410000", "410100", "410100-01", "410100-02"].map { UnitCode($0)! }
    static let periods = ["2023-H1", "2023", "2024-Q1", "2024-H1", "2024-06", "2024-Q2", "2024-07", "2024"].map {
        Period($0)!
    }
    static let items = ["a", "a_plan", "b", "flow", "stock", "n", "firms", "share_a", "points"].map { Code($0)! }

    @Test("an edit leaves the same findings as checking everything anew")
    func incremental() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let plan = CheckPlan(Self.scheme)
        var found = 0
        for _ in 0..<20 {
            var cells: [CellAddress: CellValue] = [:]
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                let (address, value) = Self.edit(&random)
                cells[address] = value
            }
            var book = try CheckBook(plan, today: CalendarDate("2024-07-10")!, cells: cells)
            for step in 0..<40 {
                let (address, value) = Self.edit(&random)
                cells[address] = value
                try book.set(address, to: value)
                let anew = try CheckBook(plan, today: CalendarDate("2024-07-10")!, cells: cells)
                #expect(book.all == anew.all, "step \(step), replay with seed \(seed)")
                found += anew.all.count
                guard book.all == anew.all else { return }
            }
            let present = cells.filter { $0.value != .missing }.keys
            let once = try plan.findings(
                about: present,
                today: CalendarDate("2024-07-10")!,
                source: CellDictionary(cells)
            )
            #expect(once == book.all, "replay with seed \(seed)")
        }
        #expect(found > 1_000, "the rules find something: replay with seed \(seed)")
    }

    @Test("a finding goes when only the figure of its condition changes")
    func condition() throws {
        let scheme = try RuleScheme.scheme(rule: "f.a <= f.flow", "when: 'f.stock >= 3平方公里'")
        let cells = try RuleScheme.cells("zone 2024 a = 5\nzone 2024 flow = 4\nzone 2024 stock = 4", in: scheme)
        var book = try CheckBook(CheckPlan(scheme), today: RuleScheme.today, cells: cells)
        #expect(book.all.count == 1)
        for (stock, count) in [(2, 0), (3, 1), (1, 0)] {
            try book.set(RuleScheme.address("zone 2024 stock"), to: .number(Quantity(ExactDecimal(stock))))
            #expect(book.all.count == count, "\(stock)")
        }
    }

    private static func edit(_ random: inout SplitMix64) -> (CellAddress, CellValue) {
        let address = CellAddress(
            unit: Self.units.randomElement(using: &random)!,
            form: Int.random(in: 0..<8, using: &random) == 0 ? "g" : "f",
            period: Self.periods.randomElement(using: &random)!,
            item: Self.items.randomElement(using: &random)!
        )
        let number = ExactDecimal(mantissa: Int128(Int.random(in: 0...60, using: &random)), scale: 1)!
        let value: CellValue =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: .missing
            case 1: .notApplicable
            case 2: .withheld
            case 3: .number(Quantity(number, qualifier: Qualifier.allCases.randomElement(using: &random)!))
            case 4: .number(Quantity(number, upper: ExactDecimal(9)))
            case 5: .number(Quantity(ExactDecimal(2024)))
            default: .number(Quantity(number))
            }
        return (address, value)
    }
}
