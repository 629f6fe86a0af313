import ReportModel

/// A figure that was worked out from others: a share, a growth, a completion.
package struct DerivedFigure: Hashable, Sendable {
    /// Worked out exactly, in the item's unit of measure.
    package let value: Fraction
    /// As it is printed: rounded half-up to the decimals that the scheme gives the item.
    package let printed: ExactDecimal
    /// Whether a figure behind it is approximate or a range (近200, 2-3), so that this one is no more exact than that.
    package let isApproximate: Bool
}

extension Scheme {
    /// Works a derived item out.
    ///
    /// - Parameters:
    ///   - context: for which unit and period. At a unit that does not report what the formula names, the source gives
    ///     the sums over the units below: a completion of a county is sum over sum, never a mean of percentages.
    ///   - today: the day in Asia/Shanghai.
    ///   - source: gives the figures that the formula names, wherever it looks.
    /// - Returns: `nil` for an item without a formula, when something is missing, when it is divided by zero, and when
    ///   the result has more digits than a figure can have.
    package func derived(
        _ item: Item,
        of form: Form,
        for context: FormulaContext,
        today: CalendarDate,
        source: some FigureSource
    ) throws -> DerivedFigure? {
        guard let formula = item.formula else { return nil }
        var evaluator = Evaluator(scheme: self, today: today, source: source, context: context)
        let reference = ItemReference(item, in: form)
        guard let figure = try evaluator.figure(.item(reference), .stated),
            let value = figure.value / reference.factor,
            let printed = value.rounded(decimals: formula.decimals)
        else { return nil }
        return DerivedFigure(value: value, printed: printed, isApproximate: !figure.isExact)
    }
}
