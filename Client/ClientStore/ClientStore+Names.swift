import ReportModel
import ReportScheme
import ReportStorage

/// A name that imports wanted and the scheme does not have.
package struct ListedName: Hashable, Sendable {
    package let name: ImportedName
    /// How many rows wanted it, over all imports.
    package let rowCount: Int
    package let firstSeen: Timestamp
    /// The unit or item that somebody decided it means.
    package let code: String?

    init(_ stored: StoredName) {
        self.name = ImportedName(stored.name, form: Code(stored.form).flatMap { $0.isEmpty ? nil : $0 })
        self.rowCount = stored.rowCount
        self.firstSeen = stored.firstSeen
        self.code = stored.code
    }
}

/// A name that is not on the matching list, so that nothing can be decided about it.
package struct NameNotListed: ExplainedError {
    package let name: ImportedName

    package var code: String { "name_not_listed" }

    package var explanation: Bilingual {
        let name = self.name.text.shortened
        return Bilingual("待匹配名单中没有“\(name)”。", "“\(name)” is not on the matching list.")
    }

    package var advice: Bilingual {
        Bilingual(
            "请用 match --all 查看名单；指标名称另加 --form 报表。",
            "See the list with match --all; for the name of an item, add --form FORM."
        )
    }
}

// The matching list: a person decides what an unknown name means; nothing ever becomes a unit by itself.
extension ClientStore {
    /// Puts the unknown names of an import on the list.
    package func noteUnknownNames(_ names: [ImportFile.Unknown], now: Timestamp) throws {
        guard !names.isEmpty else { return }
        try self.database.write { writer in
            for unknown in names {
                try writer.noteImportedName(
                    unknown.name.text,
                    form: unknown.name.storedForm,
                    rowCount: unknown.rowCount,
                    at: now
                )
            }
        }
    }

    /// The whole list, decided or not: units first, then items by form.
    package func listedNames() throws -> [ListedName] {
        try self.database.read { try $0.importedNames().map(ListedName.init) }
    }

    /// What has been decided.
    package func nameMatches() throws -> NameMatches {
        let decided = try self.listedNames().compactMap { listed in listed.code.map { (listed.name, $0) } }
        return NameMatches(Dictionary(decided) { first, _ in first })
    }

    /// Decides that a name of the list means the unit or item with this code, whatever was decided before.
    ///
    /// - Throws: ``NameNotListed``.
    package func match(_ name: ImportedName, to code: String) throws {
        try self.database.write { writer in
            _ = try Self.listed(name, writer)
            try writer.setMeaning(ofImportedName: name.text, form: name.storedForm, to: code)
        }
    }

    /// Takes back what was decided about a name; a name about which nothing was decided leaves the list.
    ///
    /// - Throws: ``NameNotListed``.
    package func forget(_ name: ImportedName) throws {
        try self.database.write { writer in
            if try Self.listed(name, writer).code != nil {
                try writer.setMeaning(ofImportedName: name.text, form: name.storedForm, to: nil)
            } else {
                try writer.removeImportedName(name.text, form: name.storedForm)
            }
        }
    }

    private static func listed(_ name: ImportedName, _ writer: StoreWriter) throws -> ListedName {
        let names = try writer.reader.importedNames().map(ListedName.init)
        guard let listed = names.first(where: { $0.name == name }) else { throw NameNotListed(name: name) }
        return listed
    }
}

extension ImportedName {
    fileprivate var storedForm: String { self.form?.description ?? "" }
}
