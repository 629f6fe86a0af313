import ReportModel

// Where a unit stands in a period, for formulas: the tree is that of the period's last day.

extension Scheme {
    /// The units directly below in a period, along the tree that the form is added up by.
    func children(of unit: UnitCode, in period: Period, form: Code) -> [ReportingUnit] {
        guard let day = period.lastDay else { return [] }
        return self.children(of: unit, on: day, in: self.form(form)?.tree ?? .administrative)
    }

    /// The units above in a period, the nearest first.
    func ancestors(of unit: UnitCode, in period: Period, form: Code) -> [UnitCode] {
        guard let day = period.lastDay else { return [] }
        let tree = self.form(form)?.tree ?? .administrative
        var above: [UnitCode] = []
        var next = self.parent(of: unit, on: day, in: tree)
        while let unit = next {
            above.append(unit.code)
            next = self.parent(of: unit.code, on: day, in: tree)
        }
        return above
    }

    /// The unit itself or the one above it that stands on a level.
    func unit(_ unit: UnitCode, orAbove level: UnitLevel, in period: Period) -> UnitCode? {
        period.lastDay.flatMap { self.ancestor(of: unit, at: level, on: $0) }?.code
    }
}

extension Scheme {
    /// The reported figures that a derived one is worked out from, each once, in the order of the formula; those of
    /// earlier periods that nobody can name beforehand are left out.
    package func figures(
        behind item: Item,
        of form: Form,
        in period: Period
    ) -> [(form: Form, item: Item, period: Period)] {
        var found: [(form: Form, item: Item, period: Period)] = []
        func visit(_ item: Item, _ form: Form, _ period: Period) {
            guard let formula = item.formula else {
                let isKnown = found.contains {
                    $0.item.code == item.code && $0.form.code == form.code && $0.period == period
                }
                if !isKnown { found.append((form, item, period)) }
                return
            }
            for named in formula.expression.references where named.look != .earlier {
                let context = named.shift.reduce(
                    FormulaContext(unit: self.root.code, period: period) as FormulaContext?
                ) {
                    $0?.shifted($1, in: self)
                }
                guard let context, let form = self.form(named.reference.form),
                    let item = form.item(named.reference.item)
                else { continue }
                guard named.look == .current else {
                    visit(item, form, context.period)
                    continue
                }
                for period in context.period.boundsOfCurrent where item.periods.contains(period.kind) {
                    visit(item, form, period)
                }
            }
        }
        visit(item, form, period)
        return found
    }
}

extension Scheme {
    /// Whether a derived item looks for the last figure before its period, which every unit may have for another one.
    package func looksEarlier(_ item: Item, of form: Form) -> Bool {
        (item.formula?.expression.references ?? []).contains { named in
            if named.look == .earlier { return true }
            guard let form = self.form(named.reference.form), let inner = form.item(named.reference.item) else {
                return false
            }
            return self.looksEarlier(inner, of: form)
        }
    }
}
