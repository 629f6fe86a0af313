import Foundation
import Testing

@Suite("check, as a clerk uses it")
struct CheckCommandTests {
    static let report = ["410728-01", "output", "2024-H1"]
    static let cells = "410728-01/output/2024-H1/"

    @Test("names both figures, both places and the difference in plain Chinese, without a line")
    func plainWords() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        try await server.terminate()
        try await office.expect("set", Self.cells + "revenue", "3.5")
        try await office.expect("set", Self.cells + "profit", "4.2")
        try await office.expect("set", "410728-02/output/2024-H1/revenue", "1")
        try await office.expect("set", "410728/output/2024-H1/revenue", "5")
        let everything = try await office.run("check", "--lang", "zh")
        #expect(everything.exitCode == 1)
        #expect(everything.output.contains("错误 CC-01  一区 2024-H1：利润不应大于营业收入。利润 4.2亿元，大于 营业收入 3.5亿元，超出 0.7亿元。"))
        #expect(everything.output.contains("错误 CC-05  长垣县 2024-H1：全县营业收入应等于各区之和。"))
        #expect(everything.output.contains("营业收入 5亿元，而 下级合计营业收入 4.5亿元，相差 0.5亿元（其中 一区 3.5亿元、二区 1亿元）。"))
        #expect(everything.output.hasSuffix("错误 2，警告 0，提示 0。\n"))
        for code in ["output.", "revenue", "<=", "below("] { #expect(!everything.output.contains(code), "\(code)") }
        let english = try await office.run("check", "410728-01", "--lang", "en")
        #expect(english.output.contains("error CC-01  Zone one 2024-H1: Profit is not above revenue."))
        #expect(english.output.contains("The profit 4.2亿元, more than The revenue 3.5亿元, by 0.7亿元."))
    }

    @Test("gives what it finds as JSON, for all, for a unit, and for one report")
    func json() async throws {
        let stage = try await CheckedStage()
        let office = stage.office
        #expect(try await office.json("check")["findings"] == [], "nothing is filled in: nothing is wrong")
        try await office.expect("set", Self.cells + "revenue", "3.5")
        try await office.expect("set", Self.cells + "profit", "2")
        try await office.expect("set", Self.cells + "tax", "2.5亿元")
        try await office.expect("set", "410728-01/firms/2024-H1/firms", "1")
        let all = try await office.json("check")
        #expect(all.keys == ["format", "errors", "warnings", "information", "findings", "others"])
        #expect(all["errors"] == 0 && all["warnings"] == 2 && all["information"] == 1)
        let keys: Set = ["code", "level", "cells", "expected", "found", "difference", "text", "explanation"]
        for finding in all["findings"].list { #expect(finding.keys == keys) }
        let tax = all["findings"].first(where: "code", is: "CC-02")
        #expect(tax["level"] == "warning" && tax["explanation"] == nil)
        #expect(tax["cells"] == [.text(Self.cells + "tax"), .text(Self.cells + "profit")])
        #expect(tax["found"] == "25000万元" && tax["expected"] == "20000万元" && tax["difference"] == "5000万元")
        #expect(try await office.json("check", "一区")["warnings"] == 2)
        #expect(try await office.json("check", "二区")["findings"] == [])
        let report = try await office.json("check", "一区", "产出", "2024-H1")
        #expect(report["warnings"] == 2 && report["information"] == 0, "the firms are another form's")
        #expect(try await office.json("check", "一区", "产出", "2024")["findings"] == [])
        try await office.expect("set", Self.cells + "profit", "4")
        #expect(try await office.json("check", exits: 1)["errors"] == 1)
    }

    @Test("of one report looks below it, and tells what other reports make of its figures")
    func report() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", "410728-01-01/land/2024/planned_area", "21.8")
        try await office.expect("set", "410728-01-02/land/2024/planned_area", "8")
        let below = try await office.json("check", "410728-01", "land", "2024")
        #expect(below["findings"].list.map(\.["code"].text) == ["GN-05"] && below["others"] == [])

        try await office.expect("set", "410728-01/output/2024-05/revenue", "90")
        try await office.expect("set", "410728-01/output/2024-06/revenue", "100")
        try await office.expect("submit", "410728-01", "output", "2024-06")
        try await office.expect("set", "410728-01/output/2024-05/revenue", "110")
        let may = try await office.json("check", "410728-01", "output", "2024-05")
        #expect(may["findings"] == [] && may["warnings"] == 0)
        #expect(may["others"].list.map(\.["code"].text) == ["GN-04"])
        let june = try await office.json("check", "410728-01", "output", "2024-06")
        #expect(june["findings"].list.map(\.["code"].text) == ["GN-04"])
    }

