import BundledScheme
import Foundation
import ReportModel
import ReportScheme
import ServerSummary
import Testing

/// What the mechanisms of the reporting scheme promise, where no other suite shows it.
@Suite("Mechanisms of the bundled scheme")
struct MechanismTests {
    private static let read = Result { try Scheme.parse(BundledScheme.source) }

    private static func value(_ text: String, _ address: String) throws -> String {
        let scheme = try Self.read.get()
        return try scheme.value(text, for: try scheme.cell(CellAddress(address)).item).description
    }

    /// The bundled scheme with one more file.
    private static func scheme(with name: String, _ text: String) throws -> Scheme {
        try Scheme.parse(SchemeSource(BundledScheme.source.files + [.init(name: name, text: text)]))
    }

    private static func row(_ totals: Totals, _ unit: String, _ item: String) throws -> Totals.Row {
        try #require(totals.rows.first { $0.unit.code.description == unit && $0.item.code.description == item })
    }

    @Test("M01: 焦作 has nine zones, two of its own and seven of its counties")
    func hierarchy() throws {
        let scheme = try Self.read.get()
        let zones = scheme.unitAndBelow(try #require(UnitCode("410800"))).filter { $0.level == .zone }
        #expect(zones.count == 9)
        #expect(zones.count { $0.code.description.hasPrefix("410800-") } == 2)
        #expect(scheme.root.code.description == "410000")
    }

    @Test("M02: a zone's record has a state for each period, and a level that there is")
    func record() throws {
        for (unit, period, level) in [
            ("410728-01", "2023", "市级"), ("410728-01", "2024", "省级"), ("410423-01", "2023", "专业园区"),
            ("410423-01", "2024", "省级"),
        ] {
            #expect(try Self.value(level, "\(unit)/zone_record/\(period)/level") == level)
        }
        let refused = try #require(throws: SchemeRefusal.self) {
            _ = try Self.value("国家级", "410728-01/zone_record/2024/level")
        }
        #expect(refused.explanation.chinese.contains("国家级"))
    }

    @Test("M03: operating and main-business revenue are two items until somebody says otherwise")
    func names() throws {
        let scheme = try Self.read.get()
        func item(_ name: String) throws -> String {
            try scheme.cell(unit: "410728-01", form: "output", period: "2024", item: name).item.code.description
        }
        #expect(try item("营业收入") == "operating_revenue")
        #expect(try item("主营业务收入") == "revenue")
    }

    @Test(
        "M08: the half-year report of 长垣 has its parts",
        arguments: [
            ("410728", "investment_promotion", "foreign_funds"), ("410728-01", "infrastructure", "roads"),
            ("410728-01", "projects_summary", "major_investment"), ("410728", "narrative", "problems"),
            ("410728", "narrative", "next_plan"), ("410728", "narrative", "basic_situation"),
        ]
    )
    func template(unit: String, form: String, item: String) throws {
        let scheme = try Self.read.get()
        let cell = try scheme.cell(unit: unit, form: form, period: "2024-H1", item: item)
        #expect(cell.item.isReported(in: try #require(Period("2024-H1"))))
    }

    @Test(
        "M09: adding up cumulative figures and stocks of two periods is a mistake of the scheme",
        arguments: [
            ("last(investment.total) + investment.total == 21.7亿元", "investment.total"),
            ("sum(land.built_up_area, last(land.built_up_area)) == 4平方公里", "land.built_up_area"),
        ]
    )
    func addedPeriods(rule: String, item: String) throws {
        let text = """
            checks:
              - {check: OWN-1, name: 甲, name_en: a, level: error, rule: "\(rule)"}
            """
        let error = try #require(throws: SchemeMistakes.self) { _ = try Self.scheme(with: "checks_own.yaml", text) }
        let reasons = error.mistakes.map { "\($0.reason)" }
        #expect(reasons.count == 1 && reasons[0].contains("addsPeriods(\"\(item)\")"), "\(reasons)")
    }

