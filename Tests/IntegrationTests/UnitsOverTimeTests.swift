import Foundation
import Testing

@Suite("Units and their names over time")
struct UnitsOverTimeTests {
    @Test("a zone that comes to the city stays in the county's old reports")
    func moves() async throws {
        let scene = try Scene()
        let folder = try OwnScheme.write(
            in: scene,
            replacing: """
                  - {code: "410728-02", name: 二区, name_en: Zone two, level: zone, parent: "410728"}
                """,
            with: """
                  - {code: "410700", name: 新乡市, name_en: Xinxiang, level: city, parent: "410000"}
                  - code: "410728-02"
                    name: 二区
                    name_en: Zone two
                    level: zone
                    parents:
                      - {parent: "410728", until: 2024-06-30}
                      - {parent: "410700", from: 2024-07-01}
                """,
            in: "units.yaml"
        )
        let server = try await scene.province(scheme: folder)
        let county = try await scene.office("县", server: server)
        try await county.sync()
        for period in ["2024-06", "2024-07"] {
            try await county.expect("set", "410728-01/figures/\(period)/figure_001", "1")
            try await county.expect("set", "410728-02/figures/\(period)/figure_001", "20")
        }
        try await county.sync()
        // The city has all that was ever the zone's, reported before it came and after.
        let city = try await scene.office("市", of: "410700", server: server)
        try await city.sync()
        try await city.sync()
        #expect(try await city.cell("410728-02/figures/2024-06/figure_001")["value"]["number"] == "20")

        for (period, countySum, citySum) in [("2024-06", "21", nil), ("2024-07", "1", "20")]
            as [(String, String, String?)]
        {
            let totals = try await Command.server.json(["totals", "figures", period, "--store", server.store])
            func sum(_ unit: String) -> JSON {
                totals["rows"].list.first { $0["unit"].text == unit && $0["item"] == "figure_001" }?["sum"] ?? nil
            }
            #expect(sum("410728").text == countySum && sum("410700").text == citySum && sum("410000") == "21")
        }
    }

    @Test("an unknown name waits for a person, and never becomes a unit")
    func names() async throws {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:7428", "--name", "办公室")
        let head = "单位,报表,报告期,指标,数值\n"
        let known = try scene.write(
            head + "参木,land,2024,planned_area,1\n参木工业集聚区,land,2023,planned_area,2\n",
            to: "known.csv"
        )
        #expect(try await office.json("import", known)["new"] == 2)
        for year in ["2023", "2024"] {
            let cell = try await office.cell("410728-01-04/land/\(year)/planned_area")
            #expect(cell["value"]["state"] == "number")
        }

        let file = try scene.write(head + "参木园区,land,2022,规划用地,7\n", to: "unknown.csv")
        #expect(try await office.json("import", file, "--dry-run", exits: 1)["refused"][0]["code"] == "unknown_unit")
        #expect(try await office.json("match")["names"] == [], "a dry run queues nothing")
        let imported = try await office.run("import", file, "--lang", "zh")
        #expect(imported.exitCode == 1 && imported.output.contains("有 2 个名称"), "\(imported.output)")
        let names = try await office.json("match")["names"]
        #expect(names.list.map { $0["kind"] } == ["unit", "item"])
        #expect(names[0]["name"] == "参木园区" && names[0]["form"] == nil && names[0]["rows"] == 1)
        #expect(names[0]["candidates"][0]["code"] == "410728-01-04" && names[0]["code"] == nil)
        #expect(names[0]["first_seen"].text?.hasSuffix("Z") == true)
        #expect(names[1]["name"] == "规划用地" && names[1]["form"] == "land")
        #expect(try await office.refusal("show", "参木园区", "land", "2022")["code"] == "unknown_unit")

        let told = try await office.run("match", "--lang", "zh")
        #expect(told.output.contains("裁定：huiliu-client match 参木园区 410728-01-04"), "\(told.output)")
        try await office.expect("match", "参木园区", "参木")
        try await office.expect("match", "规划用地", "planned_area", "--form", "land")
        #expect(try await office.json("match")["names"] == [])
        #expect(
            try await office.json("match", "--all")["names"].list.map { $0["code"] } == [
                "410728-01-04", "planned_area",
            ]
        )
        #expect(try await office.json("import", file)["new"] == 1)
        #expect(try await office.cell("410728-01-04/land/2022/planned_area")["value"]["number"] == "7")

        let forgotten = try await office.json("match", "参木园区", "--forget")
        #expect(forgotten["names"][0]["code"] == nil)
        #expect(try await office.json("import", file, exits: 1)["refused"][0]["code"] == "unknown_unit")
    }
}
