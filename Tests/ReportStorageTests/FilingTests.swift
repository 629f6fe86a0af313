import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// When reports came to be there, as a store knows it.
@Suite("The times of reports")
struct FilingTests {
    private static let scope = UnitCode("410728-01")!
    private static let period = Period("2024-06A")!

    private static func write(_ item: Code, _ value: CellValue, form: Code = "progress", row: Code = "") -> Change.Write
    {
        Change.Write(AddressInScope(form: form, period: Self.period, row: row, item: item), value)
    }

    private static func mark(_ mark: ReportMark) -> Change.Write {
        Change.Write(SystemForm.reportState(of: "progress", in: Self.period), mark.value)
    }

    /// Takes what was written at these seconds, each received 1000 seconds after.
    private func take(_ changes: [(second: Int64, writes: [Change.Write])], into database: ReportDatabase) throws {
        var office = MemoryStore(replica: ReplicaID(rawValue: 0xA1), scope: Self.scope)
        for change in changes {
            office.write(change.writes, time: Timestamp(secondsSince1970: change.second), author: "clerk")
        }
        for (change, stored) in zip(changes, office.storedChanges) {
            _ = try database.write {
                try $0.take(
                    stored.chained,
                    canonicalBytes: stored.canonicalBytes,
                    in: Self.scope,
                    received: Timestamp(secondsSince1970: change.second + 1000)
                )
            }
        }
    }

    private func report(_ database: ReportDatabase) throws -> FiledReport? {
        try database.read { try $0.reports(form: "progress", period: Self.period)[Self.scope] }
    }

    private static func times(_ second: Int64) -> FiledReport.Times {
        FiledReport.Times(
            filled: Timestamp(secondsSince1970: second),
            received: Timestamp(secondsSince1970: second + 1000)
        )
    }

    static let stories: [(String, [(second: Int64, writes: [Change.Write])], FiledReport?)] = [
        ("nothing", [], nil),
        (
            "a correction does not make a report later",
            [(10, [write("roads", .text("1"))]), (90, [write("roads", .text("2")), write("power", .text("3"))])],
            FiledReport(firstValue: times(10), items: ["roads", "power"])
        ),
        (
            "a blank is no value",
            [(10, [write("roads", .missing)]), (20, [write("power", .missing), write("roads", .withheld)])],
            FiledReport(firstValue: times(20), items: ["roads"])
        ),
        (
            "values that were taken back leave no report",
            [(10, [write("roads", .text("1"))]), (20, [write("roads", .missing)])],
            FiledReport(firstValue: times(10))
        ),
        (
            "another form, another period and the system's cells are no part of it",
            [
                (10, [write("roads", .text("1"), form: "other")]),
                (20, [Change.Write(SystemForm.explanation(of: "LD-01", on: "progress", in: period), .text("why"))]),
                (30, [write("roads", .notApplicable)]),
            ],
            FiledReport(firstValue: times(30), items: ["roads"])
        ),
        (
            "the first submission stays, whatever follows",
            [
                (10, [write("roads", .text("1"))]), (20, [mark(.submitted)]), (30, [mark(.returned)]),
                (40, [mark(.submitted)]), (50, [mark(.accepted)]),
            ],
            FiledReport(firstValue: times(10), firstSubmission: times(20), mark: .accepted, items: ["roads"])
        ),
        (
            "an earlier clock of a later change does not make a report older",
            [(50, [write("roads", .text("1"))]), (10, [write("roads", .text("2"))])],
            FiledReport(firstValue: times(50), items: ["roads"])
        ),
    ]

    @Test("are those of the change that began it", arguments: stories.indices)
    func story(_ index: Int) throws {
        let (name, changes, report) = Self.stories[index]
        for kind in StoreKind.allCases {
            let database = try ReportDatabase(inMemory: kind)
            try self.take(changes, into: database)
            #expect(try self.report(database) == report, "\(name)")
            #expect(try database.read { try $0.reports(form: "progress", period: Period("2024-06B")!) }.isEmpty)
        }
    }

    @Test("are found in the log of a store that an older program made, even by a command that only reads")
    func migrated() throws {
        for (name, changes, report) in Self.stories {
            let directory = try TemporaryDirectory()
            let database = try ReportDatabase(kind: .server, directory: directory.path, access: .create)
            try self.take(changes, into: database)
            try database.close()
            // As version 1 left it.
            let queue = try DatabaseQueue(path: directory.path + "/" + StoreKind.server.fileName)
            try queue.writeWithoutTransaction { database in
                try database.execute(
                    sql: """
                        DROP TABLE filing; ALTER TABLE change DROP COLUMN checksum;
                        \(StoreOnDisk.withoutSeals)
                        PRAGMA user_version = 1
                        """
                )
            }
            try queue.close()
            // Looking at it changes nothing.
            let inspected = try ReportDatabase(kind: .server, directory: directory.path, access: .inspect)
            #expect(try inspected.read { try $0.log(of: Self.scope).count } == changes.count)
            if !changes.isEmpty { #expect(throws: StoreError.self) { try self.report(inspected) } }
            try inspected.close()
            let opened = try ReportDatabase(kind: .server, directory: directory.path, access: .read)
            #expect(try self.report(opened) == report, "\(name)")
            try opened.close()
        }
    }
}
