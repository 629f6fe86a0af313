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
        guard let first = behind.first else { return Array(repeating: nil, count: self.tree.units.count) }
        var pairings: [Int: [Int: Pairing]] = [:]
        return try self.tree.units.indices.map { index in
            // One of two figures of which a formula takes either may be missing everywhere; it goes with nothing then.
            let there = behind.indices.filter { behind[$0].totals.sumOrOwn(index) != nil }
            guard let one = there.first, let tally = first.totals.tallies[index] else { return nil }
            let isWhole = there.dropFirst().allSatisfy { other in
                let pairing = pairings[one]?[other] ?? Pairing(behind[one], behind[other])
                pairings[one, default: [:]][other] = pairing
                return pairing.isWhole(at: index)
            }
            let context = FormulaContext(unit: self.tree.units[index].code, period: period)
            let derived =
                isWhole
                ? try self.scheme.derived(item, of: form, for: context, today: today, source: self) : nil
            return Totals.Row(
                unit: self.tree.units[index],
                item: item,
                sum: nil,
                upper: nil,
                own: nil,
                difference: nil,
                reported: tally.reported,
                expected: tally.expected,
                missing: tally.missing,
                withheld: tally.withheld,
                approximation: derived?.isApproximate == true ? .mixed : .exact,
                inConflict: tally.inConflict,
                plan: nil,
                targetVersion: nil,
                completion: nil,
                yearBefore: nil,
                growth: nil,
                share: nil,
                derived: derived?.printed
            )
        }
    }
}

/// Whether two sums in one formula are about the same units. A plan may be of more units than the actual, as in
/// ``Coverage``; anything else is of the same ones.
private struct Pairing {
    private let coverages: [Coverage]

    init(_ one: (item: Item, totals: ItemTotals), _ other: (item: Item, totals: ItemTotals)) {
        var coverages: [Coverage] = []
        if one.item.role == .actual || other.item.role != .actual {
            coverages.append(Coverage(of: one.totals, by: other.totals))
        }
        if other.item.role == .actual || one.item.role != .actual {
            coverages.append(Coverage(of: other.totals, by: one.totals))
        }
        self.coverages = coverages
    }

    func isWhole(at unit: Int) -> Bool { self.coverages.allSatisfy { $0.isWhole(at: unit) } }
}
