import Foundation
import GRDB
import ReportModel

/// How many values of one item a unit has for a period, over all rows.
package struct StoredCount: Hashable, Sendable {
    package let unit: UnitCode
    package let form: Code
    package let period: Period
    package let item: Code
    package let count: Int
}

extension StoreReader {
    /// The values that the store shows, counted by unit, form, period and item; without blanks and the system's own cells.
    ///
    /// - Complexity: all cells of the store.
    package func valueCounts() throws -> [StoredCount] {
        var blank = ByteWriter(reserving: 1)
        blank.value(.missing)
        return try Row.fetchAll(
            self.database,
            sql: """
                SELECT unit, form.text AS form, cell.period, item.text AS item, count(*) AS count
                FROM cell
                JOIN scope ON scope.number = cell.scope
                JOIN code form ON form.number = cell.form
                JOIN code item ON item.number = cell.item
                WHERE cell.value <> ? AND substr(form.text, 1, 1) <> '_'
                GROUP BY cell.form, cell.period, cell.scope, cell.item
                """,
            arguments: [Data(blank.bytes)]
        ).compactMap { row in
            guard let unit = UnitCode(try row.text("unit")), let form = Code(try row.text("form")),
                let period = try row.period("period"), let item = Code(try row.text("item"))
            else { return nil }
            return StoredCount(unit: unit, form: form, period: period, item: item, count: Int(try row.integer("count")))
        }
    }
}
