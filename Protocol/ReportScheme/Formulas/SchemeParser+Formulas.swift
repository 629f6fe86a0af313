import ReportModel
import Yams

/// The text of a formula, and where its first character stands.
struct PlacedFormula {
    let text: String
    let place: Place
    /// Whether every character stands as it was written, so that a column can be told.
    let isOneLine: Bool

    func place(at offset: Int) -> Place {
        guard self.isOneLine else { return self.place }
        return Place(self.place.file, line: self.place.line, column: self.place.column + offset)
    }
}

extension SchemeParser {
    mutating func formula(_ key: String, of object: YAMLObject, required: Bool = true) -> PlacedFormula? {
        guard let node = object.values[key] else {
            if required { self.add(.missingKey(key), at: object.place) }
            return nil
        }
        return self.formula(node, file: object.file)
    }

    mutating func formula(_ node: Node, file: String) -> PlacedFormula? {
        let place = self.place(of: node, in: file)
        guard let scalar = node.scalar else {
            self.add(.notText, at: place)
            return nil
        }
        guard scalar.string.utf8.count <= SchemeLimits.formulaByteCountMax else {
            self.add(.formulaTooLong, at: place)
            return nil
        }
        let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
        return PlacedFormula(
            text: scalar.string,
            place: Place(file, line: place.line, column: place.column + (isQuoted ? 1 : 0)),
            isOneLine: scalar.style != .literal && scalar.style != .folded
        )
    }

    /// What `bind` makes of a formula; `nil`, and a mistake, when the formula makes no sense.
    mutating func bound<Result>(
        _ formula: PlacedFormula,
        _ bind: (FormulaSyntax) throws(FormulaMistake) -> Result
    ) -> Result? {
        do throws(FormulaMistake) {
            return try bind(try FormulaParser.parse(formula.text))
        } catch {
            // What names an item that has a mistake of its own is not wrong on that account.
            if case .unknownItem(let name) = error.reason, self.flawed.items.contains(name) { return nil }
            self.add(.formula(error.reason), at: formula.place(at: error.offset))
            return nil
        }
    }

    // MARK: - Derived figures

    /// Everything a formula may name.
    func formulaSymbols(of forms: [Form]) -> FormulaSymbols {
        let indices = NameIndex.make(self.measures) { [$0.code, $0.englishName] + $0.aliases }
        var symbols = FormulaSymbols(measures: indices.mapValues { self.measures[$0] })
        for form in forms {
            for item in form.items {
                symbols.add(
                    FormulaSymbols.Symbol(
                        reference: ItemReference(item, in: form),
                        valueType: item.valueType,
                        measureClass: item.measure?.measureClass ?? .ratio,
                        plan: item.plan
                    )
                )
            }
        }
        return symbols
    }

    /// The forms with the formulas of their derived items.
    mutating func derive(_ forms: [Form], _ symbols: FormulaSymbols) -> [Form] {
        var formulas: [ItemReference: DerivedFormula] = [:]
        var places: [(item: ItemReference, place: Place)] = []
        for (draft, form) in zip(self.forms, forms) {
            let binder = FormulaBinder(symbols: symbols, form: form.code)
            for item in draft.items {
                guard let formula = item.formula, let symbol = symbols.symbol(form.code, item.code.value) else {
                    continue
                }
                let number = self.bound(formula) { syntax throws(FormulaMistake) in
                    let number = try binder.number(syntax)
                    guard number.measureClass == symbol.measureClass else {
                        throw FormulaMistake(
                            .classesDiffer(symbol.measureClass.description, number.measureClass.description),
                            at: 0
                        )
                    }
                    return number
                }
                guard let number else { continue }
                formulas[symbol.reference] = DerivedFormula(
                    expression: number.expression,
                    text: formula.text,
                    decimals: item.decimals
                )
                places.append((symbol.reference, formula.place))
            }
        }
        self.reportCircles(formulas, places)
        return forms.map { form in
            form.deriving { formulas[ItemReference($0, in: form)] }
        }
    }

    /// Reports each circle of derived figures once, at the one of it that stands first in the text.
    private mutating func reportCircles(
        _ formulas: [ItemReference: DerivedFormula],
        _ places: [(item: ItemReference, place: Place)]
    ) {
        var cleared: Set<ItemReference> = []
        func circle(from item: ItemReference, _ path: [ItemReference]) -> [ItemReference]? {
            if let start = path.firstIndex(of: item) { return path[start...] + [item] }
            guard !cleared.contains(item), let formula = formulas[item] else { return nil }
            for reference in formula.expression.references {
                if let found = circle(from: reference.reference, path + [item]) { return found }
            }
            cleared.insert(item)
            return nil
        }
        for (item, place) in places {
            guard let found = circle(from: item, []) else { continue }
            if found.first == item { self.add(.formulaCircle(found.map { "\($0.form).\($0.item)" }), at: place) }
            cleared.formUnion(found)
        }
    }
}

extension ItemReference {
    /// Names an item of a form.
    package init(_ item: Item, in form: Form) {
        self.init(
            form: form.code,
            item: item.code,
            factor: item.measure?.factor ?? Fraction(1),
            isCounted: item.measure?.isCounted ?? false,
            kind: item.kind,
            periods: item.periods
        )
    }
}
