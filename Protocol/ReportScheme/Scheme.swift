import ReportModel

/// A reporting scheme 报表制度: everything that is reported, by whom and when. A value of this type has no mistakes in it:
/// ``parse(_:)`` found none.
package struct Scheme: Sendable {
    package let code: Code
    package let name: Bilingual
    package let version: String
    /// In the order of the scheme's text.
    package let units: [ReportingUnit]
    package let measures: [Measure]
    /// In the order of their files' names.
    package let forms: [Form]
    /// `nil` when the scheme has no target letters.
    package let targetLetter: TargetLetter?
    /// Names the very text this was parsed from (``SchemeSource/fingerprint``).
    package let fingerprint: ChainHash

    private let unitIndices: [String: Int]
    private let measureIndices: [String: Int]
    private let formIndices: [String: Int]
    private let childIndices: [UnitCode: [Int]]

    /// - Precondition: the parser checked the parts: exactly one unit has no parent, and every parent exists.
    init(
        code: Code,
        name: Bilingual,
        version: String,
        units: [ReportingUnit],
        measures: [Measure],
        forms: [Form],
        targetLetter: TargetLetter?,
        fingerprint: ChainHash
    ) {
        self.code = code
        self.name = name
        self.version = version
        self.units = units
        self.measures = measures
        self.forms = forms
        self.targetLetter = targetLetter
        self.fingerprint = fingerprint
        self.unitIndices = NameIndex.make(units) {
            [$0.code.description, $0.name.chinese, $0.name.english] + $0.aliases
        }
        self.measureIndices = NameIndex.make(measures) { [$0.code, $0.englishName] + $0.aliases }
        self.formIndices = NameIndex.make(forms) { [$0.code.description, $0.name.chinese, $0.name.english] }
        self.childIndices = units.enumerated().reduce(into: [:]) { children, unit in
            if let parent = unit.element.parent { children[parent, default: []].append(unit.offset) }
        }
    }
}

// MARK: - Looking things up

extension Scheme {
    /// The one unit without a parent: the province.
    package var root: ReportingUnit {
        self.units.first { $0.parent == nil }!
    }

    /// The unit with this code; names do not count.
    package func unit(_ code: UnitCode) -> ReportingUnit? {
        self.unitIndices[code.description].map { self.units[$0] }
    }

    /// The unit with this code, name (Chinese or English) or alias.
    package func unit(named name: String) -> ReportingUnit? {
        self.unitIndices[NameIndex.key(name)].map { self.units[$0] }
    }

    /// The form with this code; names do not count.
    package func form(_ code: Code) -> Form? {
        self.formIndices[code.description].map { self.forms[$0] }.flatMap { $0.code == code ? $0 : nil }
    }

    /// The form with this code or name (Chinese or English).
    package func form(named name: String) -> Form? {
        self.formIndices[NameIndex.key(name)].map { self.forms[$0] }
    }

    /// The unit of measure with this code, English name or alias.
    package func measure(named name: String) -> Measure? {
        self.measureIndices[NameIndex.key(name)].map { self.measures[$0] }
    }

    /// The units whose parent is `unit`, in the order of the scheme's text.
    package func children(of unit: UnitCode) -> [ReportingUnit] {
        self.childIndices[unit, default: []].map { self.units[$0] }
    }

    /// The unit itself, then everything below it, depth first. Empty for a unit that the scheme does not have.
    package func unitAndBelow(_ unit: UnitCode) -> [ReportingUnit] {
        guard let first = self.unit(unit) else { return [] }
        return [first] + self.children(of: unit).flatMap { self.unitAndBelow($0.code) }
    }

    /// Whether `unit` reports `item`.
    package func isReporter(_ unit: UnitCode, of item: Item) -> Bool {
        item.reporters.contains(unit)
    }
}
