import BundledScheme
import ReportModel
import ReportPages
import ReportScheme
import ServerSummary
import Testing

/// What blanks, qualifiers and ranges of the parts make of their sum.
@Suite struct ApproximateTotalsTests {
    static let scheme = try! Scheme.parse(BundledScheme.source)

    /// The row of 产业集聚区 for the firms that newly came, when its four parts report these texts.
    static func row(_ texts: [String]) throws -> Totals.Row {
        let form = try #require(Self.scheme.form("enterprises"))
        let item = try #require(form.item("new_enterprises"))
        let zone = UnitCode("410728-01")!
        let parts = Self.scheme.unitAndBelow(zone).filter { $0.code != zone && item.reporters.contains($0.code) }
        #expect(parts.count == texts.count)
        let cells = try zip(parts, texts).map { part, text in
            ReportedCell(unit: part.code, item: item.code, value: try Self.scheme.value(text, for: item))
        }
        let totals = try Totals.compute(
            scheme: Self.scheme,
            form: form,
            period: Period("2024")!,
            today: RuleScheme.today
        ) { _, _ in cells }
        return try #require(totals.rows.first { $0.unit.code == zone && $0.item.code == item.code })
    }

    @Test(arguments: [
        (["8", "3", "4", ""], "15", 3, 1), (["8", "3", "4", "0"], "15", 4, 0), (["8", "3", "4", "不适用"], "15", 4, 0),
        (["8", "3", "4", "××"], "15", 3, 0), (["", "", "", ""], nil, 0, 4), (["0", "0", "0", "0"], "0", 4, 0),
    ])
    func aBlankIsMissingAndAZeroIsNot(texts: [String], sum: String?, reported: Int, missing: Int) throws {
        let row = try Self.row(texts)
        #expect(row.sum?.description == sum)
        #expect(row.reported == reported && row.missing.count == missing && row.expected == 4)
        #expect(row.approximation == .exact && row.approximation.sign.isEmpty)
    }

    struct Sum: Sendable {
        let texts: [String]
        let sum: String
        let upper: String?
        let direction: String?
        let sign: String

        init(_ texts: [String], _ sum: String, upper: String? = nil, _ direction: String?, _ sign: String) {
            (self.texts, self.sum, self.upper, self.direction, self.sign) = (texts, sum, upper, direction, sign)
        }
    }

    static let sums: [Sum] = [
        Sum(["近200", "40", "1", "2"], "243", "below", "<"),
        Sum(["近200", "不足40", "1", "2"], "243", "below", "<"),
        Sum(["超40", "1000多", "1", ""], "1041", "above", ">"),
        Sum(["4000以上", "不少于5", "至少1", "1"], "4007", "at_least", "≥"),
        Sum(["约9", "5左右", "1", "1"], "16", "around", "≈"),
        Sum(["近200", "超40", "1", "1"], "242", nil, "≈"),
        Sum(["超40", "4000以上", "1", "1"], "4042", nil, "≈"),
        Sum(["2-3", "8", "1", "1"], "12", upper: "13", nil, "≈"),
        Sum(["2-3", "5至7", "1", "1"], "9", upper: "12", nil, "≈"),
        Sum(["2-3", "约8", "1", "1"], "12", upper: "13", nil, "≈"),
    ]

    @Test(arguments: sums)
    func qualifiersAndRangesAreCarriedThrough(_ example: Sum) throws {
        let row = try Self.row(example.texts)
        #expect(row.sum?.description == example.sum && row.upper?.description == example.upper)
        #expect(row.isApproximate && row.approximation.direction?.rawValue == example.direction)
        #expect(row.approximation.sign == example.sign)
    }

    @Test(arguments: [
        ("近200", "近200亿元"), ("超40", "超40亿元"), ("1000多", "1000多亿元"), ("4000以上", "4000亿元以上"),
        ("不少于5", "不少于5亿元"), ("2-3", "2-3亿元"),
    ])
    func theWordsAreKept(text: String, shown: String) throws {
        let item = try #require(Self.scheme.form("infrastructure")?.item("investment"))
        let value = try Self.scheme.value(text, for: item)
        #expect(value.description == text && value.shown(measure: "亿元", in: .chinese) == shown)
    }
}
