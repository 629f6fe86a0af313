import ReportModel
import ReportScheme
import Testing
import TestSupport

@Suite struct ImportFileTests {
    static func read(_ text: String) throws -> ImportFile {
        try ImportFile.parse(Array(text.utf8), scheme: try SmallScheme.parsed())
    }

    static func lines(_ file: ImportFile) -> [String] {
        file.accepted.map { "\($0.line) \($0.address)=\($0.value)" }
    }

    static let length = "410728-01/roads/2024/length"

    @Test(arguments: [
        ("unit,form,period,row,item,value\n410728-01,roads,2024,,length,5.0\n", "2 \(length)=5.0"),
        ("单位,报表,报告期,行,指标,数值\n长垣县产业集聚区,道路,2024,,铺路,5.0 公里", "2 \(length)=5.0"),
        (
            "\u{FEFF}Value, item ,单位,form,报告期\n"
                + "5.0,length,410728-01,roads,2024\n", "2 \(length)=5.0"
        ),
        ("unit,form,period,item,value\r\n410728-01,roads,2024,length,5.0\r\n", "2 \(length)=5.0"),
        ("unit,form,period,item,value\r410728-01,roads,2024,length,5.0\r", "2 \(length)=5.0"),
        ("\n,,\nunit,form,period,item,value\n\n,,,,\n410728-01,roads,2024,length,5.0", "6 \(length)=5.0"),
        ("unit,form,period,item,value,,\n410728-01,roads,2024,length,5.0,,,,\n", "2 \(length)=5.0"),
        ("unit,form,period,item,value\n410728-01,roads,2024,length,\"1,234.50\"", "2 \(length)=1234.50"),
        ("\"unit\",form,period,item,value\n\"410728-01\",\"roads\",\"2024\",length,\n", "2 \(length)="),
        (
            "unit,form,period,item,value\n410728-01,roads,2024,remark,\"说\"\"好\"\"\n二\"\n410728-01,roads,2024,length,1",
            "2 410728-01/roads/2024/remark=说\"好\"\n二|4 \(length)=1"
        ),
    ])
    func rowsAreReadHoweverTheyAreWritten(text: String, expected: String) throws {
        let file = try Self.read(text)
        #expect(file.refused.isEmpty)
        #expect(Self.lines(file).joined(separator: "|") == expected)
    }

    @Test(arguments: [
        ("410729,roads,2024,,length,1", 1, "unknown_unit"), ("410728-01,rails,2024,,length,1", 2, "unknown_form"),
        ("410728-01,roads,June,,length,1", 3, "malformed_period"),
        ("410728-01,roads,2024-07,,length,1", 3, "period_not_reported"),
        ("410728-01,roads,2024,a b,length,1", 4, "malformed_row"),
        ("410728-01,roads,2024,P1,length,1", 4, "row_in_fixed_form"),
        ("410728-01,roads,2024,,width,1", 5, "unknown_item"),
        ("410728,roads,2024,,length,1", 1, "not_reported_by_unit"),
        ("410728-01,roads,2024,,length,many", 6, "malformed_value"),
        ("410728-01,roads,2024,,length,1亿元", 6, "other_unit_of_measure"),
        ("410728-01,roads,2024,,length,1,234", 7, "too_many_fields"), ("410728-01,roads,2024", 4, "too_few_fields"),
        ("410728-01,roads,2024,,length,\"1", 6, "badly_quoted"),
        ("410728-01,roads,2024,,length,\"1\"2", 6, "badly_quoted"),
        ("410728-01,roads,2024,,length,1\"", 6, "unknown_unit_of_measure"),
    ])
    func aBadRowAloneIsLeftOut(row: String, column: Int, code: String) throws {
        let file = try Self.read(
            "unit,form,period,row,item,value\n410728-01,roads,2024,,length,5\n\(row)\n410728-02,roads,2024,,length,6\n"
        )
        #expect(file.accepted.map(\.line) == [2, 4])
        #expect(file.refused.map { "\($0.line) \($0.column) \($0.code)" } == ["3 \(column) \(code)"])
    }

