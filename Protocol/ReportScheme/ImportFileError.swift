import ReportModel

/// Why an import file cannot be read at all.
package enum ImportFileError: ExplainedError, Equatable {
    case tooLarge
    case notUTF8, noHeader
    /// The columns are named, but parted by something else than a comma.
    case otherSeparator(Bilingual)
    /// A workbook, as a spreadsheet saves it by itself.
    case workbook
    case missingColumn(String), duplicateColumn(String), unknownColumn(String)

    package var code: String {
        switch self {
        case .tooLarge: "import_too_large"
        case .notUTF8: "import_not_utf8"
        case .noHeader: "import_no_header"
        case .otherSeparator: "import_other_separator"
        case .workbook: "import_is_workbook"
        case .missingColumn: "import_missing_column"
        case .duplicateColumn: "import_duplicate_column"
        case .unknownColumn: "import_unknown_column"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .tooLarge:
            Bilingual(
                "文件超过 \(SchemeLimits.importByteCountMax) 字节。",
                "The file has more than \(SchemeLimits.importByteCountMax) bytes."
            )
        case .notUTF8: Bilingual("文件不是 UTF-8 编码。", "The file is not UTF-8.")
        case .noHeader: Bilingual("第一行不是列名。", "The first line does not name the columns.")
        case .otherSeparator(let name):
            Bilingual("各列是用\(name.chinese)分开的，不是逗号。", "The columns are parted by \(name.english), not by commas.")
        case .workbook: Bilingual("这是表格软件的工作簿，不是 CSV 文件。", "This is a workbook of a spreadsheet, not a CSV file.")
        case .missingColumn(let name):
            Bilingual("缺少列“\(ImportColumns.chineseName(name))”。", "The column \(name) is missing.")
        case .duplicateColumn(let name):
            Bilingual("列“\(name.shortened)”出现两次。", "The column “\(name.shortened)” is there twice.")
        case .unknownColumn(let name):
            Bilingual("不认识列“\(name.shortened)”。", "The column “\(name.shortened)” is not known.")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .tooLarge: Bilingual("请分成几个文件导入。", "Import it in several files.")
        case .notUTF8, .otherSeparator, .workbook:
            Bilingual(
                "请在表格软件中另存为“CSV UTF-8（逗号分隔）”。",
                "Save it as “CSV UTF-8 (comma delimited)” in the spreadsheet."
            )
        case .noHeader, .missingColumn, .duplicateColumn, .unknownColumn:
            Bilingual(
                "第一行应为 单位,报表,报告期,行,指标,数值。",
                "Let the first line be unit,form,period,row,item,value."
            )
        }
    }
}

/// Why one row is left out, and in which column (from 0).
struct ImportRowError: Error {
    enum Reason: ExplainedError {
        case badlyQuoted
        case tooFewFields(Int, expected: Int)
        case tooManyFields(String)
        /// The cell has other values on these lines; whether it is what is meant to be in a year.
        case colliding(CellAddress, lines: [Int], isForYear: Bool)
        case scheme(SchemeRefusal)
    }

    let error: Reason
    let column: Int

    init(_ error: Reason, _ column: Int) {
        self.error = error
        self.column = column
    }
}

extension ImportRowError.Reason {
    var code: String {
        switch self {
        case .badlyQuoted: "badly_quoted"
        case .tooFewFields: "too_few_fields"
        case .tooManyFields: "too_many_fields"
        case .colliding: "colliding_rows"
        case .scheme(let refusal): refusal.code
        }
    }

    var explanation: Bilingual {
        switch self {
        case .badlyQuoted: Bilingual("引号不成对，或后引号之后还有文字。", "A quotation mark is not closed, or text follows it.")
        case .tooFewFields(let count, let expected):
            Bilingual("本行只有 \(count) 列，应有 \(expected) 列。", "The row has \(count) fields instead of \(expected).")
        case .tooManyFields(let field):
            Bilingual("“\(field.shortened)”超出了列名的范围。", "“\(field.shortened)” stands beyond the named columns.")
        case .colliding(let address, let lines, _):
            Bilingual(
                "\(address) 在第 \(Self.list(lines, "、")) 行写了不同的数值，各行均未采用。",
                "\(address) has other values on line\(lines.count == 1 ? "" : "s") \(Self.list(lines, ", ")); none is taken."
            )
        case .scheme(let refusal): refusal.explanation
        }
    }

    var advice: Bilingual {
        switch self {
        case .badlyQuoted: Bilingual("请去掉引号，或写成 \"…\"。", "Leave the marks out, or write \"…\" around the whole field.")
        case .tooFewFields: Bilingual("请补上空列的逗号。", "Write the commas of empty fields too.")
        case .tooManyFields:
            Bilingual("带千位逗号的数请加引号：\"1,234.5\"。", "Put a figure with commas in quotation marks: \"1,234.5\".")
        case .colliding(_, _, isForYear: true):
            Bilingual(
                "请核对报告期：分年度的目标和计划要各写各的年份；同一年的只保留一行。",
                "Check the periods: targets and plans of several years each name their own year; of one year, keep one row."
            )
        case .colliding: Bilingual("请只保留一行。", "Keep one of these rows.")
        case .scheme(let refusal): refusal.advice
        }
    }

    /// A page of line numbers helps nobody: the first ten.
    private static func list(_ lines: [Int], _ separator: String) -> String {
        lines.prefix(10).map(String.init).joined(separator: separator) + (lines.count > 10 ? "…" : "")
    }
}
