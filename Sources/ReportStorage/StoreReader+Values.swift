import GRDB
import ReportModel

extension StoreReader {
    /// The value shown of a cell, without its history; `missing` when nobody wrote it.
    package func value(at address: CellAddress) throws -> CellValue {
        guard let form = try self.number(of: address.form), let scope = try self.number(of: address.unit),
            let row = try self.number(of: address.row), let item = try self.number(of: address.item)
        else { return .missing }
        let statement = try self.database.cachedStatement(
            sql: "SELECT value FROM cell WHERE form = ? AND period = ? AND scope = ? AND row = ? AND item = ?"
        )
        let key = CellKey(form: form, period: Int64(address.period.wireNumber), scope: scope, row: row, item: item)
        guard let stored = try Row.fetchOne(statement, arguments: key.arguments) else { return .missing }
        return try Self.value(try stored.bytes("value"))
    }

    /// The reported cells of a unit, the system's own left out, in the order in which they lie.
    ///
    /// - Parameters:
    ///   - form: only this form; `nil` = all.
    ///   - period: only this period; `nil` = all.
    package func reportedCells(of unit: UnitCode, form: Code? = nil, period: Period? = nil) throws -> [CellAddress] {
        guard let scope = try self.number(of: unit) else { return [] }
        var conditions = ["scope = ?", "substr(form.text, 1, 1) <> '_'"]
        var arguments: [any DatabaseValueConvertible] = [scope]
        if let form {
            guard let number = try self.number(of: form) else { return [] }
            conditions.append("cell.form = ?")
            arguments.append(number)
        }
        if let period {
            conditions.append("period = ?")
            arguments.append(Int64(period.wireNumber))
        }
        let rows = try Row.fetchAll(
            self.database,
            sql: """
                SELECT form.text, period, row.text, item.text
                FROM cell
                JOIN code form ON form.number = cell.form
                JOIN code row ON row.number = cell.row
                JOIN code item ON item.number = cell.item
                WHERE \(conditions.joined(separator: " AND "))
                """,
            arguments: StatementArguments(arguments)
        )
        return try rows.map { row in
            guard let form = Code(try row.text(at: 0)), let period = try row.period("period"),
                let rowCode = Code(try row.text(at: 2)), let item = Code(try row.text(at: 3))
            else { throw MalformedBytes(offset: 0, expected: "the address of a cell") }
            return CellAddress(unit: unit, form: form, period: period, row: rowCode, item: item)
        }
    }
}
