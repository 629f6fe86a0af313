import Foundation
import ReportStorage
import TestSupport
import Testing

@Suite("A store that is damaged on disk")
struct DamageTests {
    /// What happened to the file.
    enum Damage: String, CaseIterable {
        case header, firstPages, somePages, flippedBytes, cut, wrongCells

        func strike(_ path: String, seed: UInt64) throws {
            var random = SplitMix64(seed: seed)
            let file = URL(fileURLWithPath: path)
            var bytes = try Data(contentsOf: file)
            let pageCount = bytes.count / 4096
            func destroy(_ page: Int) {
                bytes.replaceSubrange(page * 4096..<(page + 1) * 4096, with: Data(repeating: 0x5A, count: 4096))
            }
            switch self {
            case .header: bytes.replaceSubrange(0..<100, with: Data(count: 100))
            case .firstPages: for page in 0..<3 { destroy(page) }
            case .somePages: for _ in 0..<6 { destroy(Int.random(in: 1..<pageCount, using: &random)) }
            case .flippedBytes:
                for _ in 0..<400 { bytes[Int.random(in: 100..<bytes.count, using: &random)] ^= 0x41 }
            case .cut: bytes = bytes.prefix(bytes.count * 2 / 3)
            case .wrongCells: return try self.wrongCells(path)
            }
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try bytes.write(to: file)
        }

        /// Alters a stored figure where it lies: the file stays a good one, only `verify` can tell.
        private func wrongCells(_ path: String) throws {
            let file = URL(fileURLWithPath: path)
            var bytes = try Data(contentsOf: file)
            // A number of scale 1 and mantissa 4711 (zig-zag 9422), which is written where nothing else is alike.
            let figure = Data([8, 1, 0xCE, 0x49])
            var begin = bytes.startIndex
            var count = 0
            while let range = bytes.range(of: figure, in: begin..<bytes.endIndex) {
                // In the log it is followed by the next write; in the table of cells it ends its row.
                bytes[range.lowerBound + 2] = 0xCC
                begin = range.upperBound
                count += 1
            }
            try #require(count >= 1)
            try bytes.write(to: file)
        }
    }

    @Test(
        "of an office says so, is rebuilt, and has everything again after a sync",
        arguments: Damage.allCases,
        [UInt64(1), 2]
    )
    func office(damage: Damage, seed: UInt64) async throws {
        let stage = try await Stage()
        let path = stage.office.store + "/client.sqlite"
        try damage.strike(path, seed: seed)
        let damaged = try Data(contentsOf: URL(fileURLWithPath: path))
        let verified = try await Command.inspect.json(["verify", "--store", stage.office.store], exits: 1)
        #expect(verified["ok"] == false)
        let problem = verified["first_problem"]
        #expect(problem.keys == ["scope", "replica", "sequence", "hash", "code", "text", "next"])
        #expect(problem["next"].text?.contains("rebuild") == true)
        if damage == .header || damage == .firstPages {
            let refused = try await stage.office.refusal("status")
            #expect(refused["code"] == "store_damaged" && refused["next"].text?.contains("rebuild") == true)
        }
        let rebuilt = try await stage.rebuild()
        #expect(rebuilt["problem"].text != nil)
        let kept = try #require(rebuilt["damaged"].text)
        #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == damaged)
        if [.header, .firstPages, .wrongCells].contains(damage) {
            #expect(rebuilt["saved"].number == stage.changeCount || damage == .wrongCells)
        }
        print("  \(damage) \(seed): \(rebuilt["saved"].number ?? 0) of \(stage.changeCount) changes saved")
        let synced = try await stage.office.run("sync", "--json")
        // What only the office had and what nobody gives back is told until somebody enters it again.
        let status = try await stage.office.run("status", "--json")
        let lost = try JSON(status.output)["lost"].list
        #expect(synced.exitCode == (lost.isEmpty ? 0 : 1) && status.exitCode == synced.exitCode)
        let cell = try await stage.office.cell(Stage.unsent)
        #expect((cell["value"]["number"] == "471.1") == lost.isEmpty, "\(lost)")
        for chain in lost {
            #expect(chain.keys == ["scope", "replica", "first", "last"] && chain["scope"].text == "410728-01")
        }
        try await stage.expectEqual()
        // What only the office had is there where its rows were.
        if damage == .header || damage == .firstPages {
            #expect(cell["value"]["number"] == "471.1")
        }
        let inspected = try await Command.inspect.json(["status", "--store", stage.office.store])
        #expect(inspected["lost"].list.count == lost.count)
        let accepted = try await stage.office.json("rebuild", "--accept-losses")
        #expect(accepted.keys == ["format", "accepted"] && accepted["accepted"].list.count == lost.count)
        #expect(try await stage.office.json("status")["lost"] == [])
        let again = try await stage.office.json("rebuild")
        #expect(again["problem"] == nil && again["damaged"] == nil && again["lost"] == [])
    }

