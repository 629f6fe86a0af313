import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ServerStore
import ServerSummary

struct ServerBoard: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "board",
            abstract: say(
                "谁报了、谁迟了、谁没报：一张报表一个报告期，或一个月内到期的全部报表",
                "Who has filed, who late, who not: one form and period, or all that is due in a month."
            ),
            discussion: say(
                "例：huiliu-server board half_month_progress 2024-06A --under 410728\n　　huiliu-server board --month 2024-06",
                "Example: huiliu-server board half_month_progress 2024-06A --under 410728\n         huiliu-server board --month 2024-06"
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
    @Option(
        help: ArgumentHelp(
            say("列出该月到期的全部报表，如 2024-06", "All that is due in this month, such as 2024-06."),
            valueName: "month"
        )
    )
    var month: String?
    @Argument(help: ArgumentHelp(say("报表代码或名称", "Form: code or name."), valueName: "form"))
    var form: String?
    @Argument(help: ArgumentHelp(say("报告期，如 2024-06A", "Period, such as 2024-06A."), valueName: "period"))
    var period: String?

    func validate() throws {
        guard (self.month == nil) == (self.form != nil && self.period != nil), self.month == nil || self.form == nil
        else {
            throw ValidationError(
                say("请写报表和报告期，或只写 --month 年-月。", "Write a form and a period, or --month YYYY-MM alone.")
            )
        }
    }

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        let under = try self.under.map { name in
            guard let unit = server.scheme.unit(named: name) else { throw SchemeRefusal.unknownUnit(name) }
            return unit.code
        }
        let now = wallClock()
        func board(_ form: Form, _ period: Period) throws -> Board {
            try Board(
                scheme: server.scheme,
                form: form,
                period: period,
                under: under,
                reports: server.store.reports(form: form.code, period: period),
                now: now
            )
        }
        if let month {
            let period = try Self.period(month)
            guard period.kind == .month else { throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(month)) }
            let boards = try server.scheme.obligations(dueIn: period).map { try board($0.form, $0.period) }
                .filter { !$0.rows.isEmpty }
            self.show(MonthJSON(month: period, under: under ?? server.scheme.root.code, boards: boards))
        } else if let name = self.form, let period = self.period {
            guard let form = server.scheme.form(named: name) else { throw SchemeRefusal.unknownForm(name) }
            let board = try board(form, Self.period(period))
            if self.output.json { JSONOutput.write(board) } else { self.tell(board) }
        }
    }

    private static func period(_ text: String) throws -> Period {
        guard let period = Period(text) else { throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(text)) }
        return period
    }
}

// MARK: - For people

extension ServerBoard {
    private func tell(_ board: Board) {
        Console.line("\(board.form.name[Speech.language])  \(board.period.name[Speech.language])  " + Self.due(board))
        var table = TextTable([(say("单位", "unit"), .left)] + Self.columns)
        for row in board.rows { table.add([Self.unit(row)] + Self.cells(row)) }
        for line in table.lines { Console.line(line) }
        Console.line(Self.count(board))
    }

    private func show(_ month: MonthJSON) {
        if self.output.json { return JSONOutput.write(month) }
        Console.line(
            say(
                "\(month.month.name.chinese)到期的报表：\(month.boards.count) 项",
                "Due in \(month.month.name.english): \(month.boards.count) reports a unit"
            )
        )
        var table = TextTable(
            [
                (say("截止", "due"), .left), (say("报表", "form"), .left), (say("报告期", "period"), .left),
                (say("单位", "unit"), .left),
            ] + Self.columns
        )
        for board in month.boards {
            let due = board.window.map { Self.shown($0) } ?? ""
            for row in board.rows {
                table.add(
                    [due, board.form.name[Speech.language], board.period.description, Self.unit(row)] + Self.cells(row)
                )
            }
        }
        for line in table.lines { Console.line(line) }
    }

    private static var columns: [(String, TextTable.Alignment)] {
        [
            (say("状态", "state"), .left), (say("填报", "filled"), .left), (say("收到", "received"), .left),
            (say("已填指标", "items filled"), .right),
        ]
    }

    private static func cells(_ row: Board.Row) -> [String] {
        [
            row.state.name[Speech.language], row.filed.map { $0.filled.shownInShanghai } ?? "—",
            row.filed.map { $0.received.shownInShanghai } ?? "—", "\(row.filledItemCount)/\(row.itemCount)",
        ]
    }

    private static func unit(_ row: Board.Row) -> String { "\(row.unit.code) \(row.unit.name[Speech.language])" }

    private static func due(_ board: Board) -> String {
        guard let window = board.window else { return say("无截止时间", "no deadline") }
        let rule =
            switch window.lateBy {
            case .filled: say("按填报时间判定", "judged by the time filled")
            case .received: say("按收到时间判定", "judged by the time received")
            }
        return say("截止 ", "due ") + self.shown(window) + say("（北京时间，\(rule)）", " (Beijing time, \(rule))")
    }

    /// The end of a day is its own 24:00, not the next day's 00:00.
    private static func shown(_ window: ReportingWindow) -> String {
        "\(window.dueDay) \(window.dueTime)"
    }

    private static func count(_ board: Board) -> String {
        say(
            "已报 \(board.reportedCount) / 应报 \(board.expectedCount)",
            "\(board.reportedCount) of \(board.expectedCount) reported"
        )
    }
}

// MARK: - For programs

/// `{format, month, under, obligations:[board]}`
private struct MonthJSON: Encodable {
    let month: Period
    let under: UnitCode
    let boards: [Board]

    private enum Key: String, CodingKey {
        case month, under, obligations
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.month.description, forKey: .month)
        try object.encode(self.under.description, forKey: .under)
        try object.encode(self.boards, forKey: .obligations)
    }
}
