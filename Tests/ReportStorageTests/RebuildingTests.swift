import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("Rebuilding a damaged store")
struct RebuildingTests {
    private static let now = Timestamp(secondsSince1970: 1_720_000_000)
    private static let pageByteCount = 4096

    /// A store of some tens of pages: branches and conflicts in one scope, a long chain with long texts in another.
    private static func store(_ kind: StoreKind = .client) throws -> StoreOnDisk {
        let store = try StoreOnDisk(kind, history: 5)
        let opened = try store.open(.write)
        var chain = ScopeChains(scope: Self.scope)
        let replica = ReplicaID(rawValue: 0xB2)
        try opened.write { writer in
            for sequence in UInt64(1)...60 {
                var writes = [
                    Change.Write(
                        AddressInScope(form: "land", period: Period("2024")!, item: Code("note\(sequence % 7)")!),
                        .text(String(repeating: "字", count: sequence % 10 == 0 ? 4000 : 60 + Int(sequence)))
                    )
                ]
                if sequence == 1 {
                    writes.append(Change.Write(SystemForm.deviceName(of: replica), .text("office two")))
                }
                let chained = ChainedChange(
                    replica: replica,
                    sequence: sequence,
                    predecessorTag: chain.lines.first?.head.hash.tag ?? 0,
                    change: Change(time: Timestamp(secondsSince1970: Int64(sequence)), author: "李四", writes: writes)
                )
                try writer.take(
                    chained,
                    canonicalBytes: chained.change.canonicalBytes,
                    in: Self.scope,
                    received: Timestamp(secondsSince1970: 1_710_000_000 + Int64(sequence))
                )
                chain = try writer.chains(in: Self.scope)
            }
            try writer.replaceSchemeFiles(with: [("scheme.yaml", String(repeating: "# scheme\n", count: 900))])
            if kind == .client {
                try writer.noteImportedName("长垣", form: "", rowCount: 3, at: Timestamp(secondsSince1970: 9))
                try writer.setMeaning(ofImportedName: "长垣", form: "", to: "410728")
            }
        }
        try opened.close()
        return store
    }

    private static let scope = UnitCode("410728-03")!
    private static let newReplica = ReplicaID(rawValue: 0xABCD)
    private static let scopes = [GeneratedHistory.scope, StoreOnDisk.otherScope, scope]

    private static func contents(_ store: StoreOnDisk) throws -> [StoreContents] {
        let opened = try store.open()
        defer { try? opened.close() }
        return try self.scopes.map { scope in try opened.read { try StoreContents($0, scope: scope) } }
    }

    @discardableResult
    private static func rebuild(_ store: StoreOnDisk) throws -> Rebuilt {
        try ReportDatabase.rebuild(
            kind: store.kind,
            directory: store.directory.path,
            newReplica: self.newReplica,
            now: self.now,
            completing: { saved in
                if saved.values["unit"] == nil { saved.values["unit"] = GeneratedHistory.scope.description }
            },
            units: { _ in Set(self.scopes) }
        )
    }

    /// A sync gives back what was lost: everything that the whole store had is offered again, in causal order.
    private static func offer(_ whole: StoreOnDisk, to store: StoreOnDisk) throws {
        let (source, target) = (try whole.open(), try store.open(.write))
        for scope in self.scopes {
            let log = try source.read { try $0.log(of: scope) }
            _ = try target.write {
                try $0.take(Batch(scope: scope, changes: log.map(\.stored)), received: self.now)
            }
        }
        try source.close()
        try target.close()
    }

    // MARK: - The log is whole

