import Foundation
import Testing

@Suite("A store that cannot be used")
struct UnusableStoreTests {
    private static let cell = ConflictTests.cell
    private static let figures = "Protocol/Schemes/henan-zones/examples/changyuan.csv"

    /// What a program says, and the code of it.
    struct Refusal {
        let code: String
        let chinese: String
        let english: String
    }

    /// The stores of an office and a province, with one figure each.
    private struct Stores {
        let scene: Scene
        let office: Office
        let province: String

        init() async throws {
            self.scene = try Scene()
            let server = try await self.scene.province()
            self.office = try await self.scene.office("办公室", server: server)
            try await self.office.expect("set", UnusableStoreTests.cell, "13")
            try await self.office.sync()
            try await server.terminate()
            self.province = server.store
        }

        /// All that programs may be asked to do with them.
        var commands: [(Command, [String])] {
            [
                (.client, ["set", UnusableStoreTests.cell, "14", "--store", self.office.store]),
                (.client, ["import", repository(UnusableStoreTests.figures), "--store", self.office.store]),
                (.client, ["sync", "--store", self.office.store]),
                (.server, ["serve", "--sync", "127.0.0.1:0", "--store", self.province]),
            ]
        }

        /// The bytes of both stores' files.
        func contents() throws -> [Data] {
            try [self.office.store + "/client.sqlite", self.province + "/server.sqlite"].map {
                try Data(contentsOf: URL(fileURLWithPath: $0))
            }
        }
    }

    /// Every command exits 4 and says why, in either language; and nothing is changed.
    private static func expect(
        _ refusal: Refusal,
        of stores: Stores,
        tracer: [String] = []
    ) async throws {
        let before = try stores.contents()
        for (command, arguments) in stores.commands {
            for (language, words) in [("zh", refusal.chinese), ("en", refusal.english)] {
                let refused = try await command.run(arguments + ["--lang", language], tracer: tracer)
                #expect(refused.exitCode == 4 && refused.output.isEmpty, "\(arguments): \(refused.errors)")
                #expect(refused.errors.contains(words), "\(arguments): \(refused.errors)")
            }
        }
        for (command, store) in [(Command.client, stores.office.store), (.inspect, stores.province)] {
            let told = try await command.run(["status", "--json", "--store", store], tracer: tracer)
            // A store that was left with its log beside it can be read where it cannot be written.
            guard told.exitCode != 0 || refusal.code == "store_newer" else { continue }
            #expect(told.exitCode == 4)
            #expect(try JSON(told.errors)["error"]["code"].text == refusal.code, "\(told.errors)")
        }
        #expect(try stores.contents() == before)
    }

    @Test(
        "because its disk is read-only, says so and stays as it is",
        .enabled(if: PrivateMounts.isPossible, PrivateMounts.needs)
    )
    func readOnly() async throws {
        let stores = try await Stores()
        let mounts = try await PrivateMounts.readOnly(stores.scene.folder.path)
        try await Self.expect(
            Refusal(code: "store_read_only", chinese: "所在的磁盘是只读的", english: "on a disk that cannot be written"),
            of: stores,
            tracer: mounts.prefix
        )
        // Copied to another disk, as the words advise, it works.
        let copy = Office(store: try stores.scene.copy("办公室", to: "copy"), name: "办公室", author: "张三")
        try await copy.expect("set", Self.cell, "14")
    }

    /// Runs a program as a user who owns nothing here: permissions do not bind root.
    private static var asNobody: [String] {
        getuid() == 0 ? ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"] : []
    }

