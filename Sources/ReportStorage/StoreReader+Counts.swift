import Foundation
import GRDB
import ReportModel

/// How many values of one item a unit has, over all periods and rows.
package struct StoredCount: Hashable, Sendable {
    package let unit: UnitCode
    package let form: Code
    package let item: Code
    package let count: Int
}

extension StoreReader {
    /// The values that the store shows, counted by unit, form and item; without blanks and the system's own cells.
    ///
    /// - Complexity: all cells of the store.
    package func valueCounts() throws -> [StoredCount] {
        var blank = ByteWriter(reserving: 1)
        blank.value(.missing)
        return try Row.fetchAll(
            self.database,
            sql: """
                SELECT unit, form.text AS form, item.text AS item, count(*) AS count
                FROM cell
                JOIN scope ON scope.number = cell.scope
                JOIN code form ON form.number = cell.form
                JOIN code item ON item.number = cell.item
                WHERE cell.value <> ? AND substr(form.text, 1, 1) <> '_'
                GROUP BY cell.scope, cell.form, cell.item
                """,
            arguments: [Data(blank.bytes)]
        ).compactMap { row in
            guard let unit = UnitCode(row["unit"] as String), let form = Code(row["form"] as String),
                let item = Code(row["item"] as String)
            else { return nil }
            return StoredCount(unit: unit, form: form, item: item, count: row["count"])
        }
    }
}
