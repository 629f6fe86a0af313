import BundledScheme
import ReportModel
import ReportScheme
import Testing

@Suite("When reports are due")
struct ScheduleTests {
    /// The small scheme with these lines at the end of `scheme.yaml`, and those before the items of its form.
    static func scheme(_ default: String = "", form: String = "") throws -> Scheme {
        let files = SmallScheme.files.map { name, text in
            switch name {
            case "scheme.yaml": SchemeSource.File(name: name, text: text + "\n" + `default`)
            case "roads.yaml":
                SchemeSource.File(name: name, text: text.replacing("items:\n", with: form + "\nitems:\n"))
            default: SchemeSource.File(name: name, text: text)
            }
        }
        return try Scheme.parse(SchemeSource(files))
    }

    static func window(_ scheme: Scheme, _ period: String) throws -> ReportingWindow? {
        try #require(scheme.form(named: "roads")).schedule.window(of: try #require(Period(period)))
    }

    static let schedule = """
        schedule:
          half_month: {opens: -5, due: 2, time: "18:00"}
          quarter: {due: 10}
        """

    @Test(
        "A half month is due on the 17th and the 2nd, a quarter ten days after its end",
        arguments: [
            ("2024-06A", "2024-06-10", "2024-06-17", "18:00"), ("2024-06B", "2024-06-25", "2024-07-02", "18:00"),
            ("2024-02B", "2024-02-24", "2024-03-02", "18:00"), ("2024-12B", "2024-12-26", "2025-01-02", "18:00"),
            ("2024-Q4", "2024-12-31", "2025-01-10", "24:00"),
        ]
    )
    func days(_ period: String, _ opens: String, _ due: String, _ time: String) throws {
        let window = try #require(try Self.window(Self.scheme(Self.schedule), period))
        #expect(window.opens == Timestamp(try #require(CalendarDate(opens)), .startOfDay))
        #expect(window.dueDay.description == due && window.dueTime.description == time)
        #expect(window.due == Timestamp(window.dueDay, window.dueTime))
        #expect(window.lateBy == .filled, "the network comes and goes")
    }

    @Test("A kind that is not listed has no deadline, and without a schedule nothing has one")
    func without() throws {
        #expect(try Self.window(Self.scheme(Self.schedule), "2024-06") == nil)
        #expect(try Self.window(Self.scheme(Self.schedule), "-") == nil)
        #expect(try Self.window(Self.scheme(), "2024-06A") == nil)
        #expect(try Self.window(Self.scheme(Self.schedule), "9999-12B") == nil, "there is no such day")
    }

    @Test("A form's own schedule takes the place of the scheme's")
    func own() throws {
        let scheme = try Self.scheme(Self.schedule, form: "schedule: {month: {due: 3}, late_by: received}")
        #expect(try Self.window(scheme, "2024-06A") == nil)
        let window = try #require(try Self.window(scheme, "2024-06"))
        #expect(window.dueDay.description == "2024-07-03" && window.lateBy == .received)
    }

    @Test("Each period has the deadline of its own day")
    func dated() throws {
        let scheme = try Self.scheme(
            """
            schedule:
              - {half_month: {due: 5}, late_by: received, until: 2024-06-20}
              - {half_month: {due: 2}, from: 2024-06-21}
            """
        )
        let (first, second) = (try Self.window(scheme, "2024-06A"), try Self.window(scheme, "2024-06B"))
        #expect(first?.dueDay.description == "2024-06-20" && first?.lateBy == .received)
        #expect(second?.dueDay.description == "2024-07-02" && second?.lateBy == .filled)
    }

