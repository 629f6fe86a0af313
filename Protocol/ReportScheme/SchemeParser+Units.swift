import ReportModel
import Yams

/// A unit whose parents are still to be found.
struct UnitDraft {
    let code: Placed<UnitCode>
    let name: Bilingual
    let level: UnitLevel
    let parents: [ParentDraft]
    let landParents: [ParentDraft]
    let aliases: [String]
}

/// A parent as a unit names it.
struct ParentDraft {
    let unit: Placed<UnitCode>
    let validity: Validity
    /// Of the entry.
    let place: Place

    var dated: DatedParent { DatedParent(unit: self.unit.value, validity: self.validity) }
}

extension SchemeParser {
    static let unitKeys = [
        "code", "name", "name_en", "level", "parent", "parents", "land_parent", "land_parents", "aliases", "note",
    ]
    private static let parentKeys = ["parent", "from", "until"]

    mutating func readUnit(_ object: YAMLObject) {
        self.takeNames(["code", "name", "name_en"], of: object, in: \.unitNames)
        let code = self.unitCode("code", of: object)
        let name = self.name(of: object)
        let level: UnitLevel? = self.choice("level", of: object)
        let parents = self.parents("parent", or: "parents", of: object)
        let landParents = self.parents("land_parent", or: "land_parents", of: object)
        let aliases = self.texts("aliases", of: object).map(\.value)
        _ = self.text("note", of: object, required: false)
        guard let code, let name, let level, let parents, let landParents else {
            if let code { self.flawed.units.insert(code.value) }
            return
        }
        // Where no land parent holds, the administrative one does; but without that one a unit drops out of all totals.
        if let days = self.inOrder(parents) { self.checkGaps(days) }
        _ = self.inOrder(landParents)
        self.units.append(
            UnitDraft(
                code: code,
                name: name,
                level: level,
                parents: parents,
                landParents: landParents,
                aliases: aliases
            )
        )
    }

    private mutating func unitCode(_ key: String, of object: YAMLObject) -> Placed<UnitCode>? {
        guard let text = self.text(key, of: object) else { return nil }
        guard let code = UnitCode(text.value) else {
            self.add(.badUnitCode(text.value.shortened), at: text.place)
            return nil
        }
        return Placed(value: code, place: text.place)
    }

    // MARK: - Parents

    /// The one parent at `key`, or those of the list at `list`; `nil` when one of them is mistaken.
    private mutating func parents(_ key: String, or list: String, of object: YAMLObject) -> [ParentDraft]? {
        guard let entries = object.values[list] else {
            guard object.values[key] != nil else { return [] }
            return self.unitCode(key, of: object).map {
                [ParentDraft(unit: $0, validity: Validity(), place: $0.place)]
            }
        }
        guard object.values[key] == nil else {
            self.add(.eitherKey(key, or: list), at: self.place(of: entries, in: object.file))
            return nil
        }
        let nodes = self.nodes(list, of: object)
        let parents = nodes.compactMap { self.parent($0, file: object.file) }
        return parents.isEmpty || parents.count < nodes.count ? nil : parents
    }

    private mutating func parent(_ node: Node, file: String) -> ParentDraft? {
        guard let entry = self.object(node, file: file, keys: Self.parentKeys) else { return nil }
        let unit = self.unitCode("parent", of: entry)
        let validity = self.validity(of: entry)
        guard let unit, let validity else { return nil }
        return ParentDraft(unit: unit, validity: validity, place: entry.place)
    }

    /// The parents in the order of their days; `nil`, and reported, when two hold on one day.
    private mutating func inOrder(_ parents: [ParentDraft]) -> [ParentDraft]? {
        let ordered = parents.sorted { left, right in
            guard let later = right.validity.from else { return false }
            return left.validity.from.map { $0 < later } ?? true
        }
        var hasOverlap = false
        var longest: ParentDraft?
        for parent in ordered {
            guard let before = longest else {
                longest = parent
                continue
            }
            if before.validity.overlaps(parent.validity) {
                let (first, second) = before.place < parent.place ? (before, parent) : (parent, before)
                self.add(.overlappingValidity(first: first.place.text), at: second.place)
                hasOverlap = true
            }
            if let end = before.validity.until, parent.validity.until.map({ $0 > end }) ?? true { longest = parent }
        }
        return hasOverlap ? nil : ordered
    }

