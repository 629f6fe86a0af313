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
    /// In the order of their files' names.
    package let checks: [Check]
    /// `nil` when the scheme has no target letters.
    package let targetLetter: TargetLetter?
    /// Names the very text this was parsed from (``SchemeSource/fingerprint``).
    package let fingerprint: ChainHash

    private let unitIndices: [String: Int]
    private let measureIndices: [String: Int]
    private let formIndices: [String: Int]
    /// By parent: the units that ever hang under it, in the order of ``units``.
    private let childIndices: [UnitTreeKind: [UnitCode: [Int]]]
    /// Of the derived items, which are few: most figures that a formula asks for are none.
    private let formulas: [ItemReference: DerivedFormula]

    /// - Precondition: the parser checked the parts: exactly one unit has no parent, every parent exists and
    ///   stands higher than its children.
    init(
        code: Code,
        name: Bilingual,
        version: String,
        units: [ReportingUnit],
        measures: [Measure],
        forms: [Form],
        checks: [Check],
        targetLetter: TargetLetter?,
        fingerprint: ChainHash
    ) {
        self.code = code
        self.name = name
        self.version = version
        self.units = units
        self.measures = measures
        self.forms = forms
        self.checks = checks
        self.targetLetter = targetLetter
        self.fingerprint = fingerprint
        self.unitIndices = NameIndex.make(units) {
            [$0.code.description, $0.name.chinese, $0.name.english] + $0.aliases
        }
        self.measureIndices = NameIndex.make(measures) { [$0.code, $0.englishName] + $0.aliases }
        self.formIndices = NameIndex.make(forms) { [$0.code.description, $0.name.chinese, $0.name.english] }
        var childIndices: [UnitTreeKind: [UnitCode: [Int]]] = [:]
        for (index, unit) in units.enumerated() {
            let above = Set(unit.parents.map(\.unit))
            for parent in above { childIndices[.administrative, default: [:]][parent, default: []].append(index) }
            for parent in above.union(unit.landParents.map(\.unit)) {
                childIndices[.land, default: [:]][parent, default: []].append(index)
            }
        }
        self.childIndices = childIndices
        self.formulas = forms.reduce(into: [:]) { formulas, form in
            for item in form.items { formulas[ItemReference(item, in: form)] = item.formula }
        }
    }
}

// MARK: - Looking things up

extension Scheme {
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

    /// How an item is worked out; `nil` for one that is reported.
    func formula(of item: ItemReference) -> DerivedFormula? { self.formulas[item] }

    /// The units whose parent is `unit` on some day, in the order of the scheme's text.
    func candidates(below unit: UnitCode, in tree: UnitTreeKind) -> [ReportingUnit] {
        self.childIndices[tree]?[unit]?.map { self.units[$0] } ?? []
    }

    /// Whether `unit` reports `item`.
    package func isReporter(_ unit: UnitCode, of item: Item) -> Bool {
        item.reporters.contains(unit)
    }
}
