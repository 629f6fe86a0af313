import BundledScheme
import Foundation
import ReportModel
import ReportScheme
import ServerSummary
import Testing

/// Ratios, growth and shares of totals, with figures worked out by hand: 长垣 (410728) has two zones, 鲁山 (410423) one.
@Suite("Ratios, growth and shares of totals")
struct DerivedTotalsTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let page: String
        /// Lines `cell = value`.
        let cells: [String]
        /// `UNIT ITEM MEMBER` of rows; `—` for what is not there.
        let figures: [String: String]

        /// - Parameter page: `FORM PERIOD`, or `FORM PERIOD UNIT` for a page that begins at a unit.
        init(_ name: String, _ page: String, _ cells: [String], _ figures: [String: String]) {
            (self.testDescription, self.page, self.cells, self.figures) = (name, page, cells, figures)
        }

        func totals() throws -> Totals {
            let words = self.page.split(separator: " ").map(String.init)
            return try DerivedTotalsTests.totals(
                try DerivedTotalsTests.scheme.get(),
                words[0],
                words[1],
                under: words.count == 3 ? words[2] : nil,
                self.cells
            )
        }
    }

    /// The totals of a form and period, when these lines `cell = value` are reported.
    static func totals(
        _ scheme: Scheme,
        _ form: String,
        _ period: String,
        under: String? = nil,
        _ lines: [String]
    ) throws -> Totals {
        var cells: [CellAddress: CellValue] = [:]
        for line in lines {
            let parts = line.components(separatedBy: " = ")
            let cell = try scheme.cell(CellAddress(parts[0]))
            cells[cell.address] = try scheme.value(parts[1], for: cell.item)
        }
        return try Totals.compute(
            scheme: scheme,
            form: try #require(scheme.form(named: form)),
            period: try #require(Period(period)),
            under: under.flatMap { UnitCode($0) },
            today: RuleScheme.today
        ) { form, period in
            cells.filter { $0.key.form == form && $0.key.period == period }
                .map { ReportedCell(unit: $0.key.unit, item: $0.key.item, value: $0.value) }
        }
    }

    /// Read once: it takes longer than any case.
    private static let scheme = Result { try Scheme.parse(BundledScheme.source) }

    private static let done = [
        "410728-01/investment/2024-H1/total = 6.3", "410728-02/investment/2024-H1/total = 5.7",
        "410423-01/investment/2024-H1/total = 8",
    ]
    private static let planned = [
        "410728-01/investment/2024/total_plan = 30", "410728-02/investment/2024/total_plan = 10",
        "410423-01/investment/2024/total_plan = 60",
    ]
    private static let before = [
        "410728-01/investment/2023-H1/total = 5", "410728-02/investment/2023-H1/total = 9.5",
        "410423-01/investment/2023-H1/total = 4",
    ]
    private static let rates = [
        "410728-01/output/2024/revenue = 100", "410728-01/output/2024/profit_tax = 10",
        "410728-02/output/2024/revenue = 50", "410728-02/output/2024/profit_tax = 8",
    ]
    private static let city = [
        "410821-01/investment/2024/fixed_asset = 30", "410822-01/investment/2024/fixed_asset = 20",
        "410800/growth/2024/city_fixed_asset = 200",
    ]

    static let cases: [Case] = [
        Case(
            "completion is sum over sum at every level",
            "investment 2024-H1",
            Self.done + Self.planned,
            [
                "410728-01 total completion": "21.0", "410728-02 total completion": "57.0",
                // 12 of 40, not the mean of 21.0 and 57.0; 20 of 100 above.
                "410728 total sum": "12", "410728 total plan": "40", "410728 total completion": "30.0",
                "410728 total_completion derived": "30.0", "410728-02 total_completion derived": "57.0",
                "410423 total_completion derived": "13.3", "410000 total_completion derived": "20.0",
                "410728 total_completion sum": "—", "410000 total_completion share": "—",
            ]
        ),
        Case(
            "what is left, and how far behind time, come from the sums too",
            "investment 2024-H1",
            Self.done + Self.planned,
            [
                "410728 total_remainder derived": "28.0", "410000 total_remainder derived": "80.0",
                // Half of the year has passed: 20 of 40 should be done.
                "410728 total_ahead derived": "-8.0", "410728 total_pace derived": "-20.0",
                "410000 total_ahead derived": "-30.0", "410000 total_pace derived": "-30.0",
                "410728-02 total_pace derived": "7.0",
            ]
        ),
        Case(
            "where one zone lacks its plan there is no completion above it",
            "investment 2024-H1",
            Self.done + [Self.planned[0], Self.planned[2]],
            [
                "410728-01 total_completion derived": "21.0", "410728-02 total_completion derived": "—",
                "410728 total_completion derived": "—", "410000 total_completion derived": "—",
                "410728 total completion": "—", "410000 total completion": "—", "410728 total sum": "12",
                "410423 total_completion derived": "13.3", "410728 total_remainder derived": "—",
                "410728 total_pace derived": "—",
            ]
        ),
        Case(
            "a plan of a zone that has not reported yet does no harm",
            "investment 2024-H1",
            [Self.done[0]] + Self.planned,
            [
                // 6.3 of 40.
                "410728 total_completion derived": "15.8", "410728 total completion": "15.8",
                "410728 total_remainder derived": "33.7", "410728 total missing": "1",
                "410728-02 total_completion derived": "—", "410423 total_completion derived": "—",
            ]
        ),
        Case(
            "without any plan there is no completion, and what was done still stands",
            "investment 2024-H1",
            Self.done,
            [
                "410728 total completion": "—", "410728 total_completion derived": "—", "410728 total plan": "—",
                "410728 total sum": "12", "410000 total sum": "20",
            ]
        ),
        Case(
            "a share is sum over sum",
            "output 2024",
            Self.rates,
            [
                // 18 of 150, not the mean of 10.0 and 16.0.
                "410728-01 profit_tax_share_of_revenue derived": "10.0",
                "410728-02 profit_tax_share_of_revenue derived": "16.0",
                "410728 profit_tax_share_of_revenue derived": "12.0",
                "410000 profit_tax_share_of_revenue derived": "12.0",
            ]
        ),
        Case(
            "a zone without the denominator makes the sums those of different units",
            "output 2024",
            Self.rates.filter { $0 != "410728-02/output/2024/revenue = 50" },
            [
                "410728 revenue sum": "100", "410728 profit_tax sum": "18",
                "410728 profit_tax_share_of_revenue derived": "—", "410000 profit_tax_share_of_revenue derived": "—",
                "410728-01 profit_tax_share_of_revenue derived": "10.0",
            ]
        ),
        Case(
            "so does a zone without the numerator",
            "output 2024",
            Self.rates.filter { !$0.hasPrefix("410728-02/output/2024/profit_tax") },
            ["410728 profit_tax_share_of_revenue derived": "—", "410728 revenue sum": "150"]
        ),
        Case(
            "a zone that lacks both does not",
            "output 2024",
            Array(Self.rates.prefix(2)),
            ["410728 profit_tax_share_of_revenue derived": "10.0", "410728 profit_tax reported": "1"]
        ),
        Case(
            "growth is that of the sums",
            "investment 2024-H1",
            Self.done + Self.before,
            [
                "410728-01 total growth": "26.0", "410728-02 total growth": "-40.0", "410423 total growth": "100.0",
                // 12 against 14.5: a fall of 2.5. 20 against 18.5 in the province.
                "410728 total year_before": "14.5", "410728 total growth": "-17.2",
                "410728 total_growth derived": "-17.2", "410000 total growth": "8.1",
                "410000 total_growth derived": "8.1",
            ]
        ),
        Case(
            "there is no growth where a zone reported in one of the years alone",
            "investment 2024-H1",
            Self.done + [Self.before[0], Self.before[2]],
            [
                "410728 total year_before": "—", "410728 total growth": "—", "410728 total_growth derived": "—",
                "410000 total growth": "—", "410000 total_growth derived": "—", "410728-01 total growth": "26.0",
                "410423 total growth": "100.0", "410423 total_growth derived": "100.0",
            ]
        ),
        Case(
            "nor where it reported in the year before alone",
            "investment 2024-H1",
            [Self.done[0]] + Self.before,
            [
                "410728 total growth": "—", "410728 total_growth derived": "—", "410728-01 total growth": "26.0",
                "410728-02 total sum": "—", "410728-02 total growth": "—",
            ]
        ),
        Case(
            "nor on a year before of 0",
            "investment 2024-H1",
            ["410423-01/investment/2024-H1/total = 8", "410423-01/investment/2023-H1/total = 0"],
            [
                "410423 total year_before": "0", "410423 total growth": "—", "410423 total_growth derived": "—",
                "410423-01 total growth": "—",
            ]
        ),
        Case(
            "shares are of the sum at the top of the page",
            "investment 2024-H1",
            Self.done,
            [
                "410000 total share": "100.0", "410728 total share": "60.0", "410423 total share": "40.0",
                "410728-01 total share": "31.5", "410728-02 total share": "28.5",
            ]
        ),
        Case(
            "from a county downwards they are of the county's, and completion and growth are the same",
            "investment 2024-H1 410728",
            Self.done + Self.planned + Self.before,
            [
                "410728 total share": "100.0", "410728-01 total share": "52.5", "410728-02 total share": "47.5",
                "410728 total_completion derived": "30.0", "410728 total growth": "-17.2",
                "410728 total_growth derived": "-17.2", "410000 total sum": "no row", "410423 total sum": "no row",
            ]
        ),
        Case(
            "what is not added up has neither sum nor share",
            "investment_promotion 2024-H1",
            ["410728/investment_promotion/2024-H1/outside_funds = 15.5"],
            [
                "410728 outside_funds own": "15.5", "410728 outside_funds share": "—", "410000 outside_funds sum": "—",
                "410000 outside_funds share": "—", "410000 outside_funds growth": "—",
            ]
        ),
        Case(
            "a share of the whole city stands at the city and at each zone",
            "investment 2024",
            Self.city,
            [
                "410800 fixed_asset sum": "50", "410800 fixed_asset_share derived": "25.0",
                "410821-01 fixed_asset_share derived": "15.0", "410822 fixed_asset_share derived": "10.0",
                "410000 fixed_asset_share derived": "—",
            ]
        ),
        Case(
            "and on a page that begins below the city",
            "investment 2024 410821",
            Self.city,
            ["410821-01 fixed_asset_share derived": "15.0", "410800 fixed_asset sum": "no row"]
        ),
        Case(
            "the second quarter of two zones is 18.4 less 7.3",
            "investment 2024-Q2",
            [
                "410728-01/investment/2024-Q1/total = 6.3", "410728-02/investment/2024-Q1/total = 1",
                "410728-01/investment/2024-Q2/total = 15.4", "410728-02/investment/2024-Q2/total = 3",
            ],
            [
                "410728-01 total_current derived": "9.1", "410728-02 total_current derived": "2.0",
                "410728 total_current derived": "11.1", "410728 total sum": "18.4",
            ]
        ),
        Case(
            "a zone that gave the first quarter alone would make the county's second one too small",
            "investment 2024-Q2",
            [
                "410728-01/investment/2024-Q1/total = 6.3", "410728-02/investment/2024-Q1/total = 1",
                "410728-01/investment/2024-H1/total = 15.4",
            ],
            ["410728-01 total_current derived": "9.1", "410728 total_current derived": "—"]
        ),
        Case(
            "what is expected has a column of its own",
            "investment 2024-H1",
            Self.planned + [
                "410728-01/investment/2024-H1/total = 6.3", "410728-01/investment/2024-H1/total_expected = 15.4",
            ],
            [
                "410728-01 total completion": "21.0", "410728-01 total_completion derived": "21.0",
                "410728-01 total_expected_completion derived": "51.3", "410728-01 total_expected completion": "—",
                "410728 total sum": "6.3", "410728 total_expected sum": "15.4",
            ]
        ),
        Case(
            "a figure that is approximate makes its ratio so",
            "investment 2024-H1",
            ["410728-01/investment/2024-H1/total = 近6.3", Self.done[1]] + Self.planned,
            [
                "410728 total_completion derived": "30.0", "410728 total_completion approximate": "true",
                "410728-02 total_completion approximate": "false",
            ]
        ),
        Case(
            "a city's own revenue is not set against the area of a few of its zones",
            "land 2024-H1",
            [
                "410800/output/2024-H1/above_scale_revenue = 1980.6", "410825-01/land/2024-H1/built_up_area = 5",
            ],
            ["410800 output_per_area derived": "—"]
        ),
        Case(
            "a loss that is halved is no growth in percent, and a plan that is approximate makes its completion so",
            "output 2024",
            [
                "410423-01/output/2023/profit = -30", "410423-01/output/2024/profit = -15",
                "410728-01/output/2024/profit_tax = 20", "410728-01/output/2024/profit_tax_target = 50以上",
            ],
            [
                "410423-01 profit growth": "—", "410423-01 profit year_before": "-30",
                "410728-01 profit_tax completion": "40.0", "410728-01 profit_tax completion_approximate": "true",
            ]
        ),
        Case(
            "a completion tells which version of the signed targets it is of",
            "output 2024-H1",
            [
                "410728-01/output/2024/profit_tax_target = 50", "410728-02/output/2024/profit_tax_target = 30",
                "410423-01/output/2024/profit_tax_target = 2", "410728-01/output/2024-H1/profit_tax = 20",
                "410728-02/output/2024-H1/profit_tax = 12", "410423-01/output/2024-H1/profit_tax = 1",
                "410728-01/target_letter/2024/signed_on = 2024-02-01",
                "410728-02/target_letter/2024/signed_on = 2024-02-01",
                "410728-01/target_letter/2024/amendments = 第2次变更：利税目标（output/2024/profit_tax_target） 45 → 50；理由：扩区；批准人：李四",
            ],
            [
                "410728-01 profit_tax target_version": "2", "410728-02 profit_tax target_version": "0",
                "410728 profit_tax target_version": "2", "410728 profit_tax completion": "40.0",
                "410423-01 profit_tax target_version": "—", "410423-01 profit_tax completion": "50.0",
            ]
        ),
    ]

    private static func member(_ name: String, of row: Totals.Row) -> String? {
        switch name {
        case "sum": row.sum?.description
        case "own": row.own?.description
        case "plan": row.plan?.description
        case "target_version": row.targetVersion?.description
        case "completion_approximate": row.isCompletionApproximate.description
        case "completion": row.completion?.description
        case "year_before": row.yearBefore?.description
        case "growth": row.growth?.description
        case "share": row.share?.description
        case "derived": row.derived?.description
        case "reported": row.reported.description
        case "missing": row.missing.count.description
        case "approximate": row.isApproximate.description
        default: "no such member"
        }
    }

    @Test("are these", arguments: cases)
    func figures(_ test: Case) throws {
        let totals = try test.totals()
        for (place, expected) in test.figures {
            let words = place.split(separator: " ").map(String.init)
            let row = totals.rows.first { $0.unit.code.description == words[0] && $0.item.code.description == words[1] }
            let found = row.map { Self.member(words[2], of: $0) ?? "—" } ?? "no row"
            #expect(found == expected, "\(place)")
        }
    }

    /// The figures of the real reports.
    @Test(
        "of the half-year report of 长垣 are those that it was printed with",
        arguments: [
            ("infrastructure", "roads_completion", "44.1"), ("infrastructure", "standard_factory_completion", "23.3"),
            ("infrastructure", "investment_completion", "49.3"), ("infrastructure", "investment_remainder", "7.6"),
            ("infrastructure", "roads_remainder", "26.6"), ("infrastructure", "worker_housing_completion", "55.6"),
            ("projects_summary", "industrial_investment_completion", "45.9"),
        ]
    )
    func halfYear(form: String, item: String, derived: String) throws {
        #expect(try TotalsTests.row(form, "2024-H1", "410728", item).derived?.description == derived)
    }
}
