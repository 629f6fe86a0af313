import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// What is no store of the right kind is refused, and left as it was to the last byte.
@Suite("Opening a store")
struct OpeningTests {
    /// What lies where the store should be, made in a directory.
    struct Misfit: Sendable, CustomTestStringConvertible {
        let name: String
        let code: String
        let make: @Sendable (String) throws -> Void

        var testDescription: String { self.name }
    }

    private static func database(at path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    private static func store(_ kind: StoreKind, in directory: String) throws {
        try ReportDatabase(kind: kind, directory: directory, access: .create).close()
    }

    static let misfits: [Misfit] = [
        Misfit(name: "a database of another program", code: "store_foreign") { directory in
            try database(at: directory + "/client.sqlite", "CREATE TABLE recipe (name TEXT); PRAGMA user_version = 1")
        },
        Misfit(name: "another program's database in WAL mode", code: "store_foreign") { directory in
            try database(
                at: directory + "/client.sqlite",
                "PRAGMA journal_mode = WAL; CREATE TABLE recipe (name TEXT)"
            )
        },
        Misfit(name: "a store of the other kind", code: "store_foreign") { directory in
            try store(.server, in: directory)
            try FileManager.default.moveItem(
                atPath: directory + "/server.sqlite",
                toPath: directory + "/client.sqlite"
            )
        },
        Misfit(name: "a store of a newer program", code: "store_newer") { directory in
            try store(.client, in: directory)
            try database(at: directory + "/client.sqlite", "PRAGMA user_version = 4711")
        },
        Misfit(name: "a text", code: "store_foreign") { directory in
            try Data(String(repeating: "汇流 ", count: 500).utf8).write(
                to: URL(fileURLWithPath: directory + "/client.sqlite")
            )
        },
        Misfit(name: "an empty file", code: "store_foreign") { directory in
            try Data().write(to: URL(fileURLWithPath: directory + "/client.sqlite"))
        },
        Misfit(name: "nothing", code: "store_not_found") { _ in },
    ]

    @Test("What is not a store of this kind is refused and left unchanged", arguments: misfits)
    func refused(misfit: Misfit) throws {
        for access in [ReportDatabase.Access.write, .read, .inspect, .serve] {
            let directory = try TemporaryDirectory()
            try misfit.make(directory.path)
            let before = try directory.contents()
            let error = #expect(throws: StoreError.self) {
                _ = try ReportDatabase(kind: .client, directory: directory.path, access: access)
            }
            #expect(error?.code == misfit.code, "\(access)")
            #expect(try directory.contents() == before, "\(access)")
        }
    }

    @Test("A store is not made where one is, and that one is left unchanged")
    func alreadyThere() throws {
        let directory = try TemporaryDirectory()
        try Self.store(.client, in: directory.path)
        let before = try directory.contents()
        #expect(throws: StoreError.alreadyExists(directory: directory.path)) {
            try Self.store(.client, in: directory.path)
        }
        #expect(try directory.contents() == before)
    }

    @Test("A missing directory is made with all above it, unless it cannot be")
    func missingDirectory() throws {
        let directory = try TemporaryDirectory()
        try Self.store(.client, in: directory.path + "/a/b")
        #expect(FileManager.default.fileExists(atPath: directory.path + "/a/b/client.sqlite"))
        #expect(throws: StoreError.notFound(directory: directory.path + "/c")) {
            _ = try ReportDatabase(kind: .client, directory: directory.path + "/c", access: .write)
        }
        // A file is in the way.
        let file = directory.path + "/a/b/client.sqlite"
        #expect(throws: StoreError.notDirectory(path: file)) { try Self.store(.client, in: file + "/d") }
    }

    @Test("A store opened for reading cannot be written, and reads while another writes")
    func readOnly() throws {
        let directory = try TemporaryDirectory()
        let writer = try ReportDatabase(kind: .client, directory: directory.path, access: .create)
        let reader = try ReportDatabase(kind: .client, directory: directory.path, access: .read)
        try writer.write { try $0.set("name", to: "office") }
        #expect(try reader.read { try $0.setting("name") } == "office")
        let error = #expect(throws: StoreError.self) { try reader.write { try $0.set("name", to: "other") } }
        #expect(error?.code == "store_unwritable")
        #expect(try writer.read { try $0.setting("name") } == "office")
    }

    @Test("What a failed transaction wrote is not there", arguments: StoreKind.allCases)
    func rolledBack(kind: StoreKind) throws {
        struct Failure: Error {}
        let database = try ReportDatabase(inMemory: kind)
        #expect(throws: Failure.self) {
            try database.write { writer in
                try writer.set("name", to: "office")
                throw Failure()
            }
        }
        #expect(try database.read { try $0.setting("name") } == nil)
    }
}
