import Foundation
import Testing

@Suite("The commands about the scheme")
struct SchemeCommandTests {
    @Test("check: a directory without mistakes is summed up", arguments: ["Protocol/Schemes/henan-zones"])
    func clean(folder: String) async throws {
        let checked = try await Command.server.json(["scheme", "check", repository(folder)])
        #expect(checked.keys == ["format", "ok", "mistakes", "units", "forms", "items"])
        #expect(checked["ok"] == true && checked["mistakes"] == [])
        for key in ["units", "forms", "items"] { #expect((checked[key].number ?? 0) > 5, "\(key)") }
        let told = try await Command.server.run(["scheme", "check", repository(folder), "--lang", "zh"])
        #expect(told.exitCode == 0 && told.output.contains("张报表"), "\(told.output)")
    }

    @Test("check: every mistake has its place, a code and a sentence")
    func mistakes() async throws {
        let scene = try Scene()
        let folder = try OwnScheme.write(
            in: scene,
            replacing: "level: county",
            with: "level: village",
            in: "units.yaml"
        )
        let checked = try await Command.server.json(["scheme", "check", folder], exits: 1)
        #expect(checked["ok"] == false && checked["units"] == nil && checked["items"] == nil)
        let mistake = checked["mistakes"][0]
        #expect(mistake.keys == ["file", "line", "column", "code", "text"])
        #expect(mistake["file"] == "units.yaml" && mistake["line"] == 3 && mistake["code"] == "not_one_of")
        let told = try await Command.server.run(["scheme", "check", folder, "--lang", "en"])
        #expect(told.exitCode == 1 && told.output.hasPrefix("units.yaml:3:"), "\(told.output)")
        let nowhere = try await Command.server.run(["scheme", "check", scene.path("nowhere")])
        #expect(nowhere.exitCode == 2)
    }

    @Test("use: takes a new version only, and tells what comes and goes")
    func use() async throws {
        let scene = try Scene()
        let store = ["--store", scene.path("province")]
        let first = try OwnScheme.write(in: scene)
        #expect(try await Command.server.run(["init", "--scheme", first] + store).exitCode == 0)
        let same = try await Command.server.run(["scheme", "use", first] + store)
        #expect(same.exitCode == 0 && same.output.contains("already"))
        let second = try OwnScheme.write(in: scene, itemCount: 3)
        let refused = try await Command.server.run(["scheme", "use", second, "--json"] + store)
        #expect(refused.exitCode == 2, "there is no --json here")
        let unchanged = try await Command.server.run(["scheme", "use", second] + store)
        #expect(unchanged.exitCode == 4 && unchanged.errors.contains("version"))
        let third = try OwnScheme.write(in: scene, itemCount: 3, version: "2")
        let used = try await Command.server.run(["scheme", "use", third, "--lang", "en"] + store)
        #expect(used.exitCode == 0 && used.output.contains("added 1 items: figures.figure_003"), "\(used.output)")
        let shown = try await Command.server.json(["scheme", "show"] + store)
        #expect(shown["version"] == "2" && shown["forms"][0]["items"] == 3 && shown["units"] == 4)
        let handedOver = try OwnScheme.write(
            in: scene,
            itemCount: 3,
            version: "3",
            replacing: "items:",
            with: "written_by: [office]\nitems:",
            in: "figures.yaml"
        )
        let told = try await Command.server.run(["scheme", "use", handedOver, "--lang", "en"] + store)
        #expect(told.output.contains("reassigned 3 items: figures.figure_001 figures.figure_002"), "\(told.output)")
        let broken = try OwnScheme.write(in: scene, version: "4", replacing: "公里", with: "里", in: "measures.yaml")
        #expect(try await Command.server.run(["scheme", "use", broken] + store).exitCode == 4)
        #expect(try await Command.server.json(["scheme", "show"] + store)["version"] == "3")
    }

    @Test("a running server serves a new scheme, and an office with the old one loses nothing")
    func replacedWhileServing() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let (early, late) = (
            try await scene.office("早", server: server), try await scene.office("迟", server: server)
        )
        for office in [early, late] { try await office.sync() }
        let zone = "410728-01/figures/2024-01/"
        try await late.expect("set", zone + "figure_001", "1")
        try await late.expect("set", zone + "figure_002", "2")
        try await early.expect("set", "410728-02/figures/2024-01/figure_002", "5")
        try await early.sync()

        // figure_003 comes, figure_002 goes, and 5 is stored there.
        let next = try OwnScheme.write(in: scene, items: [1, 3], version: "2")
        let store = ["--store", server.store]
        let asked = try await Command.server.run(["scheme", "use", next, "--lang", "en"] + store)
        #expect(asked.exitCode == 4 && asked.errors.contains("1 values") && asked.errors.contains("--yes"))
        let used = try await Command.server.run(["scheme", "use", next, "--yes", "--lang", "en"] + store)
        #expect(used.exitCode == 0 && used.output.contains("removed 1 items: figures.figure_002"), "\(used.output)")
        #expect(used.output.contains("no longer knows 1 stored values"))

        // One office works by the new scheme, the other still by the old.
        try await early.sync()
        #expect(try await early.json("status")["scheme"].text?.hasPrefix("own 2 ") == true)
        try await early.expect("set", zone + "figure_003", "3")
        #expect(try await early.sync()["sent"] == 1)
        #expect(try await late.json("status")["scheme"].text?.hasPrefix("own 1 ") == true)
        try await late.expect("set", zone + "figure_002", "4")
        let synced = try await late.sync()
        #expect((synced["sent"].number ?? 0) >= 3 && (synced["received"].number ?? 0) >= 2)
        #expect(try await late.json("status")["scheme"].text?.hasPrefix("own 2 ") == true)
        #expect(try await late.cell(zone + "figure_003")["value"]["number"] == "3")

        // What the scheme no longer knows is kept by all and passed on.
        try await early.sync()
        for office in [early, late] {
            #expect(try await office.cell(zone + "figure_002")["value"]["number"] == "4")
            #expect(try await office.cell("410728-02/figures/2024-01/figure_002")["value"]["number"] == "5")
            let equal = try await Command.inspect.json(["diff", office.store, server.store])
            #expect(equal["equal"] == true)
        }
        #expect(try await early.refusal("set", zone + "figure_002", "6")["code"] == "unknown_item")
    }

