import Testing

@Suite("The keys of --json, which scripts rely on")
struct JSONContractTests {
    static let valueKeys: Set = ["state", "number", "upper", "qualifier", "unit", "text"]
    static let versionKeys: Set = [
        "n", "scope", "replica", "sequence", "value", "author", "device", "time", "provisional",
    ]

    /// Where an object stands in the output: keys on the way; `[]` is the first element of a list.
    struct Place: CustomTestStringConvertible {
        let command: Command
        let arguments: String
        let path: [String]
        let keys: Set<String>

        init(_ command: Command, _ arguments: String, at path: [String] = [], _ keys: Set<String>) {
            (self.command, self.arguments, self.path, self.keys) = (command, arguments, path, keys)
        }

        var testDescription: String { "\(self.command.rawValue) \(self.arguments) \(self.path.joined(separator: "."))" }
    }

    private static let check = "check 410728-01 milestones 2012"
    private static let explain = "explain \(ConflictTests.cell)"

    /// Every object of the contract, with all its keys: none may be missing, and none may be there unannounced.
    static let places: [Place] = [
        Place(.server, "totals infrastructure 2024-H1", ["format", "form", "period", "under", "rows"]),
        Place(
            .server,
            "totals infrastructure 2024-H1",
            at: ["rows", "[]"],
            [
                "unit", "name", "level", "item", "unit_of_measure", "sum", "upper", "own", "difference", "reported",
                "expected", "missing", "withheld", "approximate", "direction", "in_conflict", "plan", "target_version",
                "completion",
                "year_before", "growth", "share", "derived",
                "completion_approximate", "growth_approximate",
            ]
        ),
        Place(
            .server,
            "board infrastructure 2024-H1",
            ["format", "form", "name", "period", "opens", "due", "late_by", "rows", "reported", "expected"]
        ),
        Place(
            .server,
            "board infrastructure 2024-H1",
            at: ["rows", "[]"],
            ["unit", "name", "level", "state", "filled", "received", "filled_items", "items"]
        ),
        Place(.server, "board --month 2024-07", ["format", "month", "under", "obligations"]),
        Place(.server, "devices", ["format", "devices", "enrolled", "waiting"]),
        Place(.server, "devices history", ["format", "events"]),
        Place(.client, "changed", ["format", "changed"]),
        Place(
            .server,
            "devices",
            at: ["devices", "[]"],
            ["replica", "unit", "name", "continues", "changes", "last_seen", "device", "state"]
        ),
        Place(
            .client,
            "show 410728-01 infrastructure 2024-H1",
            ["format", "unit", "form", "period", "cells", "derived"]
        ),
        Place(
            .client,
            "show 410728-01 infrastructure 2024-H1",
            at: ["cells", "[]"],
            [
                "cell", "value", "seen", "conflict", "not_counted", "target_version", "last", "year_before", "plan",
                "completion",
            ]
        ),
        Place(.client, "show 410728-01 infrastructure 2024-H1", at: ["cells", "[]", "value"], valueKeys),
        Place(
            .client,
            "status",
            [
                "format", "replica", "former_replicas", "lost", "refused", "key_problem", "unit", "name", "scheme",
                "unsent",
                "unsent_since",
                "last_sync",
                "skew_seconds",
                "conflicts", "not_counted", "replaced",
            ]
        ),
        Place(
            .client,
            "sync",
            [
                "format", "sent", "received", "bytes_out", "bytes_in", "round_trips", "conflicts", "not_counted",
                "replaced",
            ]
        ),
        Place(.client, "accept", ["format", "writes"]),
        Place(.client, "conflicts", ["format", "conflicts"]),
        Place(.client, "conflicts", at: ["conflicts", "[]"], ["cell", "seen", "versions"]),
        Place(.client, "conflicts", at: ["conflicts", "[]", "versions", "[]"], versionKeys),
        Place(.client, "conflicts", at: ["conflicts", "[]", "versions", "[]", "value"], valueKeys),
        Place(
            .client,
            "import FILE --dry-run",
            ["format", "new", "changed", "same", "refused", "replaced", "dry_run"]
        ),
        Place(.client, "import FILE --dry-run", at: ["refused", "[]"], ["line", "column", "code", "text"]),
        Place(.client, "match", ["format", "names"]),
        Place(
            .client,
            "match",
            at: ["names", "[]"],
            ["kind", "form", "name", "rows", "first_seen", "candidates", "code"]
        ),
        Place(.client, "match", at: ["names", "[]", "candidates", "[]"], ["code", "name"]),
        Place(.client, check, ["format", "errors", "warnings", "information", "findings", "others"]),
        Place(
            .client,
            check,
            at: ["findings", "[]"],
            ["code", "level", "cells", "expected", "found", "difference", "text", "explanation"]
        ),
        Place(.client, "check --explain MS-09", ["format", "code", "level", "name", "rule"]),
        Place(.client, "\(check) --explain MS-09 --because 其中两个项目尚未入驻", ["format", "code", "explanation"]),
        Place(
            .client,
            "submit 410728-01 milestones 2012",
            ["format", "unit", "form", "period", "state", "written"]
        ),
        Place(.server, "scheme show", ["format", "scheme", "name", "version", "fingerprint", "units", "forms"]),
        Place(.server, "scheme show", at: ["forms", "[]"], ["form", "name", "items"]),
        Place(.inspect, "status", ["format", "kind", "scheme", "scopes", "lost", "not_counted"]),
        Place(.inspect, "status", at: ["scopes", "[]"], ["scope", "changes", "cells", "conflicts", "tip", "heads"]),
        Place(.inspect, "status", at: ["scopes", "[]", "heads", "[]"], ["replica", "sequence", "hash"]),
        Place(.inspect, "log", ["format", "changes"]),
        Place(
            .inspect,
            "log",
            at: ["changes", "[]"],
            ["scope", "replica", "sequence", "hash", "time", "author", "device", "signer", "writes"]
        ),
        Place(.inspect, "log", at: ["changes", "[]", "writes", "[]"], ["cell", "value"]),
        Place(.inspect, "log", at: ["changes", "[]", "writes", "[]", "value"], valueKeys),
        Place(.inspect, "verify", ["format", "ok", "changes", "seals", "first_problem"]),
        Place(.client, "rebuild", ["format", "problem", "saved", "lost", "damaged"]),
        Place(.server, "rebuild", ["format", "problem", "saved", "lost", "damaged"]),
        Place(.inspect, explain, ["format", "cell", "current", "history", "reason"]),
        Place(.inspect, explain, at: ["current", "[]"], versionKeys),
        Place(
            .inspect,
            explain,
            at: ["history", "[]"],
            versionKeys.union(["superseded_by", "accepts", "delivered", "not_counted", "signer"])
        ),
        Place(.inspect, "diff STORE OTHER", ["format", "equal", "differences"]),
        Place(.inspect, "diff STORE OTHER", at: ["differences", "[]"], ["cell", "left", "right"]),
        Place(.inspect, "diff STORE OTHER", at: ["differences", "[]", "left", "[]"], versionKeys),
    ]