    @Test("M09: the year's built-up area is that of its end, not the sum of its quarters")
    func stock() throws {
        let scheme = try Self.read.get()
        let zone = "410423-01/land/"
        let cells = [
            "\(zone)2023/built_up_area = 3.2", "\(zone)2024-Q1/built_up_area = 3.4",
            "\(zone)2024-Q2/built_up_area = 3.6", "\(zone)2024-Q3/built_up_area = 3.7",
            "\(zone)2024-Q4/built_up_area = 4.0", "\(zone)2024/built_up_area_increase = 0.8",
            "\(zone)2024/built_up_area = 4.0",
        ]
        let year = try DerivedTotalsTests.totals(scheme, "land", "2024", cells)
        #expect(try Self.row(year, "410423-01", "built_up_area_reckoned").derived?.description == "4.0")
        for unit in ["410423-01", "410423", "410000"] {
            #expect(try Self.row(year, unit, "built_up_area").sum?.description == "4")
        }
        let withoutYear = try DerivedTotalsTests.totals(scheme, "land", "2024", Array(cells.dropLast()))
        #expect(try Self.row(withoutYear, "410423", "built_up_area").sum == nil)
        #expect(try Self.row(withoutYear, "410423", "built_up_area_reckoned").derived?.description == "4.0")
    }

    @Test("M13: 21.0 % are done in the table of actuals, and 51.3 % in the column of what is expected")
    func expected() throws {
        let first = try TotalsTests.row("investment", "2024-Q1", "410423", "total_completion")
        #expect(first.derived?.description == "21.0")
        let half = try TotalsTests.row("investment", "2024-H1", "410423", "total_expected_completion")
        #expect(half.derived?.description == "51.3")
        // What is expected is no actual: the half-year has none yet.
        let actual = try TotalsTests.row("investment", "2024-H1", "410423", "total")
        #expect(actual.sum == nil && actual.completion == nil && actual.share == nil)
    }

    private static let bases = """
        form: own_bases
        name: 几个基期
        name_en: Several bases
        items:
          - {item: on_last_year, name: 比上年, name_en: On last year, unit: "%", formula: growth(output.revenue), periods: [half, year]}
          - {item: on_2010, name: 比2010年, name_en: On 2010, unit: "%", formula: "growth(output.revenue, in_year(2010, output.revenue))", periods: [half, year]}
          - {item: on_last, name: 比上期, name_en: On the last period, unit: "%", formula: "growth(output.revenue, last(output.revenue))", periods: [half]}
          - {item: rate_change, name: 利税率变动, name_en: Change of the rate, unit: 百分点, formula: "points(share(output.profit_tax, output.revenue), year_before(share(output.profit_tax, output.revenue)))", periods: [half, year]}
        """
    private static let growing = [
        "410728-01/output/2010/revenue = 40", "410728-01/output/2023/revenue = 200",
        "410728-01/output/2024/revenue = 210", "410728-02/output/2010/revenue = 10",
        "410728-02/output/2023/revenue = 50", "410728-02/output/2024/revenue = 30",
        "410728-01/output/2023/profit_tax = 30", "410728-01/output/2024/profit_tax = 21",
        "410728-02/output/2024-Q1/revenue = 12", "410728-02/output/2024-H1/revenue = 15",
    ]

    @Test(
        "M14: growth has the base that it names, and a fall has a minus",
        arguments: [
            ("410728-01", "2024", "on_last_year", "5.0"), ("410728-02", "2024", "on_last_year", "-40.0"),
            ("410728", "2024", "on_last_year", "-4.0"), ("410728-01", "2024", "on_2010", "425.0"),
            ("410728-02", "2024", "on_2010", "200.0"), ("410728", "2024", "on_2010", "380.0"),
            ("410728-01", "2023", "on_2010", "400.0"), ("410728-02", "2024-H1", "on_last", "25.0"),
            // 10 % after 15 %, in points; the second zone gives no profit and tax, so the county has no rate.
            ("410728-01", "2024", "rate_change", "-5.0"), ("410728", "2024", "rate_change", "—"),
            ("410728-02", "2024", "rate_change", "—"), ("410728-01", "2023", "on_last_year", "—"),
        ]
    )
    func bases(unit: String, period: String, item: String, printed: String) throws {
        let scheme = try Self.scheme(with: "own_bases.yaml", Self.bases)
        let totals = try DerivedTotalsTests.totals(scheme, "own_bases", period, Self.growing)
        #expect(try Self.row(totals, unit, item).derived?.description ?? "—" == printed)
    }

