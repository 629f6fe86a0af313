import ClientStore
import Foundation
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import Testing

/// Reports filled offline in June, and what the province's board says of them once they have come.
@Suite("The board of a province")
struct BoardTests {
    /// The two half-monthly reports of a county with two zones, each judged by another rule.
    private static func files() -> [String: String] {
        let items = """
            items:
              - {item: roads, name: 道路, name_en: Roads, unit: 公里, kind: current, periods: [half_month], reported_by: [zone]}
              - {item: power, name: 电网, name_en: Power, unit: 公里, kind: current, periods: [half_month], reported_by: [zone]}

            """
        return [
            "scheme.yaml": """
            scheme: own
            name: 自定制度
            name_en: Own scheme
            version: "1"
            schedule: {half_month: {due: 2}}

            """,
            "units.yaml": """
            units:
              - {code: "410000", name: 河南省, name_en: Henan, level: province}
              - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000"}
              - {code: "410728-01", name: 一区, name_en: Zone one, level: zone, parent: "410728"}
              - {code: "410728-02", name: 二区, name_en: Zone two, level: zone, parent: "410728"}

            """,
            "measures.yaml": "measures:\n  - {code: 公里, name_en: kilometre}\n",
            "progress.yaml": "form: progress\nname: 进展半月报\nname_en: Progress\n" + items,
            "funds.yaml": "form: funds\nname: 争取资金半月报\nname_en: Funds\n"
                + "schedule: {half_month: {due: 2}, late_by: received}\n" + items,
        ]
    }

    private static func province(_ scene: Scene) async throws -> RunningServer {
        for (name, text) in self.files() { _ = try scene.write(text, to: "scheme/\(name)") }
        return try await scene.province(scheme: scene.path("scheme"))
    }

