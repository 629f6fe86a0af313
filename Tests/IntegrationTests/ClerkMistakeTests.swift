import Foundation
import Testing

@Suite("The mistakes of a new clerk")
struct ClerkMistakeTests {
    /// What is typed, and what of the answer the clerk must find on standard error.
    static let mistakes: [(arguments: [String], exitCode: Int32, words: [String])] = [
        (["set", "起重区/基础设施建设/2024-H1/道路", "1"], 4, ["没有单位“起重区”", "请用单位代码、名称或别名"]),
        (["set", "起重园区/基础设施/2024-H1/道路", "1"], 4, ["没有报表“基础设施”", "请用报表代码或名称"]),
        (["set", "长垣县产业集聚区/基础设施建设/2024-H1/公路", "1"], 4, ["没有指标“公路”"]),
        (["set", "长垣县产业集聚区/基础设施建设/2024上半年/道路", "1"], 2, ["单位/报表/报告期/指标"]),
        (["set", "鲁山县产业集聚区/基础设施建设/2024-H1/道路", "1"], 4, ["鲁山县产业集聚区", "不属于本机的单位 410728"]),
        (["set", ConflictTests.cell, "5条"], 4, ["按公里、米计量", "这里写的是条"]),
        (["set", ConflictTests.cell, "十三"], 4, ["“十三”不能作为数值", "请写成 5.2"]),
        (["set", ConflictTests.cell, "13,5"], 4, ["千位逗号的位置不对"]),
        (["set", "410728-01/land/2024/planned_area", "100亩"], 4, ["换算成平方公里", "不替您四舍五入"]),
        (["set", "410728-01/enterprises/2024/workers", "3人次"], 4, ["按人、万人计量", "这里写的是人次"]),
        (["set", ConflictTests.cell, "-甲方案"], 2, ["参数有误：", "用法：huiliu-client set"]),
        (["set", ConflictTests.cell, "-3", "-4"], 2, ["多出了“-4”"]),
        (["set", ConflictTests.cell, "-3", "--sean", "x"], 2, ["没有选项 --sean", "是否想写 --seen"]),
        (["set", ConflictTests.cell, "--bogus", "-3"], 2, ["没有选项 --bogus"]),
        (["set", "-3"], 2, ["缺少 <value>", "负数直接写，例如 -0.5", "-- 之后"]),
        (["set", ConflictTests.cell], 2, ["参数有误：缺少 <value>", "请用 huiliu-client set --help"]),
        (["submit", "长垣县产业集聚区", "land"], 2, ["参数有误：缺少 <period>"]),
        (["check", "长垣县产业集聚区", "land", "2024", "上半年"], 2, ["多出了“上半年”"]),
        (["check", "--because"], 2, ["--because <reason> 之后缺少值"]),
        (["check", "--explian", "GN-01"], 2, ["没有选项 --explian", "是否想写 --explain"]),
    ]

