import ReportModel
import ReportScheme

/// Who has filed one form for one period, and when: a row for every unit that reports one of its items.
package struct Board: Sendable {
    /// Where one unit's report stands.
    package enum State: String, Sendable, CaseIterable {
        /// Not there, and there is still time; or there is no deadline.
        case due
        /// There, and in time; or there is no deadline.
        case onTime = "on_time"
        /// There, and after the deadline.
        case late
        /// Not there, and the deadline has passed.
        case missing
        /// Given back by the unit above: it counts again once it is submitted again.
        case returned

        /// Whether the report counts as there.
        package var isReported: Bool { self == .onTime || self == .late }
    }

    /// One unit's report.
    package struct Row: Sendable {
        package let unit: ReportingUnit
        package let state: State
        /// When the report was there; `nil` when it is not. Both times, whichever of them decides.
        package let filed: FiledReport.Times?
        /// How many of the unit's items hold a value, blanks not counted.
        package let filledItemCount: Int
        package let itemCount: Int
    }

    package let form: Form
    package let period: Period
    /// `nil` where the schedule sets no deadline.
    package let window: ReportingWindow?
    /// Units depth first as they stand on the period's last day, along the parents that the form names.
    package let rows: [Row]

    package var reportedCount: Int { self.rows.count { $0.state.isReported } }
    package var expectedCount: Int { self.rows.count }

    /// Judges the reports of a form and period at the moment `now`.
    ///
    /// - Parameters:
    ///   - under: the unit at the top; the province, when `nil`.
    ///   - reports: what the store holds of each unit's report.
    /// - Throws: ``SchemeRefusal`` when there is no unit `under`.
    package init(
        scheme: Scheme,
        form: Form,
        period: Period,
        under: UnitCode? = nil,
        reports: [UnitCode: FiledReport],
        now: Timestamp
    ) throws(SchemeRefusal) {
        let top = under ?? scheme.root.code
        guard scheme.unit(top) != nil else { throw SchemeRefusal.unknownUnit(top.description) }
        let items = form.items.filter { $0.isReported(in: period) }
        let window = form.schedule.window(of: period)
        self.form = form
        self.period = period
        self.window = window
        let units = period.lastDay.map { scheme.unitAndBelow(top, on: $0, in: form.tree) } ?? []
        self.rows = units.compactMap { unit in
            let own = items.filter { scheme.isReporter(unit.code, of: $0) }
            guard !own.isEmpty else { return nil }
            let report = reports[unit.code] ?? FiledReport()
            return Row(
                unit: unit,
                state: Self.state(of: report, window: window, now: now),
                filed: report.filed,
                filledItemCount: own.count { report.items.contains($0.code) },
                itemCount: own.count
            )
        }
    }

    static func state(of report: FiledReport, window: ReportingWindow?, now: Timestamp) -> State {
        guard let filed = report.filed else {
            guard let window else { return .due }
            return now <= window.due ? .due : .missing
        }
        if report.mark == .returned { return .returned }
        guard let window else { return .onTime }
        let judged =
            switch window.lateBy {
            // What has come in was filled in by then, whatever the author's clock said.
            case .filled: min(filed.filled, filed.received)
            case .received: filed.received
            }
        return judged <= window.due ? .onTime : .late
    }
}
