import Foundation
import Testing

@Suite("The commands, as people and scripts meet them")
struct CommandLineTests {
    static let subcommands: [(command: Command, name: String)] =
        [
            "init", "enrol", "serve", "scheme", "totals", "board", "devices", "parcel", "backup", "rebuild",
        ].map { (.server, $0) }
        + [
            "init", "enrol", "set", "import", "show", "status", "sync", "parcel", "conflicts", "resolve", "changed",
            "accept", "match", "check", "submit", "export", "rebuild",
        ].map { (.client, $0) }
        + ["status", "log", "explain", "diff", "verify", "frames"].map { (.inspect, $0) }

    /// Whether `text` has Chinese characters.
    private static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) }
    }

    // MARK: - Help

    @Test("give an example in the help text, in both languages", arguments: subcommands)
    func help(command: Command, name: String) async throws {
        let english = try await command.run([name, "--help"])
        #expect(english.exitCode == 0 && !Self.isChinese(english.output), "\(english.output)")
        #expect(english.output.contains("Example: \(command.rawValue) \(name)"))
        let chinese = try await command.run([name, "--help"], variables: ["LANG": "zh_CN.UTF-8"])
        #expect(chinese.exitCode == 0 && chinese.output.contains("例：\(command.rawValue) \(name)"))
        // The argument parser's own words.
        for english in ["OVERVIEW", "USAGE", "OPTIONS", "ARGUMENTS", "default", "Show help", "See '", "<subcommand>"] {
            #expect(!chinese.output.contains(english), "\(chinese.output)")
        }
    }

    @Test("list every subcommand in the help text", arguments: Command.allCases)
    func overview(command: Command) async throws {
        let help = try await command.run(["--help"])
        let listed = help.output.split(separator: "\n").filter { $0.hasPrefix("  ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        for subcommand in Self.subcommands where subcommand.command == command {
            #expect(listed.contains(subcommand.name))
        }
    }

    // MARK: - Language

    @Test(
        "speak the language of LANG, and --lang overrides it",
        arguments: [
            (["LANG": "zh_CN.UTF-8"], [], true),
            (["LANG": "zh_TW"], [], true),
            (["LANG": "en_US.UTF-8"], [], false),
            (["LANG": "de_DE.UTF-8"], [], false),
            (["LANG": ""], [], false),
            (["LANG": "zh_CN.UTF-8"], ["--lang", "en"], false),
            (["LANG": "en_US.UTF-8"], ["--lang", "zh"], true),
            (["LANG": "en_US.UTF-8"], ["--lang=zh"], true),
        ] as [([String: String], [String], Bool)]
    )
    func language(variables: [String: String], options: [String], isChinese: Bool) async throws {
        let scene = try Scene()
        let store = ["--store", scene.path("none")]
        let plain = try await Command.client.run(["status"] + store + options, variables: variables)
        #expect(plain.exitCode == 2 && plain.output.isEmpty)
        #expect(Self.isChinese(plain.errors) == isChinese, "\(plain.errors)")
        let json = try await Command.client.run(["status", "--json"] + store + options, variables: variables)
        let error = try JSON(json.errors)["error"]
        #expect(error["code"] == "store_not_found", "codes are never translated")
        #expect(Self.isChinese(error["text"].text ?? "") == isChinese)
        #expect(Self.isChinese(error["next"].text ?? "") == isChinese)
    }

    // MARK: - Exit codes and errors

    static let failureTable: [(command: Command, arguments: String, exitCode: Int32, code: String)] = [
        (.client, "no-such-command", 2, "usage"),
        (.client, "set", 2, "usage"),
        (.client, "show --no-such-option", 2, "usage"),
        (.client, "status --lang fr --store STORE", 2, "usage"),
        (.client, "sync --wait 0 --store STORE", 2, "usage"),
        (.client, "sync --wait soon --store STORE", 2, "usage"),
        (.client, "sync --server nowhere --store STORE", 2, "usage"),
        (.client, "resolve CELL --store STORE", 2, "usage"),
        (.client, "match 某名 --store STORE", 2, "usage"),
        (.client, "match 某名 410728 --forget --store STORE", 2, "usage"),
        (.client, "match --forget --store STORE", 2, "usage"),
        (.client, "match 某名 410728-01 --store STORE", 4, "name_not_listed"),
        (.client, "match 某名 410799 --store STORE", 4, "unknown_unit"),
        (.client, "match 某名 410423-01 --store STORE", 4, "foreign_unit"),
        (.client, "match 某名 roads --form no_such_form --store STORE", 4, "unknown_form"),
        (.client, "match 某名 no_such_item --form land --store STORE", 4, "unknown_item"),
        (.client, "init --unit 410728 --server nowhere --name n --store NEW", 2, "usage"),
        (.client, "init --unit 999999 --server 127.0.0.1:1 --name n --store NEW", 2, "unknown_unit"),
        (.client, "init --unit 410728 --server 127.0.0.1:1 --name n --store STORE", 4, "store_exists"),
        (.client, "status --store NONE", 2, "store_not_found"),
        (.client, "import no-such-file.csv --store STORE", 2, "usage"),
        (.client, "set not-a-cell 1 --store STORE", 2, "malformed_address"),
        (.client, "set 410728-01/infrastructure/2024-H3/roads 1 --store STORE", 2, "malformed_address"),
        (.client, "set 410423-01/infrastructure/2024-H1/roads 1 --store STORE", 4, "foreign_unit"),
        (.client, "set 410728-01/infrastructure/2024-H1/no_such_item 1 --store STORE", 4, "unknown_item"),
        (.client, "set 410728-01/no_such_form/2024-H1/roads 1 --store STORE", 4, "unknown_form"),
        (.client, "set CELL much --store STORE", 4, "malformed_value"),
        (.client, "set CELL 13万元 --store STORE", 4, "other_unit_of_measure"),
        (.client, "resolve CELL --take 1 --store STORE", 4, "cell_not_in_conflict"),
        (.client, "show 410728-01 infrastructure 2024-13 --store STORE", 2, "malformed_period"),
        (.client, "show 410728-01 no_such_form 2024 --store STORE", 4, "unknown_form"),
        (.client, "show 410423-01 infrastructure 2024-H1 --store STORE", 4, "foreign_unit"),
        (.client, "accept --take 1 --store STORE", 2, "usage"),
        (.client, "check 410799 --store STORE", 4, "unknown_unit"),
        (.client, "check 410423 --store STORE", 4, "foreign_unit"),
        (.client, "check 410728 no_such_form --store STORE", 4, "unknown_form"),
        (.client, "check 410728 land 2024-H3 --store STORE", 2, "malformed_period"),
        (.client, "check 410728 land 2024 extra --store STORE", 2, "usage"),
        (.client, "check --explain --store STORE", 2, "usage"),
        (.client, "check --explain XX-99 --store STORE", 4, "unknown_check"),
        (.client, "check --because 二季度并入新园区 --store STORE", 2, "usage"),
        (.client, "check 410728 land --explain GN-01 --because 二季度并入新园区 --store STORE", 2, "usage"),
        (.client, "check 410728 land 2024 --explain GN-01 --because 二季度并入新园区 --store STORE", 4, "nothing_to_explain"),
        (.client, "check --store NONE", 2, "store_not_found"),
        (.client, "submit --store STORE", 2, "usage"),
        (.client, "submit 410728-01 land --store STORE", 2, "usage"),
        (.client, "submit 410799 land 2024 --store STORE", 4, "unknown_unit"),
        (.client, "submit 410423-01 land 2024 --store STORE", 4, "foreign_unit"),
        (.client, "submit 410728-01 no_such_form 2024 --store STORE", 4, "unknown_form"),
        (.client, "submit 410728-01 land 2024-13 --store STORE", 2, "malformed_period"),
        (.client, "submit 410728-01 land 2024 --store STORE", 4, "report_is_empty"),
        (.server, "board --store PROVINCE", 2, "usage"),
        (.server, "board land --store PROVINCE", 2, "usage"),
        (.server, "board land 2024 --month 2024-06 --store PROVINCE", 2, "usage"),
        (.server, "board land 2024-H3 --store PROVINCE", 2, "malformed_period"),
        (.server, "board --month 2024 --store PROVINCE", 2, "malformed_period"),
        (.server, "board no_such_form 2024 --store PROVINCE", 4, "unknown_form"),
        (.server, "board land 2024 --under 410799 --store PROVINCE", 4, "unknown_unit"),
        (.server, "scheme check no-such-folder", 2, "usage"),
        (.server, "scheme show --store NONE", 2, "store_not_found"),
        (.server, "scheme use no-such-folder --store PROVINCE", 2, "usage"),
        (.server, "totals infrastructure 2024-13 --store PROVINCE", 2, "malformed_period"),
        (.server, "totals infrastructure 2024 --under 999999 --store PROVINCE", 4, "unknown_unit"),
        (.server, "totals infrastructure 2024 --store NONE", 2, "store_not_found"),
        (.server, "init --store PROVINCE", 4, "store_exists"),
        (.server, "init --store NEW --scheme no-such-folder", 2, "usage"),
        (.server, "serve --sync nowhere --store PROVINCE", 2, "usage"),
        (.server, "serve --sync 0.0.0.0:0 --store PROVINCE", 4, "listen_refused"),
        (.inspect, "explain not-a-cell --store STORE", 2, "malformed_address"),
        (.inspect, "status --store NONE", 2, "store_not_found"),
        (.inspect, "diff STORE NONE", 2, "store_not_found"),
        (.inspect, "verify --store NONE", 2, "store_not_found"),
        (.client, "rebuild --store NONE", 2, "store_not_found"),
        (.client, "rebuild --unit nowhere --store STORE", 2, "unknown_unit"),
        (.client, "rebuild --server nowhere --store STORE", 2, "usage"),
        (.server, "rebuild --store NONE", 2, "store_not_found"),
        (.server, "rebuild --scheme no-such-folder --store PROVINCE", 2, "usage"),
    ]

    @Test("say in one sentence what is wrong and what to do next, and exit as the contract says")
    func failures() async throws {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "办公室")
        try #require(try await Command.server.run(["init", "--store", scene.path("province")]).exitCode == 0)
        let words = [
            "STORE": office.store, "NONE": scene.path("none"), "NEW": scene.path("new"),
            "PROVINCE": scene.path("province"), "CELL": ConflictTests.cell,
        ]
        for failure in Self.failureTable {
            let arguments = failure.arguments.split(separator: " ").map { words[String($0)] ?? String($0) }
            let name = "\(failure.command.rawValue) \(failure.arguments)"
            let plain = try await failure.command.run(arguments)
            #expect(plain.exitCode == failure.exitCode, "\(name): \(plain.errors)")
            #expect(plain.output.isEmpty && !plain.errors.isEmpty, "\(name)")
            // `serve` has no JSON: it reads nothing.
            guard !["serve", "init", "scheme use"].contains(where: failure.arguments.hasPrefix) else { continue }
            let json = try await failure.command.run(arguments + ["--json"])
            #expect(json.exitCode == failure.exitCode && json.output.isEmpty, "\(name)")
            let said = try JSON(json.errors)
            #expect(said["format"] == 1 && said.keys == ["format", "error"], "\(name)")
            let error = said["error"]
            #expect(error.keys == ["code", "text", "next", "versions"], "\(name)")
            #expect(error["code"].text == failure.code, "\(name)")
            #expect(error["text"].text?.isEmpty == false && error["next"].text?.isEmpty == false, "\(name)")
        }
        #expect(!FileManager.default.fileExists(atPath: scene.path("new")), "a refused init leaves nothing")
    }

    @Test("give up a sync after --wait when nobody answers, and keep everything")
    func unreachable() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", ConflictTests.cell, "13")
        try await server.terminate()
        let refusal = try await office.refusal("sync", "--wait", "2", exits: 3)
        #expect(refusal["code"] == "server_unreachable")
        #expect(refusal["text"].text?.contains("within 2 seconds") == true, "not the default of 20")
        #expect(refusal["text"].text?.contains("No server is listening at that port.") == true)
        let named = try await office.run("sync", "--wait", "2", "--server", "nobody.invalid:7500", "--lang", "zh")
        #expect(named.exitCode == 4 && named.errors.contains("没有登记，连接无法加密"), "\(named.errors)")
        let status = try await office.json("status")
        #expect(status["unsent"] == 1 && status["unsent_since"] != nil, "unsent work alone is 0")
        let back = try await RunningServer.start(store: server.store)
        let synced = try await office.json("sync", "--server", back.address)
        #expect(synced["sent"] == 1)
        #expect(try await office.json("status")["unsent"] == 0)
    }

    // MARK: - Where they run

    @Test("work when copied to an empty directory elsewhere")
    func copied() async throws {
        let scene = try Scene()
        let elsewhere = scene.folder.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: true)
        func run(_ command: Command, _ arguments: String...) async throws -> RunningProgram.Finished {
            let copy = elsewhere.appendingPathComponent(command.rawValue)
            if !FileManager.default.fileExists(atPath: copy.path) {
                try FileManager.default.copyItem(at: command.executable, to: copy)
            }
            return try await RunningProgram(
                copy,
                arguments,
                variables: ["HUILIU_STORE": scene.path("by-variable")],
                directory: scene.folder
            ).finished()
        }
        let made = try await run(.server, "init", "--store", "province")
        #expect(made.exitCode == 0, "\(made.errors)")
        let totals = try await run(.server, "totals", "land", "2024", "--store", "province", "--json")
        #expect(try !JSON(totals.output)["rows"].list.isEmpty)
        let office = try await run(.client, "init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "n")
        #expect(office.exitCode == 0, "\(office.errors)")
        let shown = try await run(.client, "show", "410728-01", "infrastructure", "2024-H1", "--json")
        #expect(try JSON(shown.output)["cells"].list.count > 5)
        let status = try await run(.inspect, "status", "--json")
        #expect(try JSON(status.output)["scheme"].text?.hasPrefix("henan-zones") == true)
    }

    @Test("say why they cannot listen")
    func cannotListen() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let taken = try await Command.server.run(["serve", "--sync", server.address, "--store", server.store])
        #expect(taken.exitCode == 3 && taken.errors.contains("another program uses it"), "\(taken.errors)")
        _ = try await scene.enrolmentFile("办公室一", in: server.store)
        for address in ["192.0.2.1:0", "nobody.invalid:0"] {
            let foreign = try await Command.server.run(["serve", "--sync", address, "--store", server.store])
            #expect(
                foreign.exitCode == 3 && foreign.errors.contains("not an address of this machine"),
                "\(foreign.errors)"
            )
        }
    }

    @Test(
        "listen on the loopback only, and say why",
        arguments: ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:0"]
    )
    func loopbackOnly(address: String) async throws {
        let scene = try Scene()
        try #require(try await Command.server.run(["init", "--store", scene.path("province")]).exitCode == 0)
        let refused = try await Command.server.run(["serve", "--sync", address, "--store", scene.path("province")])
        #expect(refused.exitCode == 4 && refused.output.isEmpty)
        #expect(refused.errors.contains("not encrypted"), "\(refused.errors)")
    }

    // MARK: - Reading changes nothing

    @Test("leave the bytes of the stores as they are when they only read, also while the server runs")
    func readingChangesNothing() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let one = try await scene.office("办公室一", server: server)
        try await one.expect("set", ConflictTests.cell, "13")
        try await one.sync()
        try await one.expect("set", ConflictTests.cell, "近14")
        let stores = [one.store, server.store]
        let before = try stores.map(Self.contents)
        for store in stores {
            for arguments in ["status", "log", "explain \(ConflictTests.cell)"] {
                _ = try await Command.inspect.json(
                    arguments.split(separator: " ").map(String.init) + ["--store", store]
                )
            }
        }
        _ = try await Command.inspect.json(["diff", one.store, server.store], exits: 1)
        // As typed: a figure without its qualifier is another figure.
        let told = try await Command.inspect.run(["diff", one.store, server.store])
        #expect(told.output.contains("< 近14公里 (") && told.output.contains("> 13公里 ("), "\(told.output)")
        _ = try await Command.server.json(["totals", "infrastructure", "2024-H1", "--store", server.store])
        _ = try await Command.server.json(["devices", "--store", server.store])
        _ = try await one.json("show", "410728-01", "infrastructure", "2024-H1")
        _ = try await one.json("status")
        _ = try await one.json("conflicts")
        #expect(try stores.map(Self.contents) == before)
        #expect(try await one.sync()["sent"] == 1, "and the server goes on")
        let totals = try await Command.server.run(["totals", "infrastructure", "2024-H1", "--store", server.store])
        #expect(totals.output.split(separator: "\n").contains { $0.contains("<14") }, "\(totals.output)")
    }

    /// The bytes of a store's file and of its write-ahead log; empty where there is none.
    private static func contents(of store: String) throws -> [String: Data] {
        let names = ["client.sqlite", "client.sqlite-wal", "server.sqlite", "server.sqlite-wal"]
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, FileManager.default.contents(atPath: store + "/" + name) ?? Data())
            }
        )
    }

    // MARK: - Foreign and newer stores

    @Test("refuse a foreign or newer database, and leave it unchanged", arguments: ["foreign", "newer", "text"])
    func foreignStore(kind: String) async throws {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "办公室")
        let file = URL(fileURLWithPath: office.store + "/client.sqlite")
        var bytes = try Data(contentsOf: file)
        switch kind {
        case "foreign": bytes.replaceSubrange(68..<72, with: [0, 0, 0, 7])  // application_id
        case "newer": bytes.replaceSubrange(60..<64, with: [0, 0, 0, 200])  // user_version
        default: bytes = Data("a letter, not a database; long enough to be looked at twice".utf8)
        }
        try bytes.write(to: file)
        for arguments in [["status"], ["set", ConflictTests.cell, "1"], ["sync"]] {
            let refused = try await Command.client.run(arguments + ["--store", office.store, "--json"])
            #expect(refused.exitCode == 4, "\(arguments)")
            #expect(
                try JSON(refused.errors)["error"]["code"].text == (kind == "newer" ? "store_newer" : "store_foreign")
            )
        }
        #expect(try Data(contentsOf: file) == bytes)
    }
}
