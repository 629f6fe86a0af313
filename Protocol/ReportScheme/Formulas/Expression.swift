import ReportModel

/// A number that a formula works out, checked: what it names exists, and its units of measure agree.
///
/// All values are in the base unit of their class (元, 亩, 米 …), so that money adds to money whatever it was typed in.
package indirect enum Expression: Hashable, Sendable {
    /// A number with how it was written; without a text it only changes the unit of measure.
    case constant(Fraction, text: String)
    case item(ItemReference)
    case negated(Expression)
    case sum(Expression, Expression)
    case difference(Expression, Expression)
    case product(Expression, Expression)
    case quotient(Expression, Expression)
    case smallest([Expression])
    case largest([Expression])
    case absolute(Expression)
    /// The first of both that is there.
    case either(Expression, Expression)
    case shifted(Shift, Expression)
    /// The figure of the period that ended last before this one.
    case last(ItemReference)
    /// A cumulative figure less the one that had ended just before this period.
    case current(ItemReference)
    /// The sum over the units below, as totals count it.
    case below(ItemReference)
    /// The number as it stands, as if it had no qualifier and were no range.
    case stated(Expression)
    /// The number where it is above zero, else nothing: the base of a growth.
    case aboveZero(Expression)
    /// The entries of a text that is a list.
    case count(ItemReference)
    /// The digits that are printed after the point.
    case decimals(ItemReference)
    /// The share of the year that has passed at the period's end.
    case elapsed
    case yearOfPeriod

    /// Where a formula looks instead of its own unit and period.
    package enum Shift: Hashable, Sendable {
        case yearBefore
        case calendarYear
        /// The quarter in which the period ends.
        case quarter
        /// The period of the same kind right before.
        case previous
        case year(Int)
        case unitAbove(UnitLevel)
    }
}

/// An item that a formula names, with what working it out needs.
package struct ItemReference: Hashable, Sendable {
    package let form: Code
    package let item: Code
    /// The size of the item's unit of measure, in the base unit of its class.
    let factor: Fraction
    /// Whether it counts whole things, which a print gives exactly.
    let isCounted: Bool
    let kind: Item.Kind?
    let periods: Set<Period.Kind>

    package static func == (left: Self, right: Self) -> Bool { left.item == right.item && left.form == right.form }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(self.form)
        hasher.combine(self.item)
    }
}

/// What a formula says is so or not so.
package indirect enum Condition: Hashable, Sendable {
    case compare(Comparison, Expression, Expression)
    case compareDates(Comparison, DateExpression, DateExpression)
    case textEquals(ItemReference, String)
    case isTrue(ItemReference)
    case present(Expression)
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
    /// Every entry of the first list is one of the second's.
    case within(ItemReference, ItemReference)
    /// The list's numbers follow one another without a gap.
    case withoutGaps(ItemReference)
    case sameList(ItemReference, ItemReference)
    /// There is a whole number of which the part is the share that is printed.
    case wholeExists(part: ItemReference, share: ItemReference)
    /// No unit directly below lacks the figure, where any has it.
    case complete(ItemReference)
    /// What other kinds of period that end on the same day have is the same.
    case sameDay(ItemReference)

    /// How two sides are set against each other.
    package enum Comparison: String, Hashable, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        /// The printed left side agrees with the right within half of the last digit of everything printed.
        case agrees = "~="
    }
}

/// A date that a formula names.
package indirect enum DateExpression: Hashable, Sendable {
    case constant(CalendarDate)
    case item(ItemReference)
    case today
    case periodStart
    case periodEnd
}

// MARK: - What is named

extension Expression {
    /// Every item named, with where it is looked up, in the order of the text.
    var references: [(reference: ItemReference, shift: [Shift], look: Look)] {
        switch self {
        case .constant, .elapsed, .yearOfPeriod: []
        case .item(let item): [(item, [], .here)]
        case .last(let item): [(item, [], .earlier)]
        case .current(let item): [(item, [], .current)]
        case .below(let item): [(item, [], .below)]
        case .count(let item), .decimals(let item): [(item, [], .here)]
        case .negated(let a), .absolute(let a), .stated(let a), .aboveZero(let a): a.references
        case .sum(let a, let b), .difference(let a, let b), .product(let a, let b), .quotient(let a, let b),
            .either(let a, let b):
            a.references + b.references
        case .smallest(let all), .largest(let all): all.flatMap(\.references)
        case .shifted(let shift, let a): a.references.map { ($0.reference, [shift] + $0.shift, $0.look) }
        }
    }

    /// Where a named item is looked up.
    enum Look { case here, earlier, current, below }
}

extension Condition {
    /// Every item named, with where it is looked up, in the order of the text.
    var references: [(reference: ItemReference, shift: [Expression.Shift], look: Expression.Look)] {
        switch self {
        case .compare(_, let a, let b): a.references + b.references
        case .compareDates(_, let a, let b): [a, b].compactMap(\.reference).map { ($0, [], .here) }
        case .textEquals(let item, _), .withoutGaps(let item), .isTrue(let item), .sameDay(let item):
            [(item, [], .here)]
        case .complete(let item): [(item, [], .below)]
        case .present(let a): a.references
        case .and(let a, let b), .or(let a, let b): a.references + b.references
        case .not(let a): a.references
        case .within(let a, let b), .sameList(let a, let b), .wholeExists(let a, let b):
            [(a, [], .here), (b, [], .here)]
        }
    }
}

extension DateExpression {
    var reference: ItemReference? {
        if case .item(let item) = self { item } else { nil }
    }
}