    @Test("--explain tells the rule; with --because it keeps a real reason, and no other")
    func explain() async throws {
        let stage = try await CheckedStage()
        let office = stage.office
        let rule = try await office.json("check", "--explain", "CC-02")
        #expect(rule.keys == ["format", "code", "level", "name", "rule"] && rule["level"] == "warning")
        let told = try await office.run("check", "--explain", "CC-02", "--lang", "zh")
        #expect(told.output.contains("CC-02  警告  税收一般不大于利润") && told.output.contains("--because"))
        let none = try await office.refusal("check", "--explain", "CC-99")
        #expect(none["code"] == "unknown_check")
        let because = Self.report + ["--explain", "CC-02", "--because"]
        func refusal(_ reason: String, _ code: JSON) async throws {
            let finished = try await Command.client.run(
                ["check"] + because + [reason, "--store", office.store, "--json"]
            )
            #expect(finished.exitCode == 4 && finished.output.isEmpty, "\(reason)")
            #expect(try JSON(finished.errors)["error"]["code"] == code, "\(reason)")
        }
        try await refusal("所得税汇算清缴补交上年税款", "nothing_to_explain")
        try await office.expect("set", Self.cells + "profit", "2")
        try await office.expect("set", Self.cells + "tax", "2.5亿元")
        for reason in ["核实无误", "已核实。", "经核实，无误！", "ok", "", "  ", "属实"] {
            try await refusal(reason, "explains_nothing")
        }
        #expect(try await office.json("check")["findings"][0]["explanation"] == nil)
        let kept = try await Command.client.json(["check"] + because + ["补交上年税款3000万元", "--store", office.store])
        #expect(kept.keys == ["format", "code", "explanation"])
        #expect(try await office.json("check")["findings"][0]["explanation"] == "补交上年税款3000万元")
        let usage = try await office.refusal("check", "--explain", "CC-02", "--because", "补交上年税款", exits: 2)
        #expect(usage["code"] == "usage")
    }

    @Test("an explanation travels to the province and another office, and lapses when a figure changes")
    func travels() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        let other = try await stage.scene.office("办公室二", server: server)
        try await office.expect("set", Self.cells + "profit", "2")
        try await office.expect("set", Self.cells + "tax", "2.5亿元")
        try await Self.explain("CC-02", "补交上年税款3000万元", by: office)
        try await office.sync()
        try await other.sync()
        #expect(try await other.json("check")["findings"][0]["explanation"] == "补交上年税款3000万元")
        let log = try await Command.inspect.json(["log", "--store", server.store])
        let writes = log["changes"].list.flatMap(\.["writes"].list)
        let kept = writes.first { $0["cell"] == "410728-01/_explanations/2024-H1/output/CC-02" }
        #expect(kept?["value"]["text"].text?.hasPrefix("补交上年税款3000万元") == true)
        // The other office corrects a figure: the reason was for 2.5 against 2.
        try await other.expect("set", Self.cells + "tax", "2.6亿元")
        #expect(try await other.json("check")["findings"][0]["explanation"] == nil)
        try await other.sync()
        try await office.sync()
        #expect(try await office.json("check")["findings"][0]["explanation"] == nil)
        try await other.expect("set", Self.cells + "tax", "2.5亿元")
        #expect(try await other.json("check")["findings"][0]["explanation"] == "补交上年税款3000万元", "as it was")
    }

    @Test("a warning about two forms is explained once, in either")
    func acrossForms() async throws {
        let stage = try await CheckedStage()
        let office = stage.office
        try await office.expect("set", Self.cells + "revenue", "3.5")
        try await office.expect("set", "410728-01/firms/2024-H1/firms", "1")
        try await Self.explain("CC-03", "只有一家龙头企业已投产", by: office)
        for arguments in [[], ["一区"], ["一区", "产出", "2024-H1"], ["一区", "企业", "2024-H1"]] as [[String]] {
            let found = try await Command.client.json(["check"] + arguments + ["--store", office.store])
            let warning = found["findings"].first(where: "code", is: "CC-03")
            #expect(warning["explanation"] == "只有一家龙头企业已投产", "\(arguments)")
        }
        for form in ["产出", "企业"] {
            #expect(try await office.json("submit", "一区", form, "2024-H1")["state"] == "submitted")
        }
    }

    @Test("two offices' reasons are both kept until somebody decides, like any figure")
    func reasonsInConflict() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        let other = try await stage.scene.office("办公室二", server: server)
        try await office.expect("set", Self.cells + "profit", "2")
        try await office.expect("set", Self.cells + "tax", "2.5亿元")
        try await office.sync()
        try await other.sync()
        try await Self.explain("CC-02", "补交上年税款3000万元", by: office)
        try await Self.explain("CC-02", "利润未含新投产企业", by: other)
        try await office.sync()
        try await other.sync(exits: 1)
        let cell = "410728-01/_explanations/2024-H1/output/CC-02"
        let conflict = try await other.json("conflicts", exits: 1)["conflicts"][0]
        #expect(conflict["cell"].text == cell)
        let number = try #require(
            conflict["versions"].list.first { $0["value"]["text"].text?.hasPrefix("补交") == true }?["n"].number
        )
        let refused = try await other.refusal("resolve", cell, "--value", "随便写")
        #expect(refused["code"] == "take_only")
        try await other.expect("resolve", cell, "--take", "\(number)")
        try await other.sync()
        #expect(try await other.json("check")["findings"][0]["explanation"] == "补交上年税款3000万元")
    }

    static func explain(_ code: String, _ reason: String, by office: Office) async throws {
        _ = try await Command.client.json(
            ["check"] + Self.report + ["--explain", code, "--because", reason, "--store", office.store]
        )
    }
}
