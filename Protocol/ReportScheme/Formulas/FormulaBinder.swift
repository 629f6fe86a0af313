import ReportModel

/// What a formula may name, while a scheme is being read.
struct FormulaSymbols {
    /// An item of the scheme.
    struct Symbol {
        let reference: ItemReference
        let valueType: ValueType
        /// Of a number.
        let measureClass: MeasureClass
        let plan: Code?
    }

    private var symbols: [Code: [Code: Symbol]] = [:]
    private let measures: [String: Measure]

    /// - Parameter measures: by every name they have.
    init(measures: [String: Measure]) {
        self.measures = measures
    }

    mutating func add(_ symbol: Symbol) {
        self.symbols[symbol.reference.form, default: [:]][symbol.reference.item] = symbol
    }

    func symbol(_ form: Code, _ item: Code) -> Symbol? { self.symbols[form]?[item] }

    func measure(named name: String) -> Measure? { self.measures[NameIndex.key(name)] }
}

/// Looks up what a formula names and sees to it that units of measure agree.
struct FormulaBinder {
    let symbols: FormulaSymbols
    /// The form that a name without a form belongs to.
    let form: Code?

    /// A number with its class.
    struct Number {
        let expression: Expression
        let measureClass: MeasureClass
    }

    // MARK: - Numbers

    func number(_ syntax: FormulaSyntax) throws(FormulaMistake) -> Number {
        switch syntax {
        case .number(let decimal, let name, let at): return try self.constant(decimal, name, at: at)
        case .name:
            let symbol = try self.item(syntax, of: .number, for: "+ - * /")
            return Number(expression: .item(symbol.reference), measureClass: symbol.measureClass)
        case .negated(let inner, _):
            let inner = try self.number(inner)
            return Number(expression: .negated(inner.expression), measureClass: inner.measureClass)
        case .binary(let sign, let left, let right, let at):
            return try self.arithmetic(sign, self.number(left), self.number(right), at: at)
        case .call(let name, let arguments, let at): return try self.call(name, arguments, at: at)
        case .text, .date, .not: throw FormulaMistake(.wantsNumber, at: syntax.position)
        }
    }

    private func constant(_ decimal: ExactDecimal, _ name: String?, at: Int) throws(FormulaMistake) -> Number {
        guard let name else {
            return Number(expression: .constant(Fraction(decimal), text: decimal.description), measureClass: .ratio)
        }
        guard let measure = self.symbols.measure(named: name) else {
            throw FormulaMistake(.unknownMeasure(name.shortened), at: at)
        }
        return Number(
            expression: .constant(Fraction(decimal) * measure.factor, text: "\(decimal)\(measure.code)"),
            measureClass: measure.measureClass
        )
    }

    private func arithmetic(
        _ sign: FormulaSyntax.Operator,
        _ left: Number,
        _ right: Number,
        at: Int
    ) throws(FormulaMistake) -> Number {
        let (a, b) = (left.expression, right.expression)
        switch sign {
        case .plus, .minus:
            try self.requireSame(left, right, at: at)
            // A difference of two periods is what happened between them; a sum counts the first part twice.
            if sign == .plus, let item = Self.samePeriodless(a, b) { throw FormulaMistake(.addsPeriods(item), at: at) }
            return Number(
                expression: sign == .plus ? .sum(a, b) : .difference(a, b),
                measureClass: left.measureClass
            )
        case .times:
            return Number(expression: .product(a, b), measureClass: left.measureClass * right.measureClass)
        case .divided:
            return Number(expression: .quotient(a, b), measureClass: left.measureClass / right.measureClass)
        default: throw FormulaMistake(.wantsNumber, at: at)
        }
    }

    private func requireSame(_ left: Number, _ right: Number, at: Int) throws(FormulaMistake) {
        guard left.measureClass == right.measureClass else {
            throw FormulaMistake(
                .classesDiffer(left.measureClass.description, right.measureClass.description),
                at: at
            )
        }
    }

    /// An item that both sides add, in different periods, though its figures cover time that overlaps.
    private static func samePeriodless(_ left: Expression, _ right: Expression) -> String? {
        let rights = right.addends
        for (item, place) in left.addends where item.kind != .current {
            if rights.contains(where: { $0.item == item && $0.place != place }) { return "\(item.form).\(item.item)" }
        }
        return nil
    }

    // MARK: - Functions

