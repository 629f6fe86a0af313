import ReportModel
import TestSupport
import Testing

@Suite("Arithmetic of periods and days")
struct PeriodArithmeticTests {
    static let neighbours: [(String, previous: String?, next: String?, yearBefore: String?)] = [
        ("2024", "2023", "2025", "2023"), ("2024-H1", "2023-H2", "2024-H2", "2023-H1"),
        ("2024-Q4", "2024-Q3", "2025-Q1", "2023-Q4"), ("2024-01", "2023-12", "2024-02", "2023-01"),
        ("2024-07A", "2024-06B", "2024-07B", "2023-07A"), ("2024-12B", "2024-12A", "2025-01A", "2023-12B"),
        ("2024-03-1", "2024-02-3", "2024-03-2", "2023-03-1"), ("-", nil, nil, nil),
        ("0001", nil, "0002", nil), ("0001-Q2", "0001-Q1", "0001-Q3", nil),
        ("9999-12-3", "9999-12-2", nil, "9998-12-3"),
    ]

    @Test("A period has a neighbour on either side and a forerunner the year before", arguments: neighbours)
    func besides(_ text: String, _ previous: String?, _ next: String?, _ yearBefore: String?) throws {
        let period = try #require(Period(text))
        #expect(period.previous?.description == previous)
        #expect(period.next?.description == next)
        #expect(period.yearBefore?.description == yearBefore)
    }

    @Test("A period is between its neighbours, day by day", arguments: Period.Kind.allCases.filter { $0 != .none })
    func contiguous(_ kind: Period.Kind) throws {
        for year in [1, 1899, 1900, 2000, 2023, 2024, 9999] {
            let periods = Period.all(of: kind, in: year)
            #expect(periods.count == kind.countInYear && periods == periods.sorted())
            #expect(periods.first?.firstDay == CalendarDate(year: year, month: 1, day: 1))
            #expect(periods.last?.lastDay == CalendarDate(year: year, month: 12, day: 31))
            for period in periods {
                #expect(period.kind == kind && period.year == year)
                let (first, last) = (try #require(period.firstDay), try #require(period.lastDay))
                if let next = period.next {
                    #expect(next.previous == period)
                    #expect(last.addingDays(1) == next.firstDay)
                }
                if let before = period.yearBefore {
                    #expect(before.description.dropFirst(4) == period.description.dropFirst(4))
                }
                // Every day of the period is in it, and only its last ends it.
                for number in first.dayNumber...last.dayNumber {
                    let day = try #require(CalendarDate(dayNumber: number))
                    #expect(Period.containing(day, kind) == period)
                    #expect(Period.ending(on: day).contains(period) == (day == last))
                }
            }
        }
    }

    @Test(
        "The parts of a month cover it",
        arguments: [("2024-02", 29), ("2023-02", 28), ("2024-06", 30), ("2024-07", 31)]
    )
    func partsOfMonth(_ text: String, _ dayCount: Int) throws {
        let month = try #require(Period(text))
        for suffixes in [["A", "B"], ["-1", "-2", "-3"]] {
            let parts = try suffixes.map { try #require(Period(text + $0)) }
            let days = try parts.reduce(0) {
                $0 + (try #require($1.lastDay).dayNumber) - (try #require($1.firstDay).dayNumber) + 1
            }
            #expect(days == dayCount)
            #expect(parts.first?.firstDay == month.firstDay && parts.last?.lastDay == month.lastDay)
        }
    }

    @Test(
        "Several periods may end on one day",
        arguments: [
            ("2024-06-30", ["2024-H1", "2024-Q2", "2024-06", "2024-06B", "2024-06-3"]),
            ("2024-12-31", ["2024", "2024-H2", "2024-Q4", "2024-12", "2024-12B", "2024-12-3"]),
            ("2024-02-15", ["2024-02A"]), ("2024-02-29", ["2024-02", "2024-02B", "2024-02-3"]),
            ("2024-02-28", []), ("2024-05-20", ["2024-05-2"]),
        ]
    )
    func ending(_ day: String, _ periods: [String]) throws {
        #expect(Period.ending(on: try #require(CalendarDate(day))).map(\.description) == periods)
    }

    @Test("There is no period of no kind, and none outside the years 1 to 9999")
    func noPeriods() {
        #expect(Period.all(of: .none, in: 2024).isEmpty)
        #expect(Period.all(of: .month, in: 0).isEmpty && Period.all(of: .month, in: 10_000).isEmpty)
    }

    // MARK: - Days

    @Test(
        "A day's number counts from 1970",
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2024-06-30", 19_904),
            ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
        ]
    )
    func dayNumber(_ text: String, _ number: Int) {
        #expect(CalendarDate(text)?.dayNumber == number)
        #expect(CalendarDate(dayNumber: number)?.description == text)
    }

    @Test("Adding days and taking them away leads back, and past the last year nowhere", arguments: UInt64(0)..<200)
    func addingDays(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let number = Int.random(in: -719_162...2_932_896, using: &random)
        let day = try #require(CalendarDate(dayNumber: number))
        #expect(day.dayNumber == number, "replay with seed \(seed)")
        let other = Int.random(in: -719_162...2_932_896, using: &random)
        #expect(day.addingDays(other - number)?.dayNumber == other, "replay with seed \(seed)")
        #expect((CalendarDate(dayNumber: other).map { $0 < day }) == (other < number), "replay with seed \(seed)")
    }

    @Test("No count of days is too large to be asked for", arguments: [Int.max, Int.min, 2_932_897])
    func tooManyDays(_ count: Int) {
        #expect(CalendarDate("9999-12-31")?.addingDays(count) == nil)
        #expect(CalendarDate(dayNumber: count) == nil)
    }

    // MARK: - The time in Shanghai

    @Test(
        "A time of day in Shanghai is eight hours ahead of UTC",
        arguments: [
            ("2024-06-17", "24:00", "2024-06-17T16:00:00Z"), ("2024-06-17", "18:00", "2024-06-17T10:00:00Z"),
            ("2024-06-17", "00:00", "2024-06-16T16:00:00Z"), ("1969-12-31", "07:30", "1969-12-30T23:30:00Z"),
        ]
    )
    func shanghai(_ day: String, _ time: String, _ utc: String) throws {
        let (day, time) = (try #require(CalendarDate(day)), try #require(TimeOfDay(time)))
        let moment = Timestamp(day, time)
        #expect(moment.description == utc)
        let shown = try #require(moment.inShanghai)
        // The end of a day is the beginning of the next.
        #expect(shown == (time == .endOfDay ? (day.addingDays(1)!, .startOfDay) : (day, time)))
    }

    @Test("Every moment of the calendar is one time in Shanghai", arguments: UInt64(0)..<200)
    func moments(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let moment = Timestamp(secondsSince1970: Int64.random(in: -62_135_596_800...253_402_271_999, using: &random))
        let shown = try #require(moment.inShanghai, "replay with seed \(seed)")
        #expect(Timestamp(shown.day, shown.time) == moment, "replay with seed \(seed)")
    }

    @Test("A moment beyond the calendar has no day", arguments: [Int64.max, Int64.min, 253_402_272_000])
    func beyond(_ seconds: Int64) {
        #expect(Timestamp(secondsSince1970: seconds).inShanghai == nil)
    }

    @Test(
        "What is no time of day is refused",
        arguments: ["", "24:01", "7:30", "12:60", "12", "12:3", "12:30:00", "１2:30", "-1:30"]
    )
    func noTime(_ text: String) {
        #expect(TimeOfDay(text) == nil)
    }
}