    @Test("are these")
    func keys() async throws {
        let stage = try await Stage()
        var outputs: [String: JSON] = [:]
        for place in Self.places {
            let name = "\(place.command.rawValue) \(place.arguments)"
            if outputs[name] == nil { outputs[name] = try await stage.run(place) }
            var object = outputs[name]!
            #expect(object["format"] == 1, "\(name)")
            for step in place.path { object = step == "[]" ? object[0] : object[step] }
            #expect(object.keys == place.keys, "\(place.testDescription)")
        }
    }

    @Test("are null where there is nothing")
    func absent() async throws {
        let stage = try await Stage()
        let new = try await stage.scene.office("新办公室", server: stage.server)
        let status = try await new.json("status")
        for key in ["unsent_since", "last_sync", "skew_seconds", "refused"] { #expect(status[key] == nil, "\(key)") }
        #expect(status["unsent"] == 0 && status["not_counted"] == [])
        let shown = try await new.cell(ConflictTests.cell)
        #expect(shown["value"]["state"] == "missing" && shown["seen"].text?.isEmpty == false)
        for key in Self.valueKeys.subtracting(["state"]) { #expect(shown["value"][key] == nil, "\(key)") }
        let totals = try await Command.server.json(["totals", "land", "2024", "--store", stage.server.store])
        let row = totals["rows"][0]
        for key in ["sum", "upper", "own", "difference", "direction", "plan", "completion"] {
            #expect(row[key] == nil, "\(key)")
        }
        let told = try await Command.inspect.json([
            "explain", "410728-01/infrastructure/2024-H1/power_grid", "--store", stage.server.store,
        ])
        #expect(told["current"] == [] && told["history"] == [] && told["reason"].text?.isEmpty == false)
        let empty = try await Command.inspect.json(["status", "--store", new.store])
        #expect(empty["kind"] == "client" && empty["scopes"] == [])
    }

    @Test(
        "hold every kind of value as the contract says",
        arguments: [
            ("13", "number", ["number": "13", "unit": "公里"]),
            ("1.00", "number", ["number": "1.00"]),
            ("近13.50公里", "number", ["number": "13.50", "qualifier": "近", "unit": "公里"]),
            ("13多", "number", ["number": "13", "qualifier": "多"]),
            ("5-6公里", "number", ["number": "5", "upper": "6"]),
            ("-0.5", "number", ["number": "-0.5"]),
            ("不适用", "not_applicable", [:]),
            ("n/a", "not_applicable", [:]),
            ("××", "withheld", [:]),
            ("withheld", "withheld", [:]),
        ] as [(String, String, [String: JSON])]
    )
    func values(typed: String, state: String, members: [String: JSON]) async throws {
        let scene = try Scene()
        let office = Office(store: scene.path("office"), name: "办公室", author: "张三")
        try await office.expect("init", "--unit", "410728", "--server", "127.0.0.1:7428", "--name", "办公室")
        // What looks like an option is a value after `--`.
        let done = try await Command.client.run(["set", "--store", office.store, "--", ConflictTests.cell, typed])
        #expect(done.exitCode == 0, "\(done.errors)")
        let value = try await office.cell(ConflictTests.cell)["value"]
        #expect(value["state"].text == state)
        for (key, member) in members { #expect(value[key] == member, "\(typed): \(key)") }
    }
}

/// A conflict, a refused row, a difference: something in every list.
private struct Stage {
    let scene: Scene
    let server: RunningServer
    let one: Office
    let other: Office
    let file: String

    init() async throws {
        self.scene = try Scene()
        self.server = try await self.scene.province()
        self.one = try await self.scene.office("办公室一", server: self.server)
        self.other = try await self.scene.office("办公室二", server: self.server)
        self.file = try self.scene.write(
            "unit,form,period,row,item,value\n410728-01,infrastructure,2024-H1,,no_such_item,1\n",
            to: "bad.csv"
        )
        try await self.one.expect("set", ConflictTests.cell, "13")
        try await self.other.expect("set", ConflictTests.cell, "14")
        try await self.other.sync()
        try await self.one.sync(exits: 1)
        try await self.one.expect("set", "410728-01/infrastructure/2024-H1/investment", "4.6")
        try await self.one.expect("set", "410728-01/milestones/2012/projects", "20")
        try await self.one.expect("set", "410728-01/milestones/2012/producing_projects", "22")
        let unknown = try self.scene.write(
            "unit,form,period,item,value\n410728-01,infrastructure,2024-H1,道路修建,1\n",
            to: "unknown.csv"
        )
        _ = try await self.one.json("import", unknown, exits: 1)
    }

    func run(_ place: JSONContractTests.Place) async throws -> JSON {
        var arguments = place.arguments.split(separator: " ").map(String.init)
        let stores: [Command: String] = [
            .client: self.one.store, .server: self.server.store, .inspect: self.server.store,
        ]
        if arguments[0] == "diff" {
            arguments = ["diff", self.one.store, self.other.store]
        } else {
            arguments = arguments.map { $0 == "FILE" ? self.file : $0 } + ["--store", stores[place.command]!]
        }
        let attention =
            ["conflicts", "import", "diff", "sync"].contains(arguments[0])
            || (arguments[0] == "status" && place.command == .client)
        return try await place.command.json(arguments, exits: attention ? 1 : 0)
    }
}
