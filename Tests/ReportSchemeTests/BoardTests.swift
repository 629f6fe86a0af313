import ReportModel
import ReportScheme
import ServerSummary
import Testing

@Suite("Who is on time")
struct BoardTests {
    static func scheme(_ rule: String) throws -> Scheme {
        let schedule = "schedule: {half_month: {due: 2, time: \"18:00\"}, late_by: \(rule)}\nitems:\n"
        let files = SmallScheme.files.map { name, text in
            SchemeSource.File(
                name: name,
                text: name == "roads.yaml"
                    ? text.replacing("items:\n", with: schedule).replacing("[half, year]", with: "[half_month, year]")
                    : text
            )
        }
        return try Scheme.parse(SchemeSource(files))
    }

    static func moment(_ text: String) -> Timestamp {
        let parts = text.split(separator: " ")
        return Timestamp(CalendarDate(parts[0])!, TimeOfDay(parts[1])!)
    }

    static func times(_ filled: String, _ received: String) -> FiledReport.Times {
        FiledReport.Times(filled: self.moment(filled), received: self.moment(received))
    }

    static func row(_ report: FiledReport?, _ rule: String, now: String) throws -> Board.Row {
        let scheme = try Self.scheme(rule)
        let zone = UnitCode("410728-01")!
        let board = try Board(
            scheme: scheme,
            form: try #require(scheme.form(named: "roads")),
            period: Period("2024-06A")!,
            reports: report.map { [zone: $0] } ?? [:],
            now: Self.moment(now)
        )
        #expect(board.rows.map(\.unit.code.description) == ["410728-01", "410728-02"], "those who report something")
        #expect(board.window?.due == Self.moment("2024-06-17 18:00"))
        return try #require(board.rows.first)
    }

    static func report(_ filled: String, _ received: String, mark: ReportMark? = nil) -> FiledReport {
        FiledReport(firstValue: Self.times(filled, received), mark: mark, items: ["length"])
    }

    @Test(
        "Filled offline on the 16th and synced on the 18th: the rule decides, and both times are shown",
        arguments: [("filled", Board.State.onTime), ("received", .late)]
    )
    func offline(_ rule: String, _ state: Board.State) throws {
        let row = try Self.row(Self.report("2024-06-16 09:30", "2024-06-18 10:00"), rule, now: "2024-06-20 08:00")
        #expect(row.state == state)
        #expect(row.filed == Self.times("2024-06-16 09:30", "2024-06-18 10:00"))
        #expect(row.filledItemCount == 1 && row.itemCount == 2)
    }

    @Test(
        "A report that is not there is due until the deadline, and missing after it",
        arguments: [
            ("2024-06-17 18:00", Board.State.due), ("2024-06-18 00:00", .missing), ("2024-06-03 00:00", .due),
        ]
    )
    func absent(_ now: String, _ state: Board.State) throws {
        let row = try Self.row(nil, "filled", now: now)
        #expect(row.state == state && row.filed == nil && row.filledItemCount == 0)
        // Neither blanks nor values that were taken back are a report.
        var cleared = Self.report("2024-06-16 09:30", "2024-06-16 09:30")
        cleared.items = []
        #expect(try Self.row(cleared, "filled", now: now).state == state)
        // Nor is what was submitted, and then emptied.
        for mark in [ReportMark.submitted, .returned, .accepted] {
            cleared.firstSubmission = Self.times("2024-06-16 10:00", "2024-06-16 10:00")
            cleared.mark = mark
            let emptied = try Self.row(cleared, "filled", now: now)
            #expect(emptied.state == state && emptied.filed == nil, "\(mark)")
        }
    }

    @Test(
        "The deadline itself is in time",
        arguments: [("2024-06-17 18:00", Board.State.onTime), ("2024-06-17 18:01", .late)]
    )
    func deadline(_ time: String, _ state: Board.State) throws {
        for rule in ["filled", "received"] {
            #expect(try Self.row(Self.report(time, time), rule, now: "2024-06-20 08:00").state == state)
        }
    }

    @Test("What came in by the deadline is in time, though the author's clock runs ahead")
    func fastClock() throws {
        let report = Self.report("2027-01-01 00:00", "2024-06-17 12:00")
        #expect(try Self.row(report, "filled", now: "2024-06-20 08:00").state == .onTime)
    }

    @Test("The submission counts, not the first value, and a report given back counts again when it is accepted")
    func marks() throws {
        var report = Self.report("2024-06-16 09:30", "2024-06-16 09:30", mark: .submitted)
        report.firstSubmission = Self.times("2024-06-18 08:00", "2024-06-18 08:00")
        let submitted = try Self.row(report, "filled", now: "2024-06-20 08:00")
        #expect(submitted.state == .late && submitted.filed == report.firstSubmission)
        report.mark = .returned
        let returned = try Self.row(report, "filled", now: "2024-06-20 08:00")
        #expect(returned.state == .returned && !returned.state.isReported && returned.filed == report.firstSubmission)
        report.mark = .accepted
        #expect(try Self.row(report, "filled", now: "2024-06-20 08:00").state == .late)
    }

    @Test("Without a deadline nothing is late or missing")
    func withoutDeadline() throws {
        let scheme = try SmallScheme.parsed()
        let board = try Board(
            scheme: scheme,
            form: try #require(scheme.form(named: "roads")),
            period: Period("2024")!,
            under: UnitCode("410728")!,
            reports: [UnitCode("410728-02")!: Self.report("2030-01-01 00:00", "2030-01-01 00:00")],
            now: Self.moment("2040-01-01 00:00")
        )
        #expect(board.rows.map(\.state) == [.due, .due, .onTime], "the county reports the surface, the zones more")
        #expect(board.window == nil && board.reportedCount == 1 && board.expectedCount == 3)
    }
}
