import ReportModel
import ReportScheme
import ReportStorage

/// The cells of a store at one moment, for formulas. Each is read once.
package final class StoreFigures: FigureSource {
    package let reader: StoreReader
    private var known: [CellAddress: CellValue] = [:]

    init(_ reader: StoreReader) {
        self.reader = reader
    }

    /// What a cell holds, read at most once.
    package func value(at address: CellAddress) throws -> CellValue {
        if let known = self.known[address] { return known }
        let value = try self.reader.value(at: address)
        self.known[address] = value
        return value
    }
}

/// One report: what a unit files with one form for one period.
package struct ReportName: Hashable, Sendable {
    package let unit: UnitCode
    package let form: Code
    package let period: Period

    package init(unit: UnitCode, form: Code, period: Period) {
        self.unit = unit
        self.form = form
        self.period = period
    }
}

/// A finding, and what the office says about it.
package struct ExplainedFinding: Sendable {
    package let finding: Finding
    /// `nil` when nobody has explained it, or when the figures have changed since.
    package let explanation: String?
}

extension ClientStore {
    /// Looks at the figures as they are at one moment.
    package func withFigures<Result>(_ body: (StoreFigures) throws -> Result) throws -> Result {
        try self.database.read { try body(StoreFigures($0)) }
    }

    /// What the checks find about the reports of some units, with what was said about it.
    ///
    /// - Parameters:
    ///   - form: only this form's reports; `nil` = all.
    ///   - period: only this period's; `nil` = all.
    package func check(
        _ plan: CheckPlan,
        units: [UnitCode],
        form: Code? = nil,
        period: Period? = nil,
        today: CalendarDate
    ) throws -> [ExplainedFinding] {
        try self.withFigures { figures in
            let cells = try units.flatMap { unit in
                try figures.reader.reportedCells(of: unit, form: form, period: period)
            }
            return try self.explained(plan.findings(about: cells, today: today, source: figures), plan, figures)
        }
    }

    /// What the checks find about one report, with what was said about it.
    ///
    /// - Returns: the report's own findings, which decide whether it may be submitted, and those of other reports in which
    ///   a figure of this one appears: a later month that is lower now, the county's sum.
    package func check(
        _ report: ReportName,
        _ plan: CheckPlan,
        today: CalendarDate
    ) throws -> (own: [ExplainedFinding], others: [ExplainedFinding]) {
        try self.withFigures { figures in
            let below = plan.scheme.unitAndBelow(report.unit).map(\.code)
            var cells = try below.flatMap { unit in
                try figures.reader.reportedCells(of: unit, form: report.form, period: report.period)
            }
            cells += try figures.reader.reportedCells(of: report.unit, form: report.form).lookingBack(at: report.period)
            let found = try plan.findings(about: cells, today: today, source: figures)
            let own = found.filter { finding in
                finding.unit == report.unit && finding.period == report.period
                    && plan.forms(of: finding).contains(report.form)
            }
            let others = found.filter { finding in
                !own.contains(finding)
                    && finding.cells.contains {
                        $0.unit == report.unit && $0.form == report.form && $0.period == report.period
                    }
            }
            return (try self.explained(own, plan, figures), try self.explained(others, plan, figures))
        }
    }

    private func explained(
        _ findings: [Finding],
        _ plan: CheckPlan,
        _ figures: StoreFigures
    ) throws -> [ExplainedFinding] {
        try findings.map { finding in
            // What two forms contradict each other about is explained once, with either.
            for form in plan.forms(of: finding).sorted() {
                let words = try self.explanation(of: finding, on: form, among: findings, figures)
                if let words { return ExplainedFinding(finding: finding, explanation: words) }
            }
            return ExplainedFinding(finding: finding, explanation: nil)
        }
    }

    private func explanation(
        of finding: Finding,
        on form: Code,
        among findings: [Finding],
        _ figures: StoreFigures
    ) throws -> String? {
        let address = SystemForm.explanation(of: finding.check, on: form, in: finding.period)
        guard let explanation = Explanation(try figures.value(at: CellAddress(address, in: finding.unit))) else {
            return nil
        }
        let report = ReportName(unit: finding.unit, form: form, period: finding.period)
        return explanation.holds(for: findings.about(finding.check, report)) ? explanation.words : nil
    }

    /// Keeps why a warning is right as it stands.
    ///
    /// - Parameter scheme: asked whether this device may; `nil` for what asks nobody.
    /// - Throws: `ExplanationRefusal` when the words give no reason.
    package func explain(
        _ check: Code,
        on report: ReportName,
        _ words: String,
        findings: [Finding],
        scheme: Scheme? = nil,
        now: Timestamp
    ) throws -> EditOutcome {
        let explanation = try Explanation(words, of: findings.about(check, report))
        let address = SystemForm.explanation(of: check, on: report.form, in: report.period)
        let edit = Edit(CellAddress(address, in: report.unit), explanation.value)
        return try self.write([edit], scheme: scheme, now: now)[0]
    }

    /// Submits a report: marks it as such, for the province to see.
    ///
    /// - Throws: ``SubmissionRefusal`` when a check stands against it.
    package func submit(
        _ report: ReportName,
        _ plan: CheckPlan,
        today: CalendarDate,
        now: Timestamp
    ) throws -> EditOutcome {
        let findings = try self.check(report, plan, today: today).own
        let cells = try self.cells(of: report.unit, form: report.form, period: report.period)
        guard cells.contains(where: { $0.value != .missing }) else { throw SubmissionRefusal.empty }
        try Submission.require(
            findings.map { ($0.finding, $0.explanation) },
            conflicts: cells.filter(\.isConflict).map(\.address)
        )
        let address = SystemForm.reportState(of: report.form, in: report.period)
        let edit = Edit(CellAddress(address, in: report.unit), ReportMark.submitted.value)
        return try self.write([edit], scheme: plan.scheme, now: now)[0]
    }
}

extension [CellAddress] {
    /// Of one form's cells, those whose periods look back at `period`: each item's next figure after it, those of the same
    /// last day, of the same part of the next year, and for a plan all of its year. To look at every later period would
    /// take a second for the figures of a few years.
    fileprivate func lookingBack(at period: Period) -> [CellAddress] {
        guard let day = period.lastDay else { return [] }
        var next: [Code: CalendarDate] = [:]
        for cell in self {
            guard let last = cell.period.lastDay, last > day else { continue }
            next[cell.item] = next[cell.item].map { Swift.min($0, last) } ?? last
        }
        return self.filter { cell in
            guard cell.period != period, let last = cell.period.lastDay else { return false }
            return last == day || last == next[cell.item] || cell.period.yearBefore == period
                || cell.period.calendarYear == period
        }
    }
}

extension [Finding] {
    /// What one explanation is about: all that a check finds in a report. A check for every item finds as much in other
    /// forms of the unit, which is explained there.
    fileprivate func about(_ check: Code, _ report: ReportName) -> [Finding] {
        let all = self.filter { $0.check == check && $0.unit == report.unit && $0.period == report.period }
        let touching = all.filter { $0.cells.contains { $0.form == report.form } }
        return touching.isEmpty ? all : touching
    }
}
