import Foundation
import Testing

@Suite("Signed target letters, at the command line")
struct TargetLetterTests {
    /// The small scheme with a target and a letter.
    static func scheme(in scene: Scene) throws -> String {
        let folder = try OwnScheme.write(
            in: scene,
            replacing: "version: \"1\"",
            with: "version: \"1\"\ntarget_letter: {form: letter, signed: signed_on, amendments: amendments}",
            in: "scheme.yaml"
        )
        _ = try scene.write(
            """
            form: letter
            name: 目标责任书
            name_en: Target letter
            items:
              - {item: signed_on, name: 签订日期, name_en: Signed on, type: date, periods: [year], reported_by: [zone]}
              - {item: amendments, name: 变更记录, name_en: Amendments, type: text, periods: [year], reported_by: [zone]}
              - {item: road_target, name: 道路目标, name_en: Road target, unit: 公里, kind: cumulative, role: target, periods: [year], reported_by: [zone]}
            """,
            to: "scheme/letter.yaml"
        )
        return folder
    }

    @Test("a signed target changes only with a reason and an approver, and shows which version it is")
    func amend() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try Self.scheme(in: scene))
        let office = try await scene.office("办公室", server: server)
        try await office.sync()
        let (target, zone) = ("410728-01/letter/2024/road_target", "410728-01/letter/2024/")
        try await office.expect("set", target, "12公里")
        try await office.expect("set", target, "13公里")
        #expect(try await office.cell(target)["target_version"] == nil)
        try await office.expect("set", zone + "signed_on", "2024-03-01")
        #expect(try await office.cell(target)["target_version"] == 0)

        let refused = try await office.refusal("set", target, "20")
        #expect(refused["code"] == "target_signed" && refused["text"].text?.contains("2024-03-01") == true)
        #expect(refused["next"].text?.contains("--amend") == true)
        #expect(try await office.run("set", target, "20", "--amend", "规划调整").exitCode == 2)
        #expect(try await office.run("set", target, "20", "--approved-by", "李四").exitCode == 2)
        let file = try scene.write(
            """
            unit,form,period,item,value
            410728-01,letter,2024,road_target,20
            410728-02,letter,2024,road_target,7
            410728-01,figures,2024-01,figure_001,1
            """,
            to: "rows.csv"
        )
        let imported = try await office.json("import", file, exits: 1)
        #expect(imported["new"] == 2 && imported["refused"].list.count == 1)
        #expect(imported["refused"][0]["code"] == "target_signed" && imported["refused"][0]["line"] == 2)

        try await office.expect("set", target, "20", "--amend", "规划调整", "--approved-by", "李四")
        #expect(try await office.cell(target)["target_version"] == 1)
        #expect(try await office.cell(target)["value"]["number"] == "20")
        #expect(
            try await office.cell(zone + "amendments")["value"]["text"]
                == "第1次变更：道路目标（letter/2024/road_target） 13公里 → 20公里；理由：规划调整；批准人：李四"
        )
        let shown = try await office.run("show", "410728-01", "letter", "2024", "--lang", "zh")
        #expect(shown.output.contains("道路目标〔第1次变更〕"), "\(shown.output)")
        #expect(try await office.refusal("set", zone + "signed_on", "")["code"] == "target_signed")
        #expect(try await office.sync()["sent"].number == 6)
    }

    @Test("two offices that amend one letter offline lose neither amendment")
    func bothAmend() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try Self.scheme(in: scene))
        let one = try await scene.office("办公室一", server: server)
        let other = try await scene.office("办公室二", server: server)
        let (target, zone) = ("410728-01/letter/2024/road_target", "410728-01/letter/2024/")
        try await one.sync()
        try await one.expect("set", target, "12")
        try await one.expect("set", zone + "signed_on", "2024-03-01")
        try await one.sync()
        try await other.sync()
        try await one.expect("set", target, "20", "--amend", "规划调整", "--approved-by", "李四")
        try await other.expect("set", target, "-5", "--amend", "停工", "--approved-by", "王五")
        try await one.sync()
        try await other.sync(exits: 1)

        let told = try await other.run("conflicts", "--lang", "zh")
        #expect(told.output.contains("resolve \(zone)amendments --take all"), "\(told.output)")
        for number in ["1", "2"] {
            let refused = try await other.refusal("resolve", zone + "amendments", "--take", number)
            #expect(refused["code"] == "amendment_dropped" && refused["next"].text?.contains("--take all") == true)
        }
        #expect(try await other.refusal("resolve", target, "--take", "all")["code"] == "take_one")
        try await other.expect("resolve", zone + "amendments", "--take", "all")
        try await other.expect("resolve", target, "--take", "1")
        let text = try await other.cell(zone + "amendments")["value"]["text"].text ?? ""
        #expect(text.split(separator: "\n").map { $0.prefix(6) } == ["第1次变更：", "第2次变更："])
        #expect(text.contains("规划调整") && text.contains("停工"))
    }

    @Test("a figure in another measure is converted, and the command says how")
    func converted() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        let cell = "410728-01/infrastructure/2024-H1/investment"
        let set = try await office.json("set", cell, "超9000万元")
        #expect(set["converted"] == "超9000万元 = 超0.9000亿元" && set["value"]["number"] == "0.9000")
        #expect(set["value"]["qualifier"] == "超" && set["value"]["unit"] == "亿元")
        let told = try await office.run("set", cell, "113200万元", "--lang", "zh")
        #expect(told.output.contains("已换算：113200万元 = 11.3200亿元"), "\(told.output)")
        #expect(try await office.json("set", cell, "2")["converted"] == nil)
        #expect(try await office.refusal("set", cell, "3台")["code"] == "other_unit_of_measure")
    }
}
