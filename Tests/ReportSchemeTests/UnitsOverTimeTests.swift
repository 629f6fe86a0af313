import ReportModel
import ReportScheme
import ServerSummary
import Testing

/// One zone of 焦作市 comes from its county to the city on 1 July 2024; the land of another is counted by township.
@Suite struct UnitsOverTimeTests {
    static let scheme = try! Scheme.parse(
        SchemeSource([
            .init(name: "scheme.yaml", text: "scheme: s\nname: 制度\nname_en: S\nversion: \"1\""),
            .init(name: "measures.yaml", text: "measures: [{code: 公里, name_en: kilometre}, {code: 亩, name_en: mu}]"),
            .init(name: "roads.yaml", text: Self.form("roads", "道路", "公里", "")),
            .init(name: "land.yaml", text: Self.form("land", "土地", "亩", "tree: land\n")),
            .init(
                name: "units.yaml",
                text: """
                    units:
                      - {code: "410000", name: 河南省, name_en: Henan, level: province}
                      - {code: "410800", name: 焦作市, name_en: Jiaozuo, level: city, parent: "410000"}
                      - {code: "410823", name: 武陟县, name_en: Wuzhi, level: county, parent: "410800"}
                      - {code: "410823-51", name: 木城镇, name_en: Mucheng, level: township, parent: "410823"}
                      - code: "410823-01"
                        name: 武陟县产业集聚区
                        name_en: Wuzhi zone
                        level: zone
                        parents:
                          - {parent: "410823", until: 2024-06-30}
                          - {parent: "410800", from: 2024-07-01}
                      - {code: "410823-01-01", name: 东园, name_en: East, level: subzone, parent: "410823-01"}
                      - {code: "410823-02", name: 二区, name_en: Second zone, level: zone, parent: "410823",
                         land_parents: [{parent: "410823-51", from: 2024-01-01}]}
                    """
            ),
        ])
    )

    private static func form(_ code: String, _ name: String, _ measure: String, _ tree: String) -> String {
        """
        form: \(code)
        name: \(name)
        name_en: \(code)
        \(tree)items:
          - {item: done, name: 完成, name_en: Done, unit: \(measure), kind: cumulative, plan: planned,
             periods: [month, half, year], reported_by: [zone]}
          - {item: planned, name: 计划, name_en: Planned, unit: \(measure), kind: cumulative, role: plan,
             periods: [year], reported_by: [zone]}
        """
    }

    static let city = UnitCode("410800")!
    static let county = UnitCode("410823")!
    static let township = UnitCode("410823-51")!
    static let moved = UnitCode("410823-01")!
    static let park = UnitCode("410823-01-01")!
    static let stays = UnitCode("410823-02")!
    static let before = CalendarDate("2024-06-30")!
    static let after = CalendarDate("2024-07-01")!

    private func row(_ form: String, _ period: String, _ unit: UnitCode) throws -> Totals.Row? {
        try Totals.compute(
            scheme: Self.scheme,
            form: Self.scheme.form(named: form)!,
            period: Period(period)!,
            today: RuleScheme.today
        ) {
            $1.kind == .year
                ? [
                    ReportedCell(unit: Self.moved, item: "planned", value: .number(Quantity(ExactDecimal(20)))),
                    ReportedCell(unit: Self.stays, item: "planned", value: .number(Quantity(ExactDecimal(10)))),
                ]
                : [
                    ReportedCell(unit: Self.moved, item: "done", value: .number(Quantity(ExactDecimal(5)))),
                    ReportedCell(unit: Self.stays, item: "done", value: .number(Quantity(ExactDecimal(4)))),
                ]
        }.rows.first { $0.unit.code == unit && $0.item.code == "done" }
    }