    @Test("that lost changes says so until a person has accepted it, also after going on")
    func told() async throws {
        let stage = try await Stage()
        try Damage.header.strike(stage.office.store + "/client.sqlite", seed: 1)
        _ = try await stage.rebuild()
        let file = stage.office.store + "/client.sqlite"
        // The first as former programs noted it.
        let note = "410728-01 \(try await stage.office.json("status")["replica"].text ?? "") 9\n? ? 2 4"
        let insert =
            "INSERT INTO setting VALUES ('lost_changes', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        let script =
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2], [sys.argv[3]]); c.commit()"
        let written = try await RunningProgram(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", "-c", script, file, insert, note]
        ).finished()
        #expect(written.exitCode == 0, "\(written.errors)")
        for (language, known, unknown) in [
            ("zh", "至 9 笔更改", "2 笔更改，已无从得知属于谁"), ("en", "to 9 of", "2 changes, nothing tells whose"),
        ] {
            let status = try await stage.office.run("status", "--lang", language)
            #expect(status.exitCode == 1 && status.output.contains(known) && status.output.contains(unknown))
        }
        let accepted = try await stage.office.run("rebuild", "--accept-losses", "--lang", "zh")
        #expect(accepted.output == "已确认 2 条丢失记录，不再提示。\n" && accepted.exitCode == 0)
        let status = try await stage.office.run("status", "--lang", "zh")
        #expect(status.exitCode == 0 && !status.output.contains("丢失"))
        let none = try await stage.office.run("rebuild", "--accept-losses", "--lang", "en")
        #expect(none.output == "There is no notice of lost changes.\n" && none.exitCode == 0)
    }

    @Test("of the province is rebuilt, and the offices bring back what is missing", arguments: Damage.allCases)
    func province(damage: Damage) async throws {
        let stage = try await Stage()
        try await stage.office.sync()
        try await stage.server.terminate()
        let path = stage.server.store + "/server.sqlite"
        try damage.strike(path, seed: 3)
        let scheme = ["--scheme", repository("Protocol/Schemes/henan-zones")]
        let rebuilt = try await Command.server.run(["rebuild", "--store", stage.server.store, "--json"] + scheme)
        #expect([0, 1].contains(rebuilt.exitCode), "\(rebuilt.errors)")
        print("  \(damage): \(try JSON(rebuilt.output)["saved"].number ?? 0) of \(stage.changeCount) changes saved")
        let server = try await RunningServer.start(store: stage.server.store, port: stage.server.port)
        _ = try await stage.office.json("sync", exits: 0)
        try await stage.expectEqual()
        try await server.terminate()
    }

    @Test("is not rebuilt while a program has it open, and a whole one is left as it is")
    func inUse() async throws {
        let stage = try await Stage()
        let path = stage.server.store + "/server.sqlite"
        let whole = try await Command.server.json(["rebuild", "--store", stage.server.store])
        #expect(whole["problem"] == nil && whole["saved"] == 0)
        // In the file as it is, which the server keeps open; what is in its log hides some of the pages.
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let byteCount = Int(try handle.seekToEnd())
        try handle.seek(toOffset: 8192)
        try handle.write(contentsOf: Data(count: byteCount - 8192))
        try handle.close()
        let refused = try await Command.server.run(["rebuild", "--store", stage.server.store, "--json"])
        #expect(refused.exitCode == 4)
        #expect(try JSON(refused.errors)["error"]["code"] == "store_busy")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: stage.server.store).allSatisfy { !$0.contains(".new-") }
        )
    }

    @Test("with a scheme that is not the one that was stored is told by verify")
    func scheme() async throws {
        let stage = try await Stage()
        try await stage.server.terminate()
        let store = try ReportDatabase(kind: .server, directory: stage.server.store, access: .write)
        try store.write { writer in
            var files = try writer.reader.schemeFiles()
            files[0].text += "# a word more\n"
            try writer.replaceSchemeFiles(with: files)
        }
        try store.close()
        let verified = try await Command.inspect.json(["verify", "--store", stage.server.store], exits: 1)
        #expect(verified["first_problem"]["code"] == "scheme_wrong")
    }

    @Test("that no longer says whose it is asks for what it needs, and is left as it is until then")
    func identity() async throws {
        let stage = try await Stage()
        let path = stage.office.store + "/client.sqlite"
        try Damage.firstPages.strike(path, seed: 0)
        let before = try FileManager.default.contentsOfDirectory(atPath: stage.office.store)
        let refused = try await stage.office.refusal("rebuild", exits: 2)
        #expect(refused["code"] == "identity_unreadable")
        let unknown = ["--unit", "999999", "--server", "127.0.0.1:1", "--name", "a", "--author", "a"]
        let mistaken = try await Command.client.run(
            ["rebuild", "--store", stage.office.store, "--json"] + unknown
        )
        #expect(mistaken.exitCode == 2)
        #expect(try JSON(mistaken.errors)["error"]["code"] == "unknown_unit")
        for option in ["--unit", "--server", "--name"] { #expect(refused["next"].text?.contains(option) == true) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: stage.office.store) == before)
    }
}

