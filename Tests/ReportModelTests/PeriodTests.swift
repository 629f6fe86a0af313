import ReportModel
import TestSupport
import Testing

@Suite("Periods")
struct PeriodTests {
    /// Text, kind, number in the canonical encoding. In order. The numbers are frozen: stores keep them.
    static let periods: [(String, Period.Kind, UInt64)] = [
        ("-", .none, 0), ("0001", .year, 512), ("2023-Q4", .quarter, 1_036_192), ("2024", .year, 1_036_288),
        ("2024-01", .month, 1_036_424), ("2024-01-1", .tenDays, 1_036_425), ("2024-01-2", .tenDays, 1_036_426),
        ("2024-01-3", .tenDays, 1_036_427), ("2024-01A", .halfMonth, 1_036_428), ("2024-01B", .halfMonth, 1_036_429),
        ("2024-02", .month, 1_036_432), ("2024-09B", .halfMonth, 1_036_493), ("2024-10", .month, 1_036_496),
        ("2024-12-3", .tenDays, 1_036_515), ("2024-12B", .halfMonth, 1_036_517), ("2024-H1", .half, 1_036_552),
        ("2024-H2", .half, 1_036_560), ("2024-Q1", .quarter, 1_036_680), ("2024-Q3", .quarter, 1_036_696),
        ("2025", .year, 1_036_800), ("9999-Q4", .quarter, 5_119_904),
    ]

    @Test("Text, kind and number say the same", arguments: periods)
    func sameThing(_ text: String, _ kind: Period.Kind, _ number: UInt64) throws {
        let period = try #require(Period(text))
        #expect(period.description == text)
        #expect(period.kind == kind)
        #expect(period.wireNumber == number)
        #expect(Period(wireNumber: number) == period)
        #expect(period.calendarYear?.description == (kind == .none ? nil : String(text.prefix(4))))
    }

    @Test(
        "A period has a first and a last day",
        arguments: [
            ("2024", "2024-01-01", "2024-12-31"), ("2024-H1", "2024-01-01", "2024-06-30"),
            ("2024-H2", "2024-07-01", "2024-12-31"), ("2024-Q1", "2024-01-01", "2024-03-31"),
            ("2024-Q2", "2024-04-01", "2024-06-30"), ("2024-Q4", "2024-10-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"), ("2023-02", "2023-02-01", "2023-02-28"),
            ("2024-02A", "2024-02-01", "2024-02-15"), ("2024-02B", "2024-02-16", "2024-02-29"),
            ("2024-07-1", "2024-07-01", "2024-07-10"), ("2024-07-2", "2024-07-11", "2024-07-20"),
            ("2024-07-3", "2024-07-21", "2024-07-31"), ("9999", "9999-01-01", "9999-12-31"),
        ]
    )
    func days(_ text: String, _ first: String, _ last: String) throws {
        let period = try #require(Period(text))
        #expect(period.firstDay?.description == first)
        #expect(period.lastDay?.description == last)
    }

    @Test("No period has no days")
    func noDays() {
        #expect(Period.none.firstDay == nil && Period.none.lastDay == nil)
    }

    @Test("The parts of a year follow each other without a gap", arguments: 2023...2024)
    func partsOfTheYear(year: Int) {
        let periods = Self.texts(ofYear: "\(year)").compactMap { Period($0) }
        for kind in Period.Kind.allCases where kind != .none {
            let parts = periods.filter { $0.kind == kind }.sorted { $0.firstDay! < $1.firstDay! }
            for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.lastDay?.next == next.firstDay) }
            #expect(parts.first?.firstDay == Period.year(year).firstDay)
            #expect(parts.last?.lastDay == Period.year(year).lastDay)
        }
    }

    @Test("Every kind is in the table")
    func everyKind() {
        #expect(Set(Self.periods.map(\.1)) == Set(Period.Kind.allCases))
    }

    @Test(
        "What is no period is refused",
        arguments: [
            "", "0000", "24", "02024", "12024", "２０２４", "2024-", "2024--", "-2024", "--", "- ", " 2024", "2024 ",
            "2024-1", "2024-00", "2024-13", "2024-001", "2024-H0", "2024-H3", "2024-H", "2024-H11", "2024-h1",
            "2024-Q0",
            "2024-Q5", "2024-q1", "2024-Q", "2024-07C", "2024-07a", "2024-7A", "2024-07AB", "2024-13A", "2024-07-0",
            "2024-07-4", "2024-07-", "2024-07-01", "2024-07-1-", "2024-07A-1", "2024-H1-1", "2024-+7", "+024",
            "2024-07-+",
            "0000-01", "0000-H1", "2024/07", "2024-07A\u{301}", "2024-H\u{301}1", "2024-0\u{661}",
        ]
    )
    func refused(_ text: String) {
        #expect(Period(text) == nil)
    }

    /// The texts of every period of one year.
    static func texts(ofYear year: String) -> [String] {
        let months = (1...12).map { "\(year)-" + ($0 < 10 ? "0" : "") + "\($0)" }
        let parts = ["", "A", "B", "-1", "-2", "-3"]
        return [year, "\(year)-H1", "\(year)-H2"] + (1...4).map { "\(year)-Q\($0)" }
            + months.flatMap { month in parts.map { month + $0 } }
    }

    @Test("The order of the numbers is the order of the texts' bytes, and nothing else has a number")
    func order() throws {
        let texts = (["-"] + ["0001", "1999", "2024", "2025", "9999"].flatMap { Self.texts(ofYear: $0) })
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let periods = try texts.map { try #require(Period($0)) }
        #expect(periods.sorted().map(\.description) == texts)
        #expect(Set(periods.map(\.wireNumber)).count == texts.count)
        let numbers = Set(periods.filter { $0.year == 2024 }.map(\.wireNumber))
        for number in UInt64(2024 * 512)..<UInt64(2025 * 512) {
            #expect((Period(wireNumber: number) != nil) == numbers.contains(number), "\(number)")
        }
    }

    @Test("A number without a period is refused", arguments: [1, 8, 136, 511, 5_120_000, UInt64.max])
    func refusedNumber(_ number: UInt64) {
        #expect(Period(wireNumber: number) == nil)
    }
}