    /// Writes as the office's clerk did at that time: the commands themselves take the wall clock.
    private static func write(_ cells: [String], on moment: String, into store: String) throws {
        let parts = moment.split(separator: " ")
        let time = Timestamp(try #require(CalendarDate(parts[0])), try #require(TimeOfDay(parts[1])))
        let opened = try ClientStore(in: store, access: .write)
        let edits = try cells.map { Edit(try CellAddress($0), .number(Quantity(ExactDecimal("5")!))) }
        for outcome in try opened.write(edits, now: time) { #expect(outcome == .new) }
        try opened.database.close()
    }

    private static func board(_ server: RunningServer, _ arguments: String...) async throws -> JSON {
        try await Command.server.json(["board"] + arguments + ["--store", server.store])
    }

    @Test("shows both times of a report that was filled on the 16th and came later, and judges by the rule")
    func filledOffline() async throws {
        let scene = try Scene()
        let server = try await Self.province(scene)
        let office = try await scene.office("办公室", server: server)
        try Self.write(
            ["410728-01/progress/2024-06A/roads", "410728-01/funds/2024-06A/roads"],
            on: "2024-06-16 09:30",
            into: office.store
        )
        try Self.write(["410728-02/progress/2024-06A/roads"], on: "2024-06-18 08:00", into: office.store)
        // A correction on the 20th makes nobody late.
        try Self.write(["410728-01/progress/2024-06A/power"], on: "2024-06-20 09:30", into: office.store)
        let before = wallClockSeconds()
        try await office.sync()

        let progress = try await Self.board(server, "progress", "2024-06A")
        #expect(progress["due"] == "2024-06-17T16:00:00Z" && progress["late_by"] == "filled")
        #expect(progress["reported"] == 2 && progress["expected"] == 2)
        let first = progress["rows"].first(where: "unit", is: "410728-01")
        #expect(first["state"] == "on_time" && first["filled"] == "2024-06-16T01:30:00Z")
        #expect(first["filled_items"] == 2 && first["items"] == 2 && first["name"] == "一区")
        let received = try #require(first["received"].text)
        #expect(received >= Timestamp(secondsSince1970: before).description, "by the province's clock, in our days")
        #expect(progress["rows"].first(where: "unit", is: "410728-02")["state"] == "late")

        let funds = try await Self.board(server, "争取资金半月报", "2024-06A", "--under", "410728")
        #expect(funds["reported"] == 1 && funds["expected"] == 2)
        let same = funds["rows"].first(where: "unit", is: "410728-01")
        #expect(same["state"] == "late" && same["filled"] == first["filled"] && same["received"] == first["received"])
        let missing = funds["rows"].first(where: "unit", is: "410728-02")
        #expect(missing["state"] == "missing" && missing["filled"] == nil && missing["received"] == nil)

        // The period has not come yet.
        let later = try await Self.board(server, "progress", "9000-06A")
        #expect(later["rows"].list.allSatisfy { $0["state"] == "due" } && later["reported"] == 0)

        for (language, words) in [
            ("zh", ["按时", "迟报", "2024-06-16 09:30", "已报 2 / 应报 2"]), ("en", ["on time", "late"]),
        ] {
            let shown = try await Command.server.run([
                "board", "progress", "2024-06A", "--store", server.store, "--lang", language,
            ])
            #expect(shown.exitCode == 0)
            for word in words { #expect(shown.output.contains(word), "\(shown.output)") }
        }
    }

    @Test("lists two obligations for the 2nd and two for the 17th of a month for every zone")
    func month() async throws {
        let scene = try Scene()
        let server = try await Self.province(scene)
        let month = try await Self.board(server, "--month", "2024-06")
        #expect(month["month"] == "2024-06" && month["under"] == "410000")
        for zone in ["410728-01", "410728-02"] {
            let own = month["obligations"].list.filter { $0["rows"].first(where: "unit", is: zone) != .null }
            #expect(
                own.map { "\($0["due"].text ?? "") \($0["form"].text ?? "") \($0["period"].text ?? "")" } == [
                    "2024-06-02T16:00:00Z funds 2024-05B", "2024-06-02T16:00:00Z progress 2024-05B",
                    "2024-06-17T16:00:00Z funds 2024-06A", "2024-06-17T16:00:00Z progress 2024-06A",
                ]
            )
        }
        let one = try await Self.board(server, "--month", "2024-06", "--under", "410728-02")
        #expect(one["obligations"].list.count == 4)
        #expect(one["obligations"].list.allSatisfy { $0["expected"] == 1 && $0["rows"][0]["state"] == "missing" })
        let shown = try await Command.server.run([
            "board", "--month", "2024-06", "--store", server.store, "--lang", "zh",
        ])
        #expect(shown.exitCode == 0 && shown.output.contains("2024-06-17 24:00") && shown.output.contains("缺报"))
    }

    @Test(
        "is asked for a form and a period, or for a month",
        arguments: [
            [], ["progress"], ["progress", "2024-06A", "--month", "2024-06"], ["progress", "--month", "2024-06"],
            ["progress", "June"], ["--month", "2024-06A"], ["--month", "June"],
        ]
    )
    func usage(_ arguments: [String]) async throws {
        let scene = try Scene()
        let server = try await Self.province(scene)
        let refused = try await Command.server.run(["board"] + arguments + ["--store", server.store])
        #expect(refused.exitCode == 2 && refused.output.isEmpty && !refused.errors.isEmpty, "\(refused.errors)")
    }

    @Test("stands on the form of its period: a template change on 1 August does not alter June's")
    func template() async throws {
        let scene = try Scene()
        var files = Self.files()
        let dated = "reported_by: [zone], until: 2024-07-31}\n"
        let new =
            "  - {item: paved, name: 道路, name_en: Paved, unit: 公里, kind: current, periods: [half_month], reported_by: [zone], from: 2024-08-01}\n"
        let old = try #require(files["progress.yaml"])
        let firstEnd = try #require(old.firstRange(of: "reported_by: [zone]}\n"))
        files["progress.yaml"] = old.replacingCharacters(in: firstEnd, with: dated) + new
        for (name, text) in files { _ = try scene.write(text, to: "scheme/\(name)") }
        let server = try await scene.province(scheme: scene.path("scheme"))
        let office = try await scene.office("办公室", server: server)
        // Stored before the template changed: August's figure of an item that has left the form since.
        try Self.write(
            ["410728-01/progress/2024-06A/roads", "410728-01/progress/2024-08A/roads"],
            on: "2024-06-16 09:30",
            into: office.store
        )
        try await office.sync()
        func items(_ period: String) async throws -> [String] {
            try await office.json("show", "410728-01", "progress", period)["cells"].list
                .compactMap { $0["cell"].text?.split(separator: "/").last.map(String.init) }
        }
        #expect(try await items("2024-06A") == ["roads", "power"])
        #expect(try await items("2024-08A") == ["power", "paved", "roads"], "what is stored is shown")
        let totals = try await Command.server.json(["totals", "progress", "2024-06A", "--store", server.store])
        #expect(totals["rows"].first(where: "item", is: "roads")["sum"] == "5")
        #expect(totals["rows"].first(where: "item", is: "paved") == .null)
        let august = try await Self.board(server, "progress", "2024-08A")["rows"].first(where: "unit", is: "410728-01")
        #expect(august["items"] == 2 && august["filled_items"] == 0 && august["state"] == "on_time")

        let refused = try await office.refusal("set", "410728-01/progress/2024-08B/roads", "1")
        #expect(refused["code"] == "not_in_form_of_period" && refused["text"].text?.contains("2024-07-31") == true)
        try await office.expect("set", "410728-01/progress/2024-07B/roads", "1")
        let file = try scene.write(
            "单位,报表,报告期,指标,数值\n一区,progress,2024-07A,道路,1\n一区,progress,2024-08B,道路,2\n",
            to: "figures.csv"
        )
        try await office.expect("import", file)
        #expect(try await office.cell("410728-01/progress/2024-07A/roads")["value"]["number"] == "1")
        #expect(try await office.cell("410728-01/progress/2024-08B/paved")["value"]["number"] == "2")
    }

    private func wallClockSeconds() -> Int64 { Int64(Date().timeIntervalSince1970.rounded(.down)) }
}