    static let mistakes: [(text: String, place: String, reason: SchemeMistake.Reason)] = [
        (
            "schedule:\n  - {half_month: {due: 2}, until: 2024-06-30}\n  - {half_month: {due: 3}, from: 2024-06-30}",
            "scheme.yaml:7:5", .overlappingValidity(first: "scheme.yaml:6")
        ),
        ("schedule: {half_month: {due: two}}", "scheme.yaml:5:30", .badDayCount("two", least: 0, most: 365)),
        ("schedule: {half_month: {due: -1}}", "scheme.yaml:5:30", .badDayCount("-1", least: 0, most: 365)),
        ("schedule: {half_month: {due: 400}}", "scheme.yaml:5:30", .badDayCount("400", least: 0, most: 365)),
        ("schedule: {half_month: {opens: 3}}", "scheme.yaml:5:24", .missingKey("due")),
        ("schedule: {half_month: {opens: 3, due: 2}}", "scheme.yaml:5:24", .opensAfterDue(opens: 3, due: 2)),
        ("schedule: {half_month: {due: 2, time: \"25:00\"}}", "scheme.yaml:5:39", .badTime("25:00")),
        ("schedule: {half_month: 2}", "scheme.yaml:5:24", .notMapping),
        (
            "schedule: {half_month: {due: 2}, late_by: luck}", "scheme.yaml:5:43",
            .notOneOf("luck", allowed: ["filled", "received"])
        ),
        ("schedule: {half_month: {due: 2}, from: 2024-06-31}", "scheme.yaml:5:40", .badDate("2024-06-31")),
        (
            "schedule: {half_month: {due: 2}, from: 2024-07-01, until: 2024-06-30}", "scheme.yaml:5:59",
            .endsBeforeItBegins
        ),
        (
            "schedule: {week: {due: 2}}", "scheme.yaml:5:12",
            .unknownKey("week", known: SchemeMistakeTests.kinds + ["late_by", "from", "until"])
        ),
        ("schedule: []", "scheme.yaml:5:11", .emptyList),
    ]

    @Test("A schedule that makes no sense is refused at its place", arguments: mistakes)
    func refused(_ text: String, _ place: String, _ reason: SchemeMistake.Reason) throws {
        let error = try #require(throws: SchemeMistakes.self) { _ = try Self.scheme(text) }
        #expect(error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" } == ["\(place) \(reason)"])
        #expect(!error.explanation.english.contains("something is wrong"))
    }

