import Foundation
import ReportScheme
import ReportStorage
import ServerStore
import Testing

@Suite("A scheme that changes under work that goes on")
struct SchemeChangeTests {
    private static let zone = "410728-01/figures/2024-01/"

    @Test("an office with the older scheme keeps what it does not know, and gives it back to a province that lost it")
    func restored() async throws {
        let scene = try Scene()
        var server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let (first, second) = (try await scene.office("一", server: server), try await scene.office("二", server: server))
        for office in [first, second] { try await office.sync() }
        try await first.expect("set", Self.zone + "figure_001", "1")
        try await first.sync()
        // A backup of the province as it was, with the first scheme.
        try await server.terminate()
        let backup = try scene.copy("province", to: "backup")
        server = try await RunningServer.start(store: server.store, port: server.port)
        try await Self.use(try OwnScheme.write(in: scene, itemCount: 3, version: "2"), server)
        for office in [first, second] { try await office.sync() }
        try await first.expect("set", Self.zone + "figure_003", "3")
        for office in [first, second] { try await office.sync() }
        try await server.terminate()

        // The backup comes back. It has the scheme without figure_003, and lacks the change.
        let restored = try await RunningServer.start(store: backup, port: server.port)
        let third = try await scene.office("三", server: restored)
        try await second.sync()
        #expect(try await second.json("status")["scheme"].text?.hasPrefix("own 1 ") == true)
        #expect(try await second.json("status")["unsent"] == 0)
        try await third.sync()
        #expect(try await third.json("status")["scheme"].text?.hasPrefix("own 1 ") == true)
        for store in [second.store, third.store, backup] {
            let told = try await Command.inspect.json(["explain", Self.zone + "figure_003", "--store", store])
            #expect(told["current"][0]["value"]["number"] == "3", "\(store)")
        }
        #expect(try await third.cell(Self.zone + "figure_001")["value"]["number"] == "1")
        #expect(try await third.json("check")["errors"] == 0)
        // Work goes on by the older scheme, and what is unknown is shown and totalled by nobody.
        try await third.expect("set", Self.zone + "figure_002", "2")
        #expect(try await third.refusal("set", Self.zone + "figure_003", "4")["code"] == "unknown_item")
        try await third.sync()
        let totals = try await Command.server.json(["totals", "figures", "2024-01", "--store", backup])
        #expect(!totals["rows"].list.contains { $0["item"] == "figure_003" })
        // The second scheme again: the figure is there for everybody.
        try await Self.use(try OwnScheme.write(in: scene, itemCount: 3, version: "2"), restored)
        for office in [first, second, third] { try await office.sync() }
        for office in [first, second, third] {
            #expect(try await office.cell(Self.zone + "figure_003")["value"]["number"] == "3")
            #expect(try await Command.inspect.json(["diff", office.store, backup])["equal"] == true)
        }
    }

