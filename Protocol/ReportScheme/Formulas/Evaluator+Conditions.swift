import ReportModel

/// How a printed figure is set against what it should be.
package struct Agreement: Hashable, Sendable {
    /// How far they may lie apart besides, in the base unit; `nil` = not at all.
    var tolerance: Fraction?
    /// Whether digits may have been cut off instead of rounded.
    var acceptsTruncation = false
}

extension Evaluator {
    /// Whether it is so whatever the figures that are not exact stand for; `false` too when something is missing.
    mutating func isCertain(_ condition: Condition) throws -> Bool {
        try self.isTrue(.not(condition), Agreement()) == false
    }

    /// Whether it can be so.
    ///
    /// - Returns: `nil` when it cannot be said, because something is missing.
    mutating func isTrue(_ condition: Condition, _ agreement: Agreement) throws -> Bool? {
        switch condition {
        case .and(let a, let b):
            let (a, b) = (try self.isTrue(a, agreement), try self.isTrue(b, agreement))
            return a == false || b == false ? false : a == nil || b == nil ? nil : true
        case .or(let a, let b):
            let (a, b) = (try self.isTrue(a, agreement), try self.isTrue(b, agreement))
            return a == true || b == true ? true : a == nil || b == nil ? nil : false
        case .not(let inner):
            if let opposite = inner.opposite { return try self.isTrue(opposite, agreement) }
            return try self.isTrue(inner, agreement).map { !$0 }
        case .compare(.agrees, let printed, let formula):
            return try self.agrees(printed, formula, agreement)
        case .compare(let comparison, let left, let right):
            let (a, b) = (try self.figure(left, .stated), try self.figure(right, .stated))
            guard let a, let b else { return nil }
            return comparison.holds(a, b)
        case .compareDates(let comparison, let left, let right):
            let (a, b) = (try self.date(left), try self.date(right))
            guard let a, let b else { return nil }
            return comparison.holds(a, b)
        case .textEquals(let item, let text):
            switch try self.value(item) {
            case .text(let value)?, .choice(let value)?: return value == text
            default: return nil
            }
        case .isTrue(let item):
            guard case .boolean(let value)? = try self.value(item) else { return nil }
            return value
        case .present(let expression): return try self.isPresent(expression)
        case .within, .sameList, .withoutGaps: return try self.listIsTrue(condition)
        case .wholeExists(let part, let share): return try self.wholeExists(part, share, agreement)
        case .complete(let item):
            guard let below = try self.below(item, .stated), below.sum != nil else { return nil }
            // A county further down that lacks a zone says so itself.
            return below.parts.allSatisfy { $0.figure != nil || !below.missing.contains($0.unit) }
        case .sameDay(let item): return try self.sameDay(item)?.allSatisfy(\.agrees)
        }
    }

    private mutating func agrees(
        _ printed: Expression,
        _ formula: Expression,
        _ agreement: Agreement
    ) throws -> Bool? {
        let (left, right) = (try self.figure(printed, .printed), try self.figure(formula, .printed))
        guard let left, let right else { return nil }
        let widened = agreement.tolerance.map { left + Figure(Fraction(0), spread: .init(low: -$0, high: $0)) } ?? left
        if widened.canEqual(right) { return true }
        guard agreement.acceptsTruncation, let spread = left.spread, let high = spread.high else { return false }
        // Cut off, the truth lies up to a whole last digit above the print, or below a negative one; 0.0 may be either.
        let half = high - left.value
        let shifts = left.value.isZero ? [half, -half] : [left.value.isNegative ? -half : half]
        return shifts.contains { (widened + Figure($0)).canEqual(right) }
    }

    private mutating func date(_ expression: DateExpression) throws -> CalendarDate? {
        switch expression {
        case .constant(let date): return date
        case .today: return self.today
        case .periodStart: return self.context.period.firstDay
        case .periodEnd: return self.context.period.lastDay
        case .item(let item):
            guard case .date(let date)? = try self.value(item) else { return nil }
            return date
        }
    }

    private mutating func isPresent(_ expression: Expression) throws -> Bool {
        guard case .item(let item) = expression, self.scheme.formula(of: item) == nil else {
            return try self.figure(expression, .stated) != nil
        }
        return switch try self.value(item) {
        case nil, .notApplicable?, .withheld?: false
        default: true
        }
    }

    private mutating func listIsTrue(_ condition: Condition) throws -> Bool? {
        switch condition {
        case .within(let a, let b):
            let (inner, outer) = (try self.list(a), try self.list(b))
            guard let inner, let outer else { return nil }
            return Set(inner).isSubset(of: outer)
        case .sameList(let a, let b):
            let (left, right) = (try self.list(a), try self.list(b))
            guard let left, let right else { return nil }
            return Set(left) == Set(right)
        case .withoutGaps(let item):
            guard let entries = try self.list(item) else { return nil }
            return TextList.gaps(entries).isEmpty
        default: return nil
        }
    }

    /// 29 of a whole number of firms can never be printed as 85.2 %: 29 of 34 is 85.3 %.
    private mutating func wholeExists(
        _ part: ItemReference,
        _ share: ItemReference,
        _ agreement: Agreement
    ) throws -> Bool? {
        let (counted, printed) = (try self.figure(.item(part), .stated), try self.figure(.item(share), .printed))
        guard let counted, counted.isExact, let printed, let low = printed.low, var high = printed.high,
            !counted.value.isZero, low > Fraction(0)
        else { return nil }
        if agreement.acceptsTruncation { high = high + (high - printed.value) }
        guard let most = counted.value / low, let least = counted.value / high else { return nil }
        // The largest whole number that is not above the upper bound must not lie below the lower one.
        return most.floor >= least
    }
}

extension Condition {
    /// What must be so when this is not, where `not` can be taken into it: that 近200 can be 200 does not say that it
    /// cannot be anything else.
    fileprivate var opposite: Condition? {
        switch self {
        case .compare(let comparison, let a, let b): comparison.opposite.map { .compare($0, a, b) }
        case .and(let a, let b): .or(.not(a), .not(b))
        case .or(let a, let b): .and(.not(a), .not(b))
        case .not(let inner): inner
        default: nil
        }
    }
}

extension Condition.Comparison {
    /// `nil` for ``agrees``, which has none.
    fileprivate var opposite: Self? {
        switch self {
        case .equal: .notEqual
        case .notEqual: .equal
        case .less: .greaterOrEqual
        case .lessOrEqual: .greater
        case .greater: .lessOrEqual
        case .greaterOrEqual: .less
        case .agrees: nil
        }
    }

    /// Whether two figures may stand in this relation.
    fileprivate func holds(_ a: Figure, _ b: Figure) -> Bool {
        switch self {
        case .equal, .agrees: a.canEqual(b)
        case .notEqual: !(a.isExact && b.isExact && a.value == b.value)
        case .less: a.canBe(below: b)
        case .lessOrEqual: a.canBe(atMost: b)
        case .greater: b.canBe(below: a)
        case .greaterOrEqual: b.canBe(atMost: a)
        }
    }

    fileprivate func holds(_ a: CalendarDate, _ b: CalendarDate) -> Bool {
        switch self {
        case .equal, .agrees: a == b
        case .notEqual: a != b
        case .less: a < b
        case .lessOrEqual: a <= b
        case .greater: a > b
        case .greaterOrEqual: a >= b
        }
    }
}
