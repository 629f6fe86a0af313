import Foundation
import Synchronization
import TestSupport
import Testing

/// `make endure MINUTES=10`. Not part of `make test`: how long it runs is the point.
@Suite("Offices and a province, killed at random under load")
struct EnduranceTests {
    private static let variables = ProcessInfo.processInfo.environment
    private static let minutes = Self.variables["HUILIU_ENDURE_MINUTES"].flatMap { Double($0) }

    @Test(
        "end with the same, hold every figure that was ever confirmed, and each once",
        .enabled(if: minutes != nil, "asked for by make endure MINUTES=10")
    )
    func endure() async throws {
        let seed = Self.variables["HUILIU_SEED"].flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
        print("HUILIU_SEED=\(seed)")
        let end = DispatchTime.now() + (Self.minutes ?? 0) * 60
        let scene = try Scene()
        let scheme = try OwnScheme.write(in: scene, itemCount: EnduringOffice.itemCount)
        let province = EnduringProvince(try await scene.province(scheme: scheme, log: "debug"))
        var offices: [EnduringOffice] = []
        for (number, unit) in ["410728", "410728", "410728-01", "410728-01", "410728-02"].enumerated() {
            let office = try await scene.office("办公室\(number)", of: unit, server: province.server)
            try await office.sync()
            offices.append(EnduringOffice(office, number: number, unit: unit, scene: scene))
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, office) in offices.enumerated() {
                group.addTask {
                    var random = SplitMix64(seed: seed &+ UInt64(index))
                    while DispatchTime.now() < end { try await office.act(province, using: &random) }
                }
            }
            group.addTask {
                var random = SplitMix64(seed: ~seed)
                while DispatchTime.now() < end { try await province.act(until: end, using: &random) }
            }
            try await group.waitForAll()
        }
        print("  \(province.told), \(province.killCount) kills of the server, \(province.stopCount) stops")
        for office in offices { print("  \(office)") }
        try await self.expectAgreement(offices, try await province.restarted(), seed: seed)
    }

    /// Everybody syncs twice: the first time all is brought to the province, the second time all is taken from it.
    private func expectAgreement(_ offices: [EnduringOffice], _ server: RunningServer, seed: UInt64) async throws {
        for _ in 1...2 {
            for office in offices {
                let synced = try await office.office.run("sync", "--server", server.address, "--wait", Office.patience)
                #expect(synced.exitCode <= 1, "\(synced.errors), seed \(seed)")
            }
        }
        for office in offices {
            let store = office.office.store
            #expect(try await Command.inspect.json(["diff", store, server.store])["equal"] == true, "seed \(seed)")
        }
        for store in offices.map(\.office.store) + [server.store] {
            #expect(try await Command.inspect.json(["verify", "--store", store])["ok"] == true, "seed \(seed)")
        }
        try await server.terminate()
        let log = try await Command.inspect.run(["log", "--store", server.store, "--json"])
        var counts: [String: Int] = [:]
        for change in try JSON(log.output)["changes"].list {
            for write in change["writes"].list {
                counts["\(write["cell"].text ?? "") \(write["value"]["number"].text ?? "")", default: 0] += 1
            }
        }
        let confirmed = offices.flatMap { $0.confirmed }
        print("  \(confirmed.count) confirmed figures, \(counts.count) in the history")
        #expect(!confirmed.isEmpty)
        let lost = confirmed.filter { counts[$0] == nil }
        #expect(lost.isEmpty, "lost, seed \(seed): \(lost.prefix(10))")
        // Every figure ever typed is another.
        let doubled = counts.filter { $0.value > 1 && $0.key.contains("/figures/") }
        #expect(doubled.isEmpty, "twice, seed \(seed): \(doubled.keys.prefix(10))")
    }
}

/// The province, which dies and comes back on the same port.
final class EnduringProvince: Sendable {
    private struct State {
        var server: RunningServer
        var killCount = 0
        var stopCount = 0
        var commitCount = 0
    }

    private let state: Mutex<State>

    init(_ server: RunningServer) {
        self.state = Mutex(State(server: server))
    }

    var server: RunningServer { self.state.withLock { $0.server } }
    var killCount: Int { self.state.withLock { $0.killCount } }
    var stopCount: Int { self.state.withLock { $0.stopCount } }
    var told: String { "\(self.state.withLock { $0.commitCount }) commits" }

    /// Waits for some commits, or for the end, then ends the server, most often without a word, and starts it again.
    func act(until end: DispatchTime, using random: inout SplitMix64) async throws {
        let (count, isKill) = (Int.random(in: 1...20, using: &random), Int.random(in: 0..<3, using: &random) > 0)
        let server = self.server
        let passed = Mutex(0)
        server.program.errors.watch { line in
            guard line.contains(" committed") else { return }
            passed.withLock { passed in
                passed += 1
                if passed == count { server.program.send(isKill ? SIGKILL : SIGTERM) }
            }
        }
        DispatchQueue.global().asyncAfter(deadline: end) { server.program.send(isKill ? SIGKILL : SIGTERM) }
        let ended = try await server.program.finished()
        #expect(ended.exitCode == (isKill ? -SIGKILL : 0), "\(ended.errors.suffix(500))")
        let back = try await RunningServer.start(store: server.store, port: server.port, log: "debug")
        self.state.withLock { state in
            state.commitCount += count
            if isKill { state.killCount += 1 } else { state.stopCount += 1 }
            state.server = back
        }
    }

    /// The server as it is, ended by a last kill and started again.
    func restarted() async throws -> RunningServer {
        let server = self.server
        try await server.kill()
        return try await RunningServer.start(store: server.store)
    }
}
