import GRDB
import ReportModel

/// A name of the matching list, as it is stored.
package struct StoredName: Hashable, Sendable {
    /// Empty for a unit's name.
    package let form: String
    package let name: String
    /// How many rows wanted it, over all imports.
    package let rowCount: Int
    package let firstSeen: Timestamp
    /// What somebody decided that it means.
    package let code: String?
}

extension StoreReader {
    /// The matching list of a client's store: units first, then by form.
    package func importedNames() throws -> [StoredName] {
        try Row.fetchAll(self.database, sql: "SELECT * FROM imported_name ORDER BY form, name").map { row in
            StoredName(
                form: try row.text("form"),
                name: try row.text("name"),
                rowCount: Int(try row.integer("rows")),
                firstSeen: try row.time("first_seen"),
                code: (row["code"] as DatabaseValue).isNull ? nil : try row.text("code")
            )
        }
    }
}

extension StoreWriter {
    /// Puts a name on the matching list, or counts the rows that want it once more.
    package func noteImportedName(_ name: String, form: String, rowCount: Int, at time: Timestamp) throws {
        try self.database.execute(
            sql: """
                INSERT INTO imported_name (form, name, rows, first_seen) VALUES (?, ?, ?, ?)
                ON CONFLICT (form, name) DO UPDATE SET rows = rows + excluded.rows
                """,
            arguments: [form, name, rowCount, time.secondsSince1970]
        )
    }

    /// Notes what a name of the list means, or with `nil` that this is open again.
    package func setMeaning(ofImportedName name: String, form: String, to code: String?) throws {
        try self.database.execute(
            sql: "UPDATE imported_name SET code = ? WHERE form = ? AND name = ?",
            arguments: [code, form, name]
        )
    }

    /// Takes a name off the list.
    package func removeImportedName(_ name: String, form: String) throws {
        try self.database.execute(
            sql: "DELETE FROM imported_name WHERE form = ? AND name = ?",
            arguments: [form, name]
        )
    }
}
