import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ServerStore
import ServerSummary

struct ServerTotals: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "totals",
            abstract: say(
                "一张报表一个报告期的逐级汇总，注明几家已报、缺谁",
                "The totals of a form and period at every level, with who has reported and who has not."
            ),
            discussion: say(
                "例：huiliu-server totals infrastructure 2024-H1 --under 410728",
                "Example: huiliu-server totals infrastructure 2024-H1 --under 410728"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(
        help: ArgumentHelp(
            say("只看该单位及其下级（默认全省）", "Only this unit and those below it (default: the province)."),
            valueName: "unit"
        )
    )
    var under: String?
    @Argument(help: ArgumentHelp(say("报表代码或名称", "Form: code or name."), valueName: "form"))
    var form: String
    @Argument(help: ArgumentHelp(say("报告期，如 2024-H1", "Period, such as 2024-H1."), valueName: "period"))
    var period: String

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        guard let form = server.scheme.form(named: self.form) else { throw SchemeRefusal.unknownForm(self.form) }
        guard let period = Period(self.period) else {
            throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(self.period))
        }
        let under = try self.under.map { name in
            guard let unit = server.scheme.unit(named: name) else { throw SchemeRefusal.unknownUnit(name) }
            return unit.code
        }
        let totals = try Totals.compute(
            scheme: server.scheme,
            form: form,
            period: period,
            under: under,
            today: todayInShanghai()
        ) { form, period in
            try server.store.summaries(form: form, period: period).filter(\.row.isEmpty).map {
                ReportedCell(unit: $0.unit, item: $0.item, value: $0.value, isInConflict: $0.isConflict)
            }
        }
        if self.output.json {
            JSONOutput.write(totals)
        } else {
            self.tell(totals, form)
        }
    }

    private func tell(_ totals: Totals, _ form: Form) {
        Console.line("\(form.name[Speech.language])  \(totals.period)")
        var table = TextTable([
            (say("单位", "unit"), .left),
            (say("指标", "item"), .left),
            (say("合计", "sum"), .right),
            (say("计量", "measure"), .left),
            (say("本级自报", "own"), .right),
            (say("差额", "difference"), .right),
            (say("已报/应报", "reported"), .right),
            (say("计划", "plan"), .right),
            (say("完成%", "completion %"), .right),
            (say("上年同期", "year before"), .right),
            (say("增长%", "growth %"), .right),
            (say("占比%", "share %"), .right),
            (say("备注", "notes"), .left),
        ])
        for row in totals.rows where row.reported > 0 || row.own != nil || row.plan != nil || row.derived != nil {
            table.add([
                "\(row.unit.code) \(row.unit.name[Speech.language])", row.item.name[Speech.language],
                Self.sum(row), row.item.measure?.code ?? "",
                Self.signed(row.own, row.ownApproximation.sign), row.difference?.description ?? "",
                "\(row.reported)/\(row.expected)",
                Self.signed(row.plan, row.planApproximation.sign) + targetVersionNote(row.targetVersion),
                Self.signed(row.completion, row.isCompletionApproximate ? "≈" : ""),
                Self.signed(row.yearBefore, row.yearBeforeApproximation.sign),
                Self.signed(row.growth, row.isGrowthApproximate ? "≈" : ""), row.share?.description ?? "",
                Self.notes(row),
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private static func signed(_ number: ExactDecimal?, _ sign: String) -> String {
        number.map { sign + $0.description } ?? ""
    }

    /// `≥14.7`, `15-19` for a sum with ranges in it, `—` for none.
    private static func sum(_ row: Totals.Row) -> String {
        if let derived = row.derived { return row.approximation.sign + derived.description }
        guard let sum = row.sum else { return "—" }
        if let upper = row.upper { return "\(sum)-\(upper)" }
        return row.approximation.sign + sum.description
    }

    private static func notes(_ row: Totals.Row) -> String {
        var notes: [String] = []
        // A long list is in the JSON; a person wants to know that somebody is missing, and who first.
        if !row.missing.isEmpty {
            let named = row.missing.prefix(3).map(\.description).joined(separator: " ")
            let more =
                row.missing.count > 3 ? say(" 等 \(row.missing.count) 家", " and \(row.missing.count - 3) more") : ""
            let count = say(
                "\(row.expected) 家缺 \(row.missing.count) 家：",
                "\(row.missing.count) of \(row.expected) missing: "
            )
            notes.append(count + named + more)
        }
        if row.inConflict > 0 { notes.append(say("\(row.inConflict) 格冲突", "\(row.inConflict) in conflict")) }
        return notes.joined(separator: say("；", "; "))
    }
}
