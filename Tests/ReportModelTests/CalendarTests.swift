import ReportModel
import TestSupport
import Testing

@Suite("Days and moments")
struct CalendarTests {
    static let days: [(String, Int, Int, Int)] = [
        ("0001-01-01", 1, 1, 1), ("1900-02-28", 1900, 2, 28), ("2000-02-29", 2000, 2, 29),
        ("2024-02-29", 2024, 2, 29), ("2024-06-30", 2024, 6, 30), ("9999-12-31", 9999, 12, 31),
    ]

    @Test("A day is read and printed", arguments: days)
    func day(_ text: String, _ year: Int, _ month: Int, _ day: Int) {
        let date = CalendarDate(year: year, month: month, day: day)
        #expect(date != nil)
        #expect(CalendarDate(text) == date)
        #expect(date?.description == text)
    }

    @Test("Days are in the order of their texts")
    func dayOrder() {
        #expect(
            Self.days.reversed().compactMap { CalendarDate($0.0) }.sorted().map(\.description) == Self.days.map(\.0)
        )
    }

    @Test(
        "What is no day is refused",
        arguments: [
            "", "2024", "2024-06", "2024-06-", "2024-6-30", "2024-06-3", "24-06-30", "02024-06-30", "2024-06-31",
            "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-00-10", "2024-13-10", "2024-06-00",
            "2024-12-32", "0000-01-01", "10000-01-01", "2024/06/30", "2024-06-30T", "+024-06-30", "2024-06-+1",
            "-2024-06-30",
            "２０２４-06-30", "2024-06-30-01",
        ]
    )
    func refused(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    /// Seconds since 1970 and their text, as `date -u -d @SECONDS` prints them.
    static let moments: [(Int64, String)] = [
        (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (1, "1970-01-01T00:00:01Z"),
        (-86_400, "1969-12-31T00:00:00Z"), (-86_401, "1969-12-30T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_164_800, "2024-02-29T00:00:00Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
        (1_709_251_200, "2024-03-01T00:00:00Z"), (1_719_908_100, "2024-07-02T08:15:00Z"),
        (2_147_483_648, "2038-01-19T03:14:08Z"), (4_102_444_799, "2099-12-31T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"), (-2_203_891_200, "1900-03-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"), (253_402_300_800, "10000-01-01T00:00:00Z"),
        (-62_167_219_200, "0000-01-01T00:00:00Z"), (-62_167_219_201, "-1-12-31T23:59:59Z"),
    ]

    @Test("A moment is printed in UTC", arguments: moments)
    func moment(_ seconds: Int64, _ text: String) {
        #expect(Timestamp(secondsSince1970: seconds).description == text)
    }

    @Test("The ends of 64 bits are printed, since a change may carry any time")
    func ends() {
        #expect(Timestamp(secondsSince1970: .max).description == "292277026596-12-04T15:30:07Z")
        #expect(Timestamp(secondsSince1970: .min).description == "-292277022657-01-27T08:29:52Z")
    }

    @Test("The difference of two moments ends at 64 bits, since a clock may say anything")
    func differences() {
        let (first, last) = (Timestamp(secondsSince1970: .min), Timestamp(secondsSince1970: .max))
        let now = Timestamp(secondsSince1970: 1_720_000_000)
        #expect(now.seconds(since: Timestamp(secondsSince1970: 1_720_000_003)) == -3)
        #expect(last.seconds(since: first) == .max)
        #expect(first.seconds(since: now) == .min)
        #expect(first.seconds(since: first) == 0)
    }

    @Test("Printed moments up to the year 9999 are in the order of time", arguments: UInt64(0)..<200)
    func momentOrder(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let moments = (0..<10).map { _ in
            Timestamp(secondsSince1970: Int64.random(in: -62_167_219_200...253_402_300_799, using: &random))
        }
        #expect(moments.sorted().map(\.description) == moments.map(\.description).sorted(), "replay with seed \(seed)")
    }
}
