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

    static func chineseName(_ english: String) -> String {
        self.names.first { $0.english == english }?.chinese ?? english
    }

    /// What parts the fields of a header that is one field for us; `nil` when it is no header at all.
    private static func otherSeparator(_ header: String) -> Bilingual? {
        let separators: [Character: Bilingual] = [
            ";": Bilingual("分号", "semicolons"), "；": Bilingual("全角分号", "semicolons"),
            "，": Bilingual("全角逗号", "full-width commas"), "\t": Bilingual("制表符", "tabs"),
        ]
        guard let separator = header.first(where: { separators[$0] != nil }) else { return nil }
        let fields = header.split(separator: separator).map { String($0).trimmingBlanks.lowercased() }
        let isHeader = fields.contains { field in self.names.contains { $0.english == field || $0.chinese == field } }
        return isHeader ? separators[separator] : nil
    }

    /// - Throws: when a column is missing, given twice, or not one of ours: a misspelt column would be lost unseen.
    init(_ header: [String]) throws(ImportFileError) {
        var found: [String: Int] = [:]
        for (index, field) in header.enumerated() {
            let name = field.trimmingBlanks.lowercased()
            // Spreadsheets add columns without a name.
            if name.isEmpty { continue }
            guard let column = Self.names.first(where: { $0.english == name || $0.chinese == name }) else {
                if let separator = Self.otherSeparator(field) { throw .otherSeparator(separator) }
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