    @Test("schemes replaced while offices write and sync: nothing is lost, and all end with the last one")
    func whileSyncing() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let (one, other) = (try await scene.office("一", server: server), try await scene.office("二", server: server))
        for office in [one, other] { try await office.sync() }
        let rounds = 6
        let schemes = try (2...4).map { version in
            let folder = try OwnScheme.write(in: scene, itemCount: version + 1, version: "\(version)")
            try FileManager.default.copyItem(atPath: folder, toPath: scene.path("scheme-\(version)"))
            return scene.path("scheme-\(version)")
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (office, zone) in [(one, "410728-01"), (other, "410728-02")] {
                group.addTask {
                    for round in 1...rounds {
                        try await office.expect("set", "\(zone)/figures/2024-0\(round)/figure_001", "\(round)")
                        try await office.sync()
                    }
                }
            }
            group.addTask { for scheme in schemes { try await Self.use(scheme, server) } }
            try await group.waitForAll()
        }
        for office in [one, other, one] { try await office.sync() }
        for office in [one, other] {
            #expect(try await office.json("status")["scheme"].text?.hasPrefix("own 4 ") == true)
            #expect(try await Command.inspect.json(["diff", office.store, server.store])["equal"] == true)
            for zone in ["410728-01", "410728-02"] {
                for round in 1...rounds {
                    let cell = try await office.cell("\(zone)/figures/2024-0\(round)/figure_001")
                    #expect(cell["value"]["number"] == .text("\(round)"))
                }
            }
        }
    }

    @Test("a conflict about an item that went can still be decided")
    func conflictOfTheUnknown() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let (one, other) = (try await scene.office("一", server: server), try await scene.office("二", server: server))
        for office in [one, other] { try await office.sync() }
        try await one.expect("set", Self.zone + "figure_002", "1")
        try await other.expect("set", Self.zone + "figure_002", "2")
        try await one.sync()
        try await other.sync(exits: 1)
        try await Self.use(try OwnScheme.write(in: scene, itemCount: 1, version: "2"), server, "--yes")
        try await other.sync(exits: 1)
        let conflict = try await other.json("conflicts", exits: 1)["conflicts"][0]
        #expect(conflict["cell"].text == Self.zone + "figure_002")
        let refused = try await other.refusal("resolve", Self.zone + "figure_002", "--value", "3")
        #expect(refused["code"] == "take_only")
        let decided = try await other.json("resolve", Self.zone + "figure_002", "--take", "1")
        #expect(decided["conflict"] == false && decided["written"] == true)
        for office in [other, one] { try await office.sync() }
        #expect(try await one.json("status")["conflicts"] == 0)
    }

    @Test(
        "an item of another unit, type, kind, role or additivity would turn stored figures into others: it needs --yes",
        arguments: [
            "unit: 米, kind: current", "type: text", "unit: 公里, kind: cumulative",
            "unit: 公里, kind: current, role: target",
            "unit: 公里, kind: current, additive: false",
        ]
    )
    func remeasured(type: String) async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let office = try await scene.office("一", server: server)
        try await office.sync()
        let measures = "measures:\n  - {code: 公里, name_en: kilometre}\n  - {code: 米, name_en: metre}\n"
        func scheme(_ version: String, _ type: String) throws -> String {
            let folder = try OwnScheme.write(in: scene, version: version, type: type)
            _ = try scene.write(measures, to: "scheme/measures.yaml")
            return folder
        }
        // Nothing is stored yet: nothing can become another figure.
        try await Self.use(try scheme("2", type), server)
        try await Self.use(try scheme("3", "unit: 公里, kind: current"), server)
        try await office.sync()
        try await office.expect("set", Self.zone + "figure_001", "13")
        try await office.sync()
        let next = try scheme("4", type)
        let refused = try await Command.server.run(["scheme", "use", next, "--lang", "en", "--store", server.store])
        #expect(refused.exitCode == 4 && refused.errors.contains("figures.figure_001"), "\(refused.errors)")
        #expect(refused.errors.contains("--yes"), "\(refused.errors)")
        try await Self.use(next, server, "--yes")
        try await office.sync()
        // Whatever the figure now says: every command goes on.
        #expect(try await office.cell(Self.zone + "figure_001")["value"]["number"] == "13")
        #expect(try await office.json("check")["errors"] == 0)
        _ = try await Command.server.json(["totals", "figures", "2024-01", "--store", server.store])
        _ = try await Command.server.json(["board", "figures", "2024-01", "--store", server.store])
    }

    @Test(
        "stored figures that would no longer be reported, and so vanish from totals, need --yes",
        arguments: [
            ("periods: [month]", "periods: [quarter, year]"),
            ("periods: [month]", "periods: [month], from: 2024-02-01"),
            ("periods: [month]", "periods: [month], until: 2023-12-31"),
            ("reported_by: [zone]", "reported_by: [\"410728-02\"]"),
        ]
    )
    func uncounted(old: String, new: String) async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let office = try await scene.office("一", server: server)
        try await office.sync()
        // Nothing is stored yet, and a change that leaves what is stored in its reports asks nothing.
        let next = try OwnScheme.write(in: scene, version: "2", replacing: old, with: new, in: "figures.yaml")
        try await Self.use(next, server)
        try await Self.use(try OwnScheme.write(in: scene, version: "3"), server)
        try await office.sync()
        try await office.expect("set", Self.zone + "figure_001", "13")
        try await office.sync()
        let kept = "periods: [month, year], from: 2024-01-31, until: 2024-01-31"
        try await Self.use(
            try OwnScheme.write(in: scene, version: "4", replacing: "periods: [month]", with: kept, in: "figures.yaml"),
            server
        )
        let last = try OwnScheme.write(in: scene, version: "5", replacing: old, with: new, in: "figures.yaml")
        let refused = try await Command.server.run(["scheme", "use", last, "--lang", "en", "--store", server.store])
        #expect(refused.exitCode == 4 && refused.errors.contains(Self.zone + "figure_001"), "\(refused.errors)")
        #expect(refused.errors.contains("1 stored values") && refused.errors.contains("--yes"), "\(refused.errors)")
        let used = try await Command.server.run(
            ["scheme", "use", last, "--yes", "--lang", "en", "--store", server.store]
        )
        #expect(used.exitCode == 0 && used.output.contains("1 stored values are no longer added up"), "\(used.output)")
        try await office.sync()
        #expect(try await office.cell(Self.zone + "figure_001")["value"]["number"] == "13")
        // What the scheme in use does not add up either is not lost by the next one.
        let again = try OwnScheme.write(in: scene, version: "6", replacing: old, with: new, in: "figures.yaml")
        try await Self.use(again, server)
    }

    @Test("a stored scheme that cannot be read is logged, and offices go on by the one known before")
    func unreadable() async throws {
        let scene = try Scene()
        let server = try await scene.province(scheme: try OwnScheme.write(in: scene))
        let office = try await scene.office("一", server: server)
        try await office.sync()
        // As another version of the program may leave it.
        let store = try ServerStore(in: server.store, access: .write)
        try store.replaceScheme(with: SchemeSource([SchemeSource.File(name: "scheme.yaml", text: "later: 1\n")])) {
            _,
            _ in
        }
        try store.database.close()
        for value in ["1", "2"] {
            try await office.expect("set", Self.zone + "figure_001", value)
            #expect(try await office.sync()["sent"] == 1)
        }
        #expect(try await office.json("status")["scheme"].text?.hasPrefix("own 1 ") == true)
        try await Self.use(try OwnScheme.write(in: scene, version: "2"), server)
        try await office.sync()
        #expect(try await office.json("status")["scheme"].text?.hasPrefix("own 2 ") == true)
        let errors = try await server.terminate().errors
        #expect(
            errors.split(separator: "the store's scheme cannot be read", omittingEmptySubsequences: false).count == 2
        )
    }

    private static func use(_ folder: String, _ server: RunningServer, _ options: String...) async throws {
        let used = try await Command.server.run(["scheme", "use", folder, "--store", server.store] + options)
        #expect(used.exitCode == 0, "\(used.errors)")
    }
}
