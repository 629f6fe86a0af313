import Foundation
import Testing

/// Enrolled devices, as the province's office and the clerks meet them.
@Suite("Enrolled devices")
struct EnrolmentCommandTests {
    private static let roads = "410728-01/infrastructure/2024-H1/roads"

    @Test("sync what they are there for, until they are revoked")
    func whole() async throws {
        let scene = try Scene()
        let province = ProvinceCommands(store: try await scene.newProvince())
        let files = (
            try await scene.enrolmentFile("办公室一", in: province.store),
            try await scene.enrolmentFile("省办公室", of: "410000", role: "office", in: province.store)
        )
        let waiting = try await Command.server.json(["devices", "--store", province.store])["waiting"]
        #expect(waiting.list.count == 2 && waiting[0]["unit"].text != nil && waiting[0]["expires"].text != nil)
        let server = try await RunningServer.start(store: province.store)
        let clerk = try await scene.enrolled("办公室一", with: files.0, server: server)
        let bureau = try await scene.enrolled("省办公室", with: files.1, server: server)
        let status = try await clerk.json("status")
        #expect(status["unit"] == "410728" && status["name"] == "办公室一" && status["not_counted"] == [])

        try await clerk.expect("set", Self.roads, "47.6")
        try await clerk.sync()
        #expect(try await province.sum(of: "410728-01", "roads") == "47.6")
        try await bureau.sync()
        #expect(try await bureau.cell(Self.roads)["value"]["number"] == "47.6")
        try await bureau.expect("set", Self.roads, "47.8")
        try await bureau.sync()
        #expect(try await clerk.json("sync")["replaced"] == 1)
        let changed = try await clerk.json("changed", "--seen", exits: 1)["changed"]
        #expect(changed[0]["own"]["number"] == "47.6" && changed[0]["value"]["number"] == "47.8")
        #expect(changed[0]["device"] == "省办公室" && changed.list.count == 1)
        #expect(try await clerk.json("changed")["changed"] == [])
        try await clerk.expect("set", Self.roads, "47.6")
        try await clerk.sync()
        // What only the office sets is said before it is written.
        let forbidden = try await clerk.refusal("set", "410728/investment_promotion/2024/foreign_funds_target", "5")
        #expect(forbidden["code"].text?.isEmpty == false)

        try await province.revoke("办公室一")
        try await clerk.expect("set", Self.roads, "48")
        let refusal = try await clerk.refusal("sync")
        #expect(refusal["code"] == "sync_refused" && refusal["text"].text?.contains("code 22") == true)
        let refused = try await clerk.json("status", exits: 1)
        #expect(refused["refused"]["code"] == 22 && refused["unsent"] == 1, "it is told until a sync goes well")
        try await bureau.sync()
        #expect(try await bureau.cell(Self.roads)["value"]["number"] == "47.6")
        #expect(try await province.sum(of: "410728-01", "roads") == "47.6")
        let device = try #require(try await province.devices()["办公室一"])
        try FileManager.default.moveItem(atPath: "\(province.store)/revoked", toPath: scene.path("revoked"))
        let unlisted = try await Command.server.run(["serve", "--sync", "127.0.0.1:0", "--store", province.store])
        #expect(unlisted.exitCode == 4 && unlisted.errors.contains("revoked"), "\(unlisted.errors)")
        try FileManager.default.moveItem(atPath: scene.path("revoked"), toPath: "\(province.store)/revoked")
        let written = try await Command.server.json(["devices", "--store", province.store])["devices"].list
            .first { $0["device"] == device["device"] }
        #expect(written?["state"] == "revoked" && written?["name"] == "办公室一")
        #expect(device["state"] == "revoked" && device["role"] == "clerk" && device["person"] == "办公室一的人")
        try await server.terminate()
        for store in [province.store, clerk.store, bureau.store] {
            let verified = try await Command.inspect.json(["verify", "--store", store])
            #expect(verified["ok"] == true && verified["seals"].number ?? 0 > 0)
        }
    }

