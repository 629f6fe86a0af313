import GRDBSQLite
import ReportModel
import ReportWire

/// The limit that stores are measured against: the same cells as upserts through SQLite's C API, with the same journal and
/// the same syncs of the disk, and nothing else.
struct PlainSQLite {
    /// Where its file is made.
    let directory: String

    var file: String { self.directory + "/plain.sqlite" }

    /// - Parameter rowsPerTransaction: so many cells are made durable together.
    /// - Returns: Rows a second; 0 when SQLite refuses.
    func upsert(_ writes: [Change.Write], rowsPerTransaction: Int) -> Double {
        var connection: OpaquePointer?
        guard sqlite3_open(self.file, &connection) == SQLITE_OK else { return 0 }
        defer { sqlite3_close(connection) }
        func execute(_ sql: String) { sqlite3_exec(connection, sql, nil, nil, nil) }
        execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        execute(
            """
            CREATE TABLE cell (form INTEGER, period INTEGER, scope INTEGER, row INTEGER, item INTEGER, value BLOB,
                PRIMARY KEY (form, period, scope, row, item)) WITHOUT ROWID
            """
        )
        let rows = Self.rows(writes)
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
            if index % rowsPerTransaction == 0 { execute("BEGIN") }
            sqlite3_bind_int64(statement, 1, row.form)
            sqlite3_bind_int64(statement, 2, row.period)
            sqlite3_bind_int64(statement, 3, row.item)
            row.value.withUnsafeBytes { bytes in
                _ = sqlite3_bind_blob(statement, 4, bytes.baseAddress, Int32(bytes.count), transient)
            }
            guard sqlite3_step(statement) == SQLITE_DONE else { return 0 }
            sqlite3_reset(statement)
            if index % rowsPerTransaction == rowsPerTransaction - 1 || index == rows.count - 1 { execute("COMMIT") }
        }
        return Double(rows.count) / ((clock.now - start) / .seconds(1))
    }

    private static func rows(_ writes: [Change.Write]) -> [(form: Int64, period: Int64, item: Int64, value: [UInt8])] {
        var numbers: [Code: Int64] = [:]
        func number(_ code: Code) -> Int64 {
            if let number = numbers[code] { return number }
            numbers[code] = Int64(numbers.count + 1)
            return numbers[code]!
        }
        return writes.map { write in
            var value = ByteWriter()
            value.value(write.value)
            return (
                number(write.address.form), Int64(write.address.period.wireNumber), number(write.address.item),
                value.bytes
            )
        }
    }
}
