import Testing

@Suite("Two offices at one cell")
struct ConflictTests {
    static let cell = "410728-01/infrastructure/2024-H1/roads"

    /// Two offices of a county that have written one cell while offline, each another value, and have all synced.
    private struct Dispute {
        let scene: Scene
        let server: RunningServer
        let one: Office
        let other: Office

        var stores: [String] { [self.one.store, self.other.store, self.server.store] }

        /// - Parameter values: equal in value is no conflict, and the syncs exit 0.
        init(
            firstToSync: Int,
            values: (String, String) = ("13.5", "14"),
            areEqual: Bool = false
        ) async throws {
            self.scene = try Scene()
            self.server = try await self.scene.province()
            self.one = try await self.scene.office("办公室一", author: "张三", server: self.server)
            self.other = try await self.scene.office("办公室二", author: "王五", server: self.server)
            try await self.one.expect("set", ConflictTests.cell, "13")
            try await self.one.sync()
            try await self.other.sync()
            try await self.one.expect("set", ConflictTests.cell, values.0)
            try await self.other.expect("set", ConflictTests.cell, values.1)
            let order = firstToSync == 0 ? [self.one, self.other] : [self.other, self.one]
            let exit: Int32 = areEqual ? 0 : 1
            try await order[0].sync()
            try await order[1].sync(exits: exit)
            try await order[0].sync(exits: exit)
        }

        /// The values of the cell in each store, in the order in which `explain` lists them.
        func current() async throws -> [[JSON]] {
            var current: [[JSON]] = []
            for store in self.stores {
                let told = try await Command.inspect.json(["explain", ConflictTests.cell, "--store", store])
                current.append(told["current"].list)
            }
            return current
        }
    }

    @Test("keeps both values on all stores, and shows the same one, in either order of sync", arguments: [0, 1])
    func bothKept(firstToSync: Int) async throws {
        let dispute = try await Dispute(firstToSync: firstToSync)
        let current = try await dispute.current()
        #expect(current[0] == current[1] && current[1] == current[2])
        #expect(Set(current[0].map { $0["value"]["number"].text }) == ["13.5", "14"])
        #expect(current[0].map { $0["provisional"] } == [true, false])
        for office in [dispute.one, dispute.other] {
            let shown = try await office.cell(Self.cell)
            #expect(shown["conflict"] == true && shown["value"] == current[0][0]["value"])
            let status = try await office.json("status", exits: 1)
            #expect(status["conflicts"] == 1 && status["unsent"] == 0)
        }
        let totals = try await Command.server.json([
            "totals", "infrastructure", "2024-H1", "--under", "410728", "--store", dispute.server.store,
        ])
        let row = totals["rows"].list.first { $0["unit"] == "410728" && $0["item"] == "roads" }
        #expect(row?["in_conflict"] == 1)
        #expect(try await Command.inspect.json(["diff", dispute.one.store, dispute.server.store])["equal"] == true)
        #expect(try await Command.inspect.json(["diff", dispute.one.store, dispute.other.store])["equal"] == true)
    }

    @Test("is listed with who, on which device and when, in one order everywhere", arguments: [0, 1])
    func listed(firstToSync: Int) async throws {
        let dispute = try await Dispute(firstToSync: firstToSync)
        let here = try await dispute.one.json("conflicts", exits: 1)["conflicts"]
        let there = try await dispute.other.json("conflicts", exits: 1)["conflicts"]
        #expect(here == there && here.list.count == 1)
        #expect(here[0]["cell"].text == Self.cell)
        let versions = here[0]["versions"].list
        #expect(versions.map { $0["n"] } == [1, 2])
        let who = Set(versions.map { [$0["author"], $0["device"], $0["value"]["number"]] })
        #expect(who == [["张三", "办公室一", "13.5"], ["王五", "办公室二", "14"]])
        let rfc3339 = #/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/#
        #expect(versions.allSatisfy { $0["time"].text?.wholeMatch(of: rfc3339) != nil })
    }

    @Test("is decided on one side for all, and then nothing moves", arguments: [0, 1], ["--take 2", "--value 13.8"])
    func resolved(firstToSync: Int, decision: String) async throws {
        let dispute = try await Dispute(firstToSync: firstToSync)
        let versions = try await dispute.other.json("conflicts", exits: 1)["conflicts"][0]["versions"]
        let option = decision.split(separator: " ").map(String.init)
        let expected = option[0] == "--take" ? versions[1]["value"]["number"].text : option[1]
        try await dispute.other.expect("resolve", Self.cell, option[0], option[1])
        try await dispute.other.sync()
        try await dispute.one.sync()
        let current = try await dispute.current()
        #expect(current[0] == current[1] && current[1] == current[2])
        #expect(current[0].map { $0["value"]["number"].text } == [expected])
        #expect(current[0][0]["author"] == "王五", "who decided is the author")
        for office in [dispute.one, dispute.other] {
            #expect(try await office.json("conflicts")["conflicts"] == [])
            let again = try await office.sync()
            #expect(again["sent"] == 0 && again["received"] == 0 && again["round_trips"] == 1)
        }
        let told = try await Command.inspect.json(["explain", Self.cell, "--store", dispute.server.store])
        let history = told["history"].list
        #expect(history.count == 4, "the first value, two beside each other, and the decision")
        #expect(history[0]["superseded_by"].list.count == 2)
        #expect(history[1]["superseded_by"] == history[2]["superseded_by"], "the decision took the place of both")
        #expect(history[1]["superseded_by"].list.count == 1 && history[3]["superseded_by"] == [])
    }