    @Test("The bundled scheme asks every zone for two reports by the 2nd and two by the 17th of each month")
    func bundled() throws {
        let scheme = try Scheme.parse(BundledScheme.source)
        for month in Period.all(of: .month, in: 2024) {
            let due = scheme.obligations(dueIn: month).filter { $0.period.kind == .halfMonth }
            #expect(due.map(\.window.dueDay.day) == [2, 2, 17, 17])
            #expect(due.map(\.form.code) == ["funds_won", "half_month_progress", "funds_won", "half_month_progress"])
            for zone in scheme.units where zone.level == .zone {
                #expect(
                    due.allSatisfy { $0.form.items(in: $0.period).contains { scheme.isReporter(zone.code, of: $0) } }
                )
            }
        }
        // Where the documents name no day, there is one that can be set.
        let form = try #require(scheme.form(named: "infrastructure"))
        for (period, day) in [("2024-06", "2024-07-05"), ("2024-Q2", "2024-07-10"), ("2024-H1", "2024-07-15")] {
            #expect(form.schedule.window(of: Period(period)!)?.dueDay.description == day)
        }
        #expect(form.schedule.window(of: Period("2024-06A")!) == nil)
    }

    // MARK: - Dated items

    static let itemsUntilJuly = """
        form: roads
        name: 道路
        name_en: Roads
        items:
          - {item: length, name: 道路长度, name_en: Length, aliases: [铺路], unit: 公里, kind: cumulative, periods: [month], reported_by: [zone]}
          - {item: width, name: 宽度, name_en: Width, unit: 公里, kind: cumulative, periods: [month, quarter], reported_by: [zone]}
        """
    static let itemsFromAugust = """
        form: roads
        name: 道路
        name_en: Roads
        items:
          - {item: length, name: 道路长度, name_en: Length, aliases: [铺路], unit: 公里, kind: cumulative, periods: [month], reported_by: [zone], until: 2024-07-31}
          - {item: width, name: 宽度, name_en: Width, unit: 公里, kind: cumulative, periods: [month, quarter], reported_by: [zone]}
          - {item: paved, name: 道路长度, name_en: Paved, aliases: [铺路], unit: 亿元, kind: current, periods: [month], reported_by: [zone], from: 2024-08-01}
        """

    /// The small scheme with this form.
    static func scheme(roads text: String) throws -> Scheme {
        try Scheme.parse(SmallScheme.source("roads.yaml", replacing: SmallScheme.files["roads.yaml"]!, with: text))
    }

    @Test("A template change on 1 August does not alter the form of June")
    func template() throws {
        let before = try Self.scheme(roads: Self.itemsUntilJuly)
        let after = try Self.scheme(roads: Self.itemsFromAugust)
        func items(_ scheme: Scheme, _ period: String) throws -> [String] {
            try #require(scheme.form(named: "roads")).items(in: try #require(Period(period))).map(\.code.description)
        }
        for period in ["2023", "2024-06", "2024-06B", "2024-Q2", "2024-07"] {
            #expect(try items(after, period) == ["length", "width"])
            #expect(try items(after, period) == items(before, period))
        }
        // The last day of a period decides.
        for period in ["2024-08", "2024-Q3", "2024", "2025-01A"] {
            #expect(try items(after, period) == ["width", "paved"])
        }
        // A name means the item that the form of the period has.
        for (period, code) in [("2024-06", "length"), ("2024-08", "paved")] {
            let cell = try after.cell(unit: "410728-01", form: "道路", period: period, item: "铺路")
            #expect(cell.item.code.description == code)
        }
    }

    @Test(
        "A cell of an item that is not in the form of its period is refused, with the days of the item",
        arguments: [
            ("410728-01/roads/2024-08/length", "至2024-07-31止", "until 2024-07-31"),
            ("410728-01/roads/2024-06/paved", "2024-08-01起", "from 2024-08-01 on"),
        ]
    )
    func notInForm(_ address: String, _ chinese: String, _ english: String) throws {
        let scheme = try Self.scheme(roads: Self.itemsFromAugust)
        let error = try #require(throws: SchemeRefusal.self) { _ = try scheme.cell(CellAddress(address)) }
        #expect(error.code == "not_in_form_of_period")
        #expect(error.explanation.chinese.contains(chinese) && error.explanation.english.contains(english))
        let csv = "unit,form,period,item,value\n" + address.replacing("/", with: ",") + ",1\n"
        let file = try ImportFile.parse(Array(csv.utf8), scheme: scheme)
        #expect(file.accepted.isEmpty && file.refused.map(\.code) == ["not_in_form_of_period"])
        #expect(file.refused.map(\.column) == [4])
    }

    @Test(
        "Two items share no name on any day, and no code ever",
        arguments: [
            (
                "from: 2024-08-01", "from: 2024-07-31", "roads.yaml:7:25",
                SchemeMistake.Reason.duplicate("道路长度", first: "roads.yaml:5")
            ),
            ("item: paved", "item: length", "roads.yaml:7:12", .duplicate("length", first: "roads.yaml:5")),
        ]
    )
    func names(_ old: String, _ new: String, _ place: String, _ reason: SchemeMistake.Reason) throws {
        let text = Self.itemsFromAugust.replacing(old, with: new)
        let error = try #require(throws: SchemeMistakes.self) {
            _ = try Self.scheme(roads: text)
        }
        let first = try #require(error.mistakes.first)
        #expect("\(first.file):\(first.line):\(first.column)" == place && first.reason == reason)
    }

    // MARK: - A month's obligations

    @Test("The list of a month has what is due in it, not what is reported of it")
    func obligations() throws {
        let items =
            "\n  - {item: count, name: 数, name_en: N, type: text, periods: [half_month, month], reported_by: [zone]}"
        let source = SchemeSource(
            SmallScheme.files.map { name, text in
                SchemeSource.File(name: name, text: name == "scheme.yaml" ? text + "\n" + Self.schedule : text)
            } + [
                SchemeSource.File(name: "a.yaml", text: "form: a\nname: 甲\nname_en: A\nitems:" + items),
                SchemeSource.File(name: "b.yaml", text: "form: b\nname: 乙\nname_en: B\nitems:" + items),
            ]
        )
        let scheme = try Scheme.parse(source)
        func list(_ month: String) throws -> [String] {
            scheme.obligations(dueIn: try #require(Period(month))).map {
                "\($0.window.dueDay) \($0.form.code) \($0.period)"
            }
        }
        #expect(
            try list("2024-06") == [
                "2024-06-02 a 2024-05B", "2024-06-02 b 2024-05B", "2024-06-17 a 2024-06A", "2024-06-17 b 2024-06A",
            ]
        )
        #expect(try list("2024-01").prefix(1) == ["2024-01-02 a 2023-12B"])
        #expect(try list("2024").count == 48)
        #expect(try list("-").isEmpty)
    }
}
