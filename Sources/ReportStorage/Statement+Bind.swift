import GRDB
import GRDBSQLite

// Binding straight to SQLite: a third faster than arguments for the two statements that run once a change or a write.

extension Statement {
    func bind(_ index: Int32, _ number: Int64) {
        sqlite3_bind_int64(self.sqliteStatement, index, number)
    }

    /// Copied by SQLite.
    func bind(_ index: Int32, _ bytes: [UInt8]) {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        _ = bytes.withUnsafeBytes { buffer in
            // A null pointer would bind NULL, which is not the same as no bytes.
            buffer.isEmpty
                ? sqlite3_bind_zeroblob(self.sqliteStatement, index, 0)
                : sqlite3_bind_blob(self.sqliteStatement, index, buffer.baseAddress, Int32(buffer.count), transient)
        }
    }

    /// Runs a statement that returns no rows, and makes it ready for the next.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func step(in database: Database) throws -> Int {
        let code = sqlite3_step(self.sqliteStatement)
        let message = code == SQLITE_DONE ? nil : String(cString: sqlite3_errmsg(database.sqliteConnection))
        sqlite3_reset(self.sqliteStatement)
        guard code == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
        return Int(sqlite3_changes(database.sqliteConnection))
    }
}

extension Database {
    /// Runs one statement, which every sync runs: it is prepared once.
    func executeCached(sql: String, arguments: StatementArguments) throws {
        try self.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
