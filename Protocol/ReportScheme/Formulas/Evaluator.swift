import ReportModel

/// Works formulas out over a source of figures. Nothing is rounded here; what is missing stays missing.
struct Evaluator<Source: FigureSource> {
    let scheme: Scheme
    /// The day on which it is worked out, in Asia/Shanghai.
    let today: CalendarDate
    var source: Source
    var context: FormulaContext
    /// Every cell that was looked at, those that hold nothing too: when one of them changes, the result may.
    private(set) var looked: [CellAddress] = []
    private var depth = 0
    private var earlier = EarlierPeriods()

    init(scheme: Scheme, today: CalendarDate, source: Source, context: FormulaContext) {
        self.scheme = scheme
        self.today = today
        self.source = source
        self.context = context
    }

    /// Derived figures of derived figures: the scheme has no circles, so this only bounds the stack.
    private static var depthMax: Int { 64 }

    mutating func start(at context: FormulaContext) {
        self.context = context
        self.looked.removeAll(keepingCapacity: true)
    }

    /// Adds cells that were looked at before the last ``start(at:)``.
    mutating func noteLooked(at cells: [CellAddress]) { self.looked += cells }

    // MARK: - Numbers

    /// - Returns: `nil` when something is missing, or is divided by zero.
    mutating func figure(_ expression: Expression, _ reading: Figure.Reading) throws -> Figure? {
        switch expression {
        case .constant(let number, _): return Figure(number)
        case .item(let item): return try self.figure(item, reading)
        case .negated(let a): return try self.figure(a, reading).map { -$0 }
        case .absolute(let a): return try self.figure(a, reading)?.magnitude
        case .sum(let a, let b): return try self.join(a, b, reading) { $0 + $1 }
        case .difference(let a, let b): return try self.join(a, b, reading) { $0 - $1 }
        case .product(let a, let b): return try self.join(a, b, reading) { $0 * $1 }
        case .quotient(let a, let b): return try self.join(a, b, reading) { $0 / $1 }
        case .smallest(let all): return try self.fold(all, reading, Figure.smallest)
        case .largest(let all): return try self.fold(all, reading, Figure.largest)
        case .either(let a, let b): return try self.figure(a, reading) ?? self.figure(b, reading)
        case .stated(let a): return try self.stated(a, reading)
        case .aboveZero(let a): return try self.figure(a, reading).flatMap { $0.value > Fraction(0) ? $0 : nil }
        case .shifted(let shift, let a):
            return try self.shifted(shift) { evaluator in try evaluator.figure(a, reading) }
        case .last(let item): return try self.last(item).flatMap { try self.figure(item, at: $0, reading) }
        case .current(let item): return try self.current(item, reading)
        case .below(let item): return try self.below(item, reading).flatMap { $0.missing.isEmpty ? $0.sum : nil }
        case .count(let item):
            return try self.list(item).map { Figure(Fraction($0.count)) }
        case .decimals(let item):
            return try self.value(item)?.quantity.map { Figure(Fraction($0.number.scale)) }
        case .elapsed: return self.context.period.elapsedOfYear.map { Figure($0) }
        case .yearOfPeriod: return self.context.period == .none ? nil : Figure(Fraction(self.context.period.year))
        }
    }

    private mutating func join(
        _ a: Expression,
        _ b: Expression,
        _ reading: Figure.Reading,
        _ operation: (Figure, Figure) -> Figure?
    ) throws -> Figure? {
        // Both are looked at, even when the first is missing: whoever fills it in wants to hear of the other.
        let (a, b) = (try self.figure(a, reading), try self.figure(b, reading))
        guard let a, let b else { return nil }
        return operation(a, b)
    }

    private mutating func fold(
        _ all: [Expression],
        _ reading: Figure.Reading,
        _ operation: (Figure, Figure) -> Figure
    ) throws -> Figure? {
        var result: Figure?
        for expression in all {
            guard let figure = try self.figure(expression, reading) else { return nil }
            result = result.map { operation($0, figure) } ?? figure
        }
        return result
    }

    /// Without the qualifier, but where the reading rounds, with what rounding hides.
    private mutating func stated(_ expression: Expression, _ reading: Figure.Reading) throws -> Figure? {
        guard case .item(let item) = expression, reading == .printed else {
            return try self.figure(expression, .stated)?.stated
        }
        guard case .number(let quantity)? = try self.value(item) else { return nil }
        return Figure(
            Quantity(quantity.number),
            factor: item.factor,
            isCounted: item.isCounted,
            reading: reading
        )
    }

