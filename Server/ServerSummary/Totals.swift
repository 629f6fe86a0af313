import ReportModel
import ReportScheme

/// The current value of one cell, as a store has it, for a form and period that the asker knows.
package struct ReportedCell: Sendable {
    package let unit: UnitCode
    package let item: Code
    package let value: CellValue
    /// Whether the cell has several versions; `value` is then the one shown provisionally.
    package let isInConflict: Bool

    /// A cell that a store has; a cell that was never written may be left out.
    package init(unit: UnitCode, item: Code, value: CellValue, isInConflict: Bool = false) {
        self.unit = unit
        self.item = item
        self.value = value
        self.isInConflict = isInConflict
    }
}

/// The totals of one form and period: a row per unit and item, from one unit downwards.
///
/// A unit's sum is the sum over its children: a child with reporters below it gives its own sum, a child that reports
/// gives its cell. Where a unit reports and has reporters below it, its own cell stands beside the sum and is never
/// added. So what enters a sum are the cells of reporters without reporters below them: the *contributors*.
///
/// Who is below whom may change over time: the tree is that of the period's last day, along the parents that the form
/// names. Plans are added up over the same tree, so that they are of the same units.
package struct Totals: Sendable {
    package let form: Code
    package let period: Period
    /// The unit at the top.
    package let under: UnitCode
    /// Units depth first, in the order of the scheme; for each, the items in the order of the form. A unit has a row
    /// for an item that it reports or that someone below it reports; only numbers have rows, and only those that are
    /// in the form of this period and reported for its kind.
    package let rows: [Row]

    /// One item at one unit. All numbers are normalized: 6.0 is 6.
    package struct Row: Sendable {
        package let unit: ReportingUnit
        package let item: Item
        /// The sum over the contributors; `nil` when none gave a number, and at parents when the item is not additive.
        /// A range counts with its lower bound.
        package let sum: ExactDecimal?
        /// The sum of the upper bounds; `nil` unless a contributor gave a range.
        package let upper: ExactDecimal?
        /// The unit's own cell; `nil` when it is no number.
        package let own: ExactDecimal?
        /// What the own cell's qualifier or range says of ``own``.
        package let ownApproximation: Approximation
        /// `own − sum` where the unit reports and has reporters below it.
        package let difference: ExactDecimal?
        /// The contributors who gave a number or *not applicable*: with ``missing`` and ``withheld``, all ``expected``.
        package let reported: Int
        package let expected: Int
        /// The contributors without a value, in the order of the scheme.
        package let missing: [UnitCode]
        /// The contributors who keep their figure back, in the order of the scheme.
        package let withheld: [UnitCode]
        /// What the contributors' qualifiers and ranges make of the sum; without a sum, what the own cell's do.
        package let approximation: Approximation
        /// How many contributing cells are in conflict, and the own cell.
        package let inConflict: Int
        /// The plan item's sum at the calendar year, or where no plan comes from below, the plan of this very unit.
        package let plan: ExactDecimal?
        /// The last amendment of a signed target letter that a target in ``plan`` has its value from: 0 when all are as
        /// signed, `nil` when no letter is signed, and for plans that are no targets.
        package internal(set) var targetVersion: Int?
        /// As ``approximation``, of ``plan``.
        package let planApproximation: Approximation
        /// `sum` in percent of ``plan``, with one decimal; see `Coverage` for when there is one.
        package let completion: ExactDecimal?

        /// ``sum`` in the same period of the year before; `nil` where that is of other contributors.
        package let yearBefore: ExactDecimal?
        /// As ``approximation``, of ``yearBefore``.
        package let yearBeforeApproximation: Approximation
        /// By how many percent ``sum`` is above ``yearBefore``, with one decimal; a fall is negative.
        package let growth: ExactDecimal?
        /// ``sum`` in percent of the sum at the top of the page, with one decimal.
        package let share: ExactDecimal?
        /// Of a derived item: the figure worked out from the sums, as it is printed. It has no sum of its own.
        package let derived: ExactDecimal?

        /// Whether ``completion`` is no more exact than a figure in it.
        package var isCompletionApproximate: Bool {
            self.completion != nil && (self.isApproximate || self.planApproximation != .exact)
        }

        /// Whether ``growth`` is no more exact than a figure in it.
        package var isGrowthApproximate: Bool {
            self.growth != nil && (self.isApproximate || self.yearBeforeApproximation != .exact)
        }

        /// Whether a contributor gave a qualifier or a range; without a sum, whether the own cell did.
        package var isApproximate: Bool { self.approximation != .exact }
    }

    /// Computes the totals of `form` in `period`, from `under` (the province, when `nil`) downwards.
    ///
    /// - Parameters:
    ///   - today: the day in Asia/Shanghai, for formulas that name it.
    ///   - cells: gives the current cells of a form in a period, without those of rows. Asked once for each form and
    ///     period that a figure of the page needs: its own, the calendar year's plans, the year before, and what formulas
    ///     name. Cells of units and items that the scheme does not have are passed over.
    /// - Throws: ``TotalsOverflow``, ``SchemeRefusal`` when there is no unit `under`, and what `cells` throws.
    package static func compute(
        scheme: Scheme,
        form: Form,
        period: Period,
        under: UnitCode? = nil,
        today: CalendarDate,
        cells: @escaping (Code, Period) throws -> [ReportedCell]
    ) throws -> Totals {
        let top = under ?? scheme.root.code
        guard scheme.unit(top) != nil else { throw SchemeRefusal.unknownUnit(top.description) }
        guard let day = period.lastDay else { return Totals(form: form.code, period: period, under: top, rows: []) }
        let figures = TotalsFigures(scheme, under: top, on: day, in: form.tree, cells: cells)
        let columns = try form.items.filter { $0.valueType == .number && $0.isReported(in: period) }.map { item in
            item.formula == nil
                ? try figures.reportedRows(of: item, in: form, period)
                : try figures.derivedRows(of: item, in: form, period, today: today)
        }
        let rows = figures.tree.units.indices.flatMap { unit in columns.compactMap { $0[unit] } }
        return Totals(form: form.code, period: period, under: top, rows: rows)
    }
}

/// A sum with more digits than can be kept exactly, and where: only absurd figures get there.
package struct TotalsOverflow: ExplainedError {
    package let unit: ReportingUnit
    package let item: Item

    package var code: String { "decimal_overflow" }
    package var explanation: Bilingual {
        Bilingual(
            "\(self.unit.name.chinese)（\(self.unit.code)）的“\(self.item.name.chinese)”合计超出可精确表示的位数。",
            "The total of \(self.item.code) for \(self.unit.code) has more digits than can be kept exactly."
        )
    }
    package var advice: Bilingual {
        Bilingual("请检查该单位以下的数值。", "Check the figures below that unit: one of them is absurdly large.")
    }
}
