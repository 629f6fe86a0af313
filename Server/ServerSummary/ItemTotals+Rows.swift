import ReportModel
import ReportScheme

extension ItemTotals {
    /// One row for every unit with a tally, `nil` for the others.
    ///
    /// - Parameters:
    ///   - plan: the totals of the plan item at the calendar year, over the same tree.
    ///   - before: the totals of the item in the same period of the year before, over the same tree.
    func rows(plan: ItemTotals?, before: ItemTotals?) throws(TotalsOverflow) -> [Totals.Row?] {
        let beside = Beside(
            plan: plan,
            planCoverage: plan.map { Coverage(of: self, by: $0) },
            before: before.map { ($0, SameContributors(self, $0)) }
        )
        var rows: [Totals.Row?] = Array(repeating: nil, count: self.tree.units.count)
        for (index, tally) in self.tallies.enumerated() {
            guard let tally else { continue }
            do throws(DecimalOverflow) {
                rows[index] = try self.row(index, tally, beside)
            } catch {
                throw TotalsOverflow(unit: self.tree.units[index], item: self.item)
            }
        }
        return rows
    }

    private func row(
        _ index: Int,
        _ tally: Tally,
        _ beside: Beside
    ) throws(DecimalOverflow) -> Totals.Row {
        let own = self.ownNumber(index)
        let standsBeside = !self.isContributor[index]
        var difference: ExactDecimal?
        if standsBeside, let own, let sum = tally.sum { difference = try own.subtracting(sum).normalized }
        let planned = beside.plan.flatMap { self.item.isAdditive ? $0.sumOrOwn(index) : $0.ownNumber(index) }
        var completion: ExactDecimal?
        let actual = self.item.isAdditive ? tally.sum : own
        if let actual, let planned, beside.planCoverage?.isWhole(at: index) == true || !self.item.isAdditive {
            // A ratio with more digits than fit, of a huge figure and a tiny plan, says nothing: one clerk's slip must
            // not take the whole page away.
            completion = try? actual.percent(of: planned, decimals: 1)
        }
        var yearBefore: ExactDecimal?
        if let (before, same) = beside.before, same.isSo(at: index) || !self.item.isAdditive {
            yearBefore = self.item.isAdditive ? before.tallies[index]?.sum : before.ownNumber(index)
        }
        var growth: ExactDecimal?
        // On a loss or on nothing, a percentage has no sense: a halved loss would be a fall.
        if let actual, let yearBefore, yearBefore > .zero {
            growth = try? actual.subtracting(yearBefore).percent(of: yearBefore, decimals: 1)
        }
        var share: ExactDecimal?
        if self.item.isAdditive, let sum = tally.sum, let whole = self.tallies.first??.sum {
            share = try? sum.percent(of: whole, decimals: 1)
        }
        let ownInConflict = standsBeside && self.own[index]?.isInConflict == true
        return Totals.Row(
            unit: self.tree.units[index],
            item: self.item,
            sum: tally.sum?.normalized,
            upper: tally.hasRange ? tally.upper?.normalized : nil,
            own: own?.normalized,
            ownApproximation: self.own[index]?.value.quantity.map { Approximation($0) } ?? .exact,
            difference: difference,
            reported: tally.reported,
            expected: tally.expected,
            missing: tally.missing,
            withheld: tally.withheld,
            approximation: self.approximation(at: index),
            inConflict: tally.inConflict + (ownInConflict ? 1 : 0),
            plan: planned?.normalized,
            targetVersion: nil,
            planApproximation: planned == nil ? .exact : beside.plan?.approximation(at: index) ?? .exact,
            completion: completion,
            yearBefore: yearBefore?.normalized,
            yearBeforeApproximation: yearBefore == nil
                ? .exact : beside.before?.totals.approximation(at: index) ?? .exact,
            growth: growth,
            share: share,
            derived: nil
        )
    }
}

extension ItemTotals {
    /// What the contributors' qualifiers and ranges make of the sum; without a sum, what the own cell's do.
    fileprivate func approximation(at unit: Int) -> Approximation {
        if let tally = self.tallies[unit], tally.sum != nil { return tally.approximation }
        return self.own[unit]?.value.quantity.map { Approximation($0) } ?? .exact
    }
}

/// What an item's sums are set beside.
private struct Beside {
    let plan: ItemTotals?
    let planCoverage: Coverage?
    let before: (totals: ItemTotals, same: SameContributors)?
}

/// Whether two sums are of the very same contributors: 180 zones this year against 160 last year would be growth that
/// nobody had.
struct SameContributors {
    private let isSame: [Bool]

    init(_ one: ItemTotals, _ other: ItemTotals) {
        let tree = one.tree
        var isSame = Array(repeating: true, count: tree.units.count)
        for index in tree.units.indices.reversed() {
            isSame[index] =
                one.isContributor[index] || other.isContributor[index]
                ? (one.ownNumber(index) == nil) == (other.ownNumber(index) == nil)
                : tree.children[index].allSatisfy { isSame[$0] }
        }
        self.isSame = isSame
    }

    func isSo(at unit: Int) -> Bool { self.isSame[unit] }
}

/// Whether a sum may be set against a sum of plans.
///
/// A percentage of two sums says something only when they are about the same units: 178 zones' actuals against 160
/// zones' plans would flatter. So every contributor who gave a number must be covered by a plan that is in the plan's
/// sum: one given by itself, by units below it, or by a unit above it (a county's plan for all its zones) up to the
/// row's unit. Where no plan comes from below at all, the plan that the row's unit gave itself covers everything.
/// Plans without an actual do no harm: that is what *reported n of m* is for.
struct Coverage {
    /// Whether all numbers at and below the unit are covered by plans at and below it.
    private let covered: [Bool]
    private let ownPlanOnly: [Bool]

    init(of actual: ItemTotals, by plan: ItemTotals) {
        let tree = actual.tree
        var covered = Array(repeating: true, count: tree.units.count)
        for index in tree.units.indices.reversed() {
            let givesPlan = plan.isContributor[index] && plan.ownNumber(index) != nil
            if givesPlan {
                covered[index] = true
            } else if actual.isContributor[index] {
                covered[index] = actual.ownNumber(index) == nil || plan.tallies[index]?.sum != nil
            } else {
                covered[index] = tree.children[index].allSatisfy { covered[$0] }
            }
        }
        self.covered = covered
        self.ownPlanOnly = tree.units.indices.map { plan.tallies[$0]?.sum == nil && plan.ownNumber($0) != nil }
    }

    func isWhole(at unit: Int) -> Bool { self.covered[unit] || self.ownPlanOnly[unit] }
}
