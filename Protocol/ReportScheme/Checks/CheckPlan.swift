import ReportModel

/// All rules of a scheme, each ready to be tried for a unit and period, and found by the cells that matter to them.
package struct CheckPlan: Sendable {
    /// One thing that must be so. A check for every item, such as *a cumulative figure does not fall*, has one for each.
    struct Rule: Sendable {
        let check: Check
        let rule: Condition
        let condition: Condition?
    }

    package let scheme: Scheme
    let rules: [Rule]
    /// The rules in which an item of the context's own unit appears, by form and item.
    private let rulesAt: [Code: [Code: [Int]]]
    /// The rules that look below, by the item that they look for there.
    private let rulesAbove: [Code: [Code: [Int]]]

    package init(_ scheme: Scheme) {
        self.scheme = scheme
        let rules = scheme.checks.flatMap { check in check.rules(in: scheme) }
        var at: [Code: [Code: [Int]]] = [:]
        var above: [Code: [Code: [Int]]] = [:]
        for (index, rule) in rules.enumerated() {
            for (reference, isBelow) in rule.cells(in: scheme) {
                if at[reference.form]?[reference.item]?.last != index {
                    at[reference.form, default: [:]][reference.item, default: []].append(index)
                }
                if isBelow, above[reference.form]?[reference.item]?.last != index {
                    above[reference.form, default: [:]][reference.item, default: []].append(index)
                }
            }
        }
        self.rules = rules
        self.rulesAt = at
        self.rulesAbove = above
    }

    /// The forms whose reports a finding stands in: all that the rule names; of a check for every item, the item's own.
    package func forms(of finding: Finding) -> Set<Code> {
        let rules = self.rules.filter { $0.check.code == finding.check }
        let named = rules.count == 1 ? rules[0].cells(in: self.scheme).map(\.reference.form) : []
        return Set(named + finding.cells.map(\.form))
    }

    /// A rule at a unit and period.
    struct Instance: Hashable, Sendable, Comparable {
        let rule: Int
        let context: FormulaContext

        static func < (left: Self, right: Self) -> Bool {
            (left.rule, left.context.unit, left.context.period) < (right.rule, right.context.unit, right.context.period)
        }
    }

    /// Everything that has to be tried because a cell is there.
    func instances(of cell: CellAddress) -> [Instance] {
        guard cell.row.isEmpty else { return [] }
        let own = FormulaContext(unit: cell.unit, period: cell.period)
        var instances = self.rulesAt[cell.form]?[cell.item, default: []].map { Instance(rule: $0, context: own) } ?? []
        if let above = self.rulesAbove[cell.form]?[cell.item] {
            for unit in self.scheme.ancestors(of: cell.unit, in: cell.period, form: cell.form) {
                let context = FormulaContext(unit: unit, period: cell.period)
                instances += above.map { Instance(rule: $0, context: context) }
            }
        }
        return instances.filter { self.rules[$0.rule].check.applies(to: $0.context) }
    }

    /// What a rule finds where the evaluator stands; `nil` when all is well, or cannot be said.
    func finding<Source>(_ instance: Instance, _ evaluator: inout Evaluator<Source>) throws -> Finding? {
        let rule = self.rules[instance.rule]
        evaluator.start(at: instance.context)
        if let condition = rule.condition, try !evaluator.isCertain(condition) { return nil }
        guard try evaluator.isTrue(rule.rule, rule.check.agreement) == false else { return nil }
        // Putting it into words begins anew, without the condition: what was looked at for that still matters.
        let tried = evaluator.looked
        let finding = try FindingWriter(rule: rule, context: instance.context).write(&evaluator)
        evaluator.noteLooked(at: tried)
        return finding
    }
}

extension CheckPlan.Rule {
    /// Every item whose cells matter, those behind derived figures too, and whether it is looked for below.
    fileprivate func cells(in scheme: Scheme) -> [(reference: ItemReference, isBelow: Bool)] {
        var cells: [(ItemReference, Bool)] = []
        var visited: Set<ItemReference> = []
        func visit(_ reference: ItemReference, isBelow: Bool) {
            guard let formula = scheme.formula(of: reference) else {
                cells.append((reference, isBelow))
                return
            }
            guard visited.insert(reference).inserted else { return }
            for inner in formula.expression.references { visit(inner.reference, isBelow: inner.look == .below) }
        }
        for named in self.rule.references + (self.condition?.references ?? []) {
            visit(named.reference, isBelow: named.look == .below)
        }
        return cells
    }
}
