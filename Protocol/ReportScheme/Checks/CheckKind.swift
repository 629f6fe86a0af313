import ReportModel

/// Checks that hold for every item, or for a list of items, without being written out for each.
package enum CheckKind: String, Sendable, CaseIterable {
    /// No actual for a period that ends after today.
    case periodNotOver = "period_not_over"
    /// A number equal to the year of its period was perhaps hit by a search-and-replace.
    case equalsYear = "equals_year"
    /// About 10,000 times the last figure, or a 10,000th of it: 万元 typed for 亿元.
    case unitSlip = "unit_slip"
    /// A cumulative figure lower than the one before in the same year.
    case cumulativeFalls = "cumulative_falls"
    /// A sum some of whose parts are missing.
    case missingParts = "missing_parts"
    /// Up to one day there is one cumulative figure, whatever kind of period it was given for; and one stock on it.
    case sameDay = "same_day"

    /// Whether it says anything about items of this sort.
    func isFor(_ item: Item) -> Bool {
        guard item.valueType == .number, item.formula == nil else { return false }
        return switch self {
        case .periodNotOver: item.role == .actual
        case .equalsYear, .unitSlip: true
        case .cumulativeFalls: item.kind == .cumulative && item.role == .actual
        case .missingParts: item.isAdditive
        case .sameDay: item.kind != .current && item.periods.count > 1
        }
    }

    /// What must be so for one item.
    func rule(for item: ItemReference) -> Condition {
        let own = Expression.item(item)
        switch self {
        case .periodNotOver: return .compareDates(.lessOrEqual, .periodEnd, .today)
        case .equalsYear:
            return .compare(.notEqual, .quotient(.stated(own), .constant(item.factor, text: "")), .yearOfPeriod)
        case .unitSlip:
            let before = Expression.either(.last(item), .shifted(.yearBefore, own))
            return .and(
                .not(Self.isSlip(.quotient(.stated(own), .stated(before)))),
                .not(Self.isSlip(.quotient(.stated(before), .stated(own))))
            )
        case .cumulativeFalls: return .compare(.greaterOrEqual, own, .last(item))
        case .missingParts: return .complete(item)
        case .sameDay: return .sameDay(item)
        }
    }

    /// When it is tried at all.
    func condition(for item: ItemReference) -> Condition? {
        self == .missingParts ? nil : .present(.item(item))
    }

    /// Between a third of 10,000 and three times as much: no enterprise grows like that in a period.
    private static func isSlip(_ ratio: Expression) -> Condition {
        .and(
            .compare(.greaterOrEqual, ratio, .constant(Fraction(3_333), text: "3333")),
            .compare(.lessOrEqual, ratio, .constant(Fraction(30_000), text: "30000"))
        )
    }
}

extension Check {
    /// What the check comes to in a scheme.
    func rules(in scheme: Scheme) -> [CheckPlan.Rule] {
        switch self.content {
        case .rule(let rule, let condition): return [CheckPlan.Rule(check: self, rule: rule, condition: condition)]
        case .kind(let kind, let items):
            let all =
                items
                ?? scheme.forms.flatMap { form in
                    form.items.filter { kind.isFor($0) }.map { ItemReference($0, in: form) }
                }
            return all.map { item in
                CheckPlan.Rule(check: self, rule: kind.rule(for: item), condition: kind.condition(for: item))
            }
        }
    }
}
