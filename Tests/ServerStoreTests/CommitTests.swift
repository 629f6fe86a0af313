import BundledScheme
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore
import TestSupport
import Testing

/// What the province makes durable, many connections at once.
@Suite("Commits of the province")
struct CommitTests {
    private static let scope = UnitCode("410728-01")!
    private static let cell = AddressInScope(form: "land", period: .none, item: "quota")
    private static let now = Timestamp(secondsSince1970: 100)

    private func server() throws -> ServerStore {
        try .inMemory(replica: ReplicaID(rawValue: 0xF0), scheme: SchemeSource([]))
    }

    /// The changes of an office that has seen nobody else's.
    private func office(
        _ replica: UInt64,
        _ count: Int,
        in scope: UnitCode = Self.scope,
        _ word: String = "value"
    ) -> [StoredChange] {
        var store = MemoryStore(replica: ReplicaID(rawValue: replica), scope: scope)
        for number in 1...count {
            store.write(
                [Change.Write(Self.cell, .text("\(word) \(number)"))],
                time: Timestamp(secondsSince1970: Int64(number)),
                author: "clerk"
            )
        }
        return store.storedChanges
    }

    private func take(_ server: ServerStore, _ batches: [Batch]) throws -> [(TakeOutcome, Frontier)] {
        try server.commit(batches.map { .take($0) }, now: Self.now).map { outcome in
            guard case .taken(let taken, let frontier) = outcome else { throw StoreError.busy(path: "") }
            return (taken, frontier)
        }
    }

    private func contents(_ server: ServerStore, _ scope: UnitCode = Self.scope) throws -> StoreContents {
        try server.database.read { try StoreContents($0, scope: scope) }
    }

    @Test("A province that never wrote is shown nothing of its own that could be true")
    func neverWrote() throws {
        let server = try self.server()
        let head = self.office(0xF0, 1)[0].reference
        try server.noteOwnHeads([head], in: Self.scope, now: Self.now, newReplica: ReplicaID(rawValue: 0xE1))
        #expect(try server.ownReplica().former == [])
    }

    @Test("A scheme that is not the one that was stored is noticed")
    func alteredScheme() throws {
        let server = try self.server()
        #expect(try server.isSchemeWhole() == false, "an empty scheme is none")
        let scheme = BundledScheme.source
        try server.replaceScheme(with: scheme) { _, _ in }
        #expect(try server.isSchemeWhole())
        var files = scheme.files.map { (name: $0.name, text: $0.text) }
        files[0].text += " "
        try server.database.write { try $0.replaceSchemeFiles(with: files) }
        #expect(try !server.isSchemeWhole())
    }

    @Test("A province that is shown a change of its own which it lacks was restored, and goes on under a new id")
    func restored() throws {
        let server = try self.server()
        let own = self.office(0xF0, 3)
        _ = try self.take(server, [Batch(scope: Self.scope, changes: Array(own.prefix(2)))])
        func show(_ stored: StoredChange, _ newReplica: UInt64) throws -> OwnReplica {
            let newReplica = ReplicaID(rawValue: newReplica)
            try server.noteOwnHeads([stored.reference], in: Self.scope, now: Self.now, newReplica: newReplica)
            return try server.ownReplica()
        }
        #expect(try show(own[1], 0xE1).former == [])
        let renewed = try show(own[2], 0xE2)
        #expect(renewed.current == ReplicaID(rawValue: 0xE2) && renewed.former == [ReplicaID(rawValue: 0xF0)])
        #expect(renewed.since == Self.now)
        #expect(try show(own[2], 0xE3) == renewed)
    }

