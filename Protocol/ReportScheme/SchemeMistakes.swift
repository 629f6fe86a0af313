import ReportModel

/// One mistake in the text of a scheme, and where it stands.
package struct SchemeMistake: Hashable, Sendable {
    /// What is wrong. The payload is what the message needs; places of other things are `file:line`.
    package enum Reason: Hashable, Sendable {
        // The files
        case empty, noUnits, noForms, notUTF8
        case badFileName, duplicateFile
        case fileTooLarge(byteCount: Int)
        case tooManyFiles(Int), sourceTooLarge(byteCount: Int)
        case syntax(String), anchor
        case unknownFileKind, duplicateHeader(first: String)
        // Keys and the shape of values
        case notMapping, notList, notText, emptyText, badText, emptyList
        case unknownKey(String, known: [String])
        case duplicateKeys([String])
        case missingKey(String)
        case notOneOf(String, allowed: [String])
        // Names
        case badCode(String), badUnitCode(String), systemCode(String)
        case duplicate(String, first: String)
        // Units
        case unknownParent(String), cycle([String]), levelNotBelowParent(UnitLevel, parent: UnitLevel)
        // Units of measure
        case badMeasureClass(String), badFactor(String), factorWithoutClass
        case secondRoot(first: String), eitherKey(String, or: String)
        // Days
        case badDate(String), endsBeforeItBegins
        case overlappingValidity(first: String)
        /// The days without a parent lie after the one and before the other.
        case withoutParent(after: CalendarDate?, before: CalendarDate?)
        // Items
        case unknownMeasure(String), unknownReporter(String)
        case unknownPlan(String), planIsItself, planIsNoNumber(String)
        case planMeasureDiffers(String, own: String, plans: String), planWithoutYear(String)
        case onlyForNumbers(String), onlyForChoices
        // Formulas and checks
        case formula(FormulaMistake.Reason), formulaTooLong, formulaCircle([String])
        case toleranceWithoutAgreement
        // Deadlines
        case badTime(String), badDayCount(String, least: Int, most: Int), opensAfterDue(opens: Int, due: Int)
        // Target letters
        case unknownLetterForm(String), unknownLetterItem(String, form: String)
        case letterItemType(String, ValueType), letterWithoutYear(String)
    }

    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
    package let reason: Reason
}

/// A scheme's text that is no scheme: every mistake that was found, in the order of the text.
package struct SchemeMistakes: ExplainedError, Equatable {
    /// Never empty.
    package let mistakes: [SchemeMistake]

    init(_ mistakes: [SchemeMistake]) {
        precondition(!mistakes.isEmpty)
        self.mistakes = mistakes.sorted {
            ($0.file, $0.line, $0.column) < ($1.file, $1.line, $1.column)
        }
    }

    package var code: String { "scheme_mistakes" }

    /// One line a mistake.
    package var explanation: Bilingual {
        let lines = self.mistakes.map(\.text)
        let count = self.mistakes.count
        return Bilingual(
            (["报表制度有 \(count) 处错误："] + lines.map(\.chinese)).joined(separator: "\n"),
            (["The scheme has \(count) mistake\(count == 1 ? "" : "s"):"] + lines.map(\.english)).joined(
                separator: "\n"
            )
        )
    }

    package var advice: Bilingual {
        Bilingual("请改正以上各处后重试。", "Correct these lines and try again.")
    }
}

extension SchemeMistake {
    /// `units.yaml:12:5: reason`, as compilers print it.
    package var text: Bilingual {
        let place = "\(self.file):\(self.line):\(self.column)"
        let reason = self.reason.words
        return Bilingual("\(place)：\(reason.chinese)", "\(place): \(reason.english)")
    }
}
