import BundledScheme
import ReportModel
import ReportScheme
import ServerSummary
import Testing

/// The figures of the real reports, computed by hand from the documents.
@Suite struct TotalsTests {
    static let scheme = try! Scheme.parse(BundledScheme.source)

    static let cells: [CellAddress: CellValue] = {
        var cells: [CellAddress: CellValue] = [:]
        for name in ["changyuan.csv", "lushan.csv"] {
            let file = try! ImportFile.parse(try! BundledSchemeTests.example(name), scheme: Self.scheme)
            for cell in file.accepted { cells[cell.address] = cell.value }
        }
        return cells
    }()

    static func totals(_ form: String, _ period: String, under: String? = nil) throws -> Totals {
        let form = try #require(Self.scheme.form(named: form))
        return try Totals.compute(
            scheme: Self.scheme,
            form: form,
            period: Period(period)!,
            under: under.flatMap { UnitCode($0) },
            today: RuleScheme.today
        ) { form, period in
            Self.cells.filter { $0.key.form == form && $0.key.period == period }
                .map { ReportedCell(unit: $0.key.unit, item: $0.key.item, value: $0.value) }
        }
    }

    static func row(_ form: String, _ period: String, _ unit: String, _ item: String) throws -> Totals.Row {
        try #require(
            try self.totals(form, period).rows
                .first { $0.unit.code.description == unit && $0.item.code.description == item }
        )
    }

    @Test(arguments: [
        ("infrastructure", "roads", "21", "47.6", "44.1"), ("infrastructure", "standard_factory", "14", "60", "23.3"),
        ("infrastructure", "investment", "7.4", "15", "49.3"), ("infrastructure", "water_pipe", "30", "72", "41.7"),
        ("infrastructure", "sewage_pipe", "18", "43", "41.9"), ("infrastructure", "power_grid", "6", "12", "50.0"),
        ("infrastructure", "worker_housing", "6", "10.8", "55.6"),
        ("projects_summary", "industrial_investment", "30.4", "66.2", "45.9"),
        ("projects_summary", "industrial_projects", "52", "68", "76.5"),
        ("projects_summary", "major_investment", "21.4", "40.6", "52.7"),
    ])
    func aCountyIsMeasuredAgainstItsZonesPlans(
        form: String,
        item: String,
        sum: String,
        plan: String,
        completion: String
    ) throws {
        let row = try Self.row(form, "2024-H1", "410728", item)
        #expect(row.sum?.description == sum)
        #expect(row.plan?.description == plan)
        #expect(row.completion?.description == completion)
        #expect(row.own == nil && row.difference == nil)
        #expect(row.reported == 2 && row.expected == 2 && row.missing.isEmpty)
    }

    @Test func aZonesOwnAreaStandsBesideTheSumOfItsSubzones() throws {
        let row = try Self.row("land", "2024", "410728-01", "planned_area")
        #expect(row.sum?.description == "40.8" && row.own?.description == "40.8" && row.difference?.description == "0")
        #expect(row.reported == 5 && row.expected == 5)
        // 40.8 is in the county's total once, and 鲁山's zone of 8.6 in the province's.
        #expect(try Self.row("land", "2024", "410728", "planned_area").sum?.description == "40.8")
        #expect(try Self.row("land", "2024", "410000", "planned_area").sum?.description == "49.4")
    }

    @Test func aBlankIsMissingAndNotZero() throws {
        let row = try Self.row("enterprises", "2024", "410728-01", "new_enterprises")
        #expect(row.sum?.description == "15" && row.reported == 3 && row.expected == 4)
        #expect(row.missing.map(\.description) == ["410728-01-03"])
        let nobody = try Self.row("enterprises", "2024", "410728-01", "planned_investment")
        #expect(nobody.sum == nil && nobody.reported == 0 && nobody.missing.count == 4)
    }

    @Test func theAllocatedQuotaIsMeasuredAgainstTheCountysQuota() throws {
        let row = try Self.row("land", "2024", "410728", "quota_allocated")
        #expect(row.sum?.description == "4.8" && row.own?.description == "4.8" && row.difference?.description == "0")
        #expect(row.plan?.description == "7.5" && row.completion?.description == "64.0")
        let leaf = try Self.row("land", "2024", "410728-01-07", "quota_allocated")
        #expect(leaf.sum?.description == "0.8" && leaf.own?.description == "0.8" && leaf.difference == nil)
        #expect(leaf.plan == nil && leaf.completion == nil)
    }

    @Test func aCountysOwnFiguresStandInTheProvincesTotal() throws {
        let row = try Self.row("projects_summary", "2024-H1", "410000", "signed_projects")
        #expect(row.sum?.description == "24" && row.reported == 1)
        #expect(row.expected == Self.scheme.units.count { $0.level == .county })
        #expect(row.missing.contains(UnitCode("410423")!) && !row.missing.contains(UnitCode("410728")!))
    }

    @Test func aQualifiedFigureMakesItsTotalsApproximate() throws {
        let row = try Self.row("infrastructure", "2024-H1", "410000", "investment_since_start")
        #expect(row.isApproximate && row.sum?.description == "200")
        #expect(try !Self.row("infrastructure", "2024-H1", "410728", "roads").isApproximate)
    }

    @Test func whatIsNotAdditiveHasNoSumAboveItsReporters() throws {
        let county = try Self.row("investment_promotion", "2024-H1", "410728", "outside_funds")
        #expect(county.sum?.description == "15.5" && county.own?.description == "15.5")
        let province = try Self.row("investment_promotion", "2024-H1", "410000", "outside_funds")
        #expect(province.sum == nil && province.own == nil && province.completion == nil && province.reported == 1)
    }

    @Test func rowsGoDownwardsFromTheUnitAndOnlyWhereThereIsAReporter() throws {
        let totals = try Self.totals("land", "2024", under: "410728")
        #expect(totals.under.description == "410728")
        let units = totals.rows.map(\.unit.code.description)
        #expect(units.first == "410728" && units.allSatisfy { $0.hasPrefix("410728") })
        #expect(!totals.rows.contains { $0.unit.code.description == "410728" && $0.item.code == "radiating_area" })
        // Plans are yearly: they have no row in a half-year.
        #expect(try !Self.totals("infrastructure", "2024-H1").rows.contains { $0.item.code == "roads_plan" })
        #expect(throws: SchemeRefusal.self) { try Self.totals("land", "2024", under: "990000") }
    }

    @Test func theProvinceHasNoCompletionWhileAnActualLacksItsPlan() throws {
        // 长垣 has both actuals and plans of roads; nobody else reported, which does no harm.
        #expect(try Self.row("infrastructure", "2024-H1", "410000", "roads").completion?.description == "44.1")
        // 鲁山's total of the first quarter has a plan for the year, as the other zones have neither.
        let row = try Self.row("investment", "2024-Q1", "410423", "total")
        #expect(row.sum?.description == "6.3" && row.plan?.description == "30" && row.completion?.description == "21.0")
    }
}