    @Test("M14: a rate of growth is not given in percentage points, nor a change of a share in %")
    func measures() throws {
        for (old, new) in [
            ("unit: \"%\", formula: growth(output.revenue)", "unit: 百分点, formula: growth(output.revenue)"),
            ("unit: 百分点", "unit: \"%\""),
        ] {
            let text = Self.bases.replacing(old, with: new)
            let error = try #require(throws: SchemeMistakes.self) { _ = try Self.scheme(with: "own_bases.yaml", text) }
            let reasons = error.mistakes.map { "\($0.reason)" }
            #expect(reasons.count == 1 && reasons[0].contains("classesDiffer"), "\(reasons)")
        }
    }

    @Test("M18: a blank, a zero, 不适用 and ×× are four states")
    func states() throws {
        let address = "410728-01-03/enterprises/2024/new_enterprises"
        let states = try ["", "0", "不适用", "××"].map { text in
            let scheme = try Self.read.get()
            return try scheme.value(text, for: try scheme.cell(CellAddress(address)).item)
        }
        #expect(states == [.missing, .number(Quantity(ExactDecimal(0))), .notApplicable, .withheld])
    }

    @Test(
        "M20: figures of two zones in other units of measure add up exactly",
        arguments: [
            ("infrastructure", "2024-Q1", "investment", "9000万元", "0.3", "1.2"),
            ("infrastructure", "2024-H1", "investment", "1.5亿元", "12000万元", "2.7"),
            ("infrastructure", "2024-Q1", "roads", "7500米", "0.5km", "8"),
            ("infrastructure", "2024-H1", "standard_factory", "20000平方米", "3", "5"),
            ("land", "2023", "planned_area", "450亩", "120公顷", "1.5"),
            ("land", "2024", "planned_area", "600亩", "2.1", "2.5"),
        ]
    )
    func conversion(form: String, period: String, item: String, first: String, second: String, sum: String) throws {
        let totals = try DerivedTotalsTests.totals(
            try Self.read.get(),
            form,
            period,
            ["410423-01/\(form)/\(period)/\(item) = \(first)", "410928-01/\(form)/\(period)/\(item) = \(second)"]
        )
        #expect(try Self.row(totals, "410000", item).sum?.description == sum)
    }

    @Test(
        "M20: what is of another class, or has no decimal, is refused",
        arguments: [
            ("11公里", "410728-01/infrastructure/2024/standard_factory", "other_unit_of_measure"),
            ("5.8万平方米", "410728-01/infrastructure/2024/roads", "other_unit_of_measure"),
            ("897万美元", "410728-01/infrastructure/2024/investment", "other_unit_of_measure"),
            ("100亩", "410728-01/land/2024/planned_area", "inexact_conversion"),
        ]
    )
    func refusedMeasure(text: String, address: String, code: String) throws {
        let error = try #require(throws: SchemeRefusal.self) { _ = try Self.value(text, address) }
        #expect(error.code == code)
    }

    @Test("M55: 30.4 of 66.2 are 45.9 %, not the mean of 50.9 and 34.2; projects of county and zones stay apart")
    func aggregation() throws {
        func completion(_ unit: String) throws -> String? {
            try TotalsTests.row("projects_summary", "2024-H1", unit, "industrial_investment").completion?.description
        }
        #expect(try completion("410728-01") == "50.9" && completion("410728-02") == "34.2")
        #expect(try completion("410728") == "45.9")
        let plans = try TotalsTests.row("projects_summary", "2024", "410728", "industrial_projects_plan")
        #expect(plans.sum?.description == "68" && plans.own == nil)
        // Printed under the plans for the second half-year.
        let own = try TotalsTests.row("projects_summary", "2024-H2", "410728", "county_projects_plan")
        #expect(own.own?.description == "336" && own.sum?.description == "336" && own.expected == 1)
        let sums = try TotalsTests.totals("projects_summary", "2024-H2").rows.compactMap(\.sum?.description)
        #expect(!sums.contains("404"))
    }

