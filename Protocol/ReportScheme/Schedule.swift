import ReportModel

/// When the reports of a form open and are due 报送时限, in dated versions: June's report keeps June's deadline.
package struct Schedule: Hashable, Sendable {
    /// Which of a report's two times decides whether it is late. Both are always kept and shown
    /// (Protocol/Decisions/0007-when-a-report-is-late.md).
    package enum Rule: String, Hashable, Sendable, CaseIterable {
        /// The author's clock when the report was filled in or submitted: a broken line makes nobody late.
        case filled
        /// The province's clock when the report came in.
        case received
    }

    /// In days after the last day of the period. The 15th is the last day of a first half month, so 2 is the 17th.
    package struct Deadline: Hashable, Sendable {
        /// The report opens with the beginning of this day.
        package let opens: Int
        package let due: Int
        /// On the day it is due, by clocks in Shanghai. At this very moment a report is not late yet.
        package let time: TimeOfDay
    }

    /// What holds for periods whose last day is within the validity.
    package struct Version: Hashable, Sendable {
        package let validity: Validity
        package let lateBy: Rule
        /// Periods of other kinds are without a deadline.
        package let deadlines: [Period.Kind: Deadline]
    }

    /// No two hold for one day.
    package let versions: [Version]

    /// Nothing has a deadline.
    static let none = Schedule(versions: [])

    /// When the report for `period` opens and is due; `nil` where there is no deadline.
    package func window(of period: Period) -> ReportingWindow? {
        guard let lastDay = period.lastDay,
            let version = self.versions.first(where: { $0.validity.contains(lastDay) }),
            let deadline = version.deadlines[period.kind], let opens = lastDay.addingDays(deadline.opens),
            let dueDay = lastDay.addingDays(deadline.due)
        else { return nil }
        return ReportingWindow(
            opens: Timestamp(opens, .startOfDay),
            dueDay: dueDay,
            dueTime: deadline.time,
            lateBy: version.lateBy
        )
    }
}

/// The time in which one report is asked for.
package struct ReportingWindow: Hashable, Sendable {
    package let opens: Timestamp
    package let dueDay: CalendarDate
    /// On ``dueDay``; its end where the schedule names none.
    package let dueTime: TimeOfDay
    package let lateBy: Schedule.Rule

    package var due: Timestamp { Timestamp(self.dueDay, self.dueTime) }
}

/// A report that is due: one form for one period.
package struct Obligation: Sendable {
    package let form: Form
    package let period: Period
    package let window: ReportingWindow
}

extension Scheme {
    /// Every report that is due within `month`, by due time, then in the order of the forms.
    ///
    /// - Parameter month: a period of any kind; those within it are found by their due day, not by the period that they
    ///   report: June's list begins with the second half of May.
    package func obligations(dueIn month: Period) -> [Obligation] {
        guard let first = month.firstDay, let last = month.lastDay else { return [] }
        let kinds = Period.Kind.allCases
        // No deadline is more than a year after the period's end.
        let periods = ((month.year - 1)...month.year).flatMap { year in
            kinds.flatMap { Period.all(of: $0, in: year) }
        }
        var found: [Obligation] = []
        for form in self.forms {
            for period in periods where form.items.contains(where: { $0.isReported(in: period) }) {
                guard let window = form.schedule.window(of: period), first <= window.dueDay, window.dueDay <= last
                else { continue }
                found.append(Obligation(form: form, period: period, window: window))
            }
        }
        let order = Dictionary(uniqueKeysWithValues: self.forms.enumerated().map { ($1.code, $0) })
        return found.sorted {
            ($0.window.due, order[$0.form.code]!, $0.period) < ($1.window.due, order[$1.form.code]!, $1.period)
        }
    }
}
