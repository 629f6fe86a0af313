import ReportModel

/// A name in an import file that is to stand for a unit, or for an item of a form.
package struct ImportedName: Hashable, Sendable {
    /// The form whose item is meant; `nil` where a unit is.
    package let form: Code?
    /// Without blanks around it.
    package let text: String

    /// - Parameter form: `nil` for the name of a unit.
    package init(_ text: String, form: Code? = nil) {
        self.form = form
        self.text = NameIndex.key(text)
    }

    /// Whether a scheme could have such a name: what no scheme could have needs no deciding.
    var isPossible: Bool {
        !self.text.isEmpty && self.text.utf8.count <= SchemeLimits.nameByteCountMax
            && !self.text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// What people decided that names mean which a scheme does not have. The scheme's own names win.
package struct NameMatches: Sendable {
    private let codes: [ImportedName: String]

    /// - Parameter codes: of units and items. A code that the scheme does not have matches nothing.
    package init(_ codes: [ImportedName: String] = [:]) {
        self.codes = codes
    }

    fileprivate func code(_ name: ImportedName) -> String? { self.codes[name] }
}

extension Scheme {
    /// The unit with this code, name or alias, or else the one that somebody decided the name means.
    package func unit(named name: String, matches: NameMatches) -> ReportingUnit? {
        self.unit(named: name)
            ?? matches.code(ImportedName(name)).flatMap { UnitCode($0) }.flatMap { self.unit($0) }
    }

    /// The item of `form` with this code, name or alias in a period, or else the one that somebody decided the name means.
    package func item(named name: String, of form: Form, in period: Period, matches: NameMatches) -> Item? {
        form.item(named: name, in: period)
            ?? matches.code(ImportedName(name, form: form.code)).flatMap { Code($0) }.flatMap { form.item($0) }
    }
}