    private func call(_ name: String, _ arguments: [FormulaSyntax], at: Int) throws(FormulaMistake) -> Number {
        guard let function = FormulaFunction(rawValue: name) else {
            throw FormulaMistake(.unknownFunction(name.shortened), at: at)
        }
        guard function.argumentCounts.contains(arguments.count) else {
            throw FormulaMistake(
                .argumentCount(function: name, expected: function.argumentCountText, found: arguments.count),
                at: at
            )
        }
        switch function {
        case .sum: return try self.fold(arguments, .plus)
        case .min, .max:
            let numbers = try arguments.map { (argument) throws(FormulaMistake) in try self.number(argument) }
            for other in numbers.dropFirst() { try self.requireSame(numbers[0], other, at: at) }
            let all = numbers.map(\.expression)
            return Number(
                expression: function == .min ? .smallest(all) : .largest(all),
                measureClass: numbers[0].measureClass
            )
        case .abs, .stated:
            let inner = try self.number(arguments[0])
            return Number(
                expression: function == .abs ? .absolute(inner.expression) : .stated(inner.expression),
                measureClass: inner.measureClass
            )
        case .number: return try self.bareNumber(arguments[0])
        case .share, .intensity:
            return try self.arithmetic(.divided, self.number(arguments[0]), self.number(arguments[1]), at: at)
        case .growth, .points, .asRatio, .contribution: return try self.comparing(function, arguments, at: at)
        case .plan, .completion, .remainder, .pace: return try self.planned(function, arguments[0], at: at)
        case .last, .below, .current: return try self.looking(function, arguments[0], at: at)
        case .yearBefore, .atYear, .atQuarter, .previous, .inYear, .at:
            return try self.shifting(function, arguments, at: at)
        case .count:
            let list = try self.item(arguments[0], of: .text, for: name)
            return Number(expression: .count(list.reference), measureClass: .ratio)
        case .decimals:
            let printed = try self.item(arguments[0], of: .number, for: name)
            return Number(expression: .decimals(printed.reference), measureClass: .ratio)
        case .elapsed: return Number(expression: .elapsed, measureClass: .ratio)
        case .year: return Number(expression: .yearOfPeriod, measureClass: .ratio)
        case .either:
            let (a, b) = (try self.number(arguments[0]), try self.number(arguments[1]))
            try self.requireSame(a, b, at: at)
            return Number(expression: .either(a.expression, b.expression), measureClass: a.measureClass)
        }
    }

    private func fold(_ arguments: [FormulaSyntax], _ sign: FormulaSyntax.Operator) throws(FormulaMistake) -> Number {
        var result = try self.number(arguments[0])
        for argument in arguments.dropFirst() {
            result = try self.arithmetic(sign, result, self.number(argument), at: argument.position)
        }
        return result
    }

    /// The number as it stands in the unit of measure of the first item that is named.
    private func bareNumber(_ argument: FormulaSyntax) throws(FormulaMistake) -> Number {
        let inner = try self.number(argument)
        let unit = inner.expression.references.first?.reference.factor ?? Fraction(1)
        return Number(expression: .quotient(inner.expression, .constant(unit, text: "")), measureClass: .ratio)
    }

    private func comparing(
        _ function: FormulaFunction,
        _ arguments: [FormulaSyntax],
        at: Int
    ) throws(FormulaMistake) -> Number {
        let numbers = try arguments.map { (argument) throws(FormulaMistake) in try self.number(argument) }
        func require(_ measureClass: MeasureClass) throws(FormulaMistake) {
            for number in numbers where number.measureClass != measureClass {
                throw FormulaMistake(
                    .classNotAllowed(function: function.rawValue, number.measureClass.description),
                    at: at
                )
            }
        }
        switch function {
        case .points:
            try require(.ratio)
            return Number(
                expression: .difference(numbers[0].expression, numbers[1].expression),
                measureClass: .points
            )
        case .asRatio:
            try require(.points)
            return Number(expression: numbers[0].expression, measureClass: .ratio)
        case .growth:
            let base =
                numbers.count == 2
                ? numbers[1]
                : Number(
                    expression: .shifted(.yearBefore, numbers[0].expression),
                    measureClass: numbers[0].measureClass
                )
            let increase = try self.arithmetic(.minus, numbers[0], base, at: at)
            // A loss that is halved has not fallen by a half: on a base that is not above zero nothing grows.
            let positive = Number(expression: .aboveZero(base.expression), measureClass: base.measureClass)
            return try self.arithmetic(.divided, increase, positive, at: at)
        default:
            let part = try self.arithmetic(.minus, numbers[0], numbers[1], at: at)
            let whole = try self.arithmetic(.minus, numbers[2], numbers[3], at: at)
            return try self.arithmetic(.divided, part, whole, at: at)
        }
    }

