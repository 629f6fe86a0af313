import ReportModel

/// A formula as it was written: nothing is looked up yet. `at` is where a part begins, in scalars from the formula's
/// beginning.
indirect enum FormulaSyntax: Hashable, Sendable {
    enum Operator: String, Sendable {
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divided = "/"
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case agrees = "~="
        case and, or
    }

    case number(ExactDecimal, measure: String?, at: Int)
    case text(String, at: Int)
    case date(CalendarDate, at: Int)
    /// `item` or `form.item`.
    case name([String], at: Int)
    case call(String, [FormulaSyntax], at: Int)
    case negated(FormulaSyntax, at: Int)
    case not(FormulaSyntax, at: Int)
    case binary(Operator, FormulaSyntax, FormulaSyntax, at: Int)

    var position: Int {
        switch self {
        case .number(_, _, let at), .text(_, let at), .date(_, let at), .name(_, let at), .call(_, _, let at),
            .negated(_, let at), .not(_, let at), .binary(_, _, _, let at):
            at
        }
    }
}

/// What is wrong with a formula, and where in it, in scalars from its beginning.
package struct FormulaMistake: Error, Hashable, Sendable {
    /// What is wrong. Names of items are `form.item`.
    package enum Reason: Hashable, Sendable {
        case unexpected(String), endsEarly, tooDeep, tooManyParts
        case badNumber(String), unknownMeasure(String)
        case unknownItem(String), unknownFunction(String), unknownLevel(String)
        case argumentCount(function: String, expected: String, found: Int)
        case wantsItem(function: String), wantsItemOf(ValueType, function: String)
        case wantsNumber, wantsCondition, wantsDate
        case classesDiffer(String, String)
        case classNotAllowed(function: String, String)
        case noPlan(String), addsPeriods(String), notCumulative(String)
        case agreesWithoutItem
    }

    package let reason: Reason
    package let offset: Int

    init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
