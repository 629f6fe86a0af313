import ReportModel
import ReportScheme
import TestSupport

/// A large report under many rules of the kinds that people write: sums, parts of wholes, printed shares, figures that
/// do not fall, growth, plans.
struct Checking {
    private static let period = Period("2024-07")!
    private static let unit = UnitCode("410100-01")!
    private static let wholes = 60
    /// Amounts of money: the wholes, then their parts.
    private static let amounts = 350
    private static let growths = 30
    private static let plans = 30

    let scheme: Scheme
    /// The report that is checked: 500 cells with their plans.
    private(set) var report: [CellAddress: CellValue] = [:]
    /// What it is looked at beside: the month before, and the same month of the year before.
    private(set) var earlier: [CellAddress: CellValue] = [:]

    init(seed: UInt64) throws {
        self.scheme = try Scheme.parse(Self.source)
        var random = SplitMix64(seed: seed)
        let before = Self.period.previous!, yearBefore = Self.period.yearBefore!
        // In hundreds of 万元, which are hundredths of 亿元.
        var parts = (0..<Self.amounts).map { _ in Int.random(in: 10...90_000, using: &random) }
        for whole in 0..<Self.wholes { parts[whole] = Self.parts(of: whole).reduce(0) { $0 + parts[$1] } }
        for index in 0..<Self.amounts {
            self.report[Self.cell("a\(index)", Self.period)] = Self.amount(parts[index], of: index)
            let (last, lastYear) = (Int.random(in: 80...99, using: &random), Int.random(in: 70...105, using: &random))
            self.earlier[Self.cell("a\(index)", before)] = Self.amount(parts[index] * last / 100, of: index)
            self.earlier[Self.cell("a\(index)", yearBefore)] = Self.amount(parts[index] * lastYear / 100, of: index)
        }
        for index in 0..<Self.plans {
            let plan = parts[index] + Int.random(in: 0...9_000, using: &random)
            self.report[Self.cell("p\(index)", Self.period.calendarYear!)] = Self.amount(plan, of: index)
            self.report[Self.cell("c\(index)", Self.period)] = Self.percent(parts[index], of: plan)
        }
        for whole in 0..<Self.wholes {
            let part = parts[Self.parts(of: whole)[0]]
            self.report[Self.cell("s\(whole)", Self.period)] = Self.percent(part, of: parts[whole])
        }
        for index in 0..<Self.growths {
            guard case .number(let base) = self.earlier[Self.cell("a\(index)", yearBefore)],
                case .number(let now) = self.report[Self.cell("a\(index)", Self.period)]
            else { continue }
            let growth = try now.number.subtracting(base.number).percent(of: base.number, decimals: 1)!
            self.report[Self.cell("g\(index)", Self.period)] = .number(Quantity(growth))
        }
        // Some slips, for a finding has to be put into words.
        for address in self.report.keys.sorted() where Int.random(in: 0..<100, using: &random) < 2 {
            self.report[address] = .number(Quantity(ExactDecimal(Int.random(in: 1...90_000, using: &random))))
        }
    }

    private static func cell(_ item: String, _ period: Period) -> CellAddress {
        CellAddress(unit: self.unit, form: "report", period: period, item: Code(item)!)
    }

    private static func parts(of whole: Int) -> [Int] {
        (0..<3 + whole % 4).map { self.wholes + (whole * 5 + $0) % (self.amounts - self.wholes) }
    }

    /// Every third item is in 万元, the others in 亿元.
    private static func amount(_ hundreds: Int, of index: Int) -> CellValue {
        let decimal =
            index % 3 == 0 ? ExactDecimal(hundreds * 100) : ExactDecimal(mantissa: Int128(hundreds), scale: 2)!
        return .number(Quantity(decimal))
    }

    private static func percent(_ part: Int, of whole: Int) -> CellValue {
        .number(Quantity((try? ExactDecimal(part).percent(of: ExactDecimal(whole), decimals: 1)) ?? .zero))
    }

    // MARK: - The scheme

    private static var source: SchemeSource {
        SchemeSource([
            SchemeSource.File(
                name: "scheme.yaml",
                text: "scheme: large\nname: 大表\nname_en: Large report\nversion: \"1\"\n"
            ),
            SchemeSource.File(
                name: "units.yaml",
                text: """
                    units:
                      - {code: "410000", name: 省, name_en: province, level: province}
                      - {code: "410100", name: 县, name_en: county, level: county, parent: "410000"}
                      - {code: "410100-01", name: 区, name_en: zone, level: zone, parent: "410100"}
                    """
            ),
            SchemeSource.File(
                name: "measures.yaml",
                text: """
                    measures:
                      - {code: 亿元, name_en: 100 million yuan, class: money, factor: 100000000}
                      - {code: 万元, name_en: 10 thousand yuan, class: money, factor: 10000}
                      - {code: "%", name_en: percent, class: ratio, factor: 0.01}
                    """
            ),
            SchemeSource.File(
                name: "report.yaml",
                text: "form: report\nname: 报表\nname_en: report\nitems:\n"
                    + self.items.map { "  - \($0)\n" }.joined()
            ),
            SchemeSource.File(
                name: "checks.yaml",
                text: "checks:\n"
                    + self.rules.enumerated().map { index, rule in
                        "  - {check: R-\(index), name: 规则\(index), name_en: rule \(index), level: error, rule: '\(rule)'}\n"
                    }.joined()
            ),
        ])
    }

    private static var items: [String] {
        func item(_ code: String, _ unit: String, _ more: String) -> String {
            "{item: \(code), name: 指标\(code), name_en: item \(code), unit: \"\(unit)\", \(more), "
                + "periods: [month, half, year], reported_by: [zone]}"
        }
        let amounts = (0..<self.amounts).map { index in
            item(
                "a\(index)",
                self.unit(of: index),
                "kind: cumulative" + (index < self.plans ? ", plan: p\(index)" : "")
            )
        }
        let plans = (0..<self.plans).map { item("p\($0)", self.unit(of: $0), "kind: cumulative, role: plan") }
        let ratios =
            (0..<self.wholes).map { "s\($0)" } + (0..<self.growths).map { "g\($0)" } + (0..<self.plans).map { "c\($0)" }
        return amounts + plans + ratios.map { item($0, "%", "kind: point_in_time, additive: false") }
    }

    private static func unit(of index: Int) -> String { index % 3 == 0 ? "万元" : "亿元" }

    private static var rules: [String] {
        (0..<self.wholes).flatMap { whole in
            let parts = self.parts(of: whole).map { "report.a\($0)" }
            return [
                "report.a\(whole) == sum(\(parts.joined(separator: ", ")))",
                "\(parts[0]) <= report.a\(whole)",
                "report.s\(whole) ~= share(\(parts[0]), report.a\(whole))",
                "\(parts[1]) >= last(\(parts[1]))",
            ]
        } + (0..<self.growths).map { "report.g\($0) ~= growth(report.a\($0))" }
            + (0..<self.plans).map { "report.c\($0) ~= completion(report.a\($0))" }
    }
}