    @Test(arguments: [
        ("2024-H1", "9", "30"), ("2024-06", "9", "30"), ("2023-H2", "9", "30"), ("2024-H2", "4", "10"),
        ("2024-07", "4", "10"), ("2025-H1", "4", "10"),
    ])
    func aZoneIsTheCountysUntilItIsTheCitys(period: String, sum: String, plan: String) throws {
        let county = try #require(try self.row("roads", period, Self.county))
        #expect(county.sum?.description == sum)
        // The plan stands at the year, yet is added up over the units whose actuals it is for.
        #expect(county.plan?.description == plan)
        let city = try #require(try self.row("roads", period, Self.city))
        #expect(
            city.sum?.description == "9" && city.plan?.description == "30" && city.completion?.description == "30.0"
        )
        #expect(try self.row("roads", period, Self.moved)?.sum?.description == "5")
    }

    @Test func theYearBelongsToTheParentOfItsLastDay() throws {
        let scheme = Self.scheme
        let totals = try Totals.compute(
            scheme: scheme,
            form: scheme.form("roads")!,
            period: .year(2024),
            under: Self.county,
            today: RuleScheme.today
        ) { _, _ in [] }
        #expect(Set(totals.rows.map(\.unit.code)) == [Self.county, Self.stays])
    }

    @Test func landIsAddedUpAlongTheLandParents() throws {
        #expect(try self.row("land", "2024-H1", Self.township)?.sum?.description == "4")
        #expect(try self.row("land", "2024-H1", Self.county)?.sum?.description == "9")
        #expect(try self.row("roads", "2024-H1", Self.township) == nil)
        // Before it has a land parent it hangs under its county.
        #expect(try self.row("land", "2023-H2", Self.township) == nil)
        #expect(try self.row("land", "2023-H2", Self.county)?.sum?.description == "9")
    }

    @Test func whoIsAboveDependsOnTheDay() {
        let scheme = Self.scheme
        #expect(scheme.parent(of: Self.moved, on: Self.before)?.code == Self.county)
        #expect(scheme.parent(of: Self.moved, on: Self.after)?.code == Self.city)
        #expect(scheme.parent(of: scheme.root.code, on: Self.before) == nil)
        #expect(scheme.parent(of: Self.stays, on: Self.before, in: .land)?.code == Self.township)
        #expect(scheme.ancestor(of: Self.park, at: .county, on: Self.before)?.code == Self.county)
        #expect(scheme.ancestor(of: Self.park, at: .county, on: Self.after) == nil)
        #expect(scheme.ancestor(of: Self.park, at: .city, on: Self.after)?.code == Self.city)
        #expect(scheme.ancestor(of: Self.park, at: .subzone, on: Self.after)?.code == Self.park)
        #expect(scheme.ancestor(of: Self.stays, at: .township, on: Self.after, in: .land)?.code == Self.township)
    }

    @Test func whoIsBelowDependsOnTheDay() {
        let scheme = Self.scheme
        #expect(
            scheme.children(of: Self.county, on: Self.before).map(\.code) == [Self.township, Self.moved, Self.stays]
        )
        #expect(scheme.children(of: Self.county, on: Self.after).map(\.code) == [Self.township, Self.stays])
        #expect(scheme.children(of: Self.city, on: Self.after).map(\.code) == [Self.county, Self.moved])
        #expect(scheme.children(of: Self.county, on: Self.after, in: .land).map(\.code) == [Self.township])
        #expect(
            scheme.unitAndBelow(Self.city, on: Self.after).map(\.code)
                == [Self.city, Self.county, Self.township, Self.stays, Self.moved, Self.park]
        )
    }

    @Test func anOfficeKeepsWhatWasEverBelowItAndNoUnitTwice() {
        #expect(
            Self.scheme.unitAndBelow(Self.county).map(\.code)
                == [Self.county, Self.township, Self.moved, Self.park, Self.stays]
        )
        #expect(Self.scheme.unitAndBelow(Self.city).count == 6)
        // The land parent gets sums, not the zone's other forms.
        #expect(Self.scheme.unitAndBelow(Self.township).map(\.code) == [Self.township])
    }

    @Test func aReporterStaysOneWhereverItHangs() throws {
        for period in ["2024-06", "2024-07"] {
            _ = try Self.scheme.cell(unit: "武陟县产业集聚区", form: "roads", period: period, item: "done")
        }
    }

    @Test(
        arguments: [
            (nil, nil, nil, nil, true), ("2024-07-01", nil, nil, "2024-06-30", false),
            ("2024-06-30", nil, nil, "2024-06-30", true),
            ("2024-01-01", "2024-01-31", "2024-02-01", "2024-02-29", false),
            ("2024-01-01", "2024-01-31", "2024-01-10", "2024-01-11", true),
            (nil, "2024-01-31", nil, "2020-01-01", true),
        ] as [(String?, String?, String?, String?, Bool)]
    )
    func validitiesOverlapWhenADayIsInBoth(
        from: String?,
        until: String?,
        from2: String?,
        until2: String?,
        overlap: Bool
    ) {
        func validity(_ from: String?, _ until: String?) -> Validity {
            Validity(from: from.flatMap { CalendarDate($0) }, until: until.flatMap { CalendarDate($0) })
        }
        let (one, other) = (validity(from, until), validity(from2, until2))
        #expect(one.overlaps(other) == overlap && other.overlaps(one) == overlap)
        for day in [from, until, from2, until2].compactMap(\.self).compactMap({ CalendarDate($0) })
        where one.contains(day) && other.contains(day) {
            #expect(overlap)
        }
        if let day = from.flatMap({ CalendarDate($0) }) {
            #expect(one.contains(day) && !one.contains(Self.dayBefore(day)))
        }
    }

    private static func dayBefore(_ date: CalendarDate) -> CalendarDate {
        var day = CalendarDate(year: date.year - 1, month: 12, day: 1)!
        while let next = day.next, next < date { day = next }
        return day
    }
}
