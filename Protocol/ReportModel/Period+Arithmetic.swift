// Periods of one kind follow each other without gaps, through all years: a period is the `ordinal`th of its kind.

extension Period {
    /// The period of the same kind that ended right before this one began; `nil` for ``none`` and at the year 1.
    package var previous: Period? { self.shifted(by: -1) }

    /// The period of the same kind that begins right after this one has ended; `nil` for ``none`` and after the year
    /// 9999.
    package var next: Period? { self.shifted(by: 1) }

    /// The same part of the year before 上年同期; `nil` for ``none`` and in the year 1.
    package var yearBefore: Period? { self.shifted(by: -self.kind.countInYear) }

    /// Every period of a kind in a year, in order; empty for ``Kind/none`` and for years that are none.
    package static func all(of kind: Kind, in year: Int) -> [Period] {
        guard (1...9999).contains(year) else { return [] }
        return (0..<kind.countInYear).compactMap { Period(kind, ordinal: year * kind.countInYear + $0) }
    }

    /// The period of a kind that a day lies in; `nil` for ``Kind/none``.
    package static func containing(_ day: CalendarDate, _ kind: Kind) -> Period? {
        let month = day.month - 1
        let index =
            switch kind {
            case .year, .none: 0
            case .half: month / 6
            case .quarter: month / 3
            case .month: month
            case .halfMonth: month * 2 + (day.day > 15 ? 1 : 0)
            // The last third of a month has up to eleven days.
            case .tenDays: month * 3 + min((day.day - 1) / 10, 2)
            }
        return Period(kind, ordinal: day.year * kind.countInYear + index)
    }

    /// The periods of all kinds whose last day is `day`, from the year to the ten days.
    package static func ending(on day: CalendarDate) -> [Period] {
        Kind.allCases.compactMap { self.containing(day, $0) }.filter { $0.lastDay == day }
    }

    private func shifted(by count: Int) -> Period? {
        let perYear = self.kind.countInYear
        let index =
            switch self.span {
            case .year, .none: 0
            case .half(let half): half - 1
            case .quarter(let quarter): quarter - 1
            case .month(let month): month - 1
            case .halfMonth(let month, let half): (month - 1) * 2 + half - 1
            case .tenDays(let month, let third): (month - 1) * 3 + third - 1
            }
        return Period(self.kind, ordinal: self.year * perYear + index + count)
    }

    private init?(_ kind: Kind, ordinal: Int) {
        guard kind != .none else { return nil }
        let (year, index) = ordinal.quotientAndRemainder(dividingBy: kind.countInYear)
        guard (1...9999).contains(year) else { return nil }
        let span: Span =
            switch kind {
            case .year: .year
            case .half: .half(index + 1)
            case .quarter: .quarter(index + 1)
            case .month: .month(index + 1)
            case .halfMonth: .halfMonth(month: index / 2 + 1, half: index % 2 + 1)
            case .tenDays: .tenDays(month: index / 3 + 1, third: index % 3 + 1)
            case .none: .none
            }
        self.init(year: year, span: span)
    }
}

extension Period.Kind {
    /// How many periods of the kind a year has.
    package var countInYear: Int {
        switch self {
        case .year: 1
        case .half: 2
        case .quarter: 4
        case .month: 12
        case .halfMonth: 24
        case .tenDays: 36
        case .none: 0
        }
    }
}