    @Test func theSameCellTwiceIsRefusedOnlyWhenItsValuesDiffer() throws {
        let head = "unit,form,period,item,value\n410728-01,roads,2024,length,5\n410728-01,roads,2024,铺路,"
        #expect(try Self.read(head + "5.0公里\n").refused.isEmpty)
        #expect(try Self.read(head + "5.0公里\n").accepted.count == 1)
        let file = try Self.read(head + "6\n410728-01,roads,2024,length,5.0\n410728-02,roads,2024,length,7\n")
        #expect(file.refused.map { "\($0.line) \($0.column) \($0.code)" } == (2...4).map { "\($0) 5 colliding_rows" })
        #expect(file.refused[0].text.english.contains("line 3;") && file.refused[1].text.chinese.contains("第 2、4 行"))
        #expect(file.accepted.map(\.line) == [5])
        #expect(!file.refused.contains { $0.text.chinese.contains("年份") })
    }

    @Test func milestonesPrintedWithOneYearAskForTheirYears() throws {
        let plans = (0..<5).map { "410728-01,roads,2024,道路计划,\(8 + $0 * 2)公里\n" }.joined()
        let text = "单位,报表,报告期,指标,数值\n\(plans)长垣县产业集聚区,道路,2024,铺路,近5公里\n"
        let file = try Self.read(text)
        #expect(file.refused.map(\.line) == [2, 3, 4, 5, 6] && file.accepted.map(\.line) == [7])
        #expect(file.refused.allSatisfy { $0.code == "colliding_rows" && $0.text.chinese.contains("各写各的年份") })
        #expect(file.refused[2].text.chinese.contains("第 2、3、5、6 行"))
        #expect(
            file.refused[2].text.english.contains("lines 2, 3, 5, 6") && file.refused[2].text.english.contains("year")
        )
        var dated = text
        for year in 2011...2015 { dated = dated.replacingFirst("2024,道路计划", with: "\(year),道路计划") }
        #expect(try Self.read(dated).refused.isEmpty && Self.read(dated).accepted.count == 6)
    }

    static let unreadable: [([UInt8], String)] = [
        ([], "import_no_header"), (Array("\n\n,,\n".utf8), "import_no_header"),
        (Array("410728-01,roads,2024,length,5\n".utf8), "import_no_header"),
        ([0xB5, 0xA5, 0xCE, 0xBB, 0x2C], "import_not_utf8"),
        (Array("unit,form,period,item\n".utf8), "import_missing_column"),
        (Array("unit,单位,form,period,item,value\n".utf8), "import_duplicate_column"),
        (Array("unit,form,period,rows,item,value\n".utf8), "import_unknown_column"),
        (Array("\"unit,form,period,item,value\n".utf8), "import_no_header"),
        (Array(repeating: 0x2C, count: 32 << 20 + 1), "import_too_large"),
    ]

    @Test(arguments: unreadable.indices)
    func aFileThatCannotBeReadIsAnError(index: Int) throws {
        let (bytes, code) = Self.unreadable[index]
        let scheme = try SmallScheme.parsed()
        let error = try #require(throws: ImportFileError.self) { _ = try ImportFile.parse(bytes, scheme: scheme) }
        #expect(error.code == code)
    }

    @Test func anyBytesAreReadOrRefusedButNeverCrash() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let scheme = try SmallScheme.parsed()
        let parts = [
            "410728-01", "roads", "2024", "length", "5", ",", ",", ",", "\"", "\n", "\r", "\r\n", "近", "\u{0}",
        ]
        for _ in 0..<2_000 {
            let text = (0..<40).reduce("unit,form,period,item,value\n") { text, _ in
                text + parts.randomElement(using: &random)!
            }
            let file = try ImportFile.parse(Array(text.utf8), scheme: scheme)
            // CR LF is one line end, as Swift's one character for it is.
            let lineCount = text.count { $0 == "\n" || $0 == "\r" || $0 == "\r\n" } + 1
            for line in file.refused.map(\.line) + file.accepted.map(\.line) {
                #expect((2...lineCount).contains(line), "replay with seed \(seed)")
            }
        }
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, with new: String) -> String {
        guard let range = self.firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound] + new + self[range.upperBound...])
    }
}
