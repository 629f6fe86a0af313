import Foundation
import ReportModel
import ReportWire
import Synchronization
import Testing

@Suite("SIGTERM to the server")
struct ShutdownTests {
    @Test("says goodbye to those who are connected, and exits 0")
    func goodbye() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let silent = try RawPeer(port: server.port)
        let greeted = try RawPeer(port: server.port)
        greeted.send(.hello())
        _ = try await greeted.messages { $0.kind == .have }
        let ended = try await server.terminate()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        for peer in [silent, greeted] {
            guard case .goodbye(let reason)? = try await peer.messages().last else {
                Issue.record("no goodbye")
                continue
            }
            #expect(reason.knownCode == .shuttingDown)
        }
    }

    @Test("finishes the commit under way, and the client completes its sync when the server is back")
    func duringSync() async throws {
        let scene = try Scene()
        let scheme = try OwnScheme.write(in: scene, itemCount: 100, type: "type: text")
        var server = try await scene.province(scheme: scheme)
        let office = try await scene.office("办公室", server: server)
        try await office.sync()
        // Long texts: many batches, of which no more than a few can be on their way when it is stopped.
        let text = String(repeating: "汇流", count: 100)
        let rows = (0..<60).flatMap { month in
            (1...100).map { item in
                "410728-01,figures,\(2000 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1),,\(OwnScheme.item(item)),\(text)\(month * item)"
            }
        }
        let file = try scene.write("unit,form,period,row,item,value\n" + rows.joined(separator: "\n"), to: "rows.csv")
        try #require(try await office.json("import", file)["new"] == 6_000)
        let changeCount = try #require(try await office.json("status")["unsent"].number)

        let client = try RunningProgram(
            Command.client.executable,
            ["sync", "--store", office.store, "--wait", Office.patience],
            variables: ["HUILIU_LOG": "debug"],
            timeLimitSeconds: 900
        )
        let receiptCount = Mutex(0)
        client.errors.watch { [server] line in
            guard line.contains("message=receipt") else { return }
            receiptCount.withLock { count in
                count += 1
                if count == 2 { server.program.send(SIGTERM) }
            }
        }
        var isStopped = false
        for await line in client.errors.lines where line.contains("message=goodbye") {
            isStopped = true
            break
        }
        try #require(isStopped, "the sync was over before it was stopped")
        let ended = try await server.program.finished()
        #expect(ended.exitCode == 0, "\(ended.errors)")
        let log = FileManager.default.contents(atPath: server.store + "/server.sqlite-wal") ?? Data()
        #expect(log.isEmpty, "everything is in the store's one file")
        let held = try await Command.inspect.json(["status", "--store", server.store])["scopes"][0]["changes"].number
        #expect((1..<changeCount).contains(held ?? 0), "\(held ?? 0) of \(changeCount) changes")

        server = try await RunningServer.start(store: server.store, port: server.port)
        let synced = try await client.finished()
        #expect(synced.exitCode == 0, "\(synced.errors.suffix(500))")
        #expect(synced.errors.contains("code=\(ProtocolError.Code.shuttingDown.rawValue) message=goodbye"))
        #expect(try await office.json("status")["unsent"] == 0)
        #expect(try await Command.inspect.json(["diff", office.store, server.store])["equal"] == true)
    }
}
