import ReportModel

/// A formula told in plain words, with the figures that went into it.
extension Evaluator {
    /// What a number is measured in when it is told.
    struct Unit {
        let factor: Fraction
        let label: String
        let measureClass: MeasureClass

        /// A difference between two figures of this unit: of two percentages it is points.
        func difference(_ number: String) -> Bilingual {
            self.label == "%"
                ? Bilingual(number + "个百分点", number + " percentage points")
                : Bilingual(number + self.label, number + self.label)
        }

        static var plain: Unit { Unit(factor: Fraction(1), label: "", measureClass: .ratio) }
        static var percent: Unit {
            Unit(factor: Fraction(ExactDecimal(mantissa: 1, scale: 2)!), label: "%", measureClass: .ratio)
        }
    }

    func unit(of expression: Expression) -> Unit? {
        switch expression {
        case .constant: return nil
        case .item(let item), .last(let item), .current(let item), .below(let item): return self.unit(of: item)
        case .negated(let a), .absolute(let a), .stated(let a), .aboveZero(let a), .shifted(_, let a):
            return self.unit(of: a)
        case .sum(let a, let b), .difference(let a, let b), .either(let a, let b):
            return self.unit(of: a) ?? self.unit(of: b)
        case .smallest(let all), .largest(let all): return all.lazy.compactMap { self.unit(of: $0) }.first
        case .product(let a, let b):
            guard let left = self.unit(of: a), let right = self.unit(of: b) else {
                return self.unit(of: a) ?? self.unit(of: b)
            }
            // A share of something is measured as that something.
            if left.measureClass == .ratio { return right }
            if right.measureClass == .ratio { return left }
            return Unit(
                factor: left.factor * right.factor,
                label: "\(left.label)·\(right.label)",
                measureClass: left.measureClass * right.measureClass
            )
        case .quotient(_, .constant(_, text: "")): return .plain
        case .quotient(let a, let b):
            guard let left = self.unit(of: a), let right = self.unit(of: b) else { return self.unit(of: a) }
            if left.measureClass == right.measureClass { return .percent }
            if right.measureClass == .ratio { return left }
            guard let factor = left.factor / right.factor else { return nil }
            return Unit(
                factor: factor,
                label: "\(left.label)/\(right.label)",
                measureClass: left.measureClass / right.measureClass
            )
        case .count, .decimals, .yearOfPeriod: return .plain
        case .elapsed: return .percent
        }
    }

    private func unit(of item: ItemReference) -> Unit? {
        guard let measure = self.scheme.form(item.form)?.item(item.item)?.measure else { return nil }
        return Unit(factor: item.factor, label: measure.code, measureClass: measure.measureClass)
    }

    /// The place that a sentence is about, which goes without saying.
    struct Home {
        let context: FormulaContext
        let form: Code?
    }

    // MARK: -

    /// The formula with its figures: 工业项目投资 4.5亿元 + 基础设施投资 1.8亿元.
    ///
    /// - Parameter home: the place that goes without saying.
    mutating func words(_ expression: Expression, home: Home) throws -> Bilingual {
        switch expression {
        case .constant(_, let text): return Bilingual(text, text)
        case .item(let item): return try self.words(item, home: home)
        case .negated(let a): return try self.words("−", a, "", home)
        case .absolute(let a): return try self.words("|", a, "|", home)
        case .stated(let a), .aboveZero(let a): return try self.words(a, home: home)
        case .sum(let a, let b): return try self.words(a, " + ", b, home)
        case .difference(let a, let b): return try self.words(a, " − ", self.grouped(b), home)
        case .product(let a, let b): return try self.words(self.grouped(a), " × ", self.grouped(b), home)
        case .quotient(let a, .constant(_, text: "")): return try self.words(a, home: home)
        case .quotient(let a, let b):
            return try self.words(self.grouped(a), " ÷ ", self.grouped(b, divisor: true), home)
        case .smallest(let all): return try self.list("最小（", "the smallest of (", all, home)
        case .largest(let all): return try self.list("最大（", "the largest of (", all, home)
        case .either(let a, let b):
            return try self.words(self.figure(a, .stated) == nil ? b : a, home: home)
        case .shifted(let shift, let a):
            return try self.shifted(shift) { evaluator in try evaluator.words(a, home: home) } ?? Bilingual("", "")
        case .last(let item):
            guard let period = try self.last(item) else { return Bilingual("", "") }
            let context = FormulaContext(unit: self.context.unit, period: period)
            let words = try self.moved(to: context) { evaluator in try evaluator.words(item, home: home) }
            return Bilingual("上期" + words.chinese, "earlier " + words.english)
        case .current(let item):
            return try self.told("本期", "of this period alone: ", item, try self.figure(expression, .stated))
        case .below(let item):
            guard let below = try self.below(item, .stated) else { return Bilingual("", "") }
            return try self.told("下级合计", "below, together: ", item, below.sum)
        case .count(let item):
            let name = self.name(of: item)
            let count = try self.list(item)?.count ?? 0
            return Bilingual("\(name.chinese)共列 \(count) 个", "\(name.english) lists \(count)")
        case .decimals(let item):
            let count = try self.figure(expression, .stated).map { self.text($0.value, .plain) } ?? "—"
            let words = try self.words(item, home: home)
            return Bilingual("\(words.chinese) 的小数位数 \(count)", "the decimals of \(words.english): \(count)")
        case .elapsed:
            let text = try self.figure(expression, .stated).map { self.text($0.value, .percent) } ?? ""
            return Bilingual("时间进度 \(text)", "the year's progress \(text)")
        case .yearOfPeriod:
            return Bilingual("年份 \(self.context.period.year)", "the year \(self.context.period.year)")
        }
    }

