import ReportModel
import Yams

/// A check whose rule is not yet looked up.
struct CheckDraft {
    let code: Placed<Code>
    let name: Bilingual
    let level: Check.Level
    let kind: CheckKind?
    let rule: PlacedFormula?
    let condition: PlacedFormula?
    let tolerance: Placed<String>?
    let rounding: Rounding
    let items: [PlacedFormula]?
    let units: [Placed<String>]?
    let periods: Set<Period.Kind>?

    /// How the author of a printed figure may have shortened it.
    enum Rounding: String, CaseIterable {
        case half_up, truncation
    }
}

extension SchemeParser {
    static let checkKeys = [
        "check", "name", "name_en", "level", "rule", "kind", "when", "tolerance", "rounding", "items", "units",
        "periods", "note",
    ]

    mutating func readCheck(_ object: YAMLObject) {
        let code = self.code("check", of: object)
        let name = self.name(of: object)
        let level: Check.Level? = self.choice("level", of: object)
        _ = self.text("note", of: object, required: false)
        let kind: CheckKind? = object.values["kind"] == nil ? nil : self.choice("kind", of: object)
        if object.values["kind"] != nil {
            self.refuseKeys(["rule", "when", "tolerance", "rounding"], besides: "kind", of: object)
        } else {
            self.refuseKeys(["items"], besides: "rule", of: object)
        }
        let rule = self.formula("rule", of: object, required: object.values["kind"] == nil)
        let draft = (
            condition: self.formula("when", of: object, required: false),
            tolerance: self.text("tolerance", of: object, required: false),
            rounding: self.choice("rounding", of: object, missing: .half_up) as CheckDraft.Rounding?,
            items: object.values["items"] == nil ? nil : self.formulas("items", of: object),
            units: object.values["units"] == nil ? nil : self.texts("units", of: object, required: true),
            periods: object.values["periods"] == nil ? nil : self.periodKinds("periods", of: object)
        )
        guard let code, let name, let level else { return }
        if let first = self.checkPlaces[code.value] {
            self.add(.duplicate(code.value.description, first: first.text), at: code.place)
        } else {
            self.checkPlaces[code.value] = code.place
        }
        self.checks.append(
            CheckDraft(
                code: code,
                name: name,
                level: level,
                kind: kind,
                rule: rule,
                condition: draft.condition,
                tolerance: draft.tolerance,
                rounding: draft.rounding ?? .half_up,
                items: draft.items,
                units: draft.units,
                periods: draft.periods
            )
        )
    }

    private mutating func formulas(_ key: String, of object: YAMLObject) -> [PlacedFormula] {
        self.nodes(key, of: object).compactMap { self.formula($0, file: object.file) }
    }

    mutating func finishChecks(_ symbols: FormulaSymbols, units: [ReportingUnit]) -> [Check] {
        let codes = Set(units.map(\.code))
        let levels = Dictionary(grouping: units) { $0.level }.mapValues { Set($0.map(\.code)) }
        return self.checks.compactMap { draft in
            self.check(draft, symbols, codes: codes, levels: levels)
        }
    }

    private mutating func check(
        _ draft: CheckDraft,
        _ symbols: FormulaSymbols,
        codes: Set<UnitCode>,
        levels: [UnitLevel: Set<UnitCode>]
    ) -> Check? {
        let binder = FormulaBinder(symbols: symbols, form: nil)
        var content: Check.Content?
        var agreement = Agreement(acceptsTruncation: draft.rounding == .truncation)
        var text = ""
        if let kind = draft.kind {
            let items = draft.items.map { formulas in
                formulas.compactMap { formula in
                    self.bound(formula) { syntax throws(FormulaMistake) in
                        try binder.item(syntax, of: .number, for: kind.rawValue).reference
                    }
                }
            }
            content = .kind(kind, items: items)
            text = kind.rawValue
        } else if let formula = draft.rule {
            let rule = self.bound(formula) { syntax throws(FormulaMistake) in try binder.condition(syntax) }
            let condition = draft.condition.map { formula in
                self.bound(formula) { syntax throws(FormulaMistake) in try binder.condition(syntax) }
            }
            if let rule, condition != .some(nil) { content = .rule(rule, condition: condition ?? nil) }
            text = formula.text
            if let tolerance = draft.tolerance {
                agreement.tolerance = self.tolerance(tolerance, of: rule, symbols)
            }
        }
        guard let content else { return nil }
        return Check(
            code: draft.code.value,
            name: draft.name,
            level: draft.level,
            text: text,
            content: content,
            agreement: agreement,
            units: draft.units.map { self.units(named: $0, codes: codes, levels: levels) },
            periods: draft.periods
        )
    }

    /// A tolerance is in the unit of measure of the printed figure.
    private mutating func tolerance(
        _ text: Placed<String>,
        of rule: Condition?,
        _ symbols: FormulaSymbols
    ) -> Fraction? {
        guard let number = ExactDecimal(text.value), !number.isNegative else {
            self.add(.formula(.badNumber(text.value.shortened)), at: text.place)
            return nil
        }
        guard let rule else { return nil }
        guard case .compare(.agrees, .item(let printed), _) = rule else {
            self.add(.toleranceWithoutAgreement, at: text.place)
            return nil
        }
        return Fraction(number) * printed.factor
    }
}
