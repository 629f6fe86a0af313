import Foundation
import Testing

@Suite("An export of all that a store holds")
struct ExportTests {
    private static let examples = ["changyuan", "lushan", "notes", "not_numbers"]

    /// The rows of a CSV file as lists of fields, without its mark; read by other code than the product's.
    private static func rows(_ text: String) -> [[String]] {
        var (rows, row, field): ([[String]], [String], String) = ([], [], "")
        var isQuoted = false
        var characters = Array(text.unicodeScalars.dropFirst(text.unicodeScalars.first == "\u{FEFF}" ? 1 : 0))[...]
        while let next = characters.popFirst() {
            switch next {
            case "\"" where isQuoted && characters.first == "\"":
                field.unicodeScalars.append(characters.removeFirst())
            case "\"": isQuoted.toggle()
            case "," where !isQuoted:
                row.append(field)
                field = ""
            case "\n" where !isQuoted:
                rows.append(row + [field])
                (row, field) = ([], "")
            case "\r" where !isQuoted: break
            default: field.unicodeScalars.append(next)
            }
        }
        return rows
    }

    @Test("tells of every write what it is now, who made it and what it replaced")
    func history() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let one = try await scene.office("办公室一", author: "张三", server: server)
        let other = try await scene.office("办公室二", author: "王五", server: server)
        try await one.expect("set", ConflictTests.cell, "13.50")
        try await one.sync()
        try await other.sync()
        try await one.expect("set", ConflictTests.cell, "近14")
        try await other.expect("set", ConflictTests.cell, "15")
        try await other.sync()
        try await one.sync(exits: 1)
        try await one.expect("set", "410728-01/infrastructure/2024-H1/power_grid", "2")

        let all = try await one.run("export", "-")
        #expect(all.exitCode == 0 && all.output.unicodeScalars.first == "\u{FEFF}", "\(all.errors)")
        let rows = Self.rows(all.output)
        #expect(
            rows[0] == [
                "unit", "form", "period", "row", "item", "value", "state", "replica", "sequence", "hash", "author",
                "device", "time", "received", "delivered", "supersedes",
            ]
        )
        let roads = rows.filter { $0[4] == "roads" }
        #expect(roads.map { $0[5] } == ["13.50", "近14", "15"] && roads.allSatisfy { $0.count == 16 })
        #expect(roads.map { $0[6] } == ["superseded", "conflicting", "conflicting"])
        #expect(roads.map { $0[10] } == ["张三", "张三", "王五"] && roads.map { $0[11] } == ["办公室一", "办公室一", "办公室二"])
        #expect(roads.map { $0[14] } == ["yes", "yes", "yes"])
        let first = "\(roads[0][7]):1"
        #expect(roads.map { $0[15] } == ["", first, first])
        let last = try #require(rows.first { $0[4] == "power_grid" })
        #expect(last[6] == "current" && last[14] == "no" && last[8] == "3")
        let log = try await Command.inspect.json(["log", "--store", one.store])["changes"]
        #expect(log.list.reduce(0) { $0 + $1["writes"].list.count } == rows.count - 1)
        #expect(Set(log.list.compactMap { $0["hash"].text }) == Set(rows.dropFirst().map { $0[9] }))

        let chinese = try await one.run("export", "-", "--lang", "zh")
        #expect(chinese.output.hasPrefix("\u{FEFF}单位,报表,报告期,行,指标,数值,状态,设备号,"))
        // The one line about the conflict does not stand among the figures.
        let current = try await one.run("export", "-", "--current")
        #expect(current.errors.contains("Cells in conflict: 1") && Self.rows(current.output).count == 3)
    }

    @Test("of the present values is read back by import, cell for cell", arguments: ["en", "zh"])
    func roundTrip(language: String) async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let (one, other) = (
            try await scene.office("一", of: "410000", server: server),
            try await scene.office("二", of: "410000", server: server)
        )
        for example in Self.examples {
            _ = try await one.run("import", repository("Protocol/Schemes/henan-zones/examples/\(example).csv"))
        }
        try await one.expect("set", "410728-01/infrastructure/2024-H1/roads", "13.500")
        let file = scene.path("all.csv")
        try await one.expect("export", file, "--current", "--lang", language)
        let imported = try await other.json("import", file)
        #expect(imported["refused"] == [] && (imported["new"].number ?? 0) > 150, "\(imported)")
        let again = scene.path("again.csv")
        try await other.expect("export", again, "--current", "--lang", language)
        let texts = try [file, again].map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
        #expect(texts[0] == texts[1])
    }

    @Test("takes the place of a file only when it is told to, and leaves nothing half written")
    func overwrite() async throws {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "办公室")
        let file = try scene.write("a letter", to: "letter.csv")
        let refused = try await office.run("export", file)
        #expect(refused.exitCode == 4 && refused.errors.contains("--overwrite"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "a letter")
        try await office.expect("export", file, "--overwrite")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("unit,form"))
        // A store is not replaced by any option, and what is written is the owner's alone.
        let key = try scene.write("a key", to: "authority.key")
        for path in [key, "\(office.store)/client.sqlite"] {
            let replaced = try await office.run("export", path, "--overwrite")
            #expect(replaced.exitCode == 4 && replaced.errors.contains("nothing may replace"), "\(replaced.errors)")
        }
        try FileManager.default.removeItem(atPath: key)
        for path in [file, "\(office.store)/client.sqlite"] {
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(path)")
        }
        let unnamed = try await office.run("export", "")
        #expect(unnamed.exitCode == 4 && unnamed.errors.contains("names no file"), "\(unnamed.errors)")
        let nowhere = try await office.run("export", scene.path("none") + "/all.csv")
        #expect(nowhere.exitCode == 4 && nowhere.errors.contains("does not exist"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scene.folder.path).sorted() == ["letter.csv", "office"]
        )
    }
}
