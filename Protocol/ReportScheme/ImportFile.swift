import ReportModel

/// A CSV file of figures, read against a scheme: what it wants written, and the rows that make no sense.
///
/// Columns `unit,form,period,row,item,value` or `单位,报表,报告期,行,指标,数值`, in any order and mixture; the row column
/// may be absent. Units, forms and items by code, name or alias. Empty lines are passed over.
package struct ImportFile: Sendable {
    /// One row that may be written.
    package struct Accepted: Hashable, Sendable {
        /// From 1, the header's line included.
        package let line: Int
        package let address: CellAddress
        /// ``CellValue/missing`` for a blank; whether that may clear a figure is for the import to decide.
        package let value: CellValue
    }

    /// One row that is left out, and why.
    package struct Refused: Hashable, Sendable {
        /// From 1, the header's line included.
        package let line: Int
        /// The field at fault, from 1, as spreadsheets count.
        package let column: Int
        /// As ``ExplainedError/code``.
        package let code: String
        /// What was wrong and what to do next.
        package let text: Bilingual
    }

    /// A name that neither the scheme nor a match has, and how many rows are refused that have it.
    package struct Unknown: Hashable, Sendable {
        package let name: ImportedName
        package let rowCount: Int
    }

    /// In the order of the file; no cell twice.
    package let accepted: [Accepted]
    /// In the order of the file.
    package let refused: [Refused]
    /// The unknown names of units and items, in the order of the file; at most ``SchemeLimits/unknownNameCountMax``.
    package let unknown: [Unknown]

    /// - Parameter matches: what somebody decided that names mean which the scheme does not have.
    /// - Throws: when the file as a whole cannot be read; a bad row alone is only refused.
    package static func parse(
        _ bytes: [UInt8],
        scheme: Scheme,
        matches: NameMatches = NameMatches()
    ) throws(ImportFileError) -> ImportFile {
        guard bytes.count <= SchemeLimits.importByteCountMax else { throw .tooLarge }
        // A workbook is a ZIP archive.
        guard !bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { throw .workbook }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var reader = CSVReader(bytes)
        var header: CSVReader.Record?
        while header == nil, let record = reader.next() {
            if !record.isEmpty { header = record }
        }
        guard let header, header.badlyQuotedField == nil else { throw .noHeader }
        var rows = ImportRows(scheme: scheme, matches: matches, columns: try ImportColumns(header.fields))
        while let record = reader.next() {
            if !record.isEmpty { rows.read(record) }
        }
        return rows.finished()
    }
}

extension ImportFile.Refused {
    fileprivate init(_ error: ImportRowError, line: Int) {
        let (words, advice) = (error.error.explanation, error.error.advice)
        self.init(
            line: line,
            column: error.column + 1,
            code: error.error.code,
            text: Bilingual(words.chinese + advice.chinese, words.english + " " + advice.english)
        )
    }
}

extension CSVReader.Record {
    /// A line with nothing on it, or with nothing but commas, as spreadsheets leave behind.
    var isEmpty: Bool {
        self.badlyQuotedField == nil && self.fields.allSatisfy { $0.trimmingBlanks.isEmpty }
    }
}

/// Reads rows one by one; which of them collide is known only after the last.
private struct ImportRows {
    private struct Row {
        let line: Int
        let value: CellValue
        let item: Item
    }

    let scheme: Scheme
    let matches: NameMatches
    let columns: ImportColumns
    /// The rows of each cell, in the order of the file.
    private var rows: [CellAddress: [Row]] = [:]
    private var refused: [ImportFile.Refused] = []
    private var unknown: [ImportedName] = []
    private var unknownCounts: [ImportedName: Int] = [:]

    init(scheme: Scheme, matches: NameMatches, columns: ImportColumns) {
        self.scheme = scheme
        self.matches = matches
        self.columns = columns
    }

    mutating func read(_ record: CSVReader.Record) {
        do throws(ImportRowError) {
            let cell = try self.cell(record)
            let value = try self.value(record, of: cell.item)
            self.rows[cell.address, default: []].append(Row(line: record.line, value: value, item: cell.item))
        } catch {
            if case .scheme(.unknownUnit) = error.error { self.noteUnknownNames(record) }
            if case .scheme(.unknownItem) = error.error { self.noteUnknownNames(record) }
            self.refused.append(ImportFile.Refused(error, line: record.line))
        }
    }

    /// Both names of a row that has enough fields, so that nobody has to import twice to learn of the second.
    private mutating func noteUnknownNames(_ record: CSVReader.Record) {
        let unit = record.fields[self.columns.unit]
        if self.scheme.unit(named: unit, matches: self.matches) == nil { self.note(ImportedName(unit)) }
        let item = record.fields[self.columns.item]
        if let form = self.scheme.form(named: record.fields[self.columns.form]),
            let period = Period(record.fields[self.columns.period].trimmingBlanks),
            self.scheme.item(named: item, of: form, in: period, matches: self.matches) == nil
        {
            self.note(ImportedName(item, form: form.code))
        }
    }

    private mutating func note(_ name: ImportedName) {
        guard name.isPossible else { return }
        if self.unknownCounts[name] == nil {
            guard self.unknown.count < SchemeLimits.unknownNameCountMax else { return }
            self.unknown.append(name)
        }
        self.unknownCounts[name, default: 0] += 1
    }

    /// A cell that was given one value, however often, is accepted once. Of different values nobody knows which is meant,
    /// so none is.
    func finished() -> ImportFile {
        var (accepted, refused) = ([ImportFile.Accepted](), self.refused)
        for (address, rows) in self.rows {
            let first = rows[0]
            if rows.allSatisfy({ $0.value == first.value }) {
                accepted.append(.init(line: first.line, address: address, value: first.value))
                continue
            }
            let isForYear = first.item.role == .target || first.item.role == .plan
            for row in rows {
                let others = rows.filter { $0.value != row.value }.map(\.line)
                let reason = ImportRowError.Reason.colliding(address, lines: others, isForYear: isForYear)
                refused.append(ImportFile.Refused(ImportRowError(reason, self.columns.value), line: row.line))
            }
        }
        return ImportFile(
            accepted: accepted.sorted { $0.line < $1.line },
            refused: refused.sorted { $0.line < $1.line },
            unknown: self.unknown.map { ImportFile.Unknown(name: $0, rowCount: self.unknownCounts[$0, default: 0]) }
        )
    }

    private func cell(_ record: CSVReader.Record) throws(ImportRowError) -> SchemeCell {
        if let column = record.badlyQuotedField { throw ImportRowError(.badlyQuoted, column) }
        guard record.fields.count > self.columns.last else {
            throw ImportRowError(.tooFewFields(record.fields.count, expected: self.columns.count), record.fields.count)
        }
        for (column, field) in record.fields.enumerated()
        where !self.columns.isNamed(column) && !field.trimmingBlanks.isEmpty {
            throw ImportRowError(.tooManyFields(field), column)
        }
        do {
            return try self.scheme.cell(
                unit: record.fields[self.columns.unit],
                form: record.fields[self.columns.form],
                period: record.fields[self.columns.period],
                row: self.columns.row.map { record.fields[$0] } ?? "",
                item: record.fields[self.columns.item],
                matches: self.matches
            )
        } catch {
            throw ImportRowError(.scheme(error), self.columns.column(of: error))
        }
    }

    private func value(_ record: CSVReader.Record, of item: Item) throws(ImportRowError) -> CellValue {
        do {
            return try self.scheme.value(record.fields[self.columns.value], for: item)
        } catch {
            throw ImportRowError(.scheme(error), self.columns.value)
        }
    }
}
