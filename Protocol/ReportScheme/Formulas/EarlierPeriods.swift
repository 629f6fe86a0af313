import ReportModel

/// Which periods may hold the figure before the present one, the latest first.
struct EarlierPeriods {
    private struct Key: Hashable {
        let period: Period
        let kind: Item.Kind?
        let kinds: Set<Period.Kind>
    }

    private var known: [Key: [Period]] = [:]

    /// - Cumulative: those of the same year, of whatever kind: 2024-07 follows 2024-H1. A year begins anew.
    /// - Current: the period of the same kind right before.
    /// - Stocks and figures since the start: those of this year and the year before.
    mutating func periods(before period: Period, of item: ItemReference) -> [Period] {
        let key = Key(period: period, kind: item.kind, kinds: item.periods)
        if let known = self.known[key] { return known }
        let periods = Self.periods(key)
        self.known[key] = periods
        return periods
    }

    private static func periods(_ key: Key) -> [Period] {
        guard let end = key.period.lastDay else { return [] }
        if key.kind == .current {
            return [key.period.previous].compactMap(\.self).filter { key.kinds.contains($0.kind) }
        }
        let years = key.kind == .cumulative ? [key.period.year] : [key.period.year, key.period.year - 1]
        return years.flatMap { year in key.kinds.flatMap { Period.all(of: $0, in: year) } }
            .compactMap { period in period.lastDay.map { (period, $0) } }
            .filter { $0.1 < end }
            .sorted { a, b in
                guard a.1 == b.1 else { return a.1 > b.1 }
                guard (a.0.kind == key.period.kind) == (b.0.kind == key.period.kind) else {
                    return a.0.kind == key.period.kind
                }
                return a.0 < b.0
            }
            .map(\.0)
    }
}

extension Period {
    /// The periods whose cumulative figures may tell what this one alone has: those that end with it, the very same
    /// first, and unless a year begins with it, those that end on the day before.
    var boundsOfCurrent: [Period] {
        guard let first = self.firstDay, let last = self.lastDay else { return [] }
        let ends = [self] + Period.ending(on: last).filter { $0 != self }
        guard first.month != 1 || first.day != 1, let eve = first.addingDays(-1) else { return ends }
        return ends + Period.ending(on: eve)
    }

    /// The share of the year that has passed when the period ends, months and their parts counting alike: a half-year
    /// is a half. `nil` for ``none``.
    var elapsedOfYear: Fraction? {
        switch self.span {
        case .none: nil
        case .year: Fraction(1)
        case .half(let half): Fraction(half) / Fraction(2)
        case .quarter(let quarter): Fraction(quarter) / Fraction(4)
        case .month(let month): Fraction(month) / Fraction(12)
        case .halfMonth(let month, let half): Fraction((month - 1) * 2 + half) / Fraction(24)
        case .tenDays(let month, let third): Fraction((month - 1) * 3 + third) / Fraction(36)
        }
    }
}
