import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientCheck: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: say("审核：找出不可能同时为真的数", "Finds figures that cannot all be true."),
            discussion: say(
                "例：huiliu-client check 410728-01 land 2024\n　　huiliu-client check 410728-01 land 2024 --explain LD-01 --because \"二季度并入木岗\"\n不写单位则审核本机全部报表。",
                "Example: huiliu-client check 410728-01 land 2024\n         huiliu-client check 410728-01 land 2024 --explain LD-01 --because \"Mugang was merged\"\nWithout a unit, all reports of this office are checked."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(
        help: ArgumentHelp(
            say("说明一条审核规则；加 --because 则记下原因", "Tell what a check demands; with --because, keep a reason."),
            valueName: "code"
        )
    )
    var explain: String?
    @Option(
        help: ArgumentHelp(
            say("警告为何属实的原因，随报表上报", "Why the warning is right as it stands; travels with the report."),
            valueName: "reason"
        )
    )
    var because: String?
    @Argument(help: ArgumentHelp(say("单位代码、名称或别名", "Unit: code, name or alias."), valueName: "unit"))
    var unit: String?
    @Argument(help: ArgumentHelp(say("报表代码或名称", "Form: code or name."), valueName: "form"))
    var form: String?
    @Argument(help: ArgumentHelp(say("报告期，如 2024-H1", "Period, such as 2024-H1."), valueName: "period"))
    var period: String?

    func validate() throws {
        if self.because != nil, self.explain == nil || self.period == nil {
            throw ValidationError(
                say(
                    "--because 要与 --explain 及单位、报表、报告期一起写。",
                    "--because goes with --explain and with a unit, form and period."
                )
            )
        }
    }

    func run() async throws {
        let client = try OpenedClient(self.common, access: self.because == nil ? .read : .write)
        let plan = CheckPlan(client.scheme)
        let code = try self.explain.map { try client.check($0) }
        if let code, self.because == nil {
            CheckWords(code, scheme: client.scheme).write(json: self.output.json)
            return
        }
        let scope = try ReportScope(unit: self.unit, form: self.form, period: self.period, client)
        if let code, let because, let report = scope.report {
            try self.keep(because, about: code.code, report, plan, client)
            return
        }
        let (findings, others) =
            if let report = scope.report {
                try client.store.check(report, plan, today: todayInShanghai())
            } else {
                (
                    own: try client.store.check(
                        plan,
                        units: scope.units,
                        form: scope.form,
                        period: scope.period,
                        today: todayInShanghai()
                    ), others: []
                )
            }
        self.write(findings, others)
        if findings.contains(where: { $0.finding.level == .error }) { throw ExitCode(Exit.attention) }
    }

    private func keep(
        _ reason: String,
        about code: Code,
        _ report: ReportName,
        _ plan: CheckPlan,
        _ client: OpenedClient
    ) throws {
        let findings = try client.store.check(report, plan, today: todayInShanghai()).own.map(\.finding)
        guard findings.contains(where: { $0.check == code })
        else { throw NothingToExplain(check: code) }
        let outcome = try client.store.explain(
            code,
            on: report,
            reason,
            findings: findings,
            scheme: client.scheme,
            now: wallClock()
        )
        if case .refused(let refusal) = outcome { throw client.failure(refusal) }
        if self.output.json {
            JSONOutput.write(KeptJSON(code: code.description, explanation: reason))
        } else {
            Console.line(say("已记下对 \(code) 的说明，随报表上报。", "Kept; it travels with the report."))
        }
    }

    /// - Parameter others: of other reports in which a figure of the one that is checked appears; they are not counted.
    private func write(_ findings: [ExplainedFinding], _ others: [ExplainedFinding]) {
        func count(_ level: Check.Level) -> Int { findings.count { $0.finding.level == level } }
        if self.output.json {
            JSONOutput.write(
                CheckJSON(
                    errors: count(.error),
                    warnings: count(.warning),
                    information: count(.information),
                    findings: findings.map(FindingJSON.init),
                    others: others.map(FindingJSON.init)
                )
            )
            return
        }
        self.tell(findings)
        if !others.isEmpty {
            Console.line(say("其他报表用到本表的数：", "In other reports, with figures of this one:"))
            self.tell(others)
        }
        Console.line(
            findings.isEmpty
                ? say("没有发现问题。", "Nothing was found.")
                : say(
                    "错误 \(count(.error))，警告 \(count(.warning))，提示 \(count(.information))。",
                    "Errors: \(count(.error)), warnings: \(count(.warning)), information: \(count(.information))."
                )
        )
    }

    private func tell(_ findings: [ExplainedFinding]) {
        for found in findings {
            let finding = found.finding
            Console.line("\(finding.level.words[Speech.language]) \(finding.check)  \(finding.text[Speech.language])")
            if let explanation = found.explanation { Console.line(say("    说明：", "    Explained: ") + explanation) }
        }
    }

    private struct CheckJSON: Encodable {
        let errors: Int
        let warnings: Int
        let information: Int
        let findings: [FindingJSON]
        /// Of other reports in which a figure of the one that is checked appears.
        let others: [FindingJSON]
    }

    private struct FindingJSON: Encodable {
        let code: String
        let level: String
        let cells: [String]
        @Nullable var expected: String?
        @Nullable var found: String?
        @Nullable var difference: String?
        let text: String
        @Nullable var explanation: String?

        init(_ found: ExplainedFinding) {
            let finding = found.finding
            self.code = finding.check.description
            self.level = finding.level.rawValue
            self.cells = finding.cells.map(\.description)
            self._expected = Nullable(wrappedValue: finding.expected)
            self._found = Nullable(wrappedValue: finding.found)
            self._difference = Nullable(wrappedValue: finding.difference)
            self.text = finding.text[Speech.language]
            self._explanation = Nullable(wrappedValue: found.explanation)
        }
    }

    private struct KeptJSON: Encodable {
        let code: String
        let explanation: String
    }
}

