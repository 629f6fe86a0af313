import ReportModel

/// The words and signs of a formula.
enum FormulaToken: Hashable, Sendable {
    case number(ExactDecimal, measure: String?)
    case text(String)
    case date(CalendarDate)
    case word(String)
    case sign(String)
}

/// Cuts a formula into tokens, each with its place.
struct FormulaLexer {
    private let scalars: [Unicode.Scalar]
    private var index = 0

    /// The longer sign first.
    private static let signs = ["==", "!=", "<=", ">=", "~=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."]
        .map { (text: $0, scalars: Array($0.unicodeScalars)) }

    init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
    }

    static func tokens(of text: String) throws(FormulaMistake) -> [(token: FormulaToken, at: Int)] {
        var lexer = FormulaLexer(text)
        var tokens: [(FormulaToken, Int)] = []
        while let next = try lexer.next() { tokens.append(next) }
        return tokens
    }

    private mutating func next() throws(FormulaMistake) -> (FormulaToken, Int)? {
        while let next = self.current, next.properties.isWhitespace { self.index += 1 }
        guard let first = self.current else { return nil }
        let start = self.index
        if Self.isDigit(first) { return (try self.numberOrDate(), start) }
        if Self.beginsWord(first) {
            return (.word(self.text(while: { Self.beginsWord($0) || Self.isDigit($0) })), start)
        }
        if first == "\"" { return (try self.quoted(), start) }
        if let sign = Self.signs.first(where: { self.scalars[start...].starts(with: $0.scalars) }) {
            self.index += sign.scalars.count
            return (.sign(sign.text), start)
        }
        throw FormulaMistake(.unexpected(String(first)), at: start)
    }

    private mutating func numberOrDate() throws(FormulaMistake) -> FormulaToken {
        let start = self.index
        if self.scalars.count >= start + 10, let date = CalendarDate(self.text(start..<start + 10)) {
            self.index += 10
            return .date(date)
        }
        var digits = self.text(while: Self.isDigit)
        if self.current == ".", self.index + 1 < self.scalars.count, Self.isDigit(self.scalars[self.index + 1]) {
            self.index += 1
            digits += "." + self.text(while: Self.isDigit)
        }
        guard let number = ExactDecimal(digits) else { throw FormulaMistake(.badNumber(digits.shortened), at: start) }
        let measure = self.text(while: { $0.properties.isAlphabetic || $0 == "%" || $0 == "％" || $0 == "²" })
        return .number(number, measure: measure.isEmpty ? nil : measure)
    }

    private mutating func quoted() throws(FormulaMistake) -> FormulaToken {
        let start = self.index
        self.index += 1
        let text = self.text(while: { $0 != "\"" })
        guard self.current == "\"" else { throw FormulaMistake(.endsEarly, at: start) }
        self.index += 1
        return .text(text)
    }

    private var current: Unicode.Scalar? { self.index < self.scalars.count ? self.scalars[self.index] : nil }

    private mutating func text(while belongs: (Unicode.Scalar) -> Bool) -> String {
        let start = self.index
        while let next = self.current, belongs(next) { self.index += 1 }
        return self.text(start..<self.index)
    }

    private func text(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(self.scalars[range]))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }
}
