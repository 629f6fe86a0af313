import Foundation
import Synchronization
import Testing

/// Rounds of a sync that is killed, taken up again and looked at. Each works on copies of the prepared stores.
struct KillRounds {
    let load: LoadedOffice

    /// What a round is to do.
    struct Plan {
        let round: Int
        /// From a full office to an empty province, or from a full province to an empty office.
        let isUpload: Bool
        let victim: KillTests.Victim
        let receiptCountOfAll: Int
        /// Strike at this receipt or commit.
        let afterCount: Int
        /// Strike when the server has committed and its receipt is on its way; else when a receipt has passed.
        let isByCommit: Bool
    }

    private static let fullProvinceName = "full-province"

    /// Syncs up and down without any trouble.
    ///
    /// - Returns: How many receipts passed each way.
    func undisturbed() async throws -> (upload: Int, download: Int) {
        let office = try self.load.scene.copy(LoadedOffice.officeName, to: "undisturbed-office")
        let province = try self.load.scene.copy(LoadedOffice.provinceName, to: Self.fullProvinceName)
        let receiver = try self.load.scene.copy(LoadedOffice.emptyOfficeName, to: "undisturbed-receiver")
        let server = try await RunningServer.start(store: province)
        var counts: [Int] = []
        for store in [office, receiver] {
            let synced = try await self.sync(store, with: server).finished()
            #expect(synced.exitCode == 0, "\(synced.errors.suffix(500))")
            counts.append(synced.errors.split(separator: "\n").count { Self.isReceipt($0) })
        }
        // The office is as if every receipt had been lost: the province holds all, and the office believes nothing.
        let unaware = try self.load.scene.copy(LoadedOffice.officeName, to: "unaware-office")
        let synced = try await self.sync(unaware, with: server).finished()
        #expect(synced.exitCode == 0, "\(synced.errors.suffix(500))")
        try await server.terminate()
        try await self.expectWhole(office, province)
        try await self.expectWhole(receiver, province)
        try await self.expectWhole(unaware, province)
        try await self.expectEqualCells(office, receiver)
        return (counts[0], counts[1])
    }

    func run(_ plan: Plan) async throws -> KillTests.Moment {
        let scene = self.load.scene
        let office = try scene.copy(
            plan.isUpload ? LoadedOffice.officeName : LoadedOffice.emptyOfficeName,
            to: "office-\(plan.round)"
        )
        let province = try scene.copy(
            plan.isUpload ? LoadedOffice.provinceName : Self.fullProvinceName,
            to: "province-\(plan.round)"
        )
        defer { for store in [office, province] { try? FileManager.default.removeItem(atPath: store) } }

        var server = try await RunningServer.start(store: province, log: "trace")
        let client = try self.sync(office, with: server)
        let trigger = try await self.strike(plan, client, server)
        let moment = try await self.look(plan, trigger, client, office, province)

        if plan.victim != .client { server = try await RunningServer.start(store: province, port: server.port) }
        if plan.victim == .server {
            // The client is alive, and comes back by itself.
            let synced = try await client.finished()
            #expect(synced.exitCode == 0, "round \(plan.round): \(synced.errors.suffix(500))")
        } else {
            let synced = try await self.sync(office, with: server).finished()
            #expect(synced.exitCode == 0, "round \(plan.round): \(synced.errors.suffix(500))")
        }
        let again = try await Command.client.json(["sync", "--store", office, "--server", server.address])
        #expect(again["sent"] == 0 && again["received"] == 0 && again["round_trips"] == 1)
        try await server.terminate()
        try await self.expectWhole(office, province)
        // Takes longer than all the rest: every cell as JSON, twice. Some uploads, and one download.
        if plan.round % 16 == 0 { try await self.expectEqualCells(office, province) }
        return moment
    }

    // MARK: - The kill

    private func sync(_ office: String, with server: RunningServer) throws -> RunningProgram {
        try RunningProgram(
            Command.client.executable,
            ["sync", "--store", office, "--server", server.address, "--wait", Office.patience, "--json"],
            variables: ["HUILIU_LOG": "debug"],
            timeLimitSeconds: 900
        )
    }

    private static func isReceipt(_ line: some StringProtocol) -> Bool { line.contains("message=receipt") }

