import Foundation
import ReportModel
import ReportPages
import ReportScheme
import ServerSummary
import Testing

@Suite struct ReportPagesTests {
    @Test func aTableIsAlignedByWhatTheScreenShows() {
        var table = TextTable([("单位", .left), ("sum", .right), ("note", .left)])
        table.add(["长垣县", "21", "近"])
        table.add(["Lushan", "8.6", "a\tb\u{1B}\r\nc\u{202E}"])
        #expect(
            table.lines == [
                "单位    sum  note", "──────  ───  ───────", "长垣县   21  近", "Lushan  8.6  a b�⏎c�",
            ]
        )
        #expect("１２km²e\u{301}".displayWidth == 8)
    }

    @Test func everyObjectHasItsFormatAndNullsForWhatIsAbsent() {
        let value = ValueJSON(.number(Quantity(ExactDecimal("5.20")!, qualifier: .near)), measure: "亿元")
        #expect(
            JSONOutput.text(value)
                == #"{"format":1,"number":"5.20","qualifier":"近","state":"number","text":null,"unit":"亿元","upper":null}"#
        )
    }

    @Test(arguments: [
        (CellValue.missing, "missing", String?.none), (.notApplicable, "not_applicable", nil),
        (.withheld, "withheld", nil), (.text("a/b"), "text", "a/b"), (.choice("沥青"), "choice", "沥青"),
        (.date(CalendarDate("2024-06-30")!), "date", "2024-06-30"), (.boolean(true), "boolean", "true"),
    ])
    func otherValuesAreText(value: CellValue, state: String, text: String?) {
        let json = ValueJSON(value, measure: "亿元")
        #expect(json.state == state && json.text == text && json.number == nil && json.unit == nil)
    }

    @Test func anErrorSaysWhatToDoNext() {
        let json = JSONOutput.text(ErrorJSON(SchemeRefusal.unknownUnit("x"), language: .english))
        #expect(
            json == #"{"error":{"code":"unknown_unit","next":"Name a unit by code, name or alias, such as 410728-01.","#
                + #""text":"The scheme has no unit “x”.","versions":null},"format":1}"#
        )
    }

    @Test func totalsHaveEveryKeyOfTheContract() throws {
        let totals = try TotalsTests.totals("enterprises", "2024", under: "410728-01")
        let text = JSONOutput.text(totals)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["format", "form", "period", "under", "rows"])
        let rows = try #require(object["rows"] as? [[String: Any]])
        for row in rows {
            #expect(
                Set(row.keys) == [
                    "unit", "name", "level", "item", "unit_of_measure", "sum", "upper", "own", "difference",
                    "reported", "expected", "missing", "withheld", "approximate", "direction", "in_conflict", "plan",
                    "target_version", "completion", "year_before", "growth", "share", "derived",
                    "completion_approximate", "growth_approximate",
                ]
            )
        }
        let row = try #require(rows.first { $0["item"] as? String == "new_enterprises" })
        #expect(row["unit"] as? String == "410728-01" && row["level"] as? String == "zone")
        #expect(row["sum"] as? String == "15" && row["reported"] as? Int == 3 && row["own"] is NSNull)
        #expect(row["missing"] as? [String] == ["410728-01-03"] && row["approximate"] as? Bool == false)
    }

    @Test(arguments: [
        ("2024", "2024年", "2024"), ("2024-H1", "2024年上半年", "first half of 2024"),
        ("2024-Q3", "2024年第3季度", "quarter 3 of 2024"), ("2024-07", "2024年7月", "July 2024"),
        ("2024-07B", "2024年7月下半月", "second half of July 2024"),
        ("2024-07-2", "2024年7月中旬", "second ten days of July 2024"),
    ])
    func periodsHaveWords(period: String, chinese: String, english: String) {
        #expect(Period(period)?.name == Bilingual(chinese, english))
    }
}