/// An office with figures at the province and some that only it has.
private struct Stage {
    let scene: Scene
    let server: RunningServer
    let office: Office
    let changeCount: Int

    /// Written last, and not sent.
    static let unsent = "410728-01/infrastructure/2024-H1/power_grid"

    init() async throws {
        self.scene = try Scene()
        self.server = try await self.scene.province()
        self.office = try await self.scene.office("办公室一", author: "张三", server: self.server)
        let file = repository("Protocol/Schemes/henan-zones/examples/changyuan.csv")
        try await self.office.expect("import", file)
        try await self.office.sync()
        try await self.office.expect("set", Self.unsent, "471.1")
        let status = try await Command.inspect.json(["status", "--store", self.office.store])
        self.changeCount = status["scopes"].list.reduce(0) { $0 + ($1["changes"].number ?? 0) }
    }

    /// Rebuilds the office's store, and says whose it is.
    func rebuild() async throws -> JSON {
        let finished = try await self.office.run(
            "rebuild",
            "--unit",
            "410728",
            "--server",
            self.server.address,
            "--name",
            "办公室一",
            "--author",
            "张三",
            "--json"
        )
        #expect([0, 1].contains(finished.exitCode), "\(finished.errors)")
        return try JSON(finished.output)
    }

    func expectEqual() async throws {
        let stores = [self.office.store, self.server.store]
        let difference = try await Command.inspect.json(["diff"] + stores)
        #expect(difference["equal"] == true)
        var tips: [JSON] = []
        for store in stores {
            let verified = try await Command.inspect.json(["verify", "--store", store])
            #expect(verified["ok"] == true && verified["first_problem"] == nil, "\(verified)")
            tips.append(try await Command.inspect.json(["status", "--store", store])["scopes"])
        }
        #expect(tips[0] == tips[1] && tips[0].list.count > 5)
        let status = try JSON(try await self.office.run("status", "--json").output)
        #expect(status["unsent"] == 0 && status["conflicts"] == 0)
    }
}
