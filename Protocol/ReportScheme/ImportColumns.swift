import ReportModel

/// Which column of an import file holds what, from 0.
struct ImportColumns {
    let unit: Int
    let form: Int
    let period: Int
    let row: Int?
    let item: Int
    let value: Int
    /// All columns of the header, those without a name included.
    let count: Int

    private static let names: [(english: String, chinese: String)] = [
        ("unit", "单位"), ("form", "报表"), ("period", "报告期"), ("row", "行"), ("item", "指标"), ("value", "数值"),
    ]

    /// - Throws: when a column is missing, given twice, or not one of ours: a misspelt column would be lost unseen.
    init(_ header: [String]) throws(ImportFileError) {
        var found: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            let name = field.trimmingBlanks.lowercased()
            // Spreadsheets add columns without a name.
            if name.isEmpty { continue }
            guard let column = Self.names.first(where: { $0.english == name || $0.chinese == name }) else {
                throw found.isEmpty ? .noHeader : .unknownColumn(field.trimmingBlanks)
            }
            guard found[column.english] == nil else { throw .duplicateColumn(field.trimmingBlanks) }
            found[column.english] = index
        }
        func index(_ name: String) throws(ImportFileError) -> Int {
            guard let index = found[name] else { throw found.isEmpty ? .noHeader : .missingColumn(name) }
            return index
        }
        self.unit = try index("unit")
        self.form = try index("form")
        self.period = try index("period")
        self.row = found["row"]
        self.item = try index("item")
        self.value = try index("value")
        self.count = header.count
    }

    /// The last column that every row must have.
    var last: Int { max(self.unit, self.form, self.period, self.row ?? 0, self.item, self.value) }

    func isNamed(_ column: Int) -> Bool {
        [self.unit, self.form, self.period, self.item, self.value].contains(column) || column == self.row
    }

    /// Where the part of a cell stands that the scheme refuses.
    func column(of refusal: SchemeRefusal) -> Int {
        switch refusal {
        case .unknownUnit, .notReportedBy: self.unit
        case .unknownForm: self.form
        case .unknownItem, .notInForm: self.item
        case .malformedPeriod, .periodNotReported: self.period
        case .malformedRow, .rowInFixedForm: self.row ?? self.unit
        case .malformedValue, .notAChoice, .unknownMeasure, .otherMeasure, .inexactConversion:
            self.value
        }
    }
}
