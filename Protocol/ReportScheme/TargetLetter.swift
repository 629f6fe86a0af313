import ReportModel

/// Where a scheme keeps its target letters 目标责任书: a form of which a unit fills in one for each year. Once it is
/// signed, the unit's targets of that year change only by amendment.
package struct TargetLetter: Hashable, Sendable {
    package let form: Code
    /// The item with the day of signing.
    package let signed: Code
    /// The item with the amendments, one a line.
    package let amendments: Code
}

extension TargetLetter {
    /// Names a cell within the letter, so that its amendments are found again.
    package static func mark(_ address: CellAddress) -> String {
        "（\(address.form)/\(address.period)/\(address.item)）"
    }

    /// The number of the last amendment that gave a cell its value; 0 when it is as it was signed.
    package static func lastAmendment(of address: CellAddress, in amendments: String) -> Int {
        let mark = self.mark(address)
        let latest = amendments.split(whereSeparator: \.isNewline).last { $0.hasPrefix("第") && $0.contains(mark) }
        return latest.flatMap { Int($0.dropFirst().prefix { $0.isASCII && $0.isNumber }) } ?? 0
    }
}

/// The cells of the letter that a cell stands under.
package struct LetterCells: Hashable, Sendable {
    package let signed: CellAddress
    package let amendments: CellAddress
    /// The item of the cell that stands under the letter.
    package let itemName: String
    package let measure: String
}

extension Scheme {
    /// The letter of the cell's unit and year, when the cell holds a target, or is the letter's date or list of
    /// amendments itself; `nil` for every other cell.
    package func letter(over address: CellAddress) -> LetterCells? {
        guard let letter = self.targetLetter, let year = address.period.calendarYear,
            let item = self.form(address.form)?.item(address.item)
        else { return nil }
        func cell(_ code: Code) -> CellAddress {
            CellAddress(unit: address.unit, form: letter.form, period: year, item: code)
        }
        let cells = LetterCells(
            signed: cell(letter.signed),
            amendments: cell(letter.amendments),
            itemName: item.name.chinese,
            measure: item.measure?.code ?? ""
        )
        guard item.role == .target || address == cells.signed || address == cells.amendments else { return nil }
        return cells
    }
}
