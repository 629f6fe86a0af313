import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// Further versions have rows of their own as long as there are any.
@Suite("Rows of further versions")
struct ConflictRowTests {
    private static let scope = UnitCode("410728-01")!
    private static let cell = AddressInScope(form: "land", period: .none, item: "quota")

    /// In how many versions a cell is there, and what the row of its shown version says of the others.
    private func rows(_ directory: TemporaryDirectory) throws -> [Int] {
        let queue = try DatabaseQueue(path: directory.path + "/client.sqlite")
        defer { try? queue.close() }
        return try queue.read { database in
            try ["SELECT count(*) FROM version", "SELECT others FROM cell WHERE item > 0 AND form > 0"].map {
                try Int.fetchOne(database, sql: $0) ?? -1
            }
        }
    }

    @Test("Those of the authority's own records, after a restore, are nobody's conflicts")
    func ofTheAuthority() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 1)
        let office = offices[0]
        let restored = try SealedProvince.Holder(copyOf: root)
        let expires = SystemForm.grant(SystemForm.grantExpires, of: office.key.publicKey.id)
        for (store, time) in [(root, 1), (restored, 2)] {
            try store.write([Change.Write(expires, .number(Quantity(ExactDecimal(time))))])
            try store.edit()
            try store.seal()
            #expect(try office.take(#require(try store.batch(for: Frontier()))).takenCount == 2)
        }
        let (scope, database) = (office.scope, office.database)
        #expect(try database.read { try $0.cell(CellAddress(expires, in: scope)).isConflict })
        #expect(try database.read { try $0.conflicts(in: scope).map(\.address.form) } == ["infrastructure"])
        #expect(try database.read { try $0.conflictCount(in: scope) } == 1)
    }

    @Test("They come with a concurrent value and go when somebody who saw all of them decides")
    func comeAndGo() throws {
        let directory = try TemporaryDirectory()
        let store = try ReportDatabase(kind: .client, directory: directory.path, access: .create)
        var offices = [1, 2, 3].map { MemoryStore(replica: ReplicaID(rawValue: $0), scope: Self.scope) }
        var rows: [[Int]] = []
        func write(_ office: Int, _ value: String) throws {
            let chained = offices[office].write(
                [Change.Write(Self.cell, .number(Quantity(ExactDecimal(value)!)))],
                time: Timestamp(secondsSince1970: Int64(office)),
                author: "clerk"
            )
            try store.write {
                _ = try $0.take(
                    chained,
                    canonicalBytes: chained.change.canonicalBytes,
                    in: Self.scope,
                    received: Timestamp(secondsSince1970: 1)
                )
            }
            rows.append(try self.rows(directory))
        }
        try write(0, "1.0")
        // The same value, whatever its digits: a further version, no conflict.
        try write(1, "1.00")
        try write(2, "3")
        // Office 1 has seen only its own: it replaces that one.
        try write(0, "4")
        for other in [1, 2] { offices[other].send(to: &offices[0]) }
        try write(0, "5")
        #expect(rows == [[0, 0], [1, 1], [2, 2], [2, 2], [0, 0]])
    }
}
