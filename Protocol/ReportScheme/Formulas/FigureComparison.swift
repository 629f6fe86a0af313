import ReportModel

/// What a figure is looked at beside: the last one, last year's, the plan.
package struct FigureComparison: Sendable {
    /// A value with its period.
    package struct Dated: Sendable {
        package let period: Period
        package let value: CellValue
    }

    /// The period that ended last before this one and has a figure.
    package let last: Dated?
    /// The same period of the year before.
    package let yearBefore: Dated?
    /// The plan or target at the calendar year.
    package let plan: Dated?
    /// The figure in percent of the plan, with one decimal; `nil` without a figure, or without a plan.
    package let completion: ExactDecimal?
    /// Whether the figure or its plan has a qualifier or is a range, so that ``completion`` is no more exact than that.
    package let isCompletionApproximate: Bool

    /// Looks them up for one cell.
    package init(
        of item: Item,
        in form: Form,
        at context: FormulaContext,
        scheme: Scheme,
        today: CalendarDate,
        source: some FigureSource
    ) throws {
        var evaluator = Evaluator(scheme: scheme, today: today, source: source, context: context)
        func value(of code: Code, _ period: Period?) throws -> Dated? {
            guard let period else { return nil }
            let address = CellAddress(unit: context.unit, form: form.code, period: period, item: code)
            let value = try source.value(at: address)
            return value == .missing ? nil : Dated(period: period, value: value)
        }
        let reference = ItemReference(item, in: form)
        let own = try value(of: item.code, context.period)
        self.last = item.valueType == .number ? try value(of: item.code, evaluator.last(reference)) : nil
        self.yearBefore = try value(of: item.code, context.period.yearBefore)
        self.plan = try item.plan.flatMap { try value(of: $0, context.period.calendarYear) }
        self.isCompletionApproximate = [own, self.plan].contains { $0?.value.quantity?.isApproximate == true }
        if let done = own?.value.quantity?.number, let planned = self.plan?.value.quantity?.number {
            // A ratio with more digits than fit, of a huge figure and a tiny plan, says nothing.
            self.completion = (try? done.percent(of: planned, decimals: 1)) ?? nil
        } else {
            self.completion = nil
        }
    }
}
