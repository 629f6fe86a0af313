import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientSubmit: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "submit",
            abstract: say("上报一张报表：审核通过后作上报标记", "Submits a report: checks it and marks it as submitted."),
            discussion: say(
                "例：huiliu-client submit 410728-01 infrastructure 2024-H1\n没有网络也可上报，标记随下次同步送出。",
                "Example: huiliu-client submit 410728-01 infrastructure 2024-H1\nNo line is needed: the mark goes with the next sync."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @OptionGroup var report: ReportArguments

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let (unit, form, period) = try self.report.found(in: client.scheme)
        try client.requireOwn(unit)
        let outcome = try client.store.submit(
            ReportName(unit: unit.code, form: form.code, period: period),
            CheckPlan(client.scheme),
            today: todayInShanghai(),
            now: wallClock()
        )
        if case .refused(let refusal) = outcome { throw client.failure(refusal) }
        if self.output.json {
            JSONOutput.write(
                SubmitJSON(
                    unit: unit.code.description,
                    form: form.code.description,
                    period: period.description,
                    state: ReportMark.submitted.rawValue,
                    written: outcome.isWritten
                )
            )
        } else {
            Console.line(
                outcome.isWritten
                    ? say("已上报，有网时 sync 送出。", "Submitted; sync sends it when there is a line.")
                    : say("早已上报，无需重复。", "It was submitted before; nothing was written.")
            )
        }
    }

    private struct SubmitJSON: Encodable {
        let unit: String
        let form: String
        let period: String
        let state: String
        let written: Bool
    }
}
