/// What kind of value an item holds, besides *missing*, *not applicable* and *withheld*, which every item may hold.
package enum ValueType: String, Sendable, CaseIterable {
    case number, text, date, choice, boolean

    /// Whether a value is of this type, or one of the three that every item may hold.
    package func holds(_ value: CellValue) -> Bool {
        switch (self, value) {
        case (_, .missing), (_, .notApplicable), (_, .withheld), (.number, .number), (.text, .text), (.date, .date),
            (.choice, .choice), (.boolean, .boolean):
            true
        default:
            false
        }
    }
}

/// Values as people type them, and as ``CellValue/description`` prints them:
///
///     number       [qualifier] DECIMAL [qualifier] [unit of measure]      近200   1000多家   1,234.5亿元   4000亩以上
///     range        DECIMAL - DECIMAL [unit of measure]                    5-7公里   5～7   5至7
///     date         YYYY-MM-DD
///     boolean      是 否 true false yes no
///     any item     不适用 n/a        ×× withheld        nothing or only blanks: missing
///
/// Full-width digits, point, comma and minus are read as their narrow selves. Commas may part the thousands.
package enum ValueText {
    /// Reads a number or a range.
    ///
    /// - Returns: the value, without a unit of measure, and the text of the unit of measure that stood with it: as
    ///   typed, `nil` when there was none. Whether that unit is the right one is for the scheme to say.
    package static func number(_ text: String) throws(MalformedValue) -> (value: CellValue, measure: String?) {
        if let state = self.stateWithoutValue(text) { return (state, nil) }
        var scanner = NumberScanner(text)
        let (quantity, measure) = try scanner.quantityAndMeasure()
        return (.number(quantity), measure)
    }

    /// Reads a value of `type`. A number with a unit of measure is refused here: only ``number(_:)`` tells the unit.
    package static func value(_ text: String, as type: ValueType) throws(MalformedValue) -> CellValue {
        if let state = self.stateWithoutValue(text) { return state }
        let trimmed = text.trimmingBlanks
        guard trimmed.utf8.count <= ChangeLimits.textByteCountMax else {
            throw MalformedValue(text, .tooLong(byteCount: trimmed.utf8.count))
        }
        switch type {
        case .number:
            let (value, measure) = try self.number(text)
            if let measure { throw MalformedValue(text, .unexpected(measure)) }
            return value
        case .text: return .text(trimmed)
        case .choice: return .choice(trimmed)
        case .date:
            let narrow = String(String.UnicodeScalarView(trimmed.unicodeScalars.map(\.narrowed)))
            guard let date = CalendarDate(narrow) else { throw MalformedValue(text, .noDate) }
            return .date(date)
        case .boolean:
            switch trimmed.lowercased() {
            case "是", "true", "yes": return .boolean(true)
            case "否", "false", "no": return .boolean(false)
            default: throw MalformedValue(text, .noBoolean)
            }
        }
    }

    private static func stateWithoutValue(_ text: String) -> CellValue? {
        switch text.trimmingBlanks.lowercased() {
        case "": .missing
        case "不适用", "n/a": .notApplicable
        case "××", "withheld": .withheld
        default: nil
        }
    }
}

// MARK: - Numbers

/// Reads one number or range from left to right, over narrowed scalars; the unit of measure is returned as typed.
private struct NumberScanner {
    private let text: String
    private let typed: [Unicode.Scalar]
    private let scalars: [Unicode.Scalar]
    private var index = 0

    /// 不少于 before 不足, 接近 before 近: a word that begins or ends with another one is tried first.
    private static let qualifiers = Qualifier.allCases
        .map { (qualifier: $0, word: Array($0.rawValue.unicodeScalars)) }
        .sorted { $0.word.count > $1.word.count }

    /// Hyphen, en dash, em dash, tilde (narrowed), wave dash, 至. A minus sign was narrowed to the hyphen.
    private static let rangeMarks: Set<Unicode.Scalar> = ["-", "\u{2013}", "\u{2014}", "~", "\u{301C}", "至"]

    init(_ text: String) {
        self.text = text
        self.typed = Array(text.trimmingBlanks.unicodeScalars)
        self.scalars = self.typed.map(\.narrowed)
    }

