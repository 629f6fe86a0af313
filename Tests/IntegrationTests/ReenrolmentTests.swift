import Foundation
import Testing

/// Enrolments that are not the first over a line: by files, and of stores that are there already.
@Suite("Enrolled devices without a line, or anew")
struct ReenrolmentTests {
    private static let roads = "410728-01/infrastructure/2024-H1/roads"

    private func client(_ arguments: String...) async throws -> RunningProgram.Finished {
        try await Command.client.run(arguments)
    }

    @Test("ask in a file, are answered in a file, and report without ever seeing the province")
    func byFile() async throws {
        let scene = try Scene()
        let province = ProvinceCommands(store: try await scene.newProvince())
        let file = try await scene.enrolmentFile("办公室一", in: province.store)
        let office = Office(store: scene.path("office"), name: "办公室一", author: "办公室一的人")
        let (request, answer) = (scene.path("request"), scene.path("answer"))
        let asked = try await self.client("enrol", file, "--store", office.store, "--request", request)
        #expect(asked.exitCode == 0 && asked.output.contains("parcel import"), "\(asked.errors)")

        func take(_ parcel: String, _ receipt: String, exits: Int32 = 0) async throws -> RunningProgram.Finished {
            let taken = try await Command.server.run([
                "parcel", "import", parcel, "--receipt", receipt, "--store", province.store,
            ])
            #expect(taken.exitCode == exits, "\(taken.errors)")
            return taken
        }
        // A request that was altered on the way enrols nobody.
        var altered = try Data(contentsOf: URL(fileURLWithPath: request))
        altered[altered.count / 2] ^= 1
        try altered.write(to: scene.folder.appendingPathComponent("altered"))
        _ = try await take(scene.path("altered"), scene.path("none"), exits: 4)
        #expect(try await province.devices().isEmpty)

        #expect(try await take(request, answer).output.contains("Enrolled"))
        // The stick is lost, and the request comes again.
        _ = try await take(request, scene.path("answer again"))
        #expect(try await province.devices().count == 1)
        let done = try await self.client("enrol", file, "--store", office.store, "--answer", scene.path("answer again"))
        #expect(done.exitCode == 0, "\(done.errors)")
        try await office.expect("set", Self.roads, "47.6")
        try await office.expect("parcel", "export", scene.path("figures"))
        _ = try await take(scene.path("figures"), scene.path("receipt"))
        try await office.expect("parcel", "import", scene.path("receipt"))
        #expect(try await office.json("status")["unsent"] == 0)
        #expect(try await province.sum(of: "410728-01", "roads") == "47.6")

        // The same code is no good for another machine.
        let other = scene.path("other")
        _ = try await self.client("enrol", file, "--store", other, "--request", scene.path("other request"))
        let refused = try await take(scene.path("other request"), scene.path("no receipt"), exits: 4)
        #expect(refused.errors.contains("Another device"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: scene.path("no receipt")))
    }

