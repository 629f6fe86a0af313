import ReportModel
import ReportScheme
import ReportStorage

/// Why a target changes after its letter was signed, and who approved.
package struct Amendment: Hashable, Sendable {
    package let reason: String
    package let approvedBy: String

    /// - Returns: `nil` when one of the two says nothing, or has several lines: an amendment is one line.
    package init?(reason: String, approvedBy: String) {
        self.reason = reason.trimmingBlanks
        self.approvedBy = approvedBy.trimmingBlanks
        for text in [self.reason, self.approvedBy] where text.isEmpty || text.contains(where: \.isNewline) {
            return nil
        }
    }
}

/// What a signed target letter means for the cells under it.
package enum LetterRule {
    /// What is to be done with a write that would otherwise be made.
    enum Decision: Hashable {
        case free
        /// Allowed, if the amendments become this text in the same change.
        case amending(String)
        case refused(WriteRefusal.Reason)
    }

    /// - Parameters:
    ///   - cell: the cell to be written, as it is.
    ///   - signed: the letter's date.
    ///   - amendments: what the letter's amendments say now.
    static func decide(
        _ edit: Edit,
        cell: CellState,
        letter: LetterCells,
        signed: CellState,
        amendments: String
    ) -> Decision {
        guard let day = self.day(signed) else { return edit.amendment == nil ? .free : .refused(.notSigned) }
        if edit.address == letter.amendments {
            guard case .resolving = edit.basis else { return .refused(.amendmentsAreKept) }
            return self.isKeepingAll(edit.value, of: cell) ? .free : .refused(.amendmentDropped)
        }
        if case .resolving = edit.basis, cell.versions.contains(where: { $0.version.value == edit.value }) {
            // Each of the versions was free or amended when it was written.
            return .free
        }
        guard let amendment = edit.amendment else { return .refused(.signed(day)) }
        let number = self.lines(amendments).count + 1
        let (old, new) = (self.text(cell.value, letter), self.text(edit.value, letter))
        let line =
            "第\(number)次变更：\(letter.itemName)\(TargetLetter.mark(edit.address)) \(old) → \(new)；"
            + "理由：\(amendment.reason)；批准人：\(amendment.approvedBy)"
        let text = (self.lines(amendments) + [line]).joined(separator: "\n")
        return text.utf8.count > ChangeLimits.textByteCountMax ? .refused(.textTooLong) : .amending(text)
    }

    /// Which version of the letter gave a cell its value: 0 as signed, else the number of its last amendment; `nil` when
    /// nothing is signed.
    package static func version(of address: CellAddress, signed: CellState, amendments: CellState) -> Int? {
        self.day(signed) == nil ? nil : TargetLetter.lastAmendment(of: address, in: self.text(of: amendments))
    }

    /// What a list of amendments in conflict becomes when nothing is lost: the lines of the versions in their order, what
    /// several have in common once, numbered anew.
    package static func merged(_ amendments: CellState) -> CellValue {
        var merged: [String] = []
        for authored in amendments.versions {
            merged += self.lacking(merged, of: self.lines(authored.version.value))
        }
        let lines = merged.enumerated().map { index, line in
            self.withoutNumber(line).map { "第\(index + 1)次变更：" + $0 } ?? line
        }
        return lines.isEmpty ? .missing : .text(lines.joined(separator: "\n"))
    }

    /// Whether a value has every line of every version, in whatever order and with whatever numbers.
    private static func isKeepingAll(_ value: CellValue, of amendments: CellState) -> Bool {
        let kept = self.lines(value)
        return amendments.versions.allSatisfy { authored in
            self.lacking(kept, of: self.lines(authored.version.value)).isEmpty
        }
    }

    /// The lines that are not among those kept. The number is no part of an amendment: two offices that know nothing of
    /// each other give the same one. What one list says twice was amended twice.
    private static func lacking(_ kept: [String], of lines: [String]) -> [String] {
        var rest = kept.map { self.withoutNumber($0) ?? $0 }
        return lines.filter { line in
            guard let index = rest.firstIndex(of: self.withoutNumber(line) ?? line) else { return true }
            rest.remove(at: index)
            return false
        }
    }

    /// - Returns: `nil` when the line has no number: a note from before the letter was signed.
    private static func withoutNumber(_ line: String) -> String? {
        guard line.hasPrefix("第") else { return nil }
        let digits = line.dropFirst().prefix { $0.isASCII && $0.isNumber }
        let rest = line[digits.endIndex...]
        return digits.isEmpty || !rest.hasPrefix("次变更：") ? nil : String(rest.dropFirst("次变更：".count))
    }

    static func text(of amendments: CellState) -> String {
        if case .text(let text) = amendments.value { text } else { "" }
    }

    /// The first day of signing that anybody entered: in a conflict, the letter is signed.
    private static func day(_ signed: CellState) -> CalendarDate? {
        for authored in signed.versions {
            if case .date(let day) = authored.version.value { return day }
        }
        return nil
    }

    private static func text(_ value: CellValue, _ letter: LetterCells) -> String {
        switch value {
        case .missing: "空"
        case .number(let quantity): quantity.description(measure: letter.measure)
        default: value.description
        }
    }

    private static func lines(_ amendments: CellValue) -> [String] {
        if case .text(let text) = amendments { self.lines(text) } else { [] }
    }

    private static func lines(_ amendments: String) -> [String] {
        amendments.split(whereSeparator: \.isNewline).map(String.init)
    }
}
