import Foundation
import Testing

@Suite("submit, as a clerk uses it")
struct SubmitCommandTests {
    static let report = CheckCommandTests.report
    static let cells = CheckCommandTests.cells

    @Test("is refused while something stands against it, then works offline, and the board shows both times")
    func submit() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        func refusal() async throws -> JSON {
            try await office.refusal("submit", "一区", "产出", "2024-H1")["code"]
        }
        #expect(try await refusal() == "report_is_empty")
        try await office.expect("set", Self.cells + "revenue", "3.5")
        try await office.expect("set", Self.cells + "profit", "4.2")
        try await office.expect("set", Self.cells + "tax", "2.5亿元")
        #expect(try await refusal() == "report_has_errors")
        let told = try await office.run("submit", "一区", "产出", "2024-H1", "--lang", "zh")
        #expect(told.errors.contains("利润 4.2亿元，大于 营业收入 3.5亿元") && told.errors.contains("请用 check"))
        try await office.expect("set", Self.cells + "profit", "2")
        #expect(try await refusal() == "warnings_unexplained")
        try await CheckCommandTests.explain("CC-02", "补交上年税款3000万元", by: office)

        // Without a line.
        try await server.terminate()
        let submitted = try await office.json("submit", "一区", "产出", "2024-H1")
        #expect(submitted.keys == ["format", "unit", "form", "period", "state", "written"])
        #expect(submitted["unit"] == "410728-01" && submitted["form"] == "output" && submitted["period"] == "2024-H1")
        #expect(submitted["state"] == "submitted" && submitted["written"] == true)
        #expect(try await office.json("submit", "一区", "产出", "2024-H1")["written"] == false)
        let back = try await RunningServer.start(store: server.store, port: server.port)
        try await office.sync()
        let board = try await Command.server.json(["board", "output", "2024-H1", "--store", back.store])
        let row = board["rows"].first(where: "unit", is: "410728-01")
        #expect(row["state"] == "on_time" && row["filled_items"] == 3 && row["items"] == 3)
        #expect(row["filled"].text?.hasSuffix("Z") == true && row["received"].text?.hasSuffix("Z") == true)
        #expect((row["filled"].text ?? "") <= (row["received"].text ?? ""))
        let waiting = board["rows"].first(where: "unit", is: "410728-02")
        #expect(waiting["state"] == "due" && waiting["filled"] == nil && waiting["received"] == nil)
        #expect(board["reported"] == 1 && board["expected"] == 3)
    }

    @Test("is refused while a cell of the report is in conflict")
    func conflict() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        let other = try await stage.scene.office("办公室二", server: server)
        try await other.sync()
        try await office.expect("set", Self.cells + "revenue", "3")
        try await other.expect("set", Self.cells + "revenue", "4")
        try await office.sync()
        try await other.sync(exits: 1)
        let refused = try await other.refusal("submit", "一区", "产出", "2024-H1")
        #expect(
            refused["code"] == "report_in_conflict" && refused["text"].text?.contains(Self.cells + "revenue") == true
        )
        try await other.expect("resolve", Self.cells + "revenue", "--take", "1")
        #expect(try await other.json("submit", "一区", "产出", "2024-H1")["written"] == true)
    }

    @Test("by two offices is no conflict")
    func twice() async throws {
        let stage = try await CheckedStage()
        let (server, office) = (stage.server, stage.office)
        let other = try await stage.scene.office("办公室二", server: server)
        try await office.expect("set", Self.cells + "revenue", "3")
        try await office.sync()
        try await other.sync()
        for clerk in [office, other] { _ = try await clerk.json("submit", "一区", "产出", "2024-H1") }
        for clerk in [office, other, office] { try await clerk.sync() }
        #expect(try await other.json("status")["conflicts"] == 0)
    }
}
