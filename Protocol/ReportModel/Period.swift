/// A reporting period 报告期, with one text form: `2024`, `2024-H1`, `2024-Q3`, `2024-07`, `2024-07A` (first half of the
/// month), `2024-07-1` (first ten days 旬). `-` is no period at all, for cells that describe the system itself.
package struct Period: Hashable, Sendable {
    /// Which part of the year the period is.
    package enum Span: Hashable, Sendable {
        case year
        case half(Int)
        case quarter(Int)
        case month(Int)
        case halfMonth(month: Int, half: Int)
        case tenDays(month: Int, third: Int)
        case none
    }

    /// The kinds that a scheme names.
    package enum Kind: String, Sendable, CaseIterable {
        case year, half, quarter, month
        case halfMonth = "half_month"
        case tenDays = "ten_days"
        case none
    }

    /// 1…9999; 0 for ``Period/none``.
    package let year: Int
    package let span: Span

    /// - Precondition: there is such a part of the year, and the year is within 1…9999.
    init(year: Int, span: Span) {
        self.year = year
        self.span = span
    }

    package static let none = Period(year: 0, span: .none)

    /// The whole of a year.
    package static func year(_ year: Int) -> Period {
        precondition((1...9999).contains(year))
        return Period(year: year, span: .year)
    }

    /// The calendar year that contains the period; a plan is read there. `nil` for ``none``.
    package var calendarYear: Period? {
        self.span == .none ? nil : .year(self.year)
    }

    package var kind: Kind {
        switch self.span {
        case .year: .year
        case .half: .half
        case .quarter: .quarter
        case .month: .month
        case .halfMonth: .halfMonth
        case .tenDays: .tenDays
        case .none: .none
        }
    }
}

extension Period: CustomStringConvertible {
    package var description: String {
        let year = DigitText.padded(self.year, 4)
        return switch self.span {
        case .none: "-"
        case .year: year
        case .half(let half): "\(year)-H\(half)"
        case .quarter(let quarter): "\(year)-Q\(quarter)"
        case .month(let month): "\(year)-\(DigitText.padded(month, 2))"
        case .halfMonth(let month, let half): "\(year)-\(DigitText.padded(month, 2))\(half == 1 ? "A" : "B")"
        case .tenDays(let month, let third): "\(year)-\(DigitText.padded(month, 2))-\(third)"
        }
    }

    /// Reads exactly the forms that ``description`` prints.
    package init?(_ text: some StringProtocol) {
        if text == "-" {
            self = .none
            return
        }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts[0].utf8.count == 4, let year = DigitText.number(parts[0]), year > 0 else { return nil }
        switch parts.count {
        case 1:
            self.init(year: year, span: .year)
        case 2:
            guard let span = Self.span(parts[1]) else { return nil }
            self.init(year: year, span: span)
        case 3:
            guard case .month(let month)? = Self.span(parts[1]), parts[2].utf8.count == 1,
                let third = DigitText.number(parts[2]), (1...3).contains(third)
            else { return nil }
            self.init(year: year, span: .tenDays(month: month, third: third))
        default:
            return nil
        }
    }

    private static func span(_ text: some StringProtocol) -> Span? {
        let digits = text.dropFirst()
        if text.hasPrefix("H"), digits.utf8.count == 1, let half = DigitText.number(digits), (1...2).contains(half) {
            return .half(half)
        }
        if text.hasPrefix("Q"), digits.utf8.count == 1, let quarter = DigitText.number(digits),
            (1...4).contains(quarter)
        {
            return .quarter(quarter)
        }
        guard let month = DigitText.number(text.prefix(2)), text.prefix(2).utf8.count == 2, (1...12).contains(month)
        else { return nil }
        return switch text.dropFirst(2) {
        case "": .month(month)
        case "A": .halfMonth(month: month, half: 1)
        case "B": .halfMonth(month: month, half: 2)
        default: nil
        }
    }
}

extension Period: Comparable {
    /// One number for each period, in the order of the text forms; part of the canonical encoding
    /// (Protocol/README.md, "Periods"): `((year × 4 + rank) × 16 + part) × 8 + subpart`.
    package var wireNumber: UInt64 {
        let (rank, part, subpart) =
            switch self.span {
            case .none, .year: (0, 0, 0)
            case .month(let month): (1, month, 0)
            case .tenDays(let month, let third): (1, month, third)
            case .halfMonth(let month, let half): (1, month, 3 + half)
            case .half(let half): (2, half, 0)
            case .quarter(let quarter): (3, quarter, 0)
            }
        return UInt64(((self.year * 4 + rank) * 16 + part) * 8 + subpart)
    }

    /// - Returns: `nil` when no period has this number.
    package init?(wireNumber: UInt64) {
        guard wireNumber < 10_000 * 512 else { return nil }
        let number = Int(wireNumber)
        let (year, rank, part, subpart) = (number >> 9, number >> 7 & 3, number >> 3 & 15, number & 7)
        let span: Span? =
            switch (rank, part, subpart) {
            case (0, 0, 0): year == 0 ? Span.none : .year
            case (1, 1...12, 0): .month(part)
            case (1, 1...12, 1...3): .tenDays(month: part, third: subpart)
            case (1, 1...12, 4...5): .halfMonth(month: part, half: subpart - 3)
            case (2, 1...2, 0): .half(part)
            case (3, 1...4, 0): .quarter(part)
            default: nil
            }
        guard let span, year > 0 || span == .none else { return nil }
        self.init(year: year, span: span)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.wireNumber < right.wireNumber
    }
}