    private func planned(
        _ function: FormulaFunction,
        _ argument: FormulaSyntax,
        at: Int
    ) throws(FormulaMistake) -> Number {
        let actual = try self.item(argument, of: .number, for: function.rawValue)
        guard let code = actual.plan, let plan = self.symbols.symbol(actual.reference.form, code) else {
            throw FormulaMistake(.noPlan("\(actual.reference.form).\(actual.reference.item)"), at: argument.position)
        }
        let done = Number(expression: .item(actual.reference), measureClass: actual.measureClass)
        let planned = Number(
            expression: .shifted(.calendarYear, .item(plan.reference)),
            measureClass: plan.measureClass
        )
        switch function {
        case .plan: return planned
        case .completion: return try self.arithmetic(.divided, done, planned, at: at)
        case .remainder: return try self.arithmetic(.minus, planned, done, at: at)
        default:
            let completion = try self.arithmetic(.divided, done, planned, at: at)
            return Number(expression: .difference(completion.expression, .elapsed), measureClass: .points)
        }
    }

    private func looking(
        _ function: FormulaFunction,
        _ argument: FormulaSyntax,
        at: Int
    ) throws(FormulaMistake) -> Number {
        let symbol = try self.item(argument, of: .number, for: function.rawValue)
        let expression: Expression
        switch function {
        case .last: expression = .last(symbol.reference)
        case .below: expression = .below(symbol.reference)
        default:
            guard symbol.reference.kind == .cumulative else {
                throw FormulaMistake(
                    .notCumulative("\(symbol.reference.form).\(symbol.reference.item)"),
                    at: argument.position
                )
            }
            expression = .current(symbol.reference)
        }
        return Number(expression: expression, measureClass: symbol.measureClass)
    }

    private func shifting(
        _ function: FormulaFunction,
        _ arguments: [FormulaSyntax],
        at: Int
    ) throws(FormulaMistake) -> Number {
        let shift: Expression.Shift
        switch function {
        case .yearBefore: shift = .yearBefore
        case .atYear: shift = .calendarYear
        case .atQuarter: shift = .quarter
        case .previous: shift = .previous
        case .inYear:
            guard case .number(let year, measure: nil, _) = arguments[0], year.scale == 0,
                (1...9999).contains(year.mantissa)
            else { throw FormulaMistake(.badNumber("in_year"), at: arguments[0].position) }
            shift = .year(Int(year.mantissa))
        default:
            guard case .name(let parts, let at) = arguments[0], parts.count == 1 else {
                throw FormulaMistake(.unknownLevel("?"), at: arguments[0].position)
            }
            guard let level = UnitLevel(rawValue: parts[0]) else {
                throw FormulaMistake(.unknownLevel(parts[0].shortened), at: at)
            }
            shift = .unitAbove(level)
        }
        let inner = try self.number(arguments[arguments.count - 1])
        return Number(expression: .shifted(shift, inner.expression), measureClass: inner.measureClass)
    }

    // MARK: - Names

    func item(
        _ syntax: FormulaSyntax,
        of type: ValueType,
        for function: String
    ) throws(FormulaMistake) -> FormulaSymbols.Symbol {
        guard case .name(let parts, let at) = syntax else {
            throw FormulaMistake(.wantsItem(function: function), at: syntax.position)
        }
        let name = parts.joined(separator: ".")
        guard let item = Code(parts[parts.count - 1]), let form = parts.count == 2 ? Code(parts[0]) : self.form,
            let symbol = self.symbols.symbol(form, item)
        else { throw FormulaMistake(.unknownItem(name.shortened), at: at) }
        guard symbol.valueType == type || (type == .text && symbol.valueType == .choice) else {
            throw FormulaMistake(.wantsItemOf(type, function: function), at: at)
        }
        return symbol
    }
}

extension Expression {
    /// The items that are added up in it, each with where it is looked up.
    fileprivate var addends: [(item: ItemReference, place: Expression)] {
        switch self {
        case .sum(let a, let b): a.addends + b.addends
        case .item(let item), .last(let item): [(item, self)]
        case .shifted(let shift, let inner): inner.addends.map { ($0.item, .shifted(shift, $0.place)) }
        case .stated(let inner): inner.addends
        default: []
        }
    }
}