    @Test("are answered in plain Chinese, with what to do next")
    func told() async throws {
        let (scene, office) = try await Self.office()
        for mistake in Self.mistakes {
            let finished = try await Command.client.run(
                mistake.arguments + ["--store", office.store],
                variables: ["LANG": "zh_CN.UTF-8"]
            )
            #expect(finished.exitCode == mistake.exitCode && finished.output.isEmpty, "\(mistake.arguments)")
            for words in mistake.words {
                #expect(finished.errors.contains(words), "\(mistake.arguments): \(finished.errors)")
            }
            for word in ["Error", "Usage", "Missing"] { #expect(!finished.errors.contains(word), "\(finished.errors)") }
        }
        #expect(FileManager.default.fileExists(atPath: scene.path("office")))
    }

    @Test("a cell may be named as on paper, and a figure typed with full-width digits or in another unit of measure")
    func kindness() async throws {
        let (scene, office) = try await Self.office()
        for (cell, typed, address, number) in [
            ("长垣县产业集聚区/基础设施建设/2024-H1/道路", "１３．５公里", ConflictTests.cell, "13.5"),
            ("长垣县产业集聚区/产出/2024-H1/主营业务收入", "1132000万元", "410728-01/output/2024-H1/revenue", "113.2000"),
        ] {
            try await office.expect("set", cell, typed)
            #expect(try await office.cell(address)["value"]["number"].text == number)
        }
        #expect(FileManager.default.fileExists(atPath: scene.path("office")))
    }

    @Test("a loss is typed as it is written, wherever the options stand")
    func negative() async throws {
        let (scene, office) = try await Self.office()
        let cell = "410728-01/output/2024-H1/profit_tax"
        // Each with the cell, or SEEN for what was shown, in its place.
        let typed: [(words: [String], number: String)] = [
            (["CELL", "-10"], "-10"), (["CELL", "-0.5"], "-0.5"), (["CELL", "-20000万元"], "-2.0000"),
            (["CELL", "-１２．５"], "-12.5"), (["CELL", "--", "-3"], "-3"), (["CELL", "--json", "-6"], "-6"),
            (["--seen", "SEEN", "CELL", "-1"], "-1"), (["CELL", "--seen", "SEEN", "-2"], "-2"),
            (["CELL", "-4", "--seen", "SEEN"], "-4"), (["--", "CELL", "-5"], "-5"),
        ]
        for (words, number) in typed {
            let seen = try #require(try await office.cell(cell)["seen"].text)
            let arguments = words.map { $0 == "CELL" ? cell : $0 == "SEEN" ? seen : $0 }
            let finished = try await Command.client.run(["set", "--store", office.store] + arguments)
            #expect(finished.exitCode == 0, "\(words): \(finished.errors)")
            #expect(try await office.cell(cell)["value"]["number"].text == number, "\(words)")
        }
        #expect(try await office.refusal("resolve", cell, "--value", "-7")["code"] == "cell_not_in_conflict")
        #expect(FileManager.default.fileExists(atPath: scene.path("office")))
    }

    @Test("what somebody typed does nothing to a terminal, and passes for no line of ours")
    func terminal() async throws {
        let (scene, office) = try await Self.office()
        let cell = "410728-01/narrative/2024-H1/progress"
        try await office.expect("set", cell, "一\nIt is 99: no other write.\u{1B}[2K\u{202E}二")
        try await office.expect("set", cell, "三\u{9B}2J\r四")
        for (command, arguments) in [
            (Command.inspect, ["explain", cell]), (.inspect, ["log"]), (.client, ["set", cell, "五\u{7}\n六"]),
            (.client, ["show", "410728-01", "narrative", "2024-H1"]), (.inspect, ["explain", cell]),
        ] {
            let told = try await command.run(arguments + ["--store", office.store])
            #expect(told.exitCode == 0 && (told.output.contains("四") || told.output.contains("六")), "\(told.output)")
            for scalar in told.output.unicodeScalars where scalar != "\n" {
                let category = scalar.properties.generalCategory
                #expect(category != .control && category != .format, "\(arguments): \(scalar.debugDescription)")
            }
            #expect(!told.output.split(separator: "\n").contains { $0.hasPrefix("It is 99") }, "\(told.output)")
        }
        #expect(try await office.cell(cell)["value"]["text"] == "五\u{7}\n六", "it is stored as it was typed")
        #expect(scene.path("office") == office.store)
    }

    /// Files as spreadsheets save them.
    static let files: [(text: String, exitCode: Int32, words: String)] = [
        ("单位;报表;报告期;指标;数值\r\n", 4, "各列是用分号分开的"),
        ("单位\t报表\t报告期\t指标\t数值\r\n", 4, "各列是用制表符分开的"),
        ("单位，报表，报告期，指标，数值\n", 4, "各列是用全角逗号分开的"),
        ("PK\u{3}\u{4}workbook", 4, "这是表格软件的工作簿"),
        ("单位,报表,报告期,数值\n", 4, "缺少列“指标”"),
        ("长垣县,infrastructure,2024-H1,,roads,1\n", 4, "第一行不是列名"),
    ]

    @Test("a file that is no table of ours is told for what it is")
    func importFiles() async throws {
        let (scene, office) = try await Self.office()
        for (index, file) in Self.files.enumerated() {
            let path = try scene.write(
                "\u{FEFF}".prefix(file.text.hasPrefix("PK") ? 0 : 1) + file.text,
                to: "\(index).csv"
            )
            let finished = try await office.run("import", path, "--lang", "zh")
            #expect(finished.exitCode == file.exitCode && finished.errors.contains(file.words), "\(finished.errors)")
        }
        // With a byte order mark and CRLF, as a spreadsheet writes it: the bad rows are named, and the good one is taken.
        let mixed = """
            \u{FEFF}单位,报表,报告期,指标,数值\r
            长垣县产业集聚区,基础设施建设,2024-H1,道路,１３．５公里\r
            长垣县产业集聚区,infrastructure,2024-H1,供水管网,5条\r
            长恒县产业集聚区,infrastructure,2024-H1,roads,5\r
            长垣县产业集聚区,infrastructure,2024上半年,电网,5\r

            """
        let imported = try await office.json("import", try scene.write(mixed, to: "mixed.csv"), exits: 1)
        #expect(imported["new"] == 1)
        #expect(imported["refused"].list.map { $0["line"] } == [3, 4, 5])
        #expect(
            imported["refused"].list.map { $0["code"] } == [
                "other_unit_of_measure", "unknown_unit", "malformed_period",
            ]
        )
    }

    private static func office() async throws -> (Scene, Office) {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "办公室")
        return (scene, office)
    }
}
