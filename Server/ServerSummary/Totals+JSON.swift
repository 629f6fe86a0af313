import ReportModel
import ReportScheme

// The keys are a contract: scripts read them. Figures are strings, codes are never translated, absent is null.

extension Totals: Encodable {
    private enum Key: String, CodingKey {
        case form, period, under, rows
    }

    /// Encodes the object `totals` of the commands' contract; `upper`, `withheld` and `direction` stand beside its keys.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.form.description, forKey: .form)
        try object.encode(self.period.description, forKey: .period)
        try object.encode(self.under.description, forKey: .under)
        try object.encode(self.rows, forKey: .rows)
    }
}

extension Totals.Row: Encodable {
    private enum Key: String, CodingKey {
        case unit, name, level, item
        case unitOfMeasure = "unit_of_measure"
        case sum, upper, own, difference, reported, expected, missing, withheld, approximate, direction
        case inConflict = "in_conflict"
        case plan, completion
        case targetVersion = "target_version"
        case yearBefore = "year_before"
        case growth, share, derived
        case completionApproximate = "completion_approximate"
        case growthApproximate = "growth_approximate"
    }

    /// Encodes one row of `totals`.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.unit.code.description, forKey: .unit)
        try object.encode(self.unit.name.chinese, forKey: .name)
        try object.encode(self.unit.level.rawValue, forKey: .level)
        try object.encode(self.item.code.description, forKey: .item)
        // `encode`, not `encodeIfPresent`: what is absent is null.
        try object.encode(self.item.measure?.code, forKey: .unitOfMeasure)
        try object.encode(self.sum?.description, forKey: .sum)
        try object.encode(self.upper?.description, forKey: .upper)
        try object.encode(self.own?.description, forKey: .own)
        try object.encode(self.difference?.description, forKey: .difference)
        try object.encode(self.reported, forKey: .reported)
        try object.encode(self.expected, forKey: .expected)
        try object.encode(self.missing.map(\.description), forKey: .missing)
        try object.encode(self.withheld.map(\.description), forKey: .withheld)
        try object.encode(self.isApproximate, forKey: .approximate)
        try object.encode(self.approximation.direction?.rawValue, forKey: .direction)
        try object.encode(self.inConflict, forKey: .inConflict)
        try object.encode(self.plan?.description, forKey: .plan)
        try object.encode(self.targetVersion, forKey: .targetVersion)
        try object.encode(self.completion?.description, forKey: .completion)
        try object.encode(self.isCompletionApproximate, forKey: .completionApproximate)
        try object.encode(self.isGrowthApproximate, forKey: .growthApproximate)
        try object.encode(self.yearBefore?.description, forKey: .yearBefore)
        try object.encode(self.growth?.description, forKey: .growth)
        try object.encode(self.share?.description, forKey: .share)
        try object.encode(self.derived?.description, forKey: .derived)
    }
}