    @Test("is no conflict when both wrote the same value")
    func equalValues() async throws {
        let dispute = try await Dispute(firstToSync: 0, values: ("14.0", "14.00"), areEqual: true)
        let current = try await dispute.current()
        #expect(current[0] == current[1] && current[1] == current[2])
        #expect(try await dispute.one.json("conflicts")["conflicts"] == [])
        #expect(try await dispute.one.cell(Self.cell)["conflict"] == false)
    }

    @Test("is no conflict when they wrote different cells of one form")
    func differentCells() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let one = try await scene.office("办公室一", server: server)
        let other = try await scene.office("办公室二", server: server)
        let page = "410728-01/infrastructure/2024-H1"
        try await one.expect("set", "\(page)/roads", "13")
        try await other.expect("set", "\(page)/water_pipe", "11")
        try await one.sync()
        try await other.sync()
        try await one.sync()
        for office in [one, other] {
            #expect(try await office.cell("\(page)/roads")["value"]["number"] == "13")
            #expect(try await office.cell("\(page)/water_pipe")["value"]["number"] == "11")
            #expect(try await office.json("conflicts")["conflicts"] == [])
        }
        #expect(try await Command.inspect.json(["diff", one.store, server.store])["equal"] == true)
    }

    // MARK: - Nothing is replaced that the person had not seen

    @Test("is refused to set and import while in conflict, with the versions, and nothing is written")
    func conflictRefused() async throws {
        let dispute = try await Dispute(firstToSync: 0)
        let before = try await dispute.one.cell(Self.cell)
        let refusal = try await dispute.one.refusal("set", Self.cell, "15")
        #expect(refusal["code"] == "cell_in_conflict")
        #expect(Set(refusal["versions"].list.map { $0["value"]["number"].text }) == ["13.5", "14"])
        let seen = try await dispute.one.refusal("set", Self.cell, "15", "--seen", before["seen"].text ?? "")
        #expect(seen["code"] == "cell_in_conflict", "having seen a conflict is not deciding it")
        let file = try dispute.scene.write(
            """
            unit,form,period,row,item,value
            410728-01,infrastructure,2024-H1,,roads,15
            410728-01,infrastructure,2024-H1,,water_pipe,11
            """,
            to: "rows.csv"
        )
        let imported = try await dispute.one.json("import", file, exits: 1)
        #expect(imported["new"] == 1 && imported["changed"] == 0)
        #expect(imported["refused"].list.map { $0["line"] } == [2])
        #expect(imported["refused"][0]["code"] == "cell_in_conflict")
        #expect(try await dispute.one.cell(Self.cell) == before)
        #expect(try await dispute.one.json("status", exits: 1)["unsent"] == 1, "the other row alone")
    }

    @Test("is refused to a stale token, with the versions, and nothing is written")
    func staleToken() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室一", server: server)
        let empty = try await office.cell(Self.cell)["seen"].text ?? ""
        try await office.expect("set", Self.cell, "13", "--seen", empty)
        let shown = try await office.cell(Self.cell)
        for stale in [empty, "0123456789abcdef", "no token"] {
            let refusal = try await office.refusal("set", Self.cell, "14", "--seen", stale)
            #expect(refusal["code"] == "cell_changed")
            #expect(refusal["versions"].list.map { $0["value"]["number"].text } == ["13"])
        }
        #expect(try await office.cell(Self.cell) == shown)
        #expect(try await office.json("status")["unsent"] == 1)
        try await office.expect("set", Self.cell, "14", "--seen", shown["seen"].text ?? "")
        #expect(try await office.cell(Self.cell)["value"]["number"] == "14")
    }

    @Test("is refused to a decision about other versions than were listed")
    func staleDecision() async throws {
        let dispute = try await Dispute(firstToSync: 0)
        let seen = try await dispute.one.json("conflicts", exits: 1)["conflicts"][0]["seen"].text ?? ""
        try await dispute.other.expect("resolve", Self.cell, "--take", "1", "--seen", seen)
        try await dispute.other.sync()
        try await dispute.one.sync()
        let refusal = try await dispute.one.refusal("resolve", Self.cell, "--value", "15", "--seen", seen)
        #expect(refusal["code"] == "cell_changed")
        let noConflict = try await dispute.one.refusal("resolve", Self.cell, "--take", "1")
        #expect(noConflict["code"] == "cell_not_in_conflict")
        _ = try await dispute.one.refusal("resolve", Self.cell, "--take", "1", "--value", "2", exits: 2)
    }
}
