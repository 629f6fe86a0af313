import ReportModel
import ReportScheme

extension TotalsFigures {
    /// One row for every unit that reports the item, or has reporters below it.
    func reportedRows(of item: Item, in form: Form, _ period: Period) throws -> [Totals.Row?] {
        let plan = item.plan.flatMap { form.item($0) }
        var rows = try self.totals(of: item, in: form, period).rows(
            plan: plan.flatMap { plan in
                try period.calendarYear.map { try self.totals(of: plan, in: form, $0) }
            },
            before: period.yearBefore.map { try self.totals(of: item, in: form, $0) }
        )
        if let plan, plan.role == .target, self.scheme.targetLetter != nil, let year = period.calendarYear {
            let versions = try self.letterVersions(of: plan, in: form, year)
            for index in rows.indices where rows[index]?.plan != nil { rows[index]?.targetVersion = versions[index] }
        }
        return rows
    }

    /// For every unit, the last amendment that a target at it or below it has its value from.
    private func letterVersions(of plan: Item, in form: Form, _ year: Period) throws -> [Int?] {
        let totals = try self.totals(of: plan, in: form, year)
        var versions: [Int?] = Array(repeating: nil, count: self.tree.units.count)
        for index in self.tree.units.indices.reversed() {
            let below = self.tree.children[index].compactMap { versions[$0] }
            var own: Int?
            let address = CellAddress(
                unit: self.tree.units[index].code,
                form: form.code,
                period: year,
                item: plan.code
            )
            if totals.ownNumber(index) != nil, let letter = self.scheme.letter(over: address),
                case .date = try self.value(at: letter.signed)
            {
                var text = ""
                if case .text(let amendments) = try self.value(at: letter.amendments) { text = amendments }
                own = TargetLetter.lastAmendment(of: address, in: text)
            }
            versions[index] = (below + [own].compactMap(\.self)).max()
        }
        return versions
    }

    /// One row for every unit that has figures behind the derived one; worked out from the sums, never from the figures
    /// derived below.
    func derivedRows(
        of item: Item,
        in form: Form,
        _ period: Period,
        today: CalendarDate
    ) throws -> [Totals.Row?] {
        let behind = try self.scheme.figures(behind: item, of: form, in: period).map { figure in
            (item: figure.item, totals: try self.totals(of: figure.item, in: figure.form, figure.period))
        }
        // What had been the last figure differs from unit to unit: above a unit of its own it is of no period at all.
        let looksEarlier = self.scheme.looksEarlier(item, of: form)
        guard let first = behind.first else { return Array(repeating: nil, count: self.tree.units.count) }
        var pairings: [Int: [Int: Pairing]] = [:]
        return try self.tree.units.indices.map { index in
            // One of two figures of which a formula takes either may be missing everywhere; it goes with nothing then.
            let there = behind.indices.filter { behind[$0].totals.sumOrOwn(index) != nil }
            guard !there.isEmpty, let tally = first.totals.tallies[index] else { return nil }
            let isOneUnit = behind.allSatisfy { $0.totals.tallies[index] == nil || $0.totals.isContributor[index] }
            let isWhole = there.allSatisfy { one in
                there.allSatisfy { other in
                    guard one < other else { return true }
                    let pairing = pairings[one]?[other] ?? Pairing(behind[one], behind[other])
                    pairings[one, default: [:]][other] = pairing
                    return pairing.isWhole(at: index)
                }
            }
            let context = FormulaContext(unit: self.tree.units[index].code, period: period)
            let derived =
                isWhole && (isOneUnit || !looksEarlier)
                ? try self.scheme.derived(item, of: form, for: context, today: today, source: self) : nil
            return Totals.Row(
                unit: self.tree.units[index],
                item: item,
                sum: nil,
                upper: nil,
                own: nil,
                ownApproximation: .exact,
                difference: nil,
                reported: tally.reported,
                expected: tally.expected,
                missing: tally.missing,
                withheld: tally.withheld,
                approximation: derived?.isApproximate == true ? .mixed : .exact,
                inConflict: tally.inConflict,
                plan: nil,
                targetVersion: nil,
                planApproximation: .exact,
                completion: nil,
                yearBefore: nil,
                yearBeforeApproximation: .exact,
                growth: nil,
                share: nil,
                derived: derived?.printed
            )
        }
    }
}

/// Whether two figures in one formula are about the same units, so that their ratio or difference says something.
///
/// A plan may be of more units than the actual, as in ``Coverage``. Else both are sums over the same contributors, or both
/// are the unit's own, or one is the unit's own and the other a sum in which nobody is missing.
private struct Pairing {
    private let one: ItemTotals
    private let other: ItemTotals
    private let coverage: Coverage?
    private let same: SameContributors

    init(_ one: (item: Item, totals: ItemTotals), _ other: (item: Item, totals: ItemTotals)) {
        self.one = one.totals
        self.other = other.totals
        self.same = SameContributors(one.totals, other.totals)
        switch (one.item.role.isPlanned, other.item.role.isPlanned) {
        case (false, true): self.coverage = Coverage(of: one.totals, by: other.totals)
        case (true, false): self.coverage = Coverage(of: other.totals, by: one.totals)
        default: self.coverage = nil
        }
    }

    func isWhole(at unit: Int) -> Bool {
        if let coverage { return coverage.isWhole(at: unit) }
        switch (self.one.isSum(at: unit), self.other.isSum(at: unit)) {
        case (true, true): return self.same.isSo(at: unit)
        case (false, false): return true
        case (true, false): return self.one.isComplete(at: unit)
        case (false, true): return self.other.isComplete(at: unit)
        }
    }
}

extension ItemTotals {
    /// Whether the figure at a unit is added up from others, and is not the unit's own.
    fileprivate func isSum(at unit: Int) -> Bool {
        self.item.isAdditive && !self.isContributor[unit] && self.tallies[unit]?.sum != nil
    }

    fileprivate func isComplete(at unit: Int) -> Bool {
        self.tallies[unit].map { $0.missing.isEmpty && $0.withheld.isEmpty } ?? false
    }
}

extension Item.Role {
    fileprivate var isPlanned: Bool { self == .plan || self == .target }
}