    @Test("go on in their store under a new key, and what did not count is accepted from there")
    func anew() async throws {
        let stage = try await Stage()
        let (scene, province, office, server) = (stage.scene, stage.province, stage.office, stage.server)
        let key = try Data(contentsOf: URL(fileURLWithPath: "\(office.store)/device.key"))
        let again = try await self.client(
            "enrol",
            stage.files.first,
            "--store",
            office.store,
            "--server",
            server.address
        )
        #expect(again.exitCode == 0 && again.output.contains("before"), "\(again.errors)")

        try await office.expect("set", Self.roads, "47.6")
        try await office.sync()
        try await province.revoke("办公室一")
        try await office.expect("set", Self.roads, "48")
        _ = try await office.refusal("sync")
        let anew = try await self.client(
            "enrol",
            stage.files.second,
            "--store",
            office.store,
            "--server",
            server.address,
            "--wait",
            Office.patience
        )
        #expect(anew.exitCode == 1 && anew.output.contains("Does not count: 48"), "\(anew.output) \(anew.errors)")
        #expect(try await office.json("status", exits: 1)["not_counted"].list.count == 1)
        #expect(try Data(contentsOf: URL(fileURLWithPath: "\(office.store)/device.key")) != key)
        #expect(!FileManager.default.fileExists(atPath: "\(office.store)/device.key.next"))
        #expect(try await province.sum(of: "410728-01", "roads") == "47.6")
        let writes = try await office.json("accept", exits: 1)["writes"]
        #expect(writes.list.count == 1 && writes[0]["code"] == "device_revoked" && writes[0]["value"]["number"] == "48")
        let shown = try await office.cell(Self.roads)
        #expect(shown["not_counted"] == true && shown["value"]["number"] == "47.6")
        let counted = try await Command.inspect.json(["status", "--store", province.store])["not_counted"]
        #expect(counted == 1, "the engineer at the province sees it, too")
        #expect(try await office.json("accept", Self.roads, exits: 1)["writes"].list.count == 1, "listed, not accepted")
        try await office.expect("accept", Self.roads, "--take", "1")
        #expect(try await office.cell(Self.roads)["not_counted"] == false)
        #expect(try await office.json("accept")["writes"] == [])
        try await office.sync()
        #expect(try await province.sum(of: "410728-01", "roads") == "48")
        for store in [province.store, office.store] {
            #expect(try await Command.inspect.json(["verify", "--store", store])["ok"] == true)
        }

        // Without its former key, what was not sealed could never be.
        try await office.expect("set", Self.roads, "49")
        let third = try await scene.enrolmentFile("办公室三", in: province.store)
        try FileManager.default.removeItem(atPath: "\(office.store)/device.key")
        let lost = try await self.client("enrol", third, "--store", office.store, "--server", server.address)
        #expect(lost.exitCode == 4 && lost.errors.contains("export"), "\(lost.errors)")
        let reviewer = try await scene.enrolmentFile("新乡市", of: "410700", role: "reviewer", in: province.store)
        let city = try await scene.enrolled("新乡市", with: reviewer, server: server)
        #expect(
            try await city.refusal("submit", "410728-01", "infrastructure", "2024-H1")["code"] == "not_marked_by_role"
        )
        try await city.expect("status")
        let foreign = try await scene.enrolmentFile("别处", of: "410423", in: province.store)
        let refused = try await self.client("enrol", foreign, "--store", office.store, "--server", server.address)
        #expect(refused.exitCode == 4 && refused.errors.contains("410423"), "\(refused.errors)")
    }

    @Test("are told what to do while they wait for an answer, and with a store that cannot be enrolled")
    func waiting() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = try await scene.enrolmentFile("办公室一", in: province)
        let store = scene.path("office")
        _ = try await self.client("enrol", file, "--store", store, "--request", scene.path("request"))
        for arguments in [["status"], ["init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "n"]] {
            let refused = try await Command.client.run(arguments + ["--store", store])
            #expect(refused.exitCode == 2 && refused.errors.contains("--answer"), "\(refused.errors)")
        }
        let open = scene.path("open")
        _ = try await self.client("init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "n", "--store", open)
        let refused = try await self.client("enrol", file, "--store", open)
        #expect(refused.exitCode == 4 && refused.errors.contains("--current"), "\(refused.errors)")
    }

    @Test("bring over what was not delivered, and no older figure of others, where the former key is lost")
    func keyLostWithUnsent() async throws {
        let stage = try await Stage()
        let (scene, office, server) = (stage.scene, stage.office, stage.server)
        let count = "410728-01/infrastructure/2024-H1/road_count"
        let power = "410728-01/infrastructure/2024-H1/power_grid"
        try await office.expect("set", Self.roads, "47.6")
        try await office.expect("set", power, "4")
        try await office.sync()
        let file = try await scene.enrolmentFile("省办公室", of: "410000", role: "office", in: stage.province.store)
        let bureau = try await scene.enrolled("省办公室", with: file, server: server)
        try await bureau.expect("set", Self.roads, "47.8")
        try await bureau.expect("set", count, "1")
        try await bureau.sync()
        try await office.expect("set", count, "2")
        try await office.expect("set", power, "")
        try FileManager.default.removeItem(atPath: "\(office.store)/device.key")
        #expect(try await office.json("status", exits: 1)["key_problem"] == "key_not_found")
        let csv = scene.path("unsent.csv")
        let exported = try await office.run("export", "--unsent", csv)
        #expect(exported.exitCode == 1 && exported.errors.contains("Cleared here: 1"), "\(exported.errors)")
        let next = try await scene.enrolled("办公室二", with: stage.files.second, server: server)
        let imported = try await next.json("import", csv, exits: 1)
        #expect(imported["changed"] == 1 && imported["new"] == 0)
        #expect(imported["refused"].list.map { $0["code"] } == ["blank_over_value"])
        let replaced = imported["replaced"]
        #expect(replaced.list.count == 1 && replaced[0]["cell"].text == count && replaced[0]["device"] == "省办公室")
        #expect(try await next.cell(Self.roads)["value"]["number"] == "47.8")
    }

    @Test("are told what others replace of what was written before")
    func replaced() async throws {
        let stage = try await Stage()
        let (scene, office, server) = (stage.scene, stage.office, stage.server)
        try await office.expect("set", Self.roads, "47.6")
        try await office.expect("set", "410728-01/infrastructure/2024-H1/road_count", "3")
        try await office.sync()
        let enrolled = try await self.client(
            "enrol",
            stage.files.second,
            "--store",
            office.store,
            "--server",
            server.address
        )
        #expect(enrolled.exitCode == 0, "\(enrolled.errors)")
        let file = try await scene.enrolmentFile("省办公室", of: "410000", role: "office", in: stage.province.store)
        let bureau = try await scene.enrolled("省办公室", with: file, server: server)
        try await bureau.expect("set", Self.roads, "47.8")
        try await bureau.sync()
        #expect(try await office.json("sync")["replaced"] == 1)
        #expect(try await office.json("changed", exits: 1)["changed"][0]["own"]["number"] == "47.6")
        let told = try await office.json("set", Self.roads, "47.7")
        #expect(told["former"]["value"]["number"] == "47.8" && told["former"]["device"] == "省办公室")
        let words = try await bureau.run("set", Self.roads, "47.9", "--lang", "zh")
        #expect(words.output.contains("取代 47.8公里（省办公室的人，省办公室"), "\(words.output)")
        // What was written here before the new enrolment is nobody else's.
        let sheet = try scene.write(
            "unit,form,period,row,item,value\n410728-01,infrastructure,2024-H1,,road_count,4\n",
            to: "own.csv"
        )
        let imported = try await office.json("import", sheet)
        #expect(imported["changed"] == 1 && imported["replaced"] == [])
    }

    @Test("go on without their former key where it has sealed everything")
    func keyLost() async throws {
        let stage = try await Stage()
        let (province, office, server) = (stage.province, stage.office, stage.server)
        try await office.expect("set", Self.roads, "47.6")
        try await office.sync()
        try FileManager.default.removeItem(atPath: "\(office.store)/device.key")
        #expect(try await office.refusal("sync")["code"] == "key_not_found")
        let anew = try await self.client(
            "enrol",
            stage.files.second,
            "--store",
            office.store,
            "--server",
            server.address,
            "--wait",
            Office.patience
        )
        #expect(anew.exitCode == 0 && anew.output.contains("former enrolment"), "\(anew.errors)")
        try await office.expect("set", Self.roads, "48")
        try await office.sync()
        #expect(try await province.sum(of: "410728-01", "roads") == "48")
    }

    @Test("are as they were after an enrolment anew that was killed before its last step")
    func interrupted() async throws {
        let stage = try await Stage()
        let (province, office, server) = (stage.province, stage.office, stage.server)
        let old = try Data(contentsOf: URL(fileURLWithPath: "\(office.store)/device.key"))
        _ = try await self.client("enrol", stage.files.second, "--store", office.store, "--server", server.address)
        // As if the files had not been renamed.
        let manager = FileManager.default
        try manager.moveItem(atPath: "\(office.store)/device.key", toPath: "\(office.store)/device.key.next")
        _ = manager.createFile(
            atPath: "\(office.store)/device.key",
            contents: old,
            attributes: [.posixPermissions: 0o600]
        )
        try await office.expect("set", Self.roads, "47.6")
        try await office.sync()
        #expect(!manager.fileExists(atPath: "\(office.store)/device.key.next"))
        #expect(try await province.sum(of: "410728-01", "roads") == "47.6")
    }
}

/// A province, an office that is enrolled there, and the file for enrolling it anew.
private struct Stage {
    let scene: Scene
    let province: ProvinceCommands
    let files: (first: String, second: String)
    let server: RunningServer
    let office: Office

    init() async throws {
        self.scene = try Scene()
        self.province = ProvinceCommands(store: try await self.scene.newProvince())
        self.files = (
            try await self.scene.enrolmentFile("办公室一", in: self.province.store),
            try await self.scene.enrolmentFile("办公室二", in: self.province.store)
        )
        self.server = try await RunningServer.start(store: self.province.store)
        self.office = try await self.scene.enrolled("办公室一", with: self.files.first, server: self.server)
    }
}