    @Test(
        "heals a store wholly whose log is whole",
        arguments: VerificationTests.alterations.map(\.0).filter { sql in
            !["UPDATE change SET", "DELETE FROM change"].contains(where: sql.hasPrefix)
        } + [
            "UPDATE change SET position = position + 100 WHERE position = 3",
            "UPDATE change SET hash = zeroblob(16) WHERE position IN (2, 70)",
            "DELETE FROM line", "DELETE FROM scope", "DELETE FROM cell", "DELETE FROM code WHERE number > 0",
            "DROP TABLE line", "DROP TABLE filing",
        ]
    )
    func healed(sql: String) throws {
        let (store, whole) = (try Self.store(), try Self.store())
        let (before, names) = (try Self.contents(whole), try whole.open().read { try $0.importedNames() })
        try store.alter { try $0.execute(sql: sql) }
        #expect(try store.problem() != nil)
        let rebuilt = try Self.rebuild(store)
        #expect(rebuilt.losses.isEmpty, "\(rebuilt.losses)")
        #expect(try store.problem() == nil)
        #expect(try Self.contents(store) == before)
        #expect(try store.open().read { try $0.importedNames() } == names)
        #expect(try store.open().read { try $0.schemeFiles().map(\.text.count) } == [8100])
        // Times of receipt too, and with them those of the reports.
        let filings = "SELECT filled, received FROM filing ORDER BY filled"
        #expect(
            try store.alter { try Row.fetchAll($0, sql: filings) } == whole.alter { try Row.fetchAll($0, sql: filings) }
        )
    }

    @Test("keeps the damaged file and its log, byte for byte, under another name")
    func keepsTheDamaged() throws {
        let store = try Self.store()
        try store.alter { try $0.execute(sql: "DELETE FROM cell") }
        let damaged = try store.bytes
        let log = Data("not a log".utf8)
        try log.write(to: URL(fileURLWithPath: store.path + "-wal"))
        let rebuilt = try Self.rebuild(store)
        #expect(rebuilt.damagedPath == store.path + ".damaged-20240703-094640")
        var contents = try store.directory.contents()
        #expect(contents.removeValue(forKey: "client.sqlite.damaged-20240703-094640") == damaged)
        #expect(contents.removeValue(forKey: "client.sqlite.damaged-20240703-094640-wal") == log)
        #expect(contents.keys.filter { !$0.hasSuffix("-shm") && !$0.hasSuffix("-wal") } == ["client.sqlite"])
    }

    @Test("takes what only the write-ahead log has, even where the file is not opened any more")
    func writeAheadLog() throws {
        let store = try Self.store()
        let before = try Self.contents(store)
        // A program that was killed: the file is as it was made, and all the rest is in the log.
        let opened = try store.open(.write)
        try opened.write { try $0.set("name", to: "office") }
        let files = try store.directory.contents()
        try opened.close()
        #expect(files["client.sqlite-wal"]?.isEmpty == false)
        for damage in [0..<16, 16..<100, 100..<4096] {
            var bytes = files["client.sqlite"]!
            bytes.replaceSubrange(damage, with: Data(count: damage.count))
            try store.write(bytes)
            try files["client.sqlite-wal"]!.write(to: URL(fileURLWithPath: store.path + "-wal"))
            let rebuilt = try Self.rebuild(store)
            #expect(rebuilt.losses.isEmpty && rebuilt.changeCount > 60, "\(damage)")
            #expect(try Self.contents(store) == before)
            #expect(try store.open().read { try $0.setting("name") } == "office", "\(damage)")
            try FileManager.default.removeItem(atPath: rebuilt.damagedPath)
            try FileManager.default.removeItem(atPath: rebuilt.damagedPath + "-wal")
        }
    }

    // MARK: - The log is not whole

    enum Damage: String, CaseIterable {
        case zeroed, overwritten, flipped
    }

    @Test(
        "saves what every other page holds when one is destroyed, and a sync brings back the rest",
        arguments: Damage.allCases
    )
    func onePage(damage: Damage) throws {
        let (whole, store) = (try Self.store(), try Self.store())
        let (bytes, before) = (try whole.bytes, try Self.contents(whole))
        let all = Set(before.flatMap { $0.log.map(\.name) })
        var random = SplitMix64(seed: 1)
        var lossy = 0
        for page in 0..<bytes.count / Self.pageByteCount {
            let range = page * Self.pageByteCount..<(page + 1) * Self.pageByteCount
            var damaged = bytes
            switch damage {
            case .zeroed: damaged.replaceSubrange(range, with: Data(count: Self.pageByteCount))
            case .overwritten: for offset in range { damaged[offset] = UInt8.random(in: 0...255, using: &random) }
            case .flipped:
                for _ in 0..<40 {
                    damaged[Int.random(in: range, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                }
            }
            try store.write(damaged)
            let rebuilt = try Self.rebuild(store)
            #expect(try store.problem() == nil, "page \(page)")
            let saved = Set(try Self.contents(store).flatMap { $0.log.map(\.name) })
            #expect(saved.isSubset(of: all) && rebuilt.changeCount == saved.count, "page \(page)")
            lossy += saved.count < all.count ? 1 : 0
            // What is missing is told, unless the rows that would tell are gone as well.
            #expect(saved.count == all.count || !rebuilt.losses.isEmpty, "page \(page)")
            let lost = try store.open().read { try $0.lostChanges() }
            #expect(lost.count == rebuilt.losses.count, "page \(page)")
            // Nobody goes on with a chain whose end may be elsewhere.
            let mayBeOwn = rebuilt.losses.contains { $0.replica == nil || $0.replica == StoreOnDisk.replica }
            let own = try store.open().read { try $0.ownReplica()?.current }
            let mayBeNew = mayBeOwn || rebuilt.losses.isEmpty
            #expect(own == Self.newReplica ? mayBeNew : !mayBeOwn && own == StoreOnDisk.replica, "page \(page)")
            try Self.offer(whole, to: store)
            // Of what nobody knows whose it is nobody can say that it is back.
            let left = try store.open().read { try $0.lostChanges() }
            #expect(left.count == rebuilt.losses.count { $0.scope == nil || $0.replica == nil }, "page \(page)")
            let accepted = try store.open(.write).write { try $0.acceptLostChanges() }
            #expect(try accepted == left && store.open().read { try $0.lostChanges() } == [], "page \(page)")
            #expect(try Self.contents(store) == before, "page \(page)")
            #expect(try store.problem() == nil, "page \(page)")
            try FileManager.default.removeItem(atPath: rebuilt.damagedPath)
        }
        print("  \(damage): \(bytes.count / Self.pageByteCount) pages, changes lost with \(lossy) of them")
        // Only pages of the log itself can cost a change.
        #expect(lossy > 0 && lossy < bytes.count / Self.pageByteCount / 2 + 8)
    }

    @Test("saves what is left of a file that was cut, at any length")
    func cut() throws {
        let (whole, store) = (try Self.store(), try Self.store())
        let (bytes, before) = (try whole.bytes, try Self.contents(whole))
        var counts: [Int] = []
        for eighth in 1..<8 {
            try store.write(bytes.prefix(bytes.count * eighth / 8 + 77))
            let rebuilt = try Self.rebuild(store)
            counts.append(rebuilt.changeCount)
            #expect(try store.problem() == nil)
            try Self.offer(whole, to: store)
            #expect(try Self.contents(store) == before)
            try FileManager.default.removeItem(atPath: rebuilt.damagedPath)
        }
        print("  changes saved with an eighth of the file, two …: \(counts)")
        #expect(counts == counts.sorted() && counts.last! > 0)
    }

    @Test("says of each chain up to where it was saved")
    func losses() throws {
        let store = try Self.store()
        try store.alter { database in
            let line = try Int64.fetchOne(database, sql: "SELECT max(line) FROM change")!
            try database.execute(sql: "DELETE FROM change WHERE line = ? AND sequence = 41", arguments: [line])
        }
        let rebuilt = try Self.rebuild(store)
        let loss = try #require(rebuilt.losses.first)
        #expect(rebuilt.losses.count == 1 && loss.scope == Self.scope && loss.replica == ReplicaID(rawValue: 0xB2))
        #expect(loss.savedSequence == 40 && loss.knownSequence == 60)
    }

    @Test("takes nothing for delivered of which it is not sure")
    func delivered() throws {
        func delivered(_ store: StoreOnDisk) throws -> [Int64] {
            try store.alter { database in
                try Int64.fetchAll(
                    database,
                    sql: "SELECT delivered_sequence FROM line JOIN scope ON scope.number = line.scope WHERE unit = ?",
                    arguments: [Self.scope.description]
                )
            }
        }
        for (sql, expected) in [("DELETE FROM cell", Int64(50)), ("DELETE FROM change WHERE sequence = 45", 0)] {
            let store = try Self.store()
            let opened = try store.open(.write)
            let last = try opened.read { try $0.log(of: Self.scope)[49].stored.reference }
            try opened.write { try $0.markDelivered([last], in: Self.scope) }
            try opened.close()
            #expect(try delivered(store) == [50])
            try store.alter { try $0.execute(sql: sql) }
            try Self.rebuild(store)
            #expect(try delivered(store) == [expected], "\(sql)")
        }
        // The province delivers to nobody.
        let province = try Self.store(.server)
        try province.alter { try $0.execute(sql: "DELETE FROM cell") }
        try Self.rebuild(province)
        #expect(try delivered(province) == [60])
    }

    @Test("does not take a time of receipt that was altered")
    func altered() throws {
        let store = try Self.store()
        let log = try store.open().read { try $0.log(of: Self.scope) }
        try store.alter { database in
            try database.execute(
                sql: "UPDATE change SET received = received - 86400 WHERE hash = ?",
                arguments: [Data(log[20].stored.hash.bytes)]
            )
        }
        try Self.rebuild(store)
        let rebuilt = try store.open().read { try $0.log(of: Self.scope) }
        #expect(rebuilt[20].received == log[19].received && rebuilt[21].received == log[21].received)
    }

    // MARK: - Refusals

    @Test("leaves alone what is no store of this kind, and what a program has open")
    func refused() throws {
        let store = try Self.store()
        for bytes in [Data(), Data("a letter".utf8), Data(count: 8192)] {
            try store.write(bytes)
            let before = try store.directory.contents()
            #expect(throws: NothingToSave.self) { try Self.rebuild(store) }
            #expect(try store.directory.contents() == before)
        }
        let other = try Self.store(.server)
        try FileManager.default.removeItem(atPath: store.path)
        try FileManager.default.copyItem(atPath: other.path, toPath: store.path)
        #expect(throws: StoreError.foreign(path: store.path)) { try Self.rebuild(store) }
        try FileManager.default.removeItem(atPath: store.path)
        #expect(throws: StoreError.notFound(directory: store.directory.path)) { try Self.rebuild(store) }
    }

    @Test("leaves everything as it was when the settings cannot be completed")
    func incomplete() throws {
        struct Refusal: Error {}
        let store = try Self.store()
        let before = try store.directory.contents()
        #expect(throws: Refusal.self) {
            try ReportDatabase.rebuild(
                kind: .client,
                directory: store.directory.path,
                newReplica: Self.newReplica,
                now: Self.now,
                completing: { _ in throw Refusal() },
                units: { _ in [] }
            )
        }
        #expect(try store.directory.contents() == before)
    }
}
