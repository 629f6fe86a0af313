import BundledScheme
import ReportModel
import ReportScheme
import Testing

/// Figures that are worked out and never stored: completion, remainder, pace, growth, shares, contributions.
@Suite("Derived figures of the bundled scheme")
struct DerivedFigureTests {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        /// Lines `cell = value`.
        let cells: [String]
        /// The derived figure, as a cell would be addressed.
        let derived: String
        /// As it is printed; `nil` = nothing is.
        let printed: String?

        init(_ name: String, _ cells: [String], _ derived: String, prints printed: String?) {
            (self.testDescription, self.cells, self.derived, self.printed) = (name, cells, derived, printed)
        }
    }

    private static let zone = "410728-01/infrastructure"
    private static let county = "410728/infrastructure"
    private static let funds = "410728/investment_promotion"
    private static let lushan = "410423-01/investment"
    private static let foreignFunds = [
        "\(Self.funds)/2024-H1/foreign_funds = 897", "\(Self.funds)/2024/foreign_funds_target = 2900",
    ]
    private static let lushanYear = [
        "\(Self.lushan)/2024/total_plan = 30", "\(Self.lushan)/2024-Q1/total = 6.3",
        "\(Self.lushan)/2024-H1/total_expected = 15.4",
    ]
    private static let contribution = [
        "410800/output/2024/above_scale_revenue = 1980.6", "410800/output/2023/above_scale_revenue = 721.0",
        "410800/growth/2024/city_above_scale_revenue = 3627.5", "410800/growth/2023/city_above_scale_revenue = 2048.3",
    ]
    private static let milestones = [
        "411224-01/milestones/2011/industrial_output = 15", "411224-01/milestones/2011/tax = 9000万元",
        "411224-01/milestones/2012/operating_revenue = 30", "411224-01/milestones/2012/tax = 1.8",
        "411224-01/milestones/2013/operating_revenue = 50", "411224-01/milestones/2013/tax = 3",
        "411224-01/milestones/2014/operating_revenue = 80", "411224-01/milestones/2014/tax = 4.8",
        "411224-01/milestones/2015/revenue = 100", "411224-01/milestones/2015/tax = 6",
    ]
    private static let plan = "410000/provincial_plan/2014"

    static let cases: [Case] =
        [
            // Completion
            Case(
                "897 of 2900 are 30.9 %",
                Self.foreignFunds,
                "\(Self.funds)/2024-H1/foreign_funds_completion",
                prints: "30.9"
            ),
            Case(
                "391 of 1000 are 39.1 %",
                ["\(Self.funds)/2024-05/exports = 391", "\(Self.funds)/2024/exports_target = 1000"],
                "\(Self.funds)/2024-05/exports_completion",
                prints: "39.1"
            ),
            Case(
                "without a target there is no completion, not 0 %",
                ["\(Self.funds)/2024-05/exports = 391"],
                "\(Self.funds)/2024-05/exports_completion",
                prints: nil
            ),
            Case(
                "of a target of 0 there is no completion",
                ["\(Self.funds)/2024-05/exports = 391", "\(Self.funds)/2024/exports_target = 0"],
                "\(Self.funds)/2024-05/exports_completion",
                prints: nil
            ),
            Case(
                "without an actual there is no completion, not 0 %",
                ["\(Self.funds)/2024/exports_target = 1000"],
                "\(Self.funds)/2024-05/exports_completion",
                prints: nil
            ),
            Case(
                "a zone's roads",
                ["\(Self.zone)/2024-H1/roads = 13", "\(Self.zone)/2024/roads_plan = 28.6"],
                "\(Self.zone)/2024-H1/roads_completion",
                prints: "45.5"
            ),
            Case(
                "a county's roads, from the sums",
                ["\(Self.county)/2024-H1/roads = 21", "\(Self.county)/2024/roads_plan = 47.6"],
                "\(Self.county)/2024-H1/roads_completion",
                prints: "44.1"
            ),
            Case(
                "a county's infrastructure, from the sums",
                ["\(Self.county)/2024-H1/investment = 7.4", "\(Self.county)/2024/investment_plan = 15.0"],
                "\(Self.county)/2024-H1/investment_completion",
                prints: "49.3"
            ),
            Case(
                "what is left of the year's infrastructure",
                ["\(Self.county)/2024-H1/investment = 7.4", "\(Self.county)/2024/investment_plan = 15.0"],
                "\(Self.county)/2024-H1/investment_remainder",
                prints: "7.6"
            ),
            Case(
                "a plan in another unit of measure",
                ["\(Self.zone)/2024-H1/road_investment = 2600", "\(Self.zone)/2024/road_investment_plan = 17672.35"],
                "\(Self.zone)/2024-H1/road_investment_completion",
                prints: "14.7"
            ),
            // Expected beside done
            Case("what was done in Q1", Self.lushanYear, "\(Self.lushan)/2024-Q1/total_completion", prints: "21.0"),
            Case(
                "what is expected by the half-year",
                Self.lushanYear,
                "\(Self.lushan)/2024-H1/total_expected_completion",
                prints: "51.3"
            ),
            Case(
                "what is expected is not done",
                Self.lushanYear,
                "\(Self.lushan)/2024-H1/total_completion",
                prints: nil
            ),
            // Pace
            Case(
                "behind time by 19.1 points",
                Self.foreignFunds,
                "\(Self.funds)/2024-H1/foreign_funds_pace",
                prints: "-19.1"
            ),
            Case("behind time by 553", Self.foreignFunds, "\(Self.funds)/2024-H1/foreign_funds_ahead", prints: "-553"),
            Case(
                "ahead of time by 15.5 points",
                ["\(Self.funds)/2024-H1/outside_funds = 15.5", "\(Self.funds)/2024/outside_funds_target = 23.66"],
                "\(Self.funds)/2024-H1/outside_funds_pace",
                prints: "15.5"
            ),
            // Of the period alone
            Case(
                "the half-year alone is the whole of it",
                ["\(Self.lushan)/2024-Q1/total = 6.3", "\(Self.lushan)/2024-H1/total = 15.4"],
                "\(Self.lushan)/2024-H1/total_current",
                prints: "15.4"
            ),
            Case(
                "the second quarter of 6.3 and 15.4, as a quarter",
                ["\(Self.lushan)/2024-Q1/total = 6.3", "\(Self.lushan)/2024-H1/total = 15.4"],
                "\(Self.lushan)/2024-Q2/total_current",
                prints: "9.1"
            ),
            Case(
                "3.2 built up last year and 0.8 added are 4.0",
                ["410423-01/land/2023/built_up_area = 3.2", "410423-01/land/2024/built_up_area_increase = 0.8"],
                "410423-01/land/2024/built_up_area_reckoned",
                prints: "4.0"
            ),
            // Factory
            Case(
                "what a square metre of factory cost",
                [
                    "410800/city_review/2024/factory_investment = 3.9",
                    "410800/city_review/2024/factory_floor_area = 26",
                ],
                "410800/city_review/2024/factory_cost",
                prints: "1500"
            ),
            Case(
                "floor area to land",
                ["410800/city_review/2024/factory_floor_area = 26", "410800/city_review/2024/factory_land = 500"],
                "410800/city_review/2024/factory_floor_ratio",
                prints: "0.78"
            ),
            Case(
                "what a square metre of finished factory cost",
                [
                    "410728-01/infrastructure/2024/finished_factory_investment = 3600",
                    "410728-01/infrastructure/2024/finished_factory_area = 20000",
                ],
                "410728-01/infrastructure/2024/finished_factory_cost",
                prints: "1800"
            ),
            // Growth, share, contribution
            Case(
                "growth on last year",
                Self.contribution,
                "410800/output/2024/above_scale_revenue_growth",
                prints: "174.7"
            ),
            Case(
                "share of the city",
                Self.contribution,
                "410800/output/2024/above_scale_revenue_share",
                prints: "54.6"
            ),
            Case(
                "share of the city in the year before",
                Self.contribution,
                "410800/output/2023/above_scale_revenue_share",
                prints: "35.2"
            ),
            Case(
                "change of the share, in points",
                Self.contribution,
                "410800/output/2024/above_scale_revenue_share_change",
                prints: "19.4"
            ),
            Case(
                "contribution to the growth of the city",
                Self.contribution,
                "410800/output/2024/above_scale_revenue_contribution",
                prints: "79.8"
            ),
            Case(
                "a fall has a minus",
                ["410800/investment/2024/fixed_asset = 90", "410800/investment/2023/fixed_asset = 120"],
                "410800/investment/2024/fixed_asset_growth",
                prints: "-25.0"
            ),
            Case(
                "no growth on a year before that is missing",
                ["410800/investment/2024/fixed_asset = 90"],
                "410800/investment/2024/fixed_asset_growth",
                prints: nil
            ),
            Case(
                "leading industries' share",
                [
                    "410800/output/2024/leading_industry_revenue = 1442",
                    "410800/output/2024/above_scale_revenue = 1980.6",
                ],
                "410800/output/2024/leading_industry_share",
                prints: "72.8"
            ),
            // Land
            Case(
                "land quota left",
                ["410728/land/2024/quota = 7.5", "410728/land/2024/quota_allocated = 4.8"],
                "410728/land/2024/quota_unallocated",
                prints: "2.7"
            ),
            Case(
                "land reserve before 4200 were added",
                ["410423-01/land/2024/reserve_land = 7700", "410423-01/land/2024/new_reserve_land = 4200"],
                "410423-01/land/2024/reserve_land_opening",
                prints: "3500"
            ),
            Case(
                "revenue per area",
                ["410800/output/2024/above_scale_revenue = 1980.6", "410800/land/2024/built_up_area = 110.7"],
                "410800/land/2024/output_per_area",
                prints: "1789"
            ),
            // The province's plan
            Case(
                "last year's value added, as its growth implies",
                ["\(Self.plan)/value_added = 9000", "\(Self.plan)/value_added_growth = 14"],
                "\(Self.plan)/value_added_base",
                prints: "7894.7"
            ),
            Case(
                "zones with one star",
                [
                    "\(Self.plan)/zones_rated = 100", "\(Self.plan)/zones_two_star = 20",
                    "\(Self.plan)/zones_three_star = 3", "\(Self.plan)/zones_four_star = 1",
                ],
                "\(Self.plan)/zones_one_star",
                prints: "76"
            ),
        ]
        + (2011...2015).map {
            Case("tax over output in \($0)", Self.milestones, "411224-01/milestones/\($0)/tax_rate", prints: "6.0")
        }

    /// Read once: it takes longer than any case.
    private static let scheme = Result { try Scheme.parse(BundledScheme.source) }

    private static func figure(_ lines: [String], _ derived: String) throws -> DerivedFigure? {
        let scheme = try Self.scheme.get()
        var cells: [CellAddress: CellValue] = [:]
        for line in lines {
            let words = line.split(separator: " ")
            let address = try CellAddress(String(words[0]))
            // Not by way of `Scheme.cell`: at a county, a figure that zones report is the sum of theirs.
            let item = try #require(scheme.form(address.form)?.item(address.item))
            cells[address] = try scheme.value(String(words[2]), for: item)
        }
        let address = try CellAddress(derived)
        let form = try #require(scheme.form(address.form))
        let item = try #require(form.item(address.item))
        return try scheme.derived(
            item,
            of: form,
            for: FormulaContext(unit: address.unit, period: address.period),
            today: CalendarDate("2030-01-01")!,
            source: CellDictionary(cells)
        )
    }

    @Test("are worked out exactly and printed with the documents' decimals", arguments: Self.cases)
    func printed(_ test: Case) throws {
        #expect(try Self.figure(test.cells, test.derived)?.printed.description == test.printed)
    }

    @Test("are kept exactly, so that fewer decimals are rounded from the figure and not from its print")
    func exact() throws {
        let figure = try #require(try Self.figure(Self.foreignFunds, "\(Self.funds)/2024-H1/foreign_funds_completion"))
        #expect(figure.value.rounded(decimals: 0)?.description == "31")
        #expect(figure.value.rounded(decimals: 1)?.description == "30.9")
        #expect(!figure.isApproximate)
    }

    @Test("say when a figure behind them is approximate")
    func approximate() throws {
        let cells = ["\(Self.plan)/value_added = 9000", "\(Self.plan)/value_added_growth = 14以上"]
        let figure = try #require(try Self.figure(cells, "\(Self.plan)/value_added_base"))
        #expect(figure.isApproximate)
        #expect(figure.printed.description == "7894.7")
    }

    @Test("stand only in periods that the figures they come from have")
    func periods() throws {
        let scheme = try Self.scheme.get()
        for form in scheme.forms {
            for item in form.items where item.formula != nil && item.code.description.hasSuffix("_completion") {
                let actual = Code(String(item.code.description.dropLast("_completion".count))).flatMap { form.item($0) }
                guard let actual, actual.plan != nil else { continue }
                #expect(item.periods == actual.periods, "\(form.code).\(item.code)")
            }
        }
    }
}
