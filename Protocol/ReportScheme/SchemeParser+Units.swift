import ReportModel

/// A unit whose parent is still to be found.
struct UnitDraft {
    let code: Placed<UnitCode>
    let name: Bilingual
    let level: UnitLevel
    let parent: Placed<UnitCode>?
    let aliases: [String]
}

extension SchemeParser {
    static let unitKeys = ["code", "name", "name_en", "level", "parent", "aliases", "note"]

    mutating func readUnit(_ object: YAMLObject) {
        self.takeNames(["code", "name", "name_en"], of: object, in: \.unitNames)
        let code = self.unitCode("code", of: object)
        let name = self.name(of: object)
        let level: UnitLevel? = self.choice("level", of: object)
        let parent = object.values["parent"] == nil ? nil : self.unitCode("parent", of: object)
        let aliases = self.texts("aliases", of: object).map(\.value)
        _ = self.text("note", of: object, required: false)
        guard let code, let name, let level else {
            if let code { self.flawed.units.insert(code.value) }
            return
        }
        self.units.append(UnitDraft(code: code, name: name, level: level, parent: parent, aliases: aliases))
    }

    private mutating func unitCode(_ key: String, of object: YAMLObject) -> Placed<UnitCode>? {
        guard let text = self.text(key, of: object) else { return nil }
        guard let code = UnitCode(text.value) else {
            self.add(.badUnitCode(text.value.shortened), at: text.place)
            return nil
        }
        return Placed(value: code, place: text.place)
    }

    /// Joins the drafts to a tree: one unit at the top, every parent there and of a higher level. That there is a top at
    /// all need not be checked: without one, some parent is unknown or some go round in a circle.
    mutating func finishUnits(home: Place) -> [ReportingUnit] {
        if self.units.isEmpty, self.flawed.units.isEmpty, self.header != nil { self.add(.noUnits, at: home) }
        // The first of two with one code; the second is already reported.
        let drafts = Dictionary(self.units.map { ($0.code.value, $0) }) { first, _ in first }
        let inCircle = self.reportCircles(drafts)
        var root: Place?
        for unit in self.units {
            guard let parent = unit.parent else {
                if let root {
                    self.add(.secondRoot(first: root.text), at: unit.code.place)
                } else {
                    root = unit.code.place
                }
                continue
            }
            guard let above = drafts[parent.value] else {
                if !self.flawed.units.contains(parent.value) {
                    self.add(.unknownParent(parent.value.description), at: parent.place)
                }
                continue
            }
            if above.level >= unit.level, !inCircle.contains(unit.code.value) {
                self.add(.levelNotBelowParent(unit.level, parent: above.level), at: parent.place)
            }
        }
        return self.units.map {
            ReportingUnit(
                code: $0.code.value,
                name: $0.name,
                level: $0.level,
                parent: $0.parent?.value,
                aliases: $0.aliases
            )
        }
    }

    /// Reports each circle of parents once, at the unit of it that stands first in the text.
    private mutating func reportCircles(_ drafts: [UnitCode: UnitDraft]) -> Set<UnitCode> {
        var inCircle: Set<UnitCode> = []
        var cleared: Set<UnitCode> = []
        for unit in self.units {
            var path: [UnitCode] = []
            var next: UnitCode? = unit.code.value
            while let code = next, !cleared.contains(code) {
                if let start = path.firstIndex(of: code) {
                    let circle = path[start...]
                    inCircle.formUnion(circle)
                    self.add(.cycle((circle + [code]).map(\.description)), at: unit.code.place)
                    break
                }
                path.append(code)
                next = drafts[code]?.parent?.value
            }
            cleared.formUnion(path)
        }
        return inCircle
    }
}
