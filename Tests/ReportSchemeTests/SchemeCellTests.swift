import ReportModel
import ReportScheme
import Testing

@Suite struct SchemeCellTests {
    @Test(arguments: [
        ("410728-01", "roads", "length"), ("长垣县产业集聚区", "道路", "道路长度"), (" Zone ", "Roads", "铺路"),
    ])
    func partsAreFoundByCodeNameAndAlias(unit: String, form: String, item: String) throws {
        let cell = try SmallScheme.parsed().cell(unit: unit, form: form, period: " 2024-H1 ", item: item)
        #expect(cell.address.description == "410728-01/roads/2024-H1/length")
    }

    @Test(arguments: [
        ("410729/roads/2024/length", "unknown_unit"), ("410728-01/rails/2024/length", "unknown_form"),
        ("410728-01/roads/2024/width", "unknown_item"), ("410728-01/roads/2024-07/length", "period_not_reported"),
        ("410728-01/roads/-/length", "period_not_reported"), ("410728/roads/2024/length", "not_reported_by_unit"),
        ("410728-02/roads/2024/length_plan", "not_reported_by_unit"),
        ("410728-01/roads/2024/P1/length", "row_in_fixed_form"),
        ("410728-01/_devices/-/0000000000000001/name", "unknown_form"),
    ])
    func whatTheSchemeDoesNotKnowIsRefused(address: String, code: String) throws {
        let scheme = try SmallScheme.parsed()
        let error = try #require(throws: SchemeRefusal.self) { _ = try scheme.cell(CellAddress(address)) }
        #expect(error.code == code)
        #expect(!error.explanation.chinese.isEmpty && !error.advice.english.isEmpty)
    }

    @Test(arguments: [
        ("length", "5.2", "5.2"), ("length", "5.2公里", "5.2"), ("length", "5.2 km", "5.2"), ("length", "近5千米", "近5"),
        ("length", "", ""), ("length", "n/a", "不适用"), ("surface", "沥青", "沥青"), ("surface", "××", "××"),
        ("remark", "5亿元", "5亿元"),
    ])
    func aValueOfTheItemIsTaken(item: String, text: String, value: String) throws {
        let scheme = try SmallScheme.parsed()
        let item = try #require(scheme.form(named: "roads")?.item(named: item))
        #expect(try scheme.value(text, for: item).description == value)
    }

    @Test(arguments: [
        ("length", "5.2亿元", "other_unit_of_measure", "公里"), ("length", "5.2里", "unknown_unit_of_measure", "公里"),
        ("length", "很长", "malformed_value", "5.2"), ("surface", "砂石", "not_a_choice", "沥青"),
    ])
    func anotherValueIsRefusedWithAdvice(item: String, text: String, code: String, advice: String) throws {
        let scheme = try SmallScheme.parsed()
        let item = try #require(scheme.form(named: "roads")?.item(named: item))
        let error = try #require(throws: SchemeRefusal.self) { _ = try scheme.value(text, for: item) }
        #expect(error.code == code)
        #expect(error.advice.chinese.contains(advice) && error.advice.english.contains(advice))
    }

    @Test func unitsStandInTheOrderOfTheText() throws {
        let scheme = try SmallScheme.parsed()
        let codes = scheme.unitAndBelow(scheme.root.code).map(\.code.description)
        #expect(codes == ["410000", "410728", "410728-01", "410728-02"])
        #expect(
            scheme.children(of: UnitCode("410728")!, on: CalendarDate("2024-06-30")!).map(\.name.chinese) == [
                "长垣县产业集聚区", "蒲城园区",
            ]
        )
        #expect(scheme.unitAndBelow(UnitCode("990000")!).isEmpty)
        #expect(scheme.measure(named: "千米")?.code == "公里")
    }
}
