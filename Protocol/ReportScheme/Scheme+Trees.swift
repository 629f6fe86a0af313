import ReportModel

// The tree of units changes over time: a question about it names the day. A period's tree is that of its last day.

extension Scheme {
    /// The one unit that never has a parent: the province.
    package var root: ReportingUnit {
        self.units.first { $0.parents.isEmpty }!
    }

    /// The unit above `unit` on that day; `nil` at the top, and for a unit that the scheme does not have.
    package func parent(
        of unit: UnitCode,
        on date: CalendarDate,
        in tree: UnitTreeKind = .administrative
    ) -> ReportingUnit? {
        self.unit(unit)?.parent(on: date, in: tree).flatMap { self.unit($0) }
    }

    /// The units whose parent is `unit` on that day, in the order of the scheme's text.
    package func children(
        of unit: UnitCode,
        on date: CalendarDate,
        in tree: UnitTreeKind = .administrative
    ) -> [ReportingUnit] {
        self.candidates(below: unit, in: tree).filter { $0.parent(on: date, in: tree) == unit }
    }

    /// The unit itself or the one above it that has this level on that day; `nil` where there is none.
    package func ancestor(
        of unit: UnitCode,
        at level: UnitLevel,
        on date: CalendarDate,
        in tree: UnitTreeKind = .administrative
    ) -> ReportingUnit? {
        var next = self.unit(unit)
        while let unit = next, unit.level != level {
            next = self.parent(of: unit.code, on: date, in: tree)
        }
        return next
    }

    /// The unit itself, then everything below it on that day, depth first. Empty for a unit that the scheme does not
    /// have.
    package func unitAndBelow(
        _ unit: UnitCode,
        on date: CalendarDate,
        in tree: UnitTreeKind = .administrative
    ) -> [ReportingUnit] {
        guard let first = self.unit(unit) else { return [] }
        return [first]
            + self.children(of: unit, on: date, in: tree).flatMap { self.unitAndBelow($0.code, on: date, in: tree) }
    }

    /// The unit itself, then everything that is, was or will be below it in the administrative tree, depth first, each
    /// once: what an office keeps. A county keeps what a zone reported while it was the county's, and a zone is to be
    /// with its new county before the first period there ends.
    package func unitAndBelow(_ unit: UnitCode) -> [ReportingUnit] {
        guard let first = self.unit(unit) else { return [] }
        var found: [ReportingUnit] = []
        var seen: Set<UnitCode> = []
        // A stack, with the next unit on top.
        var rest = [first]
        while let next = rest.popLast() {
            guard seen.insert(next.code).inserted else { continue }
            found.append(next)
            rest += self.candidates(below: next.code, in: .administrative).reversed()
        }
        return found
    }
}
