import ReportModel

/// A derived figure, worked out.
package struct DerivedFigure: Hashable, Sendable {
    /// Exact, in the item's unit of measure.
    package let value: Fraction
    /// Half-up at the item's precision; nothing is ever computed from it.
    package let printed: ExactDecimal
    /// Whether a figure behind it has a qualifier or is a range.
    package let isApproximate: Bool
}

extension Scheme {
    /// What a derived item comes to for a unit and period.
    ///
    /// - Parameter source: at a unit with reporters below it, their totals: a ratio is worked out anew at every level.
    /// - Returns: `nil` for an item that is not derived, when a figure behind it is missing (no target, no ratio: never
    ///   0 %), when it would divide by zero, and when the result has more digits than can be printed.
    package func derived(
        _ item: Item,
        of form: Form,
        for context: FormulaContext,
        today: CalendarDate,
        source: some FigureSource
    ) throws -> DerivedFigure? {
        guard let formula = item.formula else { return nil }
        var evaluator = Evaluator(scheme: self, today: today, source: source, context: context)
        guard let figure = try evaluator.figure(formula.expression, .stated),
            let value = figure.value / (item.measure?.factor ?? Fraction(1)),
            let printed = value.rounded(decimals: formula.decimals)
        else { return nil }
        return DerivedFigure(value: value, printed: printed, isApproximate: !figure.isExact)
    }
}