    @Test("M58: the milestones of five years are in five different years, and the tax is 6.0 % of output in each")
    func milestones() throws {
        let scheme = try Self.read.get()
        let file = try ImportFile.parse(try BundledSchemeTests.example("lushi.csv"), scheme: scheme)
        #expect(file.refused.isEmpty)
        func values(_ item: String) -> [String] {
            file.accepted.filter { $0.address.form == "milestones" && $0.address.item.description == item }
                .sorted { $0.address.period.description < $1.address.period.description }
                .map { "\($0.address.period) \($0.value)" }
        }
        #expect(values("projects").map { $0.filter(\.isNumber) } == ["201110", "201220", "201330", "201440"])
        #expect(values("tax") == ["2011 0.9000", "2012 1.8", "2013 3", "2014 4.8", "2015 6"])
        for year in 2011...2015 {
            let totals = try Totals.compute(
                scheme: scheme,
                form: try #require(scheme.form("milestones")),
                period: try #require(Period("\(year)")),
                today: RuleScheme.today
            ) { form, period in
                file.accepted.filter { $0.address.form == form && $0.address.period == period }
                    .map { ReportedCell(unit: $0.address.unit, item: $0.address.item, value: $0.value) }
            }
            #expect(try Self.row(totals, "411224-01", "tax_rate").derived?.description == "6.0", "\(year)")
        }
    }

    // MARK: - The page about the scheme

    private static let page = Result {
        try String(
            contentsOf: BundledSchemeTests.repository.appending(path: "Protocol/Schemes/henan-zones/README.md"),
            encoding: .utf8
        )
        .split(separator: "\n").map(String.init)
    }

    /// The cells of the page's table rows that begin with this.
    private static func rows(_ beginning: String) throws -> [[String]] {
        try Self.page.get().filter { $0.hasPrefix("| " + beginning) }.map { line in
            line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    @Test("The page about the scheme counts its forms, items and checks as they are")
    func counts() throws {
        let scheme = try Self.read.get()
        let rows = try Self.rows("`")
        for form in scheme.forms {
            let derived = form.items.count { $0.formula != nil }
            let row = rows.first { $0[0] == "`\(form.code)`" }
            #expect(row?[1...2] == ["\(form.items.count - derived)", "\(derived)"], "\(form.code)")
        }
        for file in BundledScheme.source.files where file.name.hasPrefix("checks_") {
            let count = file.text.split(separator: "\n").count { $0.hasPrefix("  - check: ") }
            let row = rows.first { "\($0[0].trimmingCharacters(in: ["`"])).yaml" == file.name }
            #expect(row?[1] == "\(count)", "\(file.name)")
        }
    }

    @Test("The page about the scheme lists sixty mechanisms, and names only tests that there are")
    func shownBy() throws {
        let rows = try Self.rows("M")
        #expect(rows.map(\.[0]) == (1...60).map { "M\($0 < 10 ? "0" : "")\($0)" })
        let tests = BundledSchemeTests.repository.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        let texts = try (files?.allObjects ?? []).compactMap { $0 as? URL }
            .filter { ["swift", "txt"].contains($0.pathExtension) }
            .map { try String(contentsOf: $0, encoding: .utf8) }
        #expect(texts.count > 100)
        for row in rows {
            let names = row[3].matches(of: /"(?<title>[^"]+)"|`(?<function>[^`]+)`/).map(\.output)
            for name in names {
                let sought = name.title.map { "\($0)" } ?? "func \(name.function ?? "")("
                #expect(texts.contains { $0.contains(sought) }, "\(row[0]): \(sought)")
            }
        }
    }
}
