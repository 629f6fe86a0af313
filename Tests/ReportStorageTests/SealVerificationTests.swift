import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("Verifying the seals of a store")
struct SealVerificationTests {
    /// A store on disk that holds what a province with two offices held, and has written once more, what an office has not
    /// sealed yet.
    private static func store(_ kind: StoreKind, of province: SealedProvince = SealedProvince()) throws -> StoreOnDisk {
        let (root, offices) = try province.stage(officeCount: 2)
        for office in offices {
            try office.edit(2)
            try office.send(to: root)
        }
        let holder = kind == .server ? root : offices[0]
        let store = try StoreOnDisk(kind) { writer in
            try writer.setIdentity(authority: province.authority.publicKey, signer: holder.key.publicKey)
            _ = try writer.take(root.batch(for: Frontier())!, received: SealedProvince.time)
        }
        let writer = try store.open(.write)
        try writer.write {
            try $0.writeOwn(
                [Change.Write(AddressInScope(form: "land", period: Period("2024")!, item: "quota"), .text("draft"))],
                in: SealedProvince.scope,
                author: "a",
                deviceName: "d",
                now: SealedProvince.time
            )
            if kind == .server { try $0.sealOwnChanges(with: province.authority) }
        }
        try writer.close()
        return store
    }

    @Test("finds nothing wrong with one that is in order, with changes of its own that wait for their seal")
    func whole() throws {
        for kind in StoreKind.allCases { #expect(try Self.store(kind).problem() == nil) }
    }

    static let alterations: [(String, StoreProblem.Kind)] = [
        ("UPDATE seal SET signature = zeroblob(64) WHERE line = 1", .sealWrong),
        ("UPDATE seal SET sequence = sequence + 50 WHERE line = 1", .sealWrong),
        ("DELETE FROM seal WHERE line = 2", .unsealed),
        ("DELETE FROM seal", .unsealed),
        ("UPDATE line SET signer = zeroblob(16) WHERE number = 2", .hash),
        ("UPDATE line SET signer = NULL WHERE number = 3", .hash),
        ("UPDATE line SET signer = (SELECT signer FROM line WHERE number = 3) WHERE number = 2", .hash),
        ("DELETE FROM granted", .grantMissing),
        ("UPDATE granted SET key = zeroblob(33)", .grantWrong),
        ("INSERT INTO granted VALUES (1, zeroblob(16), zeroblob(33))", .grantExtra),
        ("DELETE FROM setting WHERE name = 'authority'", .grantExtra),
        ("DELETE FROM setting WHERE name = 'signer'", .identity),
    ]

    @Test("names what was altered", arguments: alterations)
    func altered(sql: String, kind: StoreProblem.Kind) throws {
        let store = try Self.store(.server)
        try store.alter { try $0.execute(sql: sql) }
        let problem = try store.problem()
        #expect(problem?.kind == kind, "\(problem?.sentence.english ?? "nothing") after \(sql)")
    }

    @Test("finds every byte of a signature, a signer or a key that is flipped")
    func flipped() throws {
        let store = try Self.store(.client)
        let whole = try store.bytes
        for (table, column, byteCount) in [("seal", "signature", 64), ("line", "signer", 16), ("granted", "key", 33)] {
            let rowCount = try store.alter { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)")! }
            #expect(rowCount > 1)
            for row in 0..<rowCount {
                for byte in 0..<byteCount {
                    try store.alter { database in
                        try database.execute(sql: "PRAGMA synchronous = OFF")
                        let keys = table == "line" ? "number" : table == "seal" ? "line, sequence" : "scope, device"
                        let found = try Row.fetchAll(database, sql: "SELECT \(keys), \(column) FROM \(table)")[row]
                        var bytes: Data = found[column]
                        bytes[byte] ^= 1
                        let conditions = found.columnNames.dropLast().map { "\($0) = ?" }.joined(separator: " AND ")
                        try database.execute(
                            sql: "UPDATE \(table) SET \(column) = ? WHERE \(conditions)",
                            arguments: StatementArguments([bytes.databaseValue] + found.databaseValues.dropLast())
                        )
                    }
                    #expect(try store.problem() != nil, "byte \(byte) of \(column), row \(row)")
                    try store.write(whole)
                }
            }
        }
    }

    // MARK: - Rebuilding

    @Test(
        "a rebuilt store keeps what its seals still prove, and a sync brings back the rest",
        arguments: StoreKind.allCases
    )
    func rebuilt(kind: StoreKind) throws {
        let province = SealedProvince()
        let whole = try Self.store(kind, of: province)
        let (bytes, expected) = (try whole.bytes, try Self.contents(whole))
        let log = try whole.open().read {
            try $0.changes(in: SealedProvince.scope, lackedBy: PeerStanding(frontier: Frontier()), byteCountMax: .max)
        }
        let pageByteCount = 4096
        var (lossyCount, unreadableCount) = (0, 0)
        for page in 1..<bytes.count / pageByteCount {
            let store = try StoreOnDisk(kind)
            var damaged = bytes
            damaged.replaceSubrange(page * pageByteCount..<(page + 1) * pageByteCount, with: Data(count: pageByteCount))
            try store.write(damaged)
            let rebuilt: Rebuilt
            do {
                rebuilt = try store.rebuild()
            } catch is UnreadableAuthority {
                unreadableCount += 1
                #expect(try store.bytes == damaged)
                continue
            }
            if kind == .server { try store.seal(with: province.authority) }
            #expect(try store.problem() == nil, "page \(page)")
            let saved = try Self.contents(store)
            lossyCount += saved.log.count < expected.log.count ? 1 : 0
            #expect(saved.log.count == rebuilt.changeCount && Set(saved.log).isSubset(of: expected.log), "page \(page)")
            let writer = try store.open(.write)
            _ = try writer.write {
                try $0.take(Batch(scope: SealedProvince.scope, changes: log.changes), received: SealedProvince.time)
            }
            try writer.close()
            #expect(try store.problem() == nil, "page \(page)")
            // What it had written and not sealed nobody else has.
            #expect(try Self.contents(store).log.count >= log.changes.count, "page \(page)")
        }
        #expect(lossyCount > 0 && unreadableCount == 1, "one page holds the settings")
    }

    private static func contents(_ store: StoreOnDisk) throws -> StoreContents {
        let opened = try store.open()
        defer { try? opened.close() }
        return try opened.read { try StoreContents($0, scope: SealedProvince.scope) }
    }
}

extension StoreOnDisk {
    @discardableResult
    func seal(with key: SealingKey) throws -> Int {
        let store = try self.open(.write)
        defer { try? store.close() }
        return try store.write { try $0.sealOwnChanges(with: key) }
    }

    func rebuild() throws -> Rebuilt {
        try ReportDatabase.rebuild(
            kind: self.kind,
            directory: self.directory.path,
            newReplica: ReplicaID(rawValue: 0xABCD),
            now: SealedProvince.time,
            completing: { saved in
                if saved.values["unit"] == nil { saved.values["unit"] = SealedProvince.scope.description }
            },
            units: { _ in [SealedProvince.scope] }
        )
    }
}
