import ReportModel

/// Whether a report may be submitted: without an error, and with every warning explained.
package enum Submission {
    /// - Parameters:
    ///   - findings: of the report's own unit and period, with what was said about each; `nil` = nothing.
    ///   - conflicts: the report's cells between whose values nobody has decided.
    /// - Throws: the first that stands against it.
    package static func require(
        _ findings: [(finding: Finding, explanation: String?)],
        conflicts: [CellAddress]
    ) throws(SubmissionRefusal) {
        guard conflicts.isEmpty else { throw .conflicts(conflicts) }
        let errors = findings.map(\.finding).filter { $0.level == .error }
        guard errors.isEmpty else { throw .errors(errors) }
        let unexplained = findings.filter { $0.finding.level == .warning && $0.explanation == nil }.map(\.finding)
        guard unexplained.isEmpty else { throw .unexplained(unexplained) }
    }
}

/// What stands against submitting a report.
package enum SubmissionRefusal: ExplainedError {
    case conflicts([CellAddress])
    case errors([Finding])
    case unexplained([Finding])
    case empty

    package var code: String {
        switch self {
        case .conflicts: "report_in_conflict"
        case .errors: "report_has_errors"
        case .unexplained: "warnings_unexplained"
        case .empty: "report_is_empty"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .conflicts(let cells):
            Bilingual(
                "报表中有 \(cells.count) 个单元格冲突，例如 \(cells[0])，未上报。",
                "It was not submitted; cells of the report in conflict: \(cells.count), such as \(cells[0])."
            )
        case .errors(let findings):
            Bilingual(
                "审核有 \(findings.count) 处错误，未上报。\(findings[0].text.chinese)",
                "It was not submitted; errors found by the checks: \(findings.count). \(findings[0].text.english)"
            )
        case .unexplained(let findings):
            Bilingual(
                "有 \(findings.count) 处警告没有说明，未上报。\(findings[0].text.chinese)",
                "It was not submitted; warnings without an explanation: \(findings.count). \(findings[0].text.english)"
            )
        case .empty: Bilingual("报表还没有填任何数，未上报。", "Nothing is filled in yet; it was not submitted.")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .conflicts: Bilingual("请先用 resolve 裁定。", "Decide with resolve first.")
        case .errors: Bilingual("请用 check 查看全部，改正后再上报。", "See all with check, correct them, then submit.")
        case .unexplained(let findings):
            Bilingual(
                "请用 check 单位 报表 报告期 --explain \(findings[0].check) --because \"原因\" 逐条说明。",
                "Explain each: check UNIT FORM PERIOD --explain \(findings[0].check) --because \"REASON\"."
            )
        case .empty: Bilingual("请先用 set 或 import 填报。", "Fill it in first, with set or import.")
        }
    }
}