    @Test("get in again after the province was restored from before, and those that were revoked do not")
    func restored() async throws {
        let scene = try Scene()
        let province = ProvinceCommands(store: try await scene.newProvince())
        let files = (
            try await scene.enrolmentFile("早来的", in: province.store),
            try await scene.enrolmentFile("晚来的", in: province.store)
        )
        let server = try await RunningServer.start(store: province.store)
        let revoked = try await scene.enrolled("早来的", with: files.0, server: server)
        let backup = scene.path("backup.sqlite")
        let made = try await Command.server.run(["backup", backup, "--store", province.store])
        #expect(made.exitCode == 0, "\(made.errors)")

        let office = try await scene.enrolled("晚来的", with: files.1, server: server)
        try await office.expect("set", Self.roads, "47.6")
        try await office.sync()
        try await revoked.sync()
        try await province.revoke("早来的")
        try await server.terminate()

        // As the help of `backup` says.
        let restored = ProvinceCommands(store: scene.path("restored"))
        try FileManager.default.createDirectory(atPath: restored.store, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: backup, toPath: "\(restored.store)/server.sqlite")
        for file in ["authority.key", "revoked"] {
            try FileManager.default.copyItem(
                atPath: "\(province.store)/\(file)",
                toPath: "\(restored.store)/\(file)"
            )
        }
        // Without the list it would not be known whom to keep out.
        #expect(try await restored.devices()["早来的"]?["state"] == "revoked", "though the store does not know it")
        let again = try await RunningServer.start(store: restored.store)
        #expect(try await restored.devices()["晚来的"] == nil, "the restored store does not know it")
        let refusal = try await revoked.refusal("sync", "--server", again.address)
        #expect(refusal["text"].text?.contains("code 22") == true)
        _ = try await office.json("sync", "--server", again.address, "--wait", Office.patience)
        #expect(try await restored.sum(of: "410728-01", "roads") == "47.6")
        #expect(try await restored.devices()["晚来的"]?["state"] == "granted")
        try await office.sync()
        let still = try await revoked.refusal("sync", "--server", again.address)
        #expect(still["text"].text?.contains("code 22") == true)
        let ended = try await again.terminate()
        #expect(ended.errors.contains("早来的") && ended.errors.contains("devices revoke"), "\(ended.errors)")
        try await restored.revoke("早来的")
        let silent = try await RunningServer.start(store: restored.store)
        #expect(try await !silent.terminate().errors.contains("devices revoke"))
    }

