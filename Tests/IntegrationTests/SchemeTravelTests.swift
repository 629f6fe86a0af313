import Foundation
import Testing

@Suite("A scheme of a user's own")
struct SchemeTravelTests {
    @Test("reaches clients by sync, is used by them, and is not sent again")
    func travels() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let office = try await scene.office("办公室", server: server)
        let cell = "410728-01/figures/2024-01/figure_001"
        #expect(try await office.refusal("set", cell, "1")["code"] == "unknown_form", "the bundled one at first")
        let first = try await office.sync()
        #expect(try await office.json("status")["scheme"].text?.hasPrefix("own 1 ") == true)
        try await office.expect("set", cell, "1")
        #expect(try await office.refusal("set", ConflictTests.cell, "1")["code"] == "unknown_form")
        #expect(try await office.sync()["sent"] == 1)
        let again = try await office.sync()
        #expect((again["bytes_in"].number ?? .max) < (first["bytes_in"].number ?? 0) / 2)
        let totals = try await Command.server.json(["totals", "figures", "2024-01", "--store", server.store])
        #expect(totals["rows"].list.first { $0["unit"] == "410000" && $0["item"] == "figure_001" }?["sum"] == "1")
    }

    static let mistakeTable: [(file: String, old: String, new: String, line: Int, word: String)] = [
        ("units.yaml", "parent: \"410728\"", "parent: \"410799\"", 4, "410799"),
        ("units.yaml", "level: county", "level: village", 3, "village"),
        ("figures.yaml", "unit: 公里", "unit: 英里", 5, "英里"),
        ("figures.yaml", "kind: current", "sort: current", 5, "sort"),
        ("figures.yaml", "reported_by: [zone]", "reported_by: [\"410799\"]", 5, "410799"),
        ("scheme.yaml", "version: \"1\"", "version: [", 5, "scheme.yaml"),
    ]

    @Test("is refused with file, line and reason, and no store is made", arguments: mistakeTable)
    func mistakes(file: String, old: String, new: String, line: Int, word: String) async throws {
        let scene = try Scene()
        let folder = try OwnScheme.write(in: scene, replacing: old, with: new, in: file)
        for language in ["en", "zh"] {
            let refused = try await Command.server.run([
                "init", "--store", scene.path("province"), "--scheme", folder, "--lang", language,
            ])
            #expect(refused.exitCode == 4)
            #expect(refused.errors.contains("\(file):\(line):"), "\(refused.errors)")
            #expect(refused.errors.contains(word), "\(refused.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: scene.path("province")))
    }
}

/// A small scheme: the province, a county with two zones, and a form of figures by month.
enum OwnScheme {
    /// Writes the scheme's files, with `old` in one of them replaced.
    ///
    /// - Returns: The path of their folder.
    static func write(
        in scene: Scene,
        itemCount: Int = 2,
        items numbers: [Int]? = nil,
        version: String = "1",
        type: String = "unit: 公里, kind: current",
        replacing old: String = "",
        with new: String = "",
        in changedFile: String = ""
    ) throws -> String {
        let items = (numbers ?? Array(1...itemCount)).map { number in
            let code = self.item(number)
            return
                "  - {item: \(code), name: 指标\(number), name_en: Figure \(number), \(type), periods: [month], reported_by: [zone]}"
        }
        let files = [
            "scheme.yaml": "scheme: own\nname: 自定制度\nname_en: Own scheme\nversion: \"\(version)\"\n",
            "units.yaml": """
            units:
              - {code: "410000", name: 河南省, name_en: Henan, level: province}
              - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000"}
              - {code: "410728-01", name: 一区, name_en: Zone one, level: zone, parent: "410728"}
              - {code: "410728-02", name: 二区, name_en: Zone two, level: zone, parent: "410728"}

            """,
            "measures.yaml": "measures:\n  - {code: 公里, name_en: kilometre}\n",
            "figures.yaml": "form: figures\nname: 数字\nname_en: Figures\nitems:\n" + items.joined(separator: "\n"),
        ]
        for (name, text) in files {
            var text = text
            if name == changedFile, let range = text.firstRange(of: old) { text.replaceSubrange(range, with: new) }
            _ = try scene.write(text, to: "scheme/\(name)")
        }
        return scene.path("scheme")
    }

    /// `figure_001`
    static func item(_ number: Int) -> String {
        let digits = String(number)
        return "figure_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    }
}
