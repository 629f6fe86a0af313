import Foundation
import Synchronization
import TestSupport
import Testing

/// An office that writes, syncs and dies at random, and remembers what was confirmed to it.
final class EnduringOffice: Sendable, CustomStringConvertible {
    static let itemCount = 20
    private static let monthCount = 12

    let office: Office
    private let number: Int
    private let zones: [String]
    private let scene: Scene
    private let state = Mutex(State())

    private struct State {
        /// Cell and figure of every write whose command exited well.
        var confirmed: [String] = []
        var typedCount = 0
        var doneCounts: [String: Int] = [:]
    }

    init(_ office: Office, number: Int, unit: String, scene: Scene) {
        self.office = office
        self.number = number
        self.zones = unit == "410728" ? ["410728-01", "410728-02"] : [unit]
        self.scene = scene
    }

    var confirmed: [String] { self.state.withLock { $0.confirmed } }

    var description: String {
        let counts = self.state.withLock { $0.doneCounts }
        return "\(self.office.name): "
            + counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    /// One command, perhaps cut short.
    func act(_ province: EnduringProvince, using random: inout SplitMix64) async throws {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<3: try await self.set(using: &random)
        case 3: try await self.importFigures(using: &random)
        case 4: try await self.resolve(using: &random)
        default: try await self.sync(province, using: &random)
        }
    }

    // MARK: - Commands

    private func set(using random: inout SplitMix64) async throws {
        let (cell, figure) = (self.cell(using: &random), self.figure())
        guard let ended = try await self.run(["set", cell, figure], using: &random) else { return }
        if ended.exitCode == 0 {
            self.confirm(["\(cell) \(figure)"])
        } else {
            self.expect(ended, is: 4)
            #expect(ended.errors.contains("cell_in_conflict"), "\(ended.errors)")
        }
    }

    private func importFigures(using random: inout SplitMix64) async throws {
        var cells: [String] = []
        for _ in 0..<Int.random(in: 1...200, using: &random) {
            let cell = self.cell(using: &random)
            if !cells.contains(cell) { cells.append(cell) }
        }
        let figures = cells.map { _ in self.figure() }
        let rows = zip(cells, figures).map { cell, figure in
            let parts = cell.split(separator: "/")
            return "\(parts[0]),\(parts[1]),\(parts[2]),,\(parts[3]),\(figure)"
        }
        let file = try self.scene.write(
            "unit,form,period,row,item,value\n" + rows.joined(separator: "\n"),
            to: "rows-\(self.number).csv"
        )
        guard let ended = try await self.run(["import", file], using: &random) else { return }
        guard ended.exitCode <= 1 else { return self.expect(ended, is: 1) }
        let refused = Set(try JSON(ended.output)["refused"].list.compactMap { $0["line"].number })
        self.confirm(
            zip(cells, figures).enumerated().filter { !refused.contains($0.offset + 2) }
                .map { "\($0.element.0) \($0.element.1)" }
        )
    }

    private func resolve(using random: inout SplitMix64) async throws {
        let listed = try await Command.client.run(["conflicts", "--store", self.office.store, "--json"])
        guard listed.exitCode == 1 else { return self.expect(listed, is: 0) }
        guard let cell = try JSON(listed.output)["conflicts"].list.randomElement(using: &random)?["cell"].text
        else { return }
        let figure = self.figure()
        guard let ended = try await self.run(["resolve", cell, "--value", figure], using: &random) else { return }
        self.expect(ended, is: 0)
        if ended.exitCode == 0 { self.confirm(["\(cell) \(figure)"]) }
    }

    private func sync(_ province: EnduringProvince, using random: inout SplitMix64) async throws {
        let program = try self.start(["sync", "--server", province.server.address, "--wait", "5"])
        if Int.random(in: 0..<3, using: &random) == 0 {
            let lineCount = Int.random(in: 1...20, using: &random)
            let passed = Mutex(0)
            program.errors.watch { _ in
                passed.withLock { passed in
                    passed += 1
                    if passed == lineCount { program.send(SIGKILL) }
                }
            }
        }
        let ended = try await program.finished()
        self.count("sync", ended)
        // The province is often away.
        #expect([0, 1, 3, -SIGKILL].contains(ended.exitCode), "\(ended.errors.suffix(500))")
    }

    // MARK: -

    /// - Returns: `nil` when it was killed.
    private func run(
        _ arguments: [String],
        using random: inout SplitMix64
    ) async throws -> RunningProgram.Finished? {
        let program = try self.start(arguments)
        if Int.random(in: 0..<4, using: &random) == 0 {
            let moment = DispatchTime.now() + .milliseconds(Int.random(in: 1...400, using: &random))
            DispatchQueue.global().asyncAfter(deadline: moment) { program.send(SIGKILL) }
        }
        let ended = try await program.finished()
        self.count(arguments[0], ended)
        return ended.exitCode == -SIGKILL ? nil : ended
    }

    private func start(_ arguments: [String]) throws -> RunningProgram {
        try RunningProgram(
            Command.client.executable,
            arguments + ["--store", self.office.store, "--json"],
            variables: ["HUILIU_LOG": arguments[0] == "sync" ? "debug" : "error"]
        )
    }

    private func cell(using random: inout SplitMix64) -> String {
        let zone = self.zones.randomElement(using: &random)!
        let month = Int.random(in: 1...Self.monthCount, using: &random)
        let item = OwnScheme.item(Int.random(in: 1...Self.itemCount, using: &random))
        return "\(zone)/figures/2024-\(month < 10 ? "0" : "")\(month)/\(item)"
    }

    /// One that nobody else types, nor this office again.
    private func figure() -> String {
        self.state.withLock { state in
            state.typedCount += 1
            return "\(state.typedCount * 10 + self.number)"
        }
    }

    private func confirm(_ figures: [String]) {
        self.state.withLock { $0.confirmed += figures }
    }

    private func count(_ command: String, _ ended: RunningProgram.Finished) {
        let name = ended.exitCode == -SIGKILL ? "\(command) killed" : "\(command) (\(ended.exitCode))"
        self.state.withLock { $0.doneCounts[name, default: 0] += 1 }
    }

    private func expect(_ ended: RunningProgram.Finished, is exitCode: Int32) {
        #expect(ended.exitCode == exitCode, "\(self.office.name): \(ended.errors)")
    }
}
