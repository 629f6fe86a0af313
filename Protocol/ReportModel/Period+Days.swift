extension Period {
    /// The first day of the period; `nil` for ``none``.
    package var firstDay: CalendarDate? {
        switch self.span {
        case .year: CalendarDate(year: self.year, month: 1, day: 1)
        case .half(let half): CalendarDate(year: self.year, month: half * 6 - 5, day: 1)
        case .quarter(let quarter): CalendarDate(year: self.year, month: quarter * 3 - 2, day: 1)
        case .month(let month): CalendarDate(year: self.year, month: month, day: 1)
        case .halfMonth(let month, let half): CalendarDate(year: self.year, month: month, day: half == 1 ? 1 : 16)
        case .tenDays(let month, let third): CalendarDate(year: self.year, month: month, day: third * 10 - 9)
        case .none: nil
        }
    }

    /// The last day of the period, which decides about everything that changes over time; `nil` for ``none``.
    package var lastDay: CalendarDate? {
        switch self.span {
        case .year: self.lastDay(ofMonth: 12)
        case .half(let half): self.lastDay(ofMonth: half * 6)
        case .quarter(let quarter): self.lastDay(ofMonth: quarter * 3)
        case .month(let month), .halfMonth(let month, 2), .tenDays(let month, 3): self.lastDay(ofMonth: month)
        case .halfMonth(let month, _): CalendarDate(year: self.year, month: month, day: 15)
        case .tenDays(let month, let third): CalendarDate(year: self.year, month: month, day: third * 10)
        case .none: nil
        }
    }

    private func lastDay(ofMonth month: Int) -> CalendarDate? {
        CalendarDate(
            year: self.year,
            month: month,
            day: CalendarDate.dayCount(year: self.year, month: month)
        )
    }
}
