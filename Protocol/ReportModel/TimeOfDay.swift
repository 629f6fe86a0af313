/// A time on a clock's face, `00:00` to `24:00`; the last is the end of the day.
package struct TimeOfDay: Hashable, Comparable, Sendable {
    /// 0…86400
    package let secondOfDay: Int

    /// - Returns: `nil` beyond 0…86400.
    package init?(secondOfDay: Int) {
        guard (0...Self.secondsPerDay).contains(secondOfDay) else { return nil }
        self.secondOfDay = secondOfDay
    }

    /// Reads `HH:MM`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = DigitText.number(parts[0]),
            let minute = DigitText.number(parts[1]), minute < 60
        else { return nil }
        self.init(secondOfDay: hour * 3600 + minute * 60)
    }

    /// `00:00`
    package static let startOfDay = TimeOfDay(secondOfDay: 0)!
    /// `24:00`: the moment at which the day is over.
    package static let endOfDay = TimeOfDay(secondOfDay: Self.secondsPerDay)!

    static let secondsPerDay = 86_400

    package static func < (left: Self, right: Self) -> Bool { left.secondOfDay < right.secondOfDay }
}

extension TimeOfDay: CustomStringConvertible {
    /// `HH:MM`; seconds are left out.
    package var description: String {
        DigitText.padded(self.secondOfDay / 3600, 2) + ":" + DigitText.padded(self.secondOfDay / 60 % 60, 2)
    }
}

// Reports are due by Chinese time, Asia/Shanghai: UTC+8. China has had no daylight saving since 1992, and no report is
// older; a table of time zones would be a dependency that says nothing else.
extension Timestamp {
    private static let shanghaiOffsetSeconds: Int64 = 8 * 3600

    /// The moment at which clocks in Shanghai show this time on this day.
    package init(_ day: CalendarDate, _ time: TimeOfDay) {
        self.init(
            secondsSince1970: Int64(day.dayNumber) * Int64(TimeOfDay.secondsPerDay) + Int64(time.secondOfDay)
                - Self.shanghaiOffsetSeconds
        )
    }

    /// What calendars and clocks in Shanghai show; `nil` beyond the years 0001…9999.
    package var inShanghai: (day: CalendarDate, time: TimeOfDay)? {
        let (local, overflow) = self.secondsSince1970.addingReportingOverflow(Self.shanghaiOffsetSeconds)
        guard !overflow else { return nil }
        let (day, second) = Self.floorDivide(local, Int64(TimeOfDay.secondsPerDay))
        guard let date = Int(exactly: day).flatMap({ CalendarDate(dayNumber: $0) }),
            let time = TimeOfDay(secondOfDay: Int(second))
        else { return nil }
        return (date, time)
    }
}
