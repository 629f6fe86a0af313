import ReportModel

/// A cell address with what the scheme says about its parts.
package struct SchemeCell: Sendable {
    package let address: CellAddress
    package let unit: ReportingUnit
    package let form: Form
    package let item: Item
}

extension Scheme {
    /// What the scheme says about a cell that someone wants to write.
    ///
    /// - Throws: when unit, form or item do not exist, when the form of that period has no such item, when the item is not reported for this kind of period or not by
    ///   this unit, and when the address has a row: every form has one row, which has no name.
    package func cell(_ address: CellAddress) throws(SchemeRefusal) -> SchemeCell {
        guard let unit = self.unit(address.unit) else { throw .unknownUnit(address.unit.description) }
        guard let form = self.form(address.form) else { throw .unknownForm(address.form.description) }
        guard let item = form.item(address.item) else {
            throw .unknownItem(address.item.description, form: form.code)
        }
        return try self.checked(SchemeCell(address: address, unit: unit, form: form, item: item))
    }

    /// The cell that these texts name: unit, form and item by code, name or alias, or by what somebody matched.
    ///
    /// - Throws: as ``cell(_:)``, and when `period` or `row` is malformed.
    package func cell(
        unit: String,
        form: String,
        period: String,
        row: String = "",
        item: String,
        matches: NameMatches = NameMatches()
    ) throws(SchemeRefusal) -> SchemeCell {
        guard let foundUnit = self.unit(named: unit, matches: matches) else { throw .unknownUnit(unit) }
        guard let foundForm = self.form(named: form) else { throw .unknownForm(form) }
        guard let foundPeriod = Period(period.trimmingBlanks) else { throw .malformedPeriod(period) }
        guard let foundRow = Code(row.trimmingBlanks) else { throw .malformedRow(row) }
        guard let foundItem = self.item(named: item, of: foundForm, in: foundPeriod, matches: matches) else {
            throw .unknownItem(item, form: foundForm.code)
        }
        let address = CellAddress(
            unit: foundUnit.code,
            form: foundForm.code,
            period: foundPeriod,
            row: foundRow,
            item: foundItem.code
        )
        return try self.checked(SchemeCell(address: address, unit: foundUnit, form: foundForm, item: foundItem))
    }

    private func checked(_ cell: SchemeCell) throws(SchemeRefusal) -> SchemeCell {
        guard cell.address.row.isEmpty else { throw .rowInFixedForm(cell.address.row, form: cell.form.code) }
        guard cell.item.isInForm(of: cell.address.period) else {
            throw .notInForm(cell.item, form: cell.form, period: cell.address.period)
        }
        guard cell.item.periods.contains(cell.address.period.kind) else {
            throw .periodNotReported(cell.address.period, item: cell.item)
        }
        guard self.isReporter(cell.unit.code, of: cell.item) else {
            throw .notReportedBy(cell.unit, item: cell.item)
        }
        return cell
    }

    /// The value that `text` stands for in cells of `item`.
    ///
    /// - Throws: when the text is no value of the item's type, is none of its choices, or names a unit of measure other
    ///   than the item's own: nothing is converted.
    package func value(_ text: String, for item: Item) throws(SchemeRefusal) -> CellValue {
        switch item.valueType {
        case .number:
            let (value, name) = try Self.parsed { () throws(MalformedValue) in try ValueText.number(text) }
            guard let name else { return value }
            guard let measure = self.measure(named: name) else { throw .unknownMeasure(name, item: item) }
            guard measure == item.measure else { throw .otherMeasure(measure, item: item) }
            return value
        case .choice:
            let value = try Self.parsed { () throws(MalformedValue) in try ValueText.value(text, as: .choice) }
            if case .choice(let choice) = value, !item.choices.contains(choice) {
                throw .notAChoice(choice, item: item)
            }
            return value
        case .text, .date, .boolean:
            return try Self.parsed { () throws(MalformedValue) in try ValueText.value(text, as: item.valueType) }
        }
    }

    private static func parsed<Value>(_ parse: () throws(MalformedValue) -> Value) throws(SchemeRefusal) -> Value {
        do {
            return try parse()
        } catch {
            throw .malformedValue(error)
        }
    }
}
