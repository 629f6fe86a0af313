import ClientStore
import Foundation
import ReportModel
import ReportStorage
import Synchronization
import TestSupport
import Testing

/// A province and offices of one county that work for many days, with copies of their stores to go back to.
final class LivedStores: Sendable {
    let scene: Scene
    private let state: Mutex<State>

    private struct State {
        var server: RunningServer
        var typedCount = 0
        /// Figures that do not compress: what a sync costs is then what it moves.
        var random = SplitMix64(seed: 4)
        /// Cell and figure of all that was typed.
        var typed: [String] = []
    }

    private static let itemCount = 20
    /// The first day of work, at nine in the morning.
    private static let start = Timestamp(CalendarDate("2024-06-01")!, TimeOfDay("09:00")!)

    init() async throws {
        self.scene = try Scene()
        let scheme = try OwnScheme.write(in: self.scene, itemCount: Self.itemCount)
        self.state = Mutex(State(server: try await self.scene.province(scheme: scheme)))
    }

    var server: RunningServer { self.state.withLock { $0.server } }
    var typed: [String] { self.state.withLock { $0.typed } }

    /// An office that has the scheme.
    func office(_ name: String) async throws -> Office {
        let office = try await self.scene.office(name, server: self.server)
        try await office.sync()
        return office
    }

    // MARK: - Work

    /// Types `count` figures, one change each, into cells that nobody has typed into: what two offices type is never
    /// about one cell. The commands themselves would take the wall clock.
    func type(_ count: Int, day: Int, into office: Office) throws {
        let opened = try ClientStore(in: office.store, access: .write)
        var time = Self.start.secondsSince1970 + Int64(day * 86_400)
        for _ in 0..<count {
            let (cell, figure, seconds) = self.state.withLock { state in
                let number = state.typedCount
                state.typedCount += 1
                let month = number / Self.itemCount
                let period = "\(2000 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)"
                let cell = "410728-01/figures/\(period)/\(OwnScheme.item(number % Self.itemCount + 1))"
                let figure = "\(UInt32.random(in: 1...9_999_999, using: &state.random))"
                state.typed.append("\(cell) \(figure)")
                return (cell, figure, Int64.random(in: 1...60, using: &state.random))
            }
            time += seconds
            let edit = Edit(try CellAddress(cell), .number(Quantity(ExactDecimal(figure)!)))
            #expect(try opened.write([edit], now: Timestamp(secondsSince1970: time)) == [.new])
        }
        try opened.database.close()
    }

    // MARK: - Copies

    /// A copy of an office's store, which is nobody's yet.
    func copy(_ office: Office, to name: String) throws -> Office {
        Office(
            store: try self.scene.copy(URL(fileURLWithPath: office.store).lastPathComponent, to: name),
            name: office.name,
            author: office.author
        )
    }

    /// Puts `copy` in the place of an office's store.
    func restore(_ office: Office, from copy: Office) throws {
        try FileManager.default.removeItem(atPath: office.store)
        try FileManager.default.moveItem(atPath: copy.store, toPath: office.store)
    }

    /// A copy of the province's store, made while it does not serve.
    func backUpProvince() async throws -> String {
        try await self.server.terminate()
        let copy = try self.scene.copy("province", to: "backup")
        try await self.serve()
        return copy
    }

    /// The province's machine dies and comes back with what was backed up.
    func restoreProvince(from copy: String) async throws {
        try await self.server.kill()
        try FileManager.default.removeItem(atPath: self.server.store)
        try FileManager.default.moveItem(atPath: copy, toPath: self.server.store)
        try await self.serve()
    }

    private func serve() async throws {
        let back = try await RunningServer.start(store: self.server.store, port: self.server.port)
        self.state.withLock { $0.server = back }
    }

    // MARK: - What must hold

    /// The bytes of one sync, both ways.
    func bytes(_ office: Office, exits exitCode: Int32 = 0) async throws -> Int {
        let synced = try await office.sync(exits: exitCode)
        return (synced["bytes_out"].number ?? 0) + (synced["bytes_in"].number ?? 0)
    }

    /// All stores hold the same, whole and once, and all that was typed; in conflict are just these cells.
    func expectAgreement(of offices: [Office], inConflict: [String] = []) async throws {
        let province = self.server.store
        let held = try await Command.inspect.json(["status", "--store", province])["scopes"]
        for office in offices {
            #expect(
                try await Command.inspect.json(["diff", office.store, province])["equal"] == true,
                "\(office.name)"
            )
            #expect(try await Command.inspect.json(["status", "--store", office.store])["scopes"] == held)
            #expect(try await Command.inspect.json(["verify", "--store", office.store])["ok"] == true)
            let conflicts = try await office.json("conflicts", exits: inConflict.isEmpty ? 0 : 1)["conflicts"]
            #expect(conflicts.list.compactMap { $0["cell"].text } == inConflict)
            #expect(try await office.json("status", exits: inConflict.isEmpty ? 0 : 1)["unsent"] == 0)
        }
        #expect(try await Command.inspect.json(["verify", "--store", province])["ok"] == true)
        var counts: [String: Int] = [:]
        for change in try await Command.inspect.json(["log", "--store", province])["changes"].list {
            for write in change["writes"].list {
                counts["\(write["cell"].text ?? "") \(write["value"]["number"].text ?? "")", default: 0] += 1
            }
        }
        for figure in self.typed { #expect(counts[figure] == 1, "\(figure)") }
    }

    /// The store says that it was restored or copied, in both languages, and the province lists it under both its ids.
    func expectTold(_ office: Office, exits exitCode: Int32 = 0) async throws {
        let status = try await office.json("status", exits: exitCode)
        #expect(!status["former_replicas"].list.isEmpty)
        for (language, words) in [("zh", "从旧副本恢复、重建，或被复制"), ("en", "restored from an older copy, rebuilt, or copied")] {
            #expect(try await office.run("status", "--lang", language).output.contains(words))
        }
        let devices = try await Command.server.json(["devices", "--store", self.server.store])["devices"].list
        #expect(devices.contains { $0["replica"] == status["replica"] })
    }
}