/// What one check demands.
private struct CheckWords: Encodable {
    let code: String
    let level: String
    let name: String
    let rule: String

    init(_ check: Check, scheme: Scheme) {
        self.code = check.code.description
        self.level = check.level.rawValue
        self.name = check.name[Speech.language]
        self.rule = check.text
    }

    func write(json: Bool) {
        guard !json else { return JSONOutput.write(self) }
        let level = Check.Level(rawValue: self.level)!.words[Speech.language]
        Console.line("\(self.code)  \(level)  \(self.name)")
        Console.line(say("规则：\(self.rule)", "Rule: \(self.rule)"))
        Console.line(Check.Level(rawValue: self.level)!.consequence[Speech.language])
    }
}

/// Which reports a command is about: all of this office, or those of one unit, form and period.
struct ReportScope {
    let units: [UnitCode]
    let form: Code?
    let period: Period?
    /// When it is one report.
    let report: ReportName?

    init(unit: String?, form: String?, period: String?, _ client: OpenedClient) throws {
        let own = client.store.identity.unit
        var units = client.scheme.unitAndBelow(own).map(\.code)
        if let unit {
            guard let found = client.scheme.unit(named: unit) else { throw SchemeRefusal.unknownUnit(unit) }
            try client.requireOwn(found)
            // A form or not: `check 410728` is about everything in the county, a report is one unit's.
            units = form == nil ? client.scheme.unitAndBelow(found.code).map(\.code) : [found.code]
        }
        self.units = units
        self.form = try form.map { name in
            guard let found = client.scheme.form(named: name) else { throw SchemeRefusal.unknownForm(name) }
            return found.code
        }
        self.period = try period.map { text in
            guard let period = Period(text) else {
                throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(text))
            }
            return period
        }
        if let form = self.form, let period = self.period, unit != nil {
            self.report = ReportName(unit: units[0], form: form, period: period)
        } else {
            self.report = nil
        }
    }
}

extension Check.Level {
    /// The level in words.
    var words: Bilingual {
        switch self {
        case .error: Bilingual("错误", "error")
        case .warning: Bilingual("警告", "warning")
        case .information: Bilingual("提示", "information")
        }
    }

    /// What follows from it.
    var consequence: Bilingual {
        switch self {
        case .error: Bilingual("有错误的报表不能上报。", "A report with an error is not submitted.")
        case .warning:
            Bilingual(
                "警告须说明原因才能上报（--because）。",
                "A warning must be explained before the report is submitted (--because)."
            )
        case .information: Bilingual("提示不影响上报。", "It does not stand against submitting.")
        }
    }
}

/// A check that found nothing in the report.
private struct NothingToExplain: ExplainedError {
    let check: Code

    var code: String { "nothing_to_explain" }
    var explanation: Bilingual {
        Bilingual("审核 \(self.check) 在这张报表中没有发现问题。", "\(self.check) finds nothing in this report.")
    }
    var advice: Bilingual { Bilingual("请用 check 查看现有问题。", "See with check what is found.") }
}
