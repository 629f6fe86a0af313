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

    /// The value that `text` stands for in cells of `item`: of ``reading(_:for:)``, what is stored.
    package func value(_ text: String, for item: Item) throws(SchemeRefusal) -> CellValue {
        try self.reading(text, for: item).value
    }

    /// The value that `text` stands for in cells of `item`, and how it was converted when it was typed in another unit
    /// of measure of the same class.
    ///
    /// - Throws: when the text is no value of the item's type, is none of its choices, names a unit of measure of
    ///   another class, or cannot be converted exactly.
    package func reading(
        _ text: String,
        for item: Item
    ) throws(SchemeRefusal) -> (value: CellValue, conversion: Conversion?) {
        switch item.valueType {
        case .number:
            let (value, name) = try Self.parsed { () throws(MalformedValue) in try ValueText.number(text) }
            guard let name else { return (value, nil) }
            guard let typed = self.measure(named: name) else { throw .unknownMeasure(name, item: item) }
            guard typed != item.measure, case .number(let quantity) = value else { return (value, nil) }
            let conversion = try self.converting(quantity, of: typed, for: item)
            return (.number(conversion.result), conversion)
        case .choice:
            let value = try Self.parsed { () throws(MalformedValue) in try ValueText.value(text, as: .choice) }
            if let refusal = item.refusal(ofChoice: value) { throw refusal }
            return (value, nil)
        case .text, .date, .boolean:
            let value = try Self.parsed { () throws(MalformedValue) in
                try ValueText.value(text, as: item.valueType)
            }
            return (value, nil)
        }
    }

    private func converting(
        _ typed: Quantity,
        of measure: Measure,
        for item: Item
    ) throws(SchemeRefusal) -> Conversion {
        guard let own = item.measure, own.measureClass == measure.measureClass else {
            throw .otherMeasure(
                measure,
                alike: self.codes(alike: measure),
                item: item,
                fitting: item.measure.map { self.codes(alike: $0) } ?? []
            )
        }
        let upper = typed.upper.map { measure.converting($0, to: own) }
        // Not `nil`: there is no upper bound. `.some(nil)`: there is one that cannot be converted.
        guard let number = measure.converting(typed.number, to: own), upper != .some(nil) else {
            throw .inexactConversion(typed, measure, item: item)
        }
        let result = Quantity(number, upper: upper ?? nil, qualifier: typed.qualifier)
        return Conversion(typed: typed, typedMeasure: measure, result: result, measure: own)
    }

    /// The units of measure of one class, in the order of the scheme's text.
    private func codes(alike measure: Measure) -> [String] {
        self.measures.filter { $0.measureClass == measure.measureClass }.map(\.code)
    }

    private static func parsed<Value>(_ parse: () throws(MalformedValue) -> Value) throws(SchemeRefusal) -> Value {
        do {
            return try parse()
        } catch {
            throw .malformedValue(error)
        }
    }
}

extension Item {
    /// Why the item does not take a choice; `nil` where it does, and for every other value.
    func refusal(ofChoice value: CellValue) -> SchemeRefusal? {
        guard self.valueType == .choice, case .choice(let choice) = value, !self.choices.contains(choice) else {
            return nil
        }
        return .notAChoice(choice, item: self)
    }
}