    @Test("what is held of a unit that the scheme no longer has still goes both ways")
    func unitRemovedWhileServing() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let (early, late) = (
            try await scene.office("早", server: server), try await scene.office("迟", server: server)
        )
        for office in [early, late] { try await office.sync() }
        let gone = "410728-02/figures/2024-01/figure_001"
        try await early.expect("set", gone, "5")
        for office in [early, late] { try await office.sync() }
        let line = "  - {code: \"410728-02\", name: 二区, name_en: Zone two, level: zone, parent: \"410728\"}\n"
        let next = try OwnScheme.write(in: scene, version: "2", replacing: line, with: "", in: "units.yaml")
        let used = try await Command.server.run([
            "scheme", "use", next, "--yes", "--lang", "en", "--store", server.store,
        ])
        #expect(used.exitCode == 0 && used.output.contains("removed 1 units: 410728-02"), "\(used.output)")
        // Written before the new scheme came, sent with it.
        try await late.expect("set", gone, "6")
        for office in [late, early] { try await office.sync() }
        #expect(try await late.json("status")["unsent"] == 0)
        for office in [early, late] {
            let equal = try await Command.inspect.json(["diff", office.store, server.store])
            #expect(equal["equal"] == true)
            let told = try await Command.inspect.json(["explain", gone, "--store", office.store])
            #expect(told["current"][0]["value"]["number"] == "6")
        }
    }
}
