/// A day of the Gregorian calendar, without a time zone: `2024-06-30`.
package struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let year: Int
    package let month: Int
    package let day: Int

    /// - Returns: `nil` when there is no such day in the years 0001…9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...Self.dayCount(year: year, month: month)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `YYYY-MM-DD`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            let year = DigitText.number(parts[0]), let month = DigitText.number(parts[1]),
            let day = DigitText.number(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    package var description: String {
        "\(DigitText.padded(self.year, 4))-\(DigitText.padded(self.month, 2))-\(DigitText.padded(self.day, 2))"
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// The day after; `nil` after the last one, 9999-12-31.
    package var next: CalendarDate? {
        CalendarDate(year: self.year, month: self.month, day: self.day + 1)
            ?? CalendarDate(year: self.year, month: self.month + 1, day: 1)
            ?? CalendarDate(year: self.year + 1, month: 1, day: 1)
    }

    /// How many days a month of 1…12 has.
    static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Fixed-width decimal digits, as in dates and periods.
enum DigitText {
    /// The number that `text` spells in ASCII digits only (`Int("+1")` would accept a sign).
    static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