    /// A sum within a product needs parentheses; so does anything compound that divides.
    private func grouped(_ expression: Expression, divisor: Bool = false) -> Grouped {
        switch expression {
        case .aboveZero(let a): self.grouped(a, divisor: divisor)
        case .sum, .difference: Grouped(expression: expression, inParentheses: true)
        case .product, .quotient: Grouped(expression: expression, inParentheses: divisor)
        default: Grouped(expression: expression, inParentheses: false)
        }
    }

    private struct Grouped {
        let expression: Expression
        let inParentheses: Bool
    }

    private mutating func words(_ a: Grouped, _ sign: String, _ b: Grouped, _ home: Home) throws -> Bilingual {
        let (left, right) = (try self.words(a, home), try self.words(b, home))
        return Bilingual(left.chinese + sign + right.chinese, left.english + sign + right.english)
    }

    private mutating func words(_ a: Expression, _ sign: String, _ b: Grouped, _ home: Home) throws
        -> Bilingual
    {
        try self.words(Grouped(expression: a, inParentheses: false), sign, b, home)
    }

    private mutating func words(_ a: Expression, _ sign: String, _ b: Expression, _ home: Home) throws
        -> Bilingual
    {
        try self.words(a, sign, Grouped(expression: b, inParentheses: false), home)
    }

    private mutating func words(_ grouped: Grouped, _ home: Home) throws -> Bilingual {
        let words = try self.words(grouped.expression, home: home)
        return grouped.inParentheses ? Bilingual("（\(words.chinese)）", "(\(words.english))") : words
    }

    private mutating func words(_ open: String, _ a: Expression, _ close: String, _ home: Home) throws
        -> Bilingual
    {
        let words = try self.words(a, home: home)
        return Bilingual(open + words.chinese + close, open + words.english + close)
    }

    private mutating func list(_ chinese: String, _ english: String, _ all: [Expression], _ home: Home) throws
        -> Bilingual
    {
        let words = try all.map { try self.words($0, home: home) }
        return Bilingual(
            chinese + words.map(\.chinese).joined(separator: "、") + "）",
            english + words.map(\.english).joined(separator: ", ") + ")"
        )
    }

    // MARK: - Items

    private func name(of item: ItemReference) -> Bilingual {
        self.scheme.form(item.form)?.item(item.item)?.name ?? Bilingual(item.item.description, item.item.description)
    }

    private func told(_ chinese: String, _ english: String, _ item: ItemReference, _ figure: Figure?) throws
        -> Bilingual
    {
        let name = self.name(of: item)
        let value = figure.map { self.text($0.value, self.unit(of: item) ?? .plain) } ?? "—"
        return Bilingual("\(chinese)\(name.chinese) \(value)", "\(english)\(name.english) \(value)")
    }

    /// 道路 13公里, with the place where it is not the one that goes without saying.
    private mutating func words(_ item: ItemReference, home: Home) throws -> Bilingual {
        let name = self.name(of: item)
        let definition = self.scheme.form(item.form)?.item(item.item)
        var value: String
        if definition?.formula != nil {
            value =
                try self.figure(.item(item), .stated).map { self.text($0.value, self.unit(of: item) ?? .plain) } ?? "—"
        } else {
            let held = try self.value(item)
            value =
                held.map { $0.quantity?.description(measure: definition?.measure?.code ?? "") ?? $0.description } ?? "—"
        }
        var places: [Bilingual] = []
        if item.form != home.form, let form = self.scheme.form(item.form) { places.append(form.name) }
        if self.context.unit != home.context.unit, let unit = self.scheme.unit(self.context.unit) {
            places.append(unit.name)
        }
        if self.context.period != home.context.period {
            places.append(Bilingual(self.context.period.description, self.context.period.description))
        }
        guard !places.isEmpty else { return Bilingual("\(name.chinese) \(value)", "\(name.english) \(value)") }
        return Bilingual(
            "\(name.chinese) \(value)（\(places.map(\.chinese).joined(separator: "，"))）",
            "\(name.english) \(value) (\(places.map(\.english).joined(separator: ", ")))"
        )
    }

    // MARK: - Numbers

    /// A number in a unit of measure: exact where its digits end, else rounded half-up.
    func text(_ value: Fraction, _ unit: Unit, decimals: Int? = nil) -> String {
        guard let inUnit = value / unit.factor else { return "" }
        return Self.decimal(inUnit, decimals: decimals).description + unit.label
    }

    /// - Parameter decimals: digits after the point; `nil` = as many as there are, and two where they never end.
    static func decimal(_ value: Fraction, decimals: Int?) -> ExactDecimal {
        if decimals == nil, let exact = value.exactDecimal?.normalized { return exact }
        return value.rounded(decimals: decimals ?? 2) ?? .zero
    }
}