    /// - Parameter parents: in the order of their days.
    private mutating func checkGaps(_ parents: [ParentDraft]) {
        guard let first = parents.first, let last = parents.last else { return }
        if let from = first.validity.from { self.add(.withoutParent(after: nil, before: from), at: first.place) }
        for (before, parent) in zip(parents, parents.dropFirst())
        where before.validity.until?.next != parent.validity.from {
            self.add(.withoutParent(after: before.validity.until, before: parent.validity.from), at: parent.place)
        }
        if let until = last.validity.until { self.add(.withoutParent(after: until, before: nil), at: last.place) }
    }
}

// MARK: - Joining the units to a tree

extension SchemeParser {
    /// One unit at the top, every parent there and of a higher level. That there is a top at all need not be checked:
    /// without one, some parent is unknown or some go round in a circle.
    mutating func finishUnits(home: Place) -> [ReportingUnit] {
        if self.units.isEmpty, self.flawed.units.isEmpty, self.header != nil { self.add(.noUnits, at: home) }
        // The first of two with one code; the second is already reported.
        let drafts = Dictionary(self.units.map { ($0.code.value, $0) }) { first, _ in first }
        let inCircle = self.reportCircles(drafts)
        var root: Place?
        for unit in self.units {
            if unit.parents.isEmpty {
                if let root {
                    self.add(.secondRoot(first: root.text), at: unit.code.place)
                } else {
                    root = unit.code.place
                }
            }
            for parent in unit.parents + unit.landParents {
                guard let above = drafts[parent.unit.value] else {
                    if !self.flawed.units.contains(parent.unit.value) {
                        self.add(.unknownParent(parent.unit.value.description), at: parent.unit.place)
                    }
                    continue
                }
                if above.level >= unit.level, !inCircle.contains(unit.code.value) {
                    self.add(.levelNotBelowParent(unit.level, parent: above.level), at: parent.unit.place)
                }
            }
        }
        return self.units.map {
            ReportingUnit(
                code: $0.code.value,
                name: $0.name,
                level: $0.level,
                parents: $0.parents.map(\.dated),
                landParents: $0.landParents.map(\.dated),
                aliases: $0.aliases
            )
        }
    }

    /// Reports each circle of parents once, at the unit of it that stands first in the text. Days do not count: no unit
    /// ever stands above one that ever stands above it, for its level is the same on all days.
    private mutating func reportCircles(_ drafts: [UnitCode: UnitDraft]) -> Set<UnitCode> {
        func above(_ code: UnitCode) -> [UnitCode] {
            drafts[code].map { ($0.parents + $0.landParents).map(\.unit.value) } ?? []
        }
        var inCircle: Set<UnitCode> = []
        var cleared: Set<UnitCode> = []
        for unit in self.units where !cleared.contains(unit.code.value) {
            // The way up, and at each step the parents that are still to be tried.
            var path = [(code: unit.code.value, rest: above(unit.code.value))]
            var onPath: Set = [unit.code.value]
            while let step = path.last {
                guard let next = path[path.count - 1].rest.popLast() else {
                    onPath.remove(step.code)
                    cleared.insert(step.code)
                    path.removeLast()
                    continue
                }
                if onPath.contains(next) {
                    let circle = path.map(\.code).drop { $0 != next }
                    if inCircle.isDisjoint(with: circle),
                        let place = circle.compactMap({ drafts[$0]?.code.place }).min()
                    {
                        self.add(.cycle((circle + [next]).map(\.description)), at: place)
                    }
                    inCircle.formUnion(circle)
                } else if !cleared.contains(next) {
                    onPath.insert(next)
                    path.append((next, above(next)))
                }
            }
        }
        return inCircle
    }
}
