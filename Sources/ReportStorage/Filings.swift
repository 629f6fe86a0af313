import GRDB
import ReportModel

/// Keeps the table `filing`: of every report, the times of the change that wrote its first value, and of the one that
/// first marked it as submitted. *First* is first in the log, which is a causal order: nobody's wrong clock makes a
/// report older than one that its author had seen.
struct FilingWriter {
    /// What is known to be in the table: a transaction writes thousands of cells of a few reports.
    private var known: Set<Key> = []

    /// Notes the reports that a change begins. To be called for every change, in the order of the log.
    ///
    /// - Parameters:
    ///   - writes: those of the change that count.
    ///   - time: the author's clock.
    mutating func note(
        _ writes: [Change.Write],
        time: Timestamp,
        in scope: UnitCode,
        received: Timestamp,
        _ store: StoreWriter
    ) throws {
        // Writes are sorted, and one value begins a report: the others of the same report need no second look.
        var latest: (form: Code, period: Period)?
        for write in writes where latest?.form != write.address.form || latest?.period != write.address.period {
            guard let filing = Self.filing(write) else { continue }
            if !filing.isSubmission { latest = (write.address.form, write.address.period) }
            let key = Key(
                form: try store.number(of: filing.form),
                period: Int64(write.address.period.wireNumber),
                scope: try store.number(of: scope),
                isSubmission: filing.isSubmission
            )
            guard self.known.insert(key).inserted else { continue }
            let statement = try store.database.cachedStatement(
                sql: "INSERT INTO filing VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
            )
            try statement.execute(arguments: [
                key.form, key.period, key.scope, key.isSubmission, time.secondsSince1970,
                received.secondsSince1970,
            ])
        }
    }

    /// Forgets the times of the reports to which these cells belong.
    func forget(_ addresses: Set<AddressInScope>, in scope: UnitCode, _ store: StoreWriter) throws {
        for address in addresses {
            let form = address.form == SystemForm.report ? address.row : address.form
            try store.database.executeCached(
                sql: "DELETE FROM filing WHERE form = ? AND period = ? AND scope = ?",
                arguments: [
                    try store.number(of: form), Int64(address.period.wireNumber), try store.number(of: scope),
                ]
            )
        }
    }

    /// What a write says about a report; `nil` for most of the system's cells, and for blanks.
    private static func filing(_ write: Change.Write) -> (form: Code, isSubmission: Bool)? {
        let address = write.address
        if address.form == SystemForm.report, address.item == SystemForm.reportState {
            return ReportMark(write.value) == .submitted ? (address.row, true) : nil
        }
        return address.form.isSystem || write.value == .missing ? nil : (address.form, false)
    }

    private struct Key: Hashable {
        let form: Int64
        let period: Int64
        let scope: Int64
        let isSubmission: Bool
    }
}

extension StoreWriter {
    /// Notes the reports of the whole log: for stores that were made before there was the table.
    func noteAllFilings() throws {
        let rows = try Row.fetchCursor(
            self.database,
            sql: """
                SELECT unit, received, bytes FROM change
                JOIN line ON line.number = change.line
                JOIN scope ON scope.number = line.scope
                ORDER BY position
                """
        )
        while let row = try rows.next() {
            guard let scope = UnitCode(try row.text("unit")) else { continue }
            let received = try row.time("received")
            let change = try Change(canonicalBytes: try row.bytes("bytes"))
            try self.filings.note(change.writes, time: change.time, in: scope, received: received, self)
        }
    }
}

// MARK: - Reading

extension StoreReader {
    /// What is held of every unit's report in this form and period; units without anything are not there.
    ///
    /// - Complexity: the cells and the marks of that form and period, and two rows a unit; never the log.
    package func reports(form: Code, period: Period) throws -> [UnitCode: FiledReport] {
        var reports: [UnitCode: FiledReport] = [:]
        for cell in try self.summaries(form: form, period: period) where cell.value != .missing {
            reports[cell.unit, default: FiledReport()].items.insert(cell.item)
        }
        for cell in try self.summaries(form: SystemForm.report, period: period)
        where cell.row == form && cell.item == SystemForm.reportState {
            reports[cell.unit, default: FiledReport()].mark = ReportMark(cell.value)
        }
        guard let number = try self.number(of: form) else { return reports }
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT unit, is_submission, filled, received FROM filing JOIN scope ON scope.number = filing.scope
                WHERE form = ? AND period = ?
                """
        )
        let rows = try Row.fetchCursor(statement, arguments: [number, Int64(period.wireNumber)])
        while let row = try rows.next() {
            guard let unit = UnitCode(try row.text("unit")) else { continue }
            let times = FiledReport.Times(
                filled: try row.time("filled"),
                received: try row.time("received")
            )
            if try row.integer("is_submission") != 0 {
                reports[unit, default: FiledReport()].firstSubmission = times
            } else {
                reports[unit, default: FiledReport()].firstValue = times
            }
        }
        return reports
    }
}
