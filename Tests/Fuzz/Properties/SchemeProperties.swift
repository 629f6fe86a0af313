import BundledScheme
import ReportModel
import ReportScheme

/// A scheme is read or refused with words for each mistake; what it was read from can be written and read again.
enum SchemeProperties {
    // MARK: - Schemes

    /// Begins the name of a file in an input.
    static let fileMark = "%% "

    static func scheme(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        var files: [SchemeSource.File] = []
        for part in text.split(separator: Self.fileMark, omittingEmptySubsequences: false).dropFirst() {
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            files.append(SchemeSource.File(name: String(lines[0]), text: lines.count > 1 ? String(lines[1]) : ""))
        }
        let source = SchemeSource(files)
        guard let scheme = self.parsed(source) else { return }
        let again = try? SchemeSource(encoded: source.encoded)
        try require(again?.encoded == source.encoded, "a source is read as it was written")
        try require(scheme.fingerprint == again?.fingerprint, "a scheme is named by its source")
        _ = CheckPlan(scheme)
        try self.access(scheme)
    }

    /// What is not known is allowed to whoever writes at all, and every refusal has words.
    private static func access(_ scheme: Scheme) throws {
        for (address, value) in SmallScheme.cells {
            for role in Role.allCases {
                let refusal = scheme.refusal(of: (address, value), under: Grant(role: role, unit: address.unit))
                let isKnown = scheme.form(address.form)?.item(address.item) != nil
                try require(refusal == nil || isKnown || !role.isWriter, "\(address) is not known, and is refused")
                if let refusal { _ = refusal.sentence.chinese + refusal.sentence.english }
            }
        }
    }

    private static func parsed(_ source: SchemeSource) -> Scheme? {
        do throws(SchemeMistakes) {
            return try Scheme.parse(source)
        } catch {
            _ = error.explanation.chinese + error.explanation.english
            return nil
        }
    }

    // MARK: - Formulas

    /// The first letter says whether the rest is a derived figure's formula, a rule or a rule's condition (`d`, `r`, `w`);
    /// if it makes sense, it is worked out.
    static func formula(_ input: [UInt8]) throws {
        let formula = Self.quoted(String(decoding: input.dropFirst(), as: UTF8.self))
        let role = input.first
        let source = SmallScheme.source(
            derived: role == UInt8(ascii: "d") ? formula : nil,
            rule: role == UInt8(ascii: "r") ? formula : nil,
            condition: role == UInt8(ascii: "w") ? formula : nil
        )
        guard let scheme = self.parsed(source) else { return }
        let today = CalendarDate("2024-07-09")!
        let cells = CellDictionary(SmallScheme.cells)
        _ = try CheckPlan(scheme).findings(about: cells.values.keys, today: today, source: cells)
        let contexts = Set(cells.values.keys.map { FormulaContext(unit: $0.unit, period: $0.period) })
        for form in scheme.forms {
            for item in form.items where item.formula != nil {
                for context in contexts {
                    _ = try scheme.derived(item, of: form, for: context, today: today, source: cells)
                }
            }
        }
    }

    /// A YAML scalar in double quotes. `&` might begin an anchor, which no scheme may have.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "&", "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }

    // MARK: - Figures

    private static let bundled = try! Scheme.parse(BundledScheme.source)

    static func figures(_ input: [UInt8]) throws {
        let file: ImportFile
        do throws(ImportFileError) {
            file = try ImportFile.parse(input, scheme: Self.bundled)
        } catch {
            _ = error.explanation.chinese + error.advice.english
            return
        }
        let lines = file.accepted.map(\.line)
        try require(lines == lines.sorted(), "rows are accepted in their order")
        try require(Set(file.accepted.map(\.address)).count == file.accepted.count, "no cell is accepted twice")
        try require(file.unknown.allSatisfy { $0.rowCount > 0 }, "unknown names stand somewhere")
        for row in file.accepted {
            let address = try? CellAddress(row.address.description)
            try require(address == row.address, "\(row.address) is read as it was printed")
            let item = try Self.bundled.cell(row.address).item
            let again = try? Self.bundled.value(row.value.description, for: item)
            try require(
                again == row.value,
                "\(row.address) = \(row.value), and that is \(again.map { "\($0)" } ?? "refused")"
            )
        }
    }
}