    private static let canBeNobody: Bool = {
        let command = Self.asNobody + [Command.client.executable.path, "--help"]
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    @Test(
        "because of its permissions, says so and stays as it is",
        .enabled(if: canBeNobody, "needs setpriv, and the programs where every user may run them"),
        arguments: [(0o555, 0o444), (0o755, 0o600), (0o000, 0o644)]
    )
    func permissions(directory: Int, file: Int) async throws {
        let stores = try await Stores()
        let manager = FileManager.default
        let files = [stores.office.store + "/client.sqlite", stores.province + "/server.sqlite"]
        for file in files { try manager.setAttributes([.posixPermissions: file], ofItemAtPath: file) }
        for store in [stores.office.store, stores.province] {
            try manager.setAttributes([.posixPermissions: directory], ofItemAtPath: store)
        }
        try await Self.expect(
            Refusal(code: "store_no_permission", chinese: "当前用户无权读写", english: "This user may not"),
            of: stores,
            tracer: Self.asNobody
        )
        for store in [stores.office.store, stores.province] {
            try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: store)
        }
        for file in files { try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file) }
        try await stores.office.expect("set", Self.cell, "14")
    }

    @Test("because a newer program wrote it, says so and stays as it is")
    func newer() async throws {
        let stores = try await Stores()
        for path in [stores.office.store + "/client.sqlite", stores.province + "/server.sqlite"] {
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            try file.seek(toOffset: 60)  // user_version
            try file.write(contentsOf: Data([0, 0, 0, 200]))
            try file.close()
        }
        try await Self.expect(
            Refusal(code: "store_newer", chinese: "由更新的程序写成", english: "written by a newer program"),
            of: stores
        )
    }

    @Test("because it is the other side's, says so")
    func otherKind() async throws {
        let stores = try await Stores()
        for (command, arguments, chinese, english) in [
            (Command.client, ["status", "--store", stores.province], "是省级的数据库，不是县区的", "holds the province's store"),
            (Command.server, ["devices", "--store", stores.office.store], "是县区的数据库，不是省级的", "holds an office's store"),
        ] {
            for (language, words) in [("zh", chinese), ("en", english)] {
                let refused = try await command.run(arguments + ["--lang", language])
                #expect(refused.exitCode == 4 && refused.errors.contains(words), "\(refused.errors)")
            }
        }
    }

    @Test("because it is a file, says so and leaves the file as it is")
    func file() async throws {
        let scene = try Scene()
        let file = try scene.write("a letter", to: "letter")
        for store in [file, file + "/below"] {
            let commands: [(Command, [String])] = [
                (.client, ["status"]), (.client, ["set", Self.cell, "1"]), (.server, ["devices"]), (.inspect, ["log"]),
                (.client, ["init", "--unit", "410728", "--server", "127.0.0.1:1", "--name", "n"]), (.server, ["init"]),
            ]
            for (command, arguments) in commands {
                for (language, words) in [("zh", "是文件，不是目录"), ("en", "is a file, not a directory")] {
                    let refused = try await command.run(arguments + ["--store", store, "--lang", language])
                    #expect(refused.exitCode == 4 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
                }
            }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "a letter")
    }

    // MARK: - Held by another program

    /// A program that keeps a store to itself until it is ended.
    private static func holder(of file: String) async throws -> RunningProgram {
        let script = """
            import signal, sqlite3, sys
            store = sqlite3.connect(sys.argv[1], isolation_level=None)
            store.execute("BEGIN IMMEDIATE")
            print("held", flush=True)
            signal.pause()
            """
        let program = try RunningProgram(URL(fileURLWithPath: "/usr/bin/env"), ["python3", "-c", script, file])
        for await _ in program.output.lines { return program }
        throw RunningServer.DidNotListen(errors: try await program.finished().errors)
    }

    @Test("because another program holds it, says so, can still be read, and works again when that has ended")
    func held() async throws {
        let stores = try await Stores()
        let holder = try await Self.holder(of: stores.office.store + "/client.sqlite")
        let office = stores.office
        async let chinese = office.run("set", Self.cell, "14", "--lang", "zh")
        async let english = office.run("set", Self.cell, "14", "--lang", "en")
        for (refused, words) in try await [(chinese, "正被另一程序长时间占用"), (english, "held by another program")] {
            #expect(refused.exitCode == 4 && refused.errors.contains(words), "\(refused.errors)")
        }
        #expect(try await office.cell(Self.cell)["value"]["number"] == "13")
        holder.send(SIGKILL)
        try await holder.finished()
        try await office.expect("set", Self.cell, "14")
    }

    @Test("because another program holds it: a province says so to its offices, and takes their figures afterwards")
    func provinceHeld() async throws {
        let stores = try await Stores()
        let server = try await RunningServer.start(store: stores.province)
        let holder = try await Self.holder(of: stores.province + "/server.sqlite")
        try await stores.office.expect("set", Self.cell, "14")
        let client = try RunningProgram(
            Command.client.executable,
            ["sync", "--store", stores.office.store, "--server", server.address, "--wait", Office.patience]
        )
        for await line in server.program.errors.lines where line.contains("store failed") { break }
        holder.send(SIGKILL)
        try await holder.finished()
        let synced = try await client.finished()
        #expect(synced.exitCode == 0, "\(synced.errors)")
        #expect(try await Command.inspect.json(["diff", stores.office.store, stores.province])["equal"] == true)
        #expect(try await server.terminate().exitCode == 0)
    }
}
