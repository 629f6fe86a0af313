import ReportModel

/// A value of a cell (the contract's `value`). Figures are strings, with the digits that were typed.
package struct ValueJSON: Encodable, Sendable {
    package let state: String
    @Nullable package var number: String?
    /// The upper bound of a range.
    @Nullable package var upper: String?
    @Nullable package var qualifier: String?
    /// The unit of measure.
    @Nullable package var unit: String?
    /// The text, date, choice or boolean.
    @Nullable package var text: String?

    /// - Parameter measure: the code of the item's unit of measure.
    package init(_ value: CellValue, measure: String?) {
        self.state = value.stateName
        let quantity = value.quantity
        self._number = Nullable(wrappedValue: quantity?.number.description)
        self._upper = Nullable(wrappedValue: quantity?.upper?.description)
        self._qualifier = Nullable(wrappedValue: quantity?.qualifier?.rawValue)
        self._unit = Nullable(wrappedValue: measure)
        let text: String? =
            switch value {
            case .text(let text), .choice(let text): text
            case .date(let date): date.description
            case .boolean(let boolean): String(boolean)
            case .missing, .notApplicable, .withheld, .number: nil
            }
        self._text = Nullable(wrappedValue: text)
    }
}
