import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// Stores that older programs made go on in place.
@Suite("Migrations")
struct MigrationTests {
    /// What the first program wrote: `Schemas/client-1.sql`, `server-1.sql`. They never change again once released.
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Schemas")

    private func mark(_ path: String) throws -> [Int32?] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            try ["application_id", "user_version"].map { try Int32.fetchOne(database, sql: "PRAGMA \($0)") }
        }
    }

    private func schema(_ path: String) throws -> [String] {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { database in
            try String.fetchAll(database, sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        }
    }

    @Test(
        "A store of version 1 is opened, keeps what it has, and has the schema of a new one",
        arguments: StoreKind.allCases
    )
    func fromVersion1(kind: StoreKind) throws {
        let (old, new) = (try TemporaryDirectory(), try TemporaryDirectory())
        let sql = try String(
            contentsOf: Self.folder.appendingPathComponent("\(kind.name)-1.sql"),
            encoding: .utf8
        )
        let queue = try DatabaseQueue(path: old.path + "/" + kind.fileName)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()

        let store = try ReportDatabase(kind: kind, directory: old.path, access: .write)
        #expect(try store.read { try $0.setting("replica") } == "00000000000000a1")
        let scope = UnitCode("410728-01")!
        let write = Change.Write(AddressInScope(form: "land", period: .none, item: "quota"), .text("figure"))
        let change = ChainedChange(
            replica: ReplicaID(rawValue: 0xA1),
            sequence: 1,
            predecessorTag: 0,
            change: Change(time: Timestamp(secondsSince1970: 0), author: "clerk", writes: [write])
        )
        try store.write { writer in
            try writer.take(
                chained: change,
                in: scope
            )
        }
        #expect(try store.read { try $0.log(of: scope).count } == 1)
        try store.close()

        try ReportDatabase(kind: kind, directory: new.path, access: .create).close()
        let (oldPath, newPath) = (old.path + "/" + kind.fileName, new.path + "/" + kind.fileName)
        #expect(try self.schema(oldPath) == self.schema(newPath))
        #expect(try self.mark(oldPath) == self.mark(newPath))
        #expect(try self.mark(newPath).first == kind.rawValue)
    }
}

extension StoreWriter {
    fileprivate func take(chained: ChainedChange, in scope: UnitCode) throws {
        try self.take(
            chained,
            canonicalBytes: chained.change.canonicalBytes,
            in: scope,
            received: Timestamp(secondsSince1970: 0)
        )
    }
}
