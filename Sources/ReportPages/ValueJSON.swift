import ReportModel

/// A cell's value in JSON: `{state, number, upper, qualifier, unit, text}`. Figures are strings with the typed decimals.
package struct ValueJSON: Encodable, Hashable, Sendable {
    package let state: String
    @Nullable package var number: String?
    @Nullable package var upper: String?
    /// The qualifier's own word, such as 近.
    @Nullable package var qualifier: String?
    /// The item's unit of measure; only with a number.
    @Nullable package var unit: String?
    /// What a text, choice, date or boolean (`true`, `false`) says.
    @Nullable package var text: String?

    /// - Parameter measure: the unit of measure of the cell's item, `nil` where it is not known.
    package init(_ value: CellValue, measure: String?) {
        self.state = value.stateName
        let quantity = value.quantity
        self.number = quantity?.number.description
        self.upper = quantity?.upper?.description
        self.qualifier = quantity?.qualifier?.rawValue
        self.unit = quantity == nil ? nil : measure
        self.text =
            switch value {
            case .text(let text), .choice(let text): text
            case .date(let date): date.description
            case .boolean(let boolean): boolean ? "true" : "false"
            case .missing, .notApplicable, .withheld, .number: nil
            }
    }
}