    /// Waits for the planned moment, and kills.
    private func strike(_ plan: Plan, _ client: RunningProgram, _ server: RunningServer) async throws -> String {
        let reader = plan.isByCommit ? server.program.errors : client.errors
        // What the server commits are uploads; of a download its own log tells the receipts.
        let word = plan.isByCommit && plan.isUpload ? " committed" : "message=receipt"
        let passed = Mutex(0)
        reader.watch { line in
            guard line.contains(word) else { return }
            passed.withLock { count in
                count += 1
                guard count == plan.afterCount else { return }
                if plan.victim != .server { client.send(SIGKILL) }
                if plan.victim != .client { server.program.send(SIGKILL) }
            }
        }
        var count = 0
        for await line in reader.lines where line.contains(word) {
            count += 1
            guard count == plan.afterCount else { continue }
            if plan.victim != .client { try await server.program.finished() }
            if plan.victim != .server { try await client.finished() }
            break
        }
        #expect(count == plan.afterCount, "round \(plan.round): the sync was over before it was struck")
        let source = plan.isByCommit ? "server's" : "client's"
        return "at the \(source) line \(plan.afterCount) of\(word.hasPrefix(" ") ? "" : " ")\(word)"
    }

    /// What stands on both sides right after the kill. What the office takes for delivered must be at the province.
    private func look(
        _ plan: Plan,
        _ trigger: String,
        _ client: RunningProgram,
        _ office: String,
        _ province: String
    ) async throws -> KillTests.Moment {
        let confirmed = try self.load.confirmed(by: office)
        let held = try await Command.inspect.json(["status", "--store", province])["scopes"]
        let own = try await Command.inspect.json(["status", "--store", office])["scopes"]
        for scopes in [held, own] { self.expectTrueHistory(scopes) }
        for (scope, reference) in confirmed {
            let head = held.first(where: "scope", is: scope)["heads"][0]
            #expect((head["sequence"].number ?? 0) >= reference.sequence, "round \(plan.round): \(scope) lost")
            #expect(self.load.hashes[scope]?[reference.sequence - 1].hasPrefix(reference.tag) == true)
        }
        // A client that is alive tries again: what passed before is what passed until the kill.
        let first = client.errors.sofar.split(separator: "\n").enumerated().filter { $0.element.contains("=hello") }
        let lines = client.errors.sofar.split(separator: "\n").prefix(
            first.count > 1 ? first[1].offset : Int.max
        )
        return KillTests.Moment(
            round: plan.round,
            isUpload: plan.isUpload,
            victim: plan.victim,
            trigger: trigger,
            receiptCount: lines.count { Self.isReceipt($0) },
            receiptCountOfAll: plan.receiptCountOfAll,
            confirmedCount: confirmed.values.reduce(0) { $0 + $1.sequence },
            provinceCount: held.list.reduce(0) { $0 + ($1["changes"].number ?? 0) },
            officeCount: own.list.reduce(0) { $0 + ($1["changes"].number ?? 0) }
        )
    }

    // MARK: - What must hold

    /// Every scope holds a beginning of the office's own chain, each change once: the head's hash proves all before it.
    private func expectTrueHistory(_ scopes: JSON) {
        for scope in scopes.list {
            let (name, heads) = (scope["scope"].text ?? "", scope["heads"].list)
            #expect(heads.count == 1, "\(name)")
            let sequence = heads.first?["sequence"].number ?? 0
            #expect(scope["changes"].number == sequence, "\(name): a gap, or a change twice")
            #expect(self.load.hashes[name]?[sequence - 1] == heads.first?["hash"].text, "\(name)")
        }
    }

    /// Both stores hold every change and every cell, and the office knows it.
    private func expectWhole(_ office: String, _ province: String) async throws {
        let here = try await Command.inspect.json(["status", "--store", office])["scopes"]
        let there = try await Command.inspect.json(["status", "--store", province])["scopes"]
        #expect(here == there, "the same chains, tips and counts")
        self.expectTrueHistory(there)
        #expect(there.list.reduce(0) { $0 + ($1["changes"].number ?? 0) } == self.load.changeCount)
        let cellCount = there.list.reduce(0) { $0 + ($1["cells"].number ?? 0) }
        #expect(cellCount == LoadedOffice.writeCount)
        let status = try await Command.client.json(["status", "--store", office])
        #expect(status["unsent"] == 0 && status["conflicts"] == 0)
    }

    /// Cell by cell, and change by change.
    private func expectEqualCells(_ left: String, _ right: String) async throws {
        let difference = try await Command.inspect.json(["diff", left, right], timeLimitSeconds: 900)
        #expect(difference["equal"] == true && difference["differences"] == [])
        #expect(try await ShortLog.hashes(of: right) == self.load.hashes)
    }
}
