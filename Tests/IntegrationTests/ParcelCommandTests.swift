import Foundation
import Testing

/// Parcels, as clerks and the province's office meet them.
@Suite("Parcels between processes")
struct ParcelCommandTests {
    private static let roads = "410728-01/infrastructure/2024-H1/roads"

    @Test("bring figures there and a receipt back while the province serves, as often as somebody likes")
    func whole() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = try await scene.enrolmentFile("办公室一", in: province)
        let server = try await RunningServer.start(store: province)
        let office = try await scene.enrolled("办公室一", with: file, server: server)
        try await office.expect("set", Self.roads, "47.6")
        let (parcel, receipt) = (scene.path("送省.parcel"), scene.path("回执.parcel"))
        let made = try await office.json("parcel", "export", parcel)
        #expect(made["parcel"] == 1 && made["changes"] == 1)
        #expect(made.keys == ["format", "parcel", "file", "changes", "bytes"])
        let size = try FileManager.default.attributesOfItem(atPath: parcel)[.size] as? Int
        #expect(made["bytes"].number == size)
        #expect(try await office.refusal("parcel", "export", parcel)["code"] == "file_exists")

        let seen = try await Command.inspect.json(["frames", parcel, "--store", province])
        #expect(seen.keys == ["format", "parcel", "sender", "from", "replica", "time", "frames", "damage"])
        #expect(seen["from"].keys == ["device", "unit", "name", "person"])
        #expect(seen["frames"][0].keys == ["kind", "scope", "heads", "changes", "bytes"])
        #expect(seen["from"]["name"] == "办公室一" && seen["frames"].list.last?["kind"] == "batch")
        #expect(seen["frames"].list.last?["scope"] == "410728-01" && seen["frames"].list.last?["changes"] == 1)
        let taken = try await self.take(parcel, receipt, province)
        let keys: Set = [
            "format", "parcel", "enrolled", "device", "unit", "name", "person", "received", "known", "ruled_out",
            "missing",
            "not_served", "receipt", "damage",
        ]
        #expect(taken.keys == keys && taken["receipt"].keys == ["file", "changes", "bytes"])
        #expect(taken["received"] == 1 && taken["damage"] == .null && taken["missing"] == [])
        #expect(try await office.json("status")["unsent"] == 1)
        #expect(try await self.take(parcel, receipt, province)["known"] == 1)
        for isNewest in [true, false] {
            let told = try await office.json("parcel", "import", receipt)
            let keys: Set = [
                "format", "parcel", "newest", "received", "known", "unsent", "new_scheme", "conflicts", "not_counted",
                "replaced",
                "missing", "damage",
            ]
            #expect(told.keys == keys)
            #expect(told["newest"].boolean == isNewest && told["unsent"] == 0)
        }
        let receipts = try await Command.inspect.json(["frames", receipt, "--store", office.store])
        #expect(receipts["from"] == .null && receipts["parcel"] == 1)
        // It served all the time, and the line finds nothing to do.
        #expect(try await office.json("sync", "--wait", Office.patience)["sent"] == 0)
        try await server.terminate()
        for store in [province, office.store] {
            #expect(try await Command.inspect.json(["verify", "--store", store])["ok"] == true)
        }
    }

    @Test("say what is wrong with a parcel, and use what can be used of it")
    func wrong() async throws {
        let scene = try Scene()
        let province = try await scene.newProvince()
        let file = try await scene.enrolmentFile("办公室一", in: province)
        let server = try await RunningServer.start(store: province)
        let office = try await scene.enrolled("办公室一", with: file, server: server)
        let open = Office(store: scene.path("open"), name: "旧办公室", author: "李四")
        try await open.expect("init", "--unit", "410728", "--server", server.address, "--name", open.name)
        try await office.expect("set", Self.roads, "47.6")
        let (parcel, receipt) = (scene.path("送省.parcel"), scene.path("回执.parcel"))
        try await office.expect("parcel", "export", parcel)
        #expect(try await office.refusal("parcel", "import", parcel)["code"] == "parcel_for_province")
        #expect(try await open.refusal("parcel", "export", scene.path("x"))["code"] == "parcel_open_province")
        let text = try scene.write("单位,报表\n", to: "表.csv")
        #expect(try await office.refusal("parcel", "import", text)["code"] == "parcel_malformed")

        let bytes = try Data(contentsOf: URL(fileURLWithPath: parcel))
        let torn = scene.path("torn.parcel")
        try bytes.prefix(bytes.count - 100).write(to: URL(fileURLWithPath: torn))
        let taken = try await Command.server.run(
            ["parcel", "import", torn, "--receipt", receipt, "--store", province, "--json"]
        )
        #expect(taken.exitCode == 1)
        let damage = try JSON(taken.output)["damage"]
        #expect(damage.keys == ["code", "byte", "text", "next"])
        #expect(damage["code"] == "parcel_cut_off" && damage["byte"].number ?? 0 > 90)
        // It is answered all the same, and the receipt says that nothing is delivered.
        #expect(try await office.json("parcel", "import", receipt)["unsent"] == 1)
        try await server.terminate()
    }

    private func take(_ parcel: String, _ receipt: String, _ province: String) async throws -> JSON {
        try await Command.server.json(
            ["parcel", "import", parcel, "--receipt", receipt, "--overwrite", "--store", province]
        )
    }
}