    mutating func quantityAndMeasure() throws(MalformedValue) -> (Quantity, String?) {
        var qualifier = try self.qualifier(followingNumber: false)
        let number = try self.decimal()
        self.skipBlanks()
        let upper = try self.upperBound()
        if let following = try self.qualifier(followingNumber: true) {
            qualifier = try self.only(following, besides: qualifier)
        }
        let (measure, trailing) = try self.measure()
        if let trailing { qualifier = try self.only(trailing, besides: qualifier) }
        if let upper {
            if let qualifier { throw self.malformed(.qualifierWithRange(qualifier)) }
            guard number <= upper else { throw self.malformed(.reversedRange) }
        }
        return (Quantity(number, upper: upper, qualifier: qualifier), measure)
    }

    private mutating func qualifier(followingNumber: Bool) throws(MalformedValue) -> Qualifier? {
        var found: Qualifier?
        while let (qualifier, word) = Self.qualifiers.first(where: { self.scalars[self.index...].starts(with: $0.word) }
        ) {
            guard qualifier.followsNumber == followingNumber else { throw self.malformed(.misplaced(qualifier)) }
            found = try self.only(qualifier, besides: found)
            self.index += word.count
            self.skipBlanks()
        }
        return found
    }

    private func only(_ qualifier: Qualifier, besides other: Qualifier?) throws(MalformedValue) -> Qualifier {
        if let other { throw self.malformed(.twoQualifiers(other, qualifier)) }
        return qualifier
    }

    private mutating func decimal() throws(MalformedValue) -> ExactDecimal {
        var digits = ""
        if self.next == "-" {
            digits = "-"
            self.index += 1
        }
        digits += try self.integerPart()
        if self.next == "." {
            self.index += 1
            let fraction = self.digits()
            guard !fraction.isEmpty else { throw self.malformed(.noDigitAfterPoint) }
            digits += "." + fraction
        }
        guard let decimal = ExactDecimal(digits) else { throw self.malformed(.tooManyDigits) }
        return decimal
    }

    private mutating func integerPart() throws(MalformedValue) -> String {
        var whole = self.digits()
        guard !whole.isEmpty else {
            throw self.malformed(self.index < self.scalars.count ? .unexpected(self.rest) : .noDigits)
        }
        guard self.next == "," else { return whole }
        guard whole.utf8.count <= 3 else { throw self.malformed(.badThousands) }
        while self.next == "," {
            self.index += 1
            let group = self.digits()
            guard group.utf8.count == 3 else { throw self.malformed(.badThousands) }
            whole += group
        }
        return whole
    }

    private mutating func digits() -> String {
        var digits = ""
        while let next = self.next, ("0"..."9").contains(next) {
            digits.unicodeScalars.append(next)
            self.index += 1
        }
        return digits
    }

    private mutating func upperBound() throws(MalformedValue) -> ExactDecimal? {
        guard let mark = self.next, Self.rangeMarks.contains(mark) else { return nil }
        self.index += 1
        self.skipBlanks()
        let upper = try self.decimal()
        self.skipBlanks()
        return upper
    }

    /// All that is left: a unit of measure, and a qualifier at its end as in 4000亩以上, which is how people write it.
    private mutating func measure() throws(MalformedValue) -> (String?, Qualifier?) {
        self.skipBlanks()
        guard let first = self.next else { return (nil, nil) }
        guard !("0"..."9").contains(first), ![".", ",", "-"].contains(first) else {
            throw self.malformed(.unexpected(self.rest))
        }
        var end = self.scalars.count
        let left = self.scalars[self.index...]
        let trailing = Self.qualifiers.first {
            $0.qualifier.followsNumber && left.reversed().starts(with: $0.word.reversed())
        }
        if let trailing { end -= trailing.word.count }
        for (position, scalar) in left.enumerated().dropFirst() where ("0"..."9").contains(scalar) {
            // 5亿元-7亿元
            guard !left.prefix(position).contains(where: Self.rangeMarks.contains) else {
                throw self.malformed(.measureWithinRange)
            }
        }
        let measure = String(String.UnicodeScalarView(self.typed[self.index..<end])).trimmingBlanks
        return (measure, trailing?.qualifier)
    }

    private var next: Unicode.Scalar? { self.index < self.scalars.count ? self.scalars[self.index] : nil }

    private var rest: String { String(String.UnicodeScalarView(self.typed[self.index...])) }

    private mutating func skipBlanks() {
        while let next = self.next, next.isBlank { self.index += 1 }
    }

    private func malformed(_ reason: MalformedValue.Reason) -> MalformedValue {
        MalformedValue(self.text, reason)
    }
}