    @Test("Batches of many offices and scopes are taken together, each with its own outcome")
    func together() throws {
        let server = try self.server()
        let (first, second) = (self.office(1, 3), self.office(2, 2))
        let other = UnitCode("410423-01")!
        let third = self.office(3, 1, in: other)
        let outcomes = try self.take(
            server,
            [
                Batch(scope: Self.scope, changes: first), Batch(scope: Self.scope, changes: second),
                Batch(scope: other, changes: third),
            ]
        )
        #expect(outcomes.map(\.0.takenCount) == [3, 2, 1])
        #expect(outcomes.map(\.0.held) == [[first[2].reference], [second[1].reference], [third[0].reference]])
        #expect(
            outcomes.map(\.1) == [
                Frontier([first[2].reference]), Frontier([first[2].reference, second[1].reference]),
                Frontier([third[0].reference]),
            ]
        )
        #expect(try server.standings(in: [Self.scope]).map(\.frontier) == [outcomes[1].1])
    }

    @Test("One batch builds on another of the same commit")
    func buildsOn() throws {
        let server = try self.server()
        let changes = self.office(1, 4)
        let batches = [Array(changes[..<2]), Array(changes[2...])].map { Batch(scope: Self.scope, changes: $0) }
        #expect(try self.take(server, batches).map(\.0.takenCount) == [2, 2])
        #expect(try self.contents(server).log.count == 4)
    }

    @Test("A gap is not stored, and the others of the same commit are")
    func gap() throws {
        let server = try self.server()
        let (first, second) = (self.office(1, 3), self.office(2, 1))
        let outcomes = try self.take(
            server,
            [
                Batch(scope: Self.scope, changes: Array(first[1...])), Batch(scope: Self.scope, changes: second),
            ]
        )
        #expect(outcomes[0].0.held == [nil])
        #expect(outcomes[0].0.missing == first[0].reference)
        #expect(outcomes[1].0.takenCount == 1)
        #expect(try self.contents(server).log.count == 1)
    }

    @Test("Of a batch with two chains of which one lacks its beginning the other is taken")
    func halfAGap() throws {
        let server = try self.server()
        let (first, second) = (self.office(1, 3), self.office(2, 2))
        let outcome = try self.take(server, [Batch(scope: Self.scope, changes: Array(first[1...]) + second)])[0].0
        #expect(outcome.held == [nil, second[1].reference])
        #expect(outcome.takenCount == 2 && outcome.duplicateCount == 0)
    }

    @Test("What comes twice is held once", arguments: [1, 2, 5])
    func duplicates(batchChangeCount: Int) throws {
        let server = try self.server()
        let changes = self.office(1, 5)
        let whole = Batch(scope: Self.scope, changes: changes)
        let parts = stride(from: 0, to: 5, by: batchChangeCount).map {
            Batch(scope: Self.scope, changes: Array(changes[$0..<min($0 + batchChangeCount, 5)]))
        }
        _ = try self.take(server, [whole])
        let before = try self.contents(server)
        let outcomes = try self.take(server, parts + [whole]).map(\.0)
        #expect(outcomes.allSatisfy { $0.takenCount == 0 && $0.missing == nil })
        // A receipt goes out all the same.
        #expect(outcomes.last?.held == [changes[4].reference])
        #expect(try self.contents(server) == before)
    }

    @Test("Two copies of one office's store both go on, and both branches are kept")
    func branches() throws {
        let server = try self.server()
        let (first, second) = (self.office(1, 3), self.office(1, 4, "copy"))
        let outcomes = try self.take(server, [first, second].map { Batch(scope: Self.scope, changes: $0) })
        #expect(outcomes.map(\.0.takenCount) == [3, 4])
        let contents = try self.contents(server)
        #expect(contents.log.count == 7)
        #expect(contents.frontier == Frontier([first[2].reference, second[3].reference]))
        #expect(contents.cells[Self.cell]?.map(\.value) == [.text("copy 4"), .text("value 3")])
        let summaries = try server.summaries(form: "land", period: .none)
        #expect(summaries.map(\.isConflict) == [true])
    }

    @Test("What the province holds is delivered")
    func delivered() throws {
        let server = try self.server()
        _ = try self.take(
            server,
            [self.office(1, 2), self.office(1, 2, "copy")].map {
                Batch(scope: Self.scope, changes: $0)
            }
        )
        #expect(try server.database.read { try $0.log(of: Self.scope).allSatisfy(\.isDelivered) })
        #expect(try server.database.read { try $0.undelivered().count } == 0)
    }

    @Test("A hello is noted with the unit it claimed last, and the device's name once it has written one")
    func devices() throws {
        let server = try self.server()
        let replica = ReplicaID(rawValue: 1)
        let (county, zone) = (UnitCode("410728")!, Self.scope)
        _ = try server.commit([.note(replica, zone)], now: Timestamp(secondsSince1970: 50))
        _ = try server.commit([.note(replica, county)], now: Self.now)
        #expect(try server.devices().map(\.name) == [nil])
        var store = MemoryStore(replica: replica, scope: Self.scope)
        store.write(
            [Change.Write(SystemForm.deviceName(of: replica), .text("办公室一"))],
            time: Self.now,
            author: "clerk"
        )
        _ = try self.take(server, [Batch(scope: Self.scope, changes: store.storedChanges)])
        let device = try #require(try server.devices().first)
        #expect(device.replica == replica && device.unit == county && device.name == "办公室一")
        #expect(device.changeCount == 1 && device.lastSeen == Self.now)
    }

    @Test("A store on disk has everything when it is opened again")
    func reopened() throws {
        let directory = try TemporaryDirectory()
        let source = SchemeSource([SchemeSource.File(name: "scheme.yaml", text: "scheme: small\n")])
        let changes = self.office(1, 3)
        let server = try ServerStore.create(in: directory.path, replica: ReplicaID(rawValue: 7), scheme: source)
        _ = try self.take(server, [Batch(scope: Self.scope, changes: changes)])
        let before = try self.contents(server)
        try server.database.close()
        for access in [ReportDatabase.Access.serve, .write, .read] {
            let opened = try ServerStore(in: directory.path, access: access)
            #expect(try opened.ownReplica().current == ReplicaID(rawValue: 7))
            #expect(try opened.schemeSource() == source)
            #expect(try self.contents(opened) == before)
            try opened.database.close()
        }
    }
}