    /// The figure of an item in the present context; a derived one is worked out there.
    private mutating func figure(_ item: ItemReference, _ reading: Figure.Reading) throws -> Figure? {
        if let formula = self.scheme.formula(of: item) {
            guard self.depth < Self.depthMax else { return nil }
            self.depth += 1
            defer { self.depth -= 1 }
            return try self.figure(formula.expression, reading)
        }
        guard case .number(let quantity)? = try self.value(item) else { return nil }
        return Figure(quantity, factor: item.factor, isCounted: item.isCounted, reading: reading)
    }

    private mutating func figure(
        _ item: ItemReference,
        at period: Period,
        _ reading: Figure.Reading
    ) throws -> Figure? {
        try self.moved(to: FormulaContext(unit: self.context.unit, period: period)) { evaluator in
            try evaluator.figure(item, reading)
        }
    }

    // MARK: - Cells

    func address(of item: ItemReference) -> CellAddress {
        CellAddress(unit: self.context.unit, form: item.form, period: self.context.period, item: item.item)
    }

    mutating func value(_ item: ItemReference) throws -> CellValue? {
        let address = self.address(of: item)
        self.looked.append(address)
        let value = try self.source.value(at: address)
        return value == .missing ? nil : value
    }

    /// The entries of a text that is a list.
    mutating func list(_ item: ItemReference) throws -> [String]? {
        switch try self.value(item) {
        case .text(let text)?, .choice(let text)?: TextList.entries(of: text)
        default: nil
        }
    }

    // MARK: - Elsewhere

    mutating func shifted<Result>(
        _ shift: Expression.Shift,
        _ body: (inout Self) throws -> Result?
    ) throws -> Result? {
        guard let context = self.context.shifted(shift, in: self.scheme) else { return nil }
        return try self.moved(to: context, body)
    }

    mutating func moved<Result>(
        to context: FormulaContext,
        _ body: (inout Self) throws -> Result
    ) throws -> Result {
        let before = self.context
        self.context = context
        defer { self.context = before }
        return try body(&self)
    }

    /// The period that ended last before this one and has a figure.
    mutating func last(_ item: ItemReference) throws -> Period? {
        for period in self.earlier.periods(before: self.context.period, of: item) {
            let context = FormulaContext(unit: self.context.unit, period: period)
            let isThere = try self.moved(to: context) { evaluator in try evaluator.value(item)?.quantity != nil }
            if isThere { return period }
        }
        return nil
    }

    /// What was added since the day before the period: in the first period of a year, everything.
    private mutating func current(_ item: ItemReference, _ reading: Figure.Reading) throws -> Figure? {
        guard let first = self.context.period.firstDay, let last = self.context.period.lastDay,
            let whole = try self.figure(item, endingOn: last, reading)
        else { return nil }
        if first.month == 1, first.day == 1 { return whole }
        guard let eve = first.addingDays(-1), let before = try self.figure(item, endingOn: eve, reading) else {
            return nil
        }
        return whole - before
    }

    /// A cumulative figure up to a day, in whichever kind of period it was given; `nil` too when two of them differ.
    private mutating func figure(
        _ item: ItemReference,
        endingOn day: CalendarDate,
        _ reading: Figure.Reading
    ) throws -> Figure? {
        let all = try self.figures(item, endingOn: day, reading).map(\.figure)
        for (index, figure) in all.enumerated() {
            guard all.dropFirst(index + 1).allSatisfy({ $0.canEqual(figure) }) else { return nil }
        }
        return all.first
    }

    /// The figures up to a day, each with the period that it was given for, that of the present kind first.
    private mutating func figures(
        _ item: ItemReference,
        endingOn day: CalendarDate,
        _ reading: Figure.Reading
    ) throws -> [(period: Period, figure: Figure)] {
        let own = self.context.period.kind
        let periods = Period.ending(on: day).filter { item.periods.contains($0.kind) }
        var figures: [(period: Period, figure: Figure)] = []
        for period in periods.filter({ $0.kind == own }) + periods.filter({ $0.kind != own }) {
            if let figure = try self.figure(item, at: period, reading) { figures.append((period, figure)) }
        }
        return figures
    }

