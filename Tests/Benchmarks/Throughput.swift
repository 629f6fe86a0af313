import ClientStore
import ClientSync
import Foundation
import GRDB
import GRDBSQLite
import Logging
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ServerStore
import ServerSync
import ServiceLifecycle
import Synchronization

/// Writes from one client to durable on the server, over TCP on this machine and with real files, against the same rows
/// as plain SQLite upserts.
struct Throughput {
    let source: SchemeSource
    let directory: String
    let unit = UnitCode("410728-02")!

    /// - Returns: Writes a second from the first byte sent to the last receipt.
    func sync(writes: [Change.Write]) async throws -> Double {
        let scheme = try Scheme.parse(self.source)
        let server = try ServerStore.create(
            in: self.directory + "/server",
            replica: ReplicaID(rawValue: 1),
            scheme: self.source
        )
        try server.database.close()
        let serving = try ServerStore(in: self.directory + "/server", access: .serve)
        let client = try ClientStore.create(
            in: self.directory + "/client",
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 2),
                unit: self.unit,
                server: "",
                name: "办公室一",
                author: "张三"
            ),
            scheme: self.source
        )
        var rest = writes[...]
        while !rest.isEmpty {
            _ = try client.write(
                rest.prefix(500).map { Edit(CellAddress($0.address, in: self.unit), $0.value) },
                now: Workday.time
            )
            rest = rest.dropFirst(500)
        }

        let (addresses, listening) = AsyncStream.makeStream(of: HostPort.self)
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let service = try SyncService(
            store: serving,
            address: HostPort(host: "127.0.0.1", port: 0),
            logger: logger,
            now: { Workday.time },
            listening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = addresses.makeAsyncIterator()
            guard let address = await iterator.next() else { return 0 }
            let clock = ContinuousClock()
            let start = clock.now
            _ = try await Synchronizer(
                store: client,
                scheme: scheme,
                server: address,
                waitSeconds: 60,
                logger: logger,
                now: { Workday.time }
            ).run()
            let seconds = (clock.now - start) / .seconds(1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return Double(writes.count) / seconds
        }
    }

    /// - Returns: Rows a second of the same cells through SQLite's C API, 10,000 a transaction, WAL, `synchronous=FULL`.
    func plainSQLite(writes: [Change.Write]) throws -> Double {
        var connection: OpaquePointer?
        guard sqlite3_open(self.directory + "/plain.sqlite", &connection) == SQLITE_OK else { return 0 }
        defer { sqlite3_close(connection) }
        sqlite3_exec(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", nil, nil, nil)
        sqlite3_exec(
            connection,
            """
            CREATE TABLE cell (form INTEGER, period INTEGER, scope INTEGER, row INTEGER, item INTEGER, value BLOB,
                PRIMARY KEY (form, period, scope, row, item)) WITHOUT ROWID
            """,
            nil,
            nil,
            nil
        )
        var numbers: [Code: Int64] = [:]
        let rows = writes.map { write -> (Int64, Int64, Int64, [UInt8]) in
            var value = ByteWriter()
            value.value(write.value)
            for code in [write.address.form, write.address.item] where numbers[code] == nil {
                numbers[code] = Int64(numbers.count + 1)
            }
            return (
                numbers[write.address.form]!, Int64(write.address.period.wireNumber), numbers[write.address.item]!,
                value.bytes
            )
        }
        var statement: OpaquePointer?
        sqlite3_prepare_v2(
            connection,
            "INSERT INTO cell VALUES (?, ?, 1, 0, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            -1,
            &statement,
            nil
        )
        defer { sqlite3_finalize(statement) }
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let clock = ContinuousClock()
        let start = clock.now
        for (index, row) in rows.enumerated() {
            if index % 10_000 == 0 { sqlite3_exec(connection, "BEGIN", nil, nil, nil) }
            sqlite3_bind_int64(statement, 1, row.0)
            sqlite3_bind_int64(statement, 2, row.1)
            sqlite3_bind_int64(statement, 3, row.2)
            row.3.withUnsafeBytes { bytes in
                _ = sqlite3_bind_blob(statement, 4, bytes.baseAddress, Int32(bytes.count), transient)
            }
            guard sqlite3_step(statement) == SQLITE_DONE else { return 0 }
            sqlite3_reset(statement)
            if index % 10_000 == 9_999 || index == rows.count - 1 { sqlite3_exec(connection, "COMMIT", nil, nil, nil) }
        }
        return Double(rows.count) / ((clock.now - start) / .seconds(1))
    }
}