    @Test("are never made of a file that was withdrawn, and what became of each is told")
    func history() async throws {
        let scene = try Scene()
        let province = ProvinceCommands(store: try await scene.newProvince())
        let files = (
            try await scene.enrolmentFile("办公室一", of: "长垣县", in: province.store),
            try await scene.enrolmentFile("办公室二", in: province.store)
        )
        let waiting = try await Command.server.json(["devices", "--store", province.store])["waiting"].list
        let withdrawn = try #require(waiting.first { $0["name"].text == "办公室二" }?["enrolment"].text)
        func revoke(_ digits: String) async throws -> Int32 {
            try await Command.server.run(["devices", "revoke", digits, "--store", province.store]).exitCode
        }
        #expect(try await revoke("") == 4)
        #expect(try await revoke(String(withdrawn.prefix(12))) == 0)
        #expect(try await revoke(withdrawn) == 4, "it waits no more")
        let server = try await RunningServer.start(store: province.store)
        let enrolled = try await Command.client.run([
            "enrol", files.1, "--store", scene.path("办公室二"), "--server", server.address, "--wait", Office.patience,
        ])
        #expect(enrolled.exitCode == 4, "\(enrolled.errors)")
        let clerk = try await scene.enrolled("办公室一", with: files.0, server: server)
        try await province.revoke("办公室一")
        try await province.revoke("办公室一")
        #expect(
            try String(contentsOfFile: "\(province.store)/revoked", encoding: .utf8).split(separator: "\n").count == 1
        )
        _ = try await clerk.refusal("sync")
        let told = try await clerk.run("set", Self.roads, "48", "--lang", "zh")
        #expect(told.exitCode == 0 && told.output.contains("省级拒绝了上次的同步"), "\(told.output)")
        try await server.terminate()
        let events = try await Command.server.json(["devices", "history", "--store", province.store])["events"].list
        let refusals = events.filter { $0["event"] == "refused" }
        #expect(Set(refusals.compactMap { $0["reason"].text }) == ["code-22", "code-25"] && refusals.count == 2)
        let done = events.filter { $0["event"] != "refused" }
        #expect(
            done.compactMap { $0["event"].text }
                == ["prepared", "prepared", "withdrawn", "granted", "certified", "revoked"]
        )
        #expect(done[0]["unit"] == "410728" && done[2]["enrolment"].text == withdrawn)
        #expect(done[3]["device"] == done[5]["device"] && done[5]["unit"] == "410728")
        let words = try await Command.server.run(["devices", "history", "--store", province.store, "--lang", "zh"])
        #expect(words.output.contains("登记码已过期或作废") && words.output.contains("撤销：410728 办公室一"), "\(words.output)")
    }

    @Test("keep their secrets out of what is printed, logged and stored")
    func secrets() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = try await scene.enrolmentFile("办公室一", in: province)
        let code = try #require(
            try String(contentsOfFile: file, encoding: .utf8).firstMatch(of: /code: (\S+)/)
        ).output.1
        let server = try await RunningServer.start(store: province, log: "trace")
        let store = scene.path("办公室一")
        let enrolled = try await RunningProgram(
            Command.client.executable,
            ["enrol", file, "--store", store, "--server", server.address],
            variables: ["HUILIU_LOG": "trace"]
        ).finished()
        #expect(enrolled.exitCode == 0, "\(enrolled.errors)")
        let served = try await server.terminate()
        let keys = try ["\(province)/authority.key", "\(store)/device.key"].map {
            let mode = try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\($0)")
            // The lines between those that say what it is.
            return try String(contentsOfFile: $0, encoding: .utf8).split(separator: "\n").dropFirst().dropLast().map {
                String($0)
            }
        }
        #expect(try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int == 0o600)
        let texts =
            [enrolled.output, enrolled.errors, served.errors]
            + (try ["\(province)/server.sqlite", "\(store)/client.sqlite"].map {
                String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: Unicode.ASCII.self)
            })
        #expect(served.errors.contains("enrolled"))
        for secret in [String(code), String(code).replacing("-", with: "")] + keys.flatMap(\.self) {
            for text in texts { #expect(!text.contains(secret)) }
        }
    }

    @Test("leave no key in a core dump")
    func coreDumps() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        _ = try await scene.enrolmentFile("办公室一", in: province)
        let server = try await RunningServer.start(store: province)
        let filter = try server.program.system("coredump_filter")
        #expect(filter.trimmingCharacters(in: .whitespacesAndNewlines) == "00000000")
        let limit = try #require(
            try server.program.system("limits").split(separator: "\n").first { $0.hasPrefix("Max core file size") }
        )
        #expect(limit.split(separator: " ").filter { $0 == "0" }.count == 2, "\(limit)")
    }

    @Test("have keys that nobody else can read, or do not sync")
    func openKey() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = try await scene.enrolmentFile("办公室一", in: province)
        let server = try await RunningServer.start(store: province)
        let office = try await scene.enrolled("办公室一", with: file, server: server)
        let key = "\(office.store)/device.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
        try await office.expect("set", Self.roads, "47.6")
        #expect(try await office.refusal("sync")["code"] == "key_open_to_others")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
        try await office.sync()
        try await server.terminate()
        let authority = "\(province)/authority.key"
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: authority)
        for arguments in [["serve", "--sync", "127.0.0.1:0"], ["devices", "revoke", "0"]] {
            let refused = try await Command.server.run(arguments + ["--store", province])
            #expect(refused.exitCode == 4, "\(arguments)")
        }
        // Another province's key is no key of this one.
        try FileManager.default.removeItem(atPath: authority)
        try FileManager.default.copyItem(atPath: key, toPath: authority)
        let refused = try await Command.server.run(["serve", "--sync", "127.0.0.1:0", "--store", province])
        #expect(refused.exitCode == 4 && refused.errors.contains("authority.key"), "\(refused.errors)")
    }

    @Test("are the only ones that are served from the first enrolment on, also where serve was not started again")
    func closedMeanwhile() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        _ = try await scene.enrolmentFile("办公室一", in: server.store)
        try await office.expect("set", Self.roads, "47.6")
        let refusal = try await office.refusal("sync")
        #expect(refusal["text"].text?.contains("code 20") == true, "\(refusal)")
        try await server.terminate()
        let again = try await RunningServer.start(store: server.store)
        #expect(try await office.refusal("sync", "--server", again.address)["code"] == "server_wants_tls")
    }

    @Test("cannot be made where figures lie that nobody has sealed")
    func openProvince() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", Self.roads, "47.6")
        try await office.sync()
        let file = scene.path("a.enrol")
        let refused = try await Command.server.run([
            "enrol", "--store", server.store, "--unit", "410728", "--name", "办公室", "--role", "clerk", "--out", file,
        ])
        #expect(refused.exitCode == 4 && refused.errors.contains("sealed"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: file))
        try await office.sync()
    }

    @Test(
        "are not made from what is wrong, and nothing is changed by it",
        arguments: [
            (["--unit", "999999", "--name", "n", "--role", "clerk"], Int32(2), "999999"),
            (["--unit", "410728", "--name", "n", "--role", "reviewer"], 2, "city"),
            (["--unit", "410728", "--name", "../n", "--role", "clerk"], 4, "name"),
            (["--unit", "410728", "--name", "n", "--person", "a\u{202E}b", "--role", "clerk"], 4, "name"),
            (["--unit", "410728", "--name", "n", "--role", "king"], 2, "--role"),
            (["--unit", "410728", "--name", "n", "--role", "clerk", "--days", "0"], 2, "--days"),
            (["--unit", "410728", "--name", "n", "--role", "clerk", "--server", "nowhere"], 2, "nowhere"),
        ]
    )
    func wrong(arguments: [String], exits exitCode: Int32, names word: String) async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = scene.path("a.enrol")
        let refused = try await Command.server.run(["enrol", "--store", province, "--out", file] + arguments)
        #expect(refused.exitCode == exitCode && refused.errors.contains(word), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: file))
        let devices = try await Command.server.json(["devices", "--store", province])
        #expect(devices["waiting"] == [])
    }

    @Test("are not enrolled with a file that is none", arguments: ["", "huiliu enrolment 0\ncode: x\n", "\u{0}\u{1}"])
    func garbage(text: String) async throws {
        let scene = try Scene()
        let file = try scene.write(text, to: "a.enrol")
        let store = scene.path("office")
        let refused = try await Command.client.run(["enrol", file, "--store", store])
        #expect(refused.exitCode == 4 && refused.errors.contains("enrolment file"), "\(refused.errors)")
        #expect(!FileManager.default.fileExists(atPath: store))
    }
}
