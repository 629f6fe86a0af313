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
