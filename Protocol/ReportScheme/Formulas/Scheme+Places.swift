import ReportModel

// Where a unit stands in a period, for formulas.

extension Scheme {
    /// The units directly below in a period, along the tree that the form is added up by.
    func children(of unit: UnitCode, in period: Period, form: Code) -> [ReportingUnit] {
        self.children(of: unit)
    }

    /// The units above in a period, the nearest first.
    func ancestors(of unit: UnitCode, in period: Period, form: Code) -> [UnitCode] {
        var above: [UnitCode] = []
        var next = self.unit(unit)?.parent
        while let code = next {
            above.append(code)
            next = self.unit(code)?.parent
        }
        return above
    }

    /// The unit itself or the one above it that stands on a level.
    func unit(_ unit: UnitCode, orAbove level: UnitLevel, in period: Period) -> UnitCode? {
        if self.unit(unit)?.level == level { return unit }
        return self.ancestors(of: unit, in: period, form: "").first { self.unit($0)?.level == level }
    }
}
