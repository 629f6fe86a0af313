import Foundation
import Testing

@Suite("A full disk", .enabled(if: PrivateMounts.isPossible, PrivateMounts.needs))
struct FullDiskTests {
    private static let figures = "Protocol/Schemes/henan-zones/examples/changyuan.csv"
    private static let page = "410728-01/infrastructure/2024-H1"

    /// A province, an office on a small disk, another office on the machine's own.
    private struct Stage {
        let scene: Scene
        let disk: PrivateMounts
        let folder: String
        let server: RunningServer
        let store: String
        let other: Office

        var filler: String { self.folder + "/filler" }

        /// - Parameter isServer: whether the small disk is the province's.
        init(isServer: Bool) async throws {
            self.scene = try Scene()
            self.folder = self.scene.path("disk")
            self.disk = try await PrivateMounts.disk("1m", at: self.folder)
            let province = isServer ? self.folder + "/province" : self.scene.path("province")
            let prefix = isServer ? self.disk.prefix : []
            let made = try await Command.server.run(["init", "--store", province], tracer: prefix)
            try #require(made.exitCode == 0, "\(made.errors)")
            self.server = try await RunningServer.start(store: province, tracer: prefix)
            self.other = try await self.scene.office("办公室二", author: "王五", server: self.server)
            self.store = isServer ? province : self.folder + "/office"
        }

        /// Runs a client's command in the office that is on the small disk.
        func run(_ arguments: String...) async throws -> RunningProgram.Finished {
            try await Command.client.run(arguments + ["--store", self.store], tracer: self.disk.prefix)
        }

        func json(_ arguments: String..., exits exitCode: Int32 = 0) async throws -> JSON {
            let finished = try await Command.client.run(
                arguments + ["--store", self.store, "--json"],
                tracer: self.disk.prefix
            )
            #expect(finished.exitCode == exitCode, "\(arguments): \(finished.errors)")
            return try JSON(exitCode == 4 ? finished.errors : finished.output)
        }

        func inspect(_ arguments: String...) async throws -> JSON {
            let finished = try await Command.inspect.run(arguments + ["--json"], tracer: self.disk.prefix)
            #expect(finished.exitCode == 0, "\(arguments): \(finished.errors)")
            return try JSON(finished.output)
        }

        func makeRoom() throws { try FileManager.default.removeItem(atPath: self.disk.outside(self.filler)) }
    }

    @Test("of an office refuses every write in plain words, loses nothing, and all works again once there is room")
    func office() async throws {
        let stage = try await Stage(isServer: false)
        let made = try await Command.client.run(
            ["init", "--store", stage.store, "--unit", "410728", "--server", stage.server.address, "--name", "一"],
            tracer: stage.disk.prefix
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        _ = try await stage.json("set", Self.page + "/roads", "13")
        _ = try await stage.json("sync", "--wait", Office.patience)
        _ = try await stage.json("set", Self.page + "/roads", "14")
        try await stage.other.expect("import", repository(Self.figures))
        try await stage.other.sync()
        let before = try await stage.inspect("log", "--store", stage.store)
        let file = stage.disk.outside(stage.store + "/client.sqlite")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))