    /// What other kinds of period that end on the same day have, and whether that can be the same as here.
    ///
    /// - Returns: `nil` when there is nothing to compare.
    mutating func sameDay(_ item: ItemReference) throws -> [(period: Period, figure: Figure, agrees: Bool)]? {
        guard item.kind != .current, let day = self.context.period.lastDay else { return nil }
        let all = try self.figures(item, endingOn: day, .stated)
        guard let own = all.first, own.period == self.context.period, all.count > 1 else { return nil }
        // 90.1 and 90.12 may be one truth, printed with other decimals; 90.1 and 90.2 are two.
        let printed = try self.figures(item, endingOn: day, .printed).map(\.figure)
        return zip(all, printed).dropFirst().map { other, print in
            let overlaps = print.canBe(below: printed[0]) && printed[0].canBe(below: print)
            return (other.period, other.figure, other.figure.canEqual(own.figure) || overlaps)
        }
    }

    // MARK: - Below

    /// What the units below give.
    struct Below {
        var sum: Figure?
        /// The units directly below with what they give.
        var parts: [(unit: UnitCode, figure: Figure?)] = []
        /// Units that should give a figure and do not.
        var missing: [UnitCode] = []
    }

    /// - Returns: `nil` when no unit below reports the item.
    mutating func below(_ item: ItemReference, _ reading: Figure.Reading) throws -> Below? {
        guard let definition = self.scheme.form(item.form)?.item(item.item) else { return nil }
        return try self.below(item, definition, at: self.context.unit, reading)
    }

    private mutating func below(
        _ item: ItemReference,
        _ definition: Item,
        at unit: UnitCode,
        _ reading: Figure.Reading
    ) throws -> Below? {
        var result = Below()
        for child in self.scheme.children(of: unit, in: self.context.period, form: item.form) {
            if let further = try self.below(item, definition, at: child.code, reading) {
                result.parts.append((child.code, further.sum))
                result.missing += further.missing
            } else if self.scheme.isReporter(child.code, of: definition) {
                let context = FormulaContext(unit: child.code, period: self.context.period)
                let value = try self.moved(to: context) { evaluator in try evaluator.value(item) }
                var figure: Figure?
                if let quantity = value?.quantity {
                    figure = Figure(quantity, factor: item.factor, isCounted: item.isCounted, reading: reading)
                } else if value != .notApplicable {
                    result.missing.append(child.code)
                }
                result.parts.append((child.code, figure))
            }
        }
        guard !result.parts.isEmpty else { return nil }
        result.sum = result.parts.compactMap(\.figure).reduce(nil) { sum, part in sum.map { $0 + part } ?? part }
        return result
    }
}

/// For which unit and period a formula is worked out.
package struct FormulaContext: Hashable, Sendable {
    package let unit: UnitCode
    package let period: Period

    package init(unit: UnitCode, period: Period) {
        self.unit = unit
        self.period = period
    }

    /// - Returns: `nil` when there is no such unit or period.
    func shifted(_ shift: Expression.Shift, in scheme: Scheme) -> FormulaContext? {
        switch shift {
        case .yearBefore: self.period.yearBefore.map { FormulaContext(unit: self.unit, period: $0) }
        case .calendarYear: self.period.calendarYear.map { FormulaContext(unit: self.unit, period: $0) }
        case .quarter:
            self.period.lastDay.flatMap { Period.containing($0, .quarter) }
                .map { FormulaContext(unit: self.unit, period: $0) }
        case .previous: self.period.previous.map { FormulaContext(unit: self.unit, period: $0) }
        case .year(let year): FormulaContext(unit: self.unit, period: .year(year))
        case .unitAbove(let level):
            scheme.unit(self.unit, orAbove: level, in: self.period).map {
                FormulaContext(unit: $0, period: self.period)
            }
        }
    }
}

/// Texts that are lists.
enum TextList {
    /// The entries between 、 ， , ； ; and line ends, without blanks around them.
    static func entries(of text: String) -> [String] {
        text.split { "、，,；;\n".contains($0) }.map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
    }

    /// The numbers that are left out between the entries that are numbers from 0 on, one range for each gap.
    static func gaps(_ entries: [String]) -> [ClosedRange<Int>] {
        let numbers = entries.compactMap { Int($0) }.filter { $0 >= 0 }.sorted()
        return zip(numbers, numbers.dropFirst()).compactMap { $1 - $0 > 1 ? $0 + 1...$1 - 1 : nil }
    }
}
