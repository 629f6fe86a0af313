import Foundation
import Testing

@Suite("A backup of the province's store")
struct BackupTests {
    @Test("is made while an office uploads, is whole, and what came after it comes back by a sync")
    func underLoad() async throws {
        let load = try await LoadedOffice()
        let scene = load.scene
        let (office, province) = (scene.path(LoadedOffice.officeName), scene.path(LoadedOffice.provinceName))
        let server = try await RunningServer.start(store: province, log: "trace")
        let client = try RunningProgram(
            Command.client.executable,
            ["sync", "--store", office, "--server", server.address, "--json"],
            timeLimitSeconds: 180
        )
        // One copy after each of some commits. The office stands still for the first, so that the upload is under way however
        // slowly the copy begins.
        var copies: [String] = []
        for await line in server.program.errors.lines where line.contains(" committed") {
            if copies.isEmpty { client.send(SIGSTOP) }
            let copy = scene.path("copy-\(copies.count).sqlite")
            let made = try await Command.server.run(["backup", copy, "--store", province])
            #expect(made.exitCode == 0, "\(made.errors)")
            copies.append(copy)
            client.send(SIGCONT)
            if copies.count == 3 { break }
        }
        #expect(try await client.finished().exitCode == 0)
        try await server.terminate()
        var counts: [Int] = []
        for (number, copy) in copies.enumerated() {
            let restored = scene.path("restored-\(number)")
            try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: copy, toPath: restored + "/server.sqlite")
            let verified = try await Command.inspect.json(["verify", "--store", restored], timeLimitSeconds: 180)
            #expect(verified["ok"] == true, "\(verified)")
            counts.append(verified["changes"].number ?? 0)
        }
        print("  copies hold \(counts) of \(load.changeCount) changes")
        #expect(counts == counts.sorted() && counts[0] > 0 && counts[0] < load.changeCount)

        // The province goes back to the first copy; the office brings back the rest.
        let restored = try await RunningServer.start(store: scene.path("restored-0"))
        let synced = try await Command.client.json(
            ["sync", "--store", office, "--server", restored.address],
            timeLimitSeconds: 180
        )
        #expect(synced["sent"].number == load.changeCount - counts[0])
        try await restored.terminate()
        #expect(try await ShortLog.hashes(of: restored.store) == load.hashes)
        let verified = try await Command.inspect.json(["verify", "--store", restored.store], timeLimitSeconds: 180)
        #expect(verified["ok"] == true && verified["changes"].number == load.changeCount)
    }

    @Test("never takes the place of a file, and leaves nothing behind where it cannot be made")
    func refused() async throws {
        let scene = try Scene()
        let province = scene.path("province")
        try #require(try await Command.server.run(["init", "--store", province]).exitCode == 0)
        let file = try scene.write("a letter", to: "letter.txt")
        let refused = try await Command.server.run(["backup", file, "--store", province])
        #expect(refused.exitCode == 4 && refused.errors.contains("exists already"))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "a letter")
        let nowhere = try await Command.server.run(["backup", scene.path("none") + "/copy", "--store", province])
        #expect(nowhere.exitCode == 4 && nowhere.errors.contains("cannot be written"))
        let missing = try await Command.server.run(["backup", scene.path("copy"), "--store", scene.path("none")])
        #expect(missing.exitCode == 2 && !FileManager.default.fileExists(atPath: scene.path("copy")))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scene.folder.path).sorted() == [
                "letter.txt", "province",
            ]
        )
    }
}