        try await stage.disk.fill(stage.filler)
        for arguments in [
            ["set", Self.page + "/roads", "15"], ["import", repository(Self.figures)],
            ["sync", "--wait", Office.patience],
        ] {
            for (language, words) in [("zh", "磁盘已满"), ("en", "The disk is full")] {
                let refused = try await Command.client.run(
                    arguments + ["--store", stage.store, "--lang", language],
                    tracer: stage.disk.prefix
                )
                #expect(refused.exitCode == 4 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
            }
        }
        #expect(try await stage.json("set", Self.page + "/roads", "15", exits: 4)["error"]["code"] == "disk_full")
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == bytes)
        try stage.makeRoom()
        #expect(try await stage.inspect("log", "--store", stage.store) == before)

        #expect(try await stage.json("status")["unsent"] == 1)
        _ = try await stage.json("sync", "--wait", Office.patience, exits: 1)
        _ = try await stage.json("resolve", Self.page + "/roads", "--value", "15")
        #expect(try await stage.json("sync", "--wait", Office.patience)["conflicts"] == 0)
        #expect(try await stage.inspect("diff", stage.store, stage.server.store)["equal"] == true)
    }

    @Test("of an office takes an import whole or not at all, however little room there is, and a sync loses nothing")
    func littleRoom() async throws {
        let stage = try await Stage(isServer: false)
        let made = try await Command.client.run(
            ["init", "--store", stage.store, "--unit", "410728", "--server", stage.server.address, "--name", "一"],
            tracer: stage.disk.prefix
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        let empty = stage.folder + "/empty"
        try FileManager.default.copyItem(atPath: stage.disk.outside(stage.store), toPath: stage.disk.outside(empty))
        var exits: Set<Int32> = []
        for room in stride(from: 36_864, through: 131_072, by: 8_192) {
            try await stage.disk.fill(stage.filler, leaving: room)
            let finished = try await stage.run("import", repository(Self.figures))
            let synced = try await stage.run("sync", "--wait", Office.patience)
            try stage.makeRoom()
            exits.insert(finished.exitCode)
            let changes = try await stage.inspect("log", "--store", stage.store)["changes"].list
            let count = changes.reduce(0) { count, change in
                count + change["writes"].list.count { $0["cell"].text?.contains("/_devices/") != true }
            }
            #expect(count == (finished.exitCode == 0 ? 111 : 0), "room \(room): \(finished.errors)")
            #expect(finished.exitCode == 0 || finished.errors.contains("The disk is full"), "\(finished.errors)")
            #expect(synced.exitCode == 0 || synced.errors.contains("The disk is full"), "\(synced.errors)")
            guard count == 0 else { break }
        }
        #expect(exits == [0, 4], "some rooms are too small, and one is not")
        _ = try await stage.json("sync", "--wait", Office.patience)
        #expect(try await stage.json("status")["unsent"] == 0)
        #expect(try await stage.inspect("diff", stage.store, stage.server.store)["equal"] == true)
    }

    @Test("of the province tells those who send, serves those who only take, and loses nothing of either")
    func province() async throws {
        let stage = try await Stage(isServer: true)
        let office = try await stage.scene.office("办公室一", author: "张三", server: stage.server)
        try await office.expect("set", Self.page + "/roads", "13")
        try await office.sync()
        try await stage.disk.fill(stage.filler)
        let held = try await stage.inspect("status", "--store", stage.store)["scopes"]

        try await office.expect("import", repository(Self.figures))
        let unsent = try await office.json("status")["unsent"]
        for (language, words) in [("zh", "对方无法写入自己的数据库"), ("en", "could not write to its store")] {
            let refused = try await office.run("sync", "--wait", "2", "--lang", language)
            #expect(refused.exitCode == 3 && refused.errors.contains(words), "\(refused.errors)")
        }
        #expect(try await office.json("status")["unsent"] == unsent)
        // Another office has nothing to send, and takes what the province holds.
        #expect(try await stage.other.sync()["received"] == 1)
        #expect(try await stage.other.cell(Self.page + "/roads")["value"]["number"] == "13")
        #expect(try await stage.inspect("status", "--store", stage.store)["scopes"] == held)
        let totals = try await Command.server.run(
            ["totals", "infrastructure", "2024-H1", "--store", stage.store],
            tracer: stage.disk.prefix
        )
        #expect(totals.exitCode == 0, "\(totals.errors)")

        try stage.makeRoom()
        try await office.sync()
        try await stage.other.sync()
        #expect(try await office.json("status")["unsent"] == 0)
        for store in [office.store, stage.other.store] {
            #expect(try await stage.inspect("diff", store, stage.store)["equal"] == true)
        }
        // Full again, and the power goes.
        try await stage.disk.fill(stage.filler)
        try await office.expect("set", Self.page + "/roads", "15")
        _ = try await office.refusal("sync", "--wait", "2", exits: 3)
        try await stage.server.kill()
        try stage.makeRoom()
        let server = try await RunningServer.start(store: stage.store, tracer: stage.disk.prefix)
        #expect(try await office.json("sync", "--wait", Office.patience, "--server", server.address)["sent"] == 1)
        #expect(try await stage.inspect("diff", office.store, stage.store)["equal"] == true)
    }
}
