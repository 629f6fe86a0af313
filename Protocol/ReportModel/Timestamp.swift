/// A moment by somebody's clock: whole seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// The clock may be wrong by years. A time is shown, and breaks ties between provisional values; it never decides what
/// came first (Protocol/Decisions/0002-causality.md).
package struct Timestamp: Hashable, Comparable, Sendable {
    package var secondsSince1970: Int64

    package init(secondsSince1970: Int64) {
        self.secondsSince1970 = secondsSince1970
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.secondsSince1970 < right.secondsSince1970
    }

    /// How many seconds `other` is before this moment, negative where it is after; as far as 64 bits tell: another's
    /// clock may stand anywhere.
    package func seconds(since other: Timestamp) -> Int64 {
        let (seconds, overflow) = self.secondsSince1970.subtractingReportingOverflow(other.secondsSince1970)
        return overflow ? (self < other ? .min : .max) : seconds
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC, such as `2024-07-02T08:15:00Z`; years beyond 0000…9999 are printed with their digits as they are.
    package var description: String {
        let (day, second) = Self.floorDivide(self.secondsSince1970, 86_400)
        let (year, month, dayOfMonth) = Self.civil(daysSince1970: day)
        func two(_ number: Int64) -> String { DigitText.padded(Int(number), 2) }
        let yearText = year < 0 ? String(year) : DigitText.padded(Int(year), 4)
        return yearText + "-" + two(month) + "-" + two(dayOfMonth)
            + "T" + two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60) + "Z"
    }

    /// Days since 1970 to a Gregorian date (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = self.floorDivide(daysSince1970 + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
        // Not `(a - remainder) / b`: a change may carry any 64-bit time, and this must not overflow on the smallest.
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? (quotient - 1, remainder + b) : (quotient, remainder)
    }
}
