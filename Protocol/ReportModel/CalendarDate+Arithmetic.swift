extension CalendarDate {
    /// Days since 1970-01-01, which is 0. Two dates are as many days apart as their numbers.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`; years are positive.
    package var dayNumber: Int {
        let year = self.month <= 2 ? self.year - 1 : self.year
        let (era, yearOfEra) = year.quotientAndRemainder(dividingBy: 400)
        let shiftedMonth = self.month > 2 ? self.month - 3 : self.month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + self.day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// - Returns: `nil` when the day is not within the years 0001…9999.
    package init?(dayNumber: Int) {
        guard (Self.firstDayNumber...Self.lastDayNumber).contains(dayNumber) else { return nil }
        let (year, month, day) = Timestamp.civil(daysSince1970: Int64(dayNumber))
        self.init(year: Int(year), month: Int(month), day: Int(day))
    }

    /// The day so many days later, or earlier when `count` is negative; `nil` beyond the years 0001…9999.
    package func addingDays(_ count: Int) -> CalendarDate? {
        let (sum, overflow) = self.dayNumber.addingReportingOverflow(count)
        return overflow ? nil : CalendarDate(dayNumber: sum)
    }

    /// 0001-01-01
    private static let firstDayNumber = -719_162
    /// 9999-12-31
    private static let lastDayNumber = 2_932_896
}
