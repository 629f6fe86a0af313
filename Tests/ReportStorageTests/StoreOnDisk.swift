import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport

/// A store in a folder of its own, whose rows and bytes a test may alter.
final class StoreOnDisk {
    let directory: TemporaryDirectory
    let kind: StoreKind

    var path: String { self.directory.path + "/" + self.kind.fileName }

    static let replica = ReplicaID(rawValue: 0xA1)

    init(_ kind: StoreKind = .client, filling: (StoreWriter) throws -> Void = { _ in }) throws {
        self.kind = kind
        self.directory = try TemporaryDirectory()
        let store = try ReportDatabase(kind: kind, directory: self.directory.path, access: .create) { writer in
            try writer.set("replica", to: Self.replica.description)
            try writer.set("unit", to: GeneratedHistory.scope.description)
            try filling(writer)
        }
        try store.close()
    }

    /// A store that took all of a history, and a report that was submitted in another scope.
    convenience init(_ kind: StoreKind = .client, history seed: UInt64, stepCount: Int = 48) throws {
        var options = GeneratedHistory.Options()
        options.stepCount = stepCount
        let history = GeneratedHistory(seed: seed, options: options)
        try self.init(kind) { writer in
            for (index, stored) in history.stored.enumerated() {
                let batch = Batch(scope: GeneratedHistory.scope, changes: [stored])
                _ = try writer.take(batch, received: Timestamp(secondsSince1970: 1_700_000_000 + Int64(index)))
            }
            try Self.submit(writer)
        }
    }

    static let otherScope = UnitCode("410728-02")!

    private static func submit(_ writer: StoreWriter) throws {
        let change = Change(
            time: Timestamp(secondsSince1970: 1_700_000_100),
            author: "张三",
            writes: [
                Change.Write(SystemForm.deviceName(of: self.replica), .text("office")),
                Change.Write(SystemForm.reportState(of: "land", in: Period("2024")!), ReportMark.submitted.value),
                Change.Write(AddressInScope(form: "land", period: Period("2024")!, item: "quota"), .text("figure")),
            ]
        )
        try writer.take(
            ChainedChange(replica: self.replica, sequence: 1, predecessorTag: 0, change: change),
            canonicalBytes: change.canonicalBytes,
            in: self.otherScope,
            received: Timestamp(secondsSince1970: 1_700_000_200)
        )
    }

    /// Runs SQL on the file, as no program of ours would.
    func alter<Result>(_ body: (Database) throws -> Result) throws -> Result {
        let queue = try DatabaseQueue(path: self.path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction { try body($0) }
    }

    func open(_ access: ReportDatabase.Access = .inspect) throws -> ReportDatabase {
        try ReportDatabase(kind: self.kind, directory: self.directory.path, access: access)
    }

    /// What `verify` finds.
    func problem() throws -> StoreProblem? {
        let store = try self.open()
        defer { try? store.close() }
        return try store.verify().firstProblem
    }

    var bytes: Data {
        get throws { try Data(contentsOf: URL(fileURLWithPath: self.path)) }
    }

    func write(_ bytes: Data) throws {
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: self.path + suffix) }
        try bytes.write(to: URL(fileURLWithPath: self.path))
    }

    /// Takes away what the migration made that brought seals.
    static let withoutSeals = """
        ALTER TABLE line DROP COLUMN signer;
        DROP TABLE seal;
        DROP TABLE granted;
        DROP TABLE act;
        DROP TABLE discounted;
        """

    /// The tables that the log is, and that it implies.
    static let tables = ["change", "line", "cell", "version", "filing"]

    /// Every row of these tables.
    static func rows(_ database: Database) throws -> [String: [Row]] {
        try self.tables.reduce(into: [:]) {
            $0[$1] = try Row.fetchAll(database, sql: "SELECT * FROM \($1)").map { $0.copy() }
        }
    }
}
