import ReportModel

/// Reads a formula. The grammar is in Protocol/Schemes/README.md, "Formulas".
struct FormulaParser {
    private let tokens: [(token: FormulaToken, at: Int)]
    private let end: Int
    private var index = 0
    private var depth = 0

    /// How deep parentheses and calls may lie within each other: far beyond what a person can read.
    private static let depthMax = 32
    /// How many numbers, names and signs a formula may have: so many may lie within each other without parentheses, as in
    /// - - - 1 and 1 + 1 + 1, and whoever works it out goes as deep. Six times the longest of the bundled scheme.
    private static let tokenCountMax = 512

    static func parse(_ text: String) throws(FormulaMistake) -> FormulaSyntax {
        let tokens = try FormulaLexer.tokens(of: text)
        guard tokens.count <= Self.tokenCountMax else {
            throw FormulaMistake(.tooManyParts, at: tokens[Self.tokenCountMax].at)
        }
        var parser = FormulaParser(tokens: tokens, end: text.unicodeScalars.count)
        let syntax = try parser.disjunction()
        if let (token, at) = parser.next { throw FormulaMistake(.unexpected(token.words), at: at) }
        return syntax
    }

    private init(tokens: [(token: FormulaToken, at: Int)], end: Int) {
        self.tokens = tokens
        self.end = end
    }

    private var next: (token: FormulaToken, at: Int)? {
        self.index < self.tokens.count ? self.tokens[self.index] : nil
    }

    // MARK: - From the loosest to the tightest

    private mutating func disjunction() throws(FormulaMistake) -> FormulaSyntax {
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Self.depthMax else { throw FormulaMistake(.tooDeep, at: self.next?.at ?? self.end) }
        var left = try self.conjunction()
        while let at = self.take(word: "or") { left = .binary(.or, left, try self.conjunction(), at: at) }
        return left
    }

    private mutating func conjunction() throws(FormulaMistake) -> FormulaSyntax {
        var left = try self.negation()
        while let at = self.take(word: "and") { left = .binary(.and, left, try self.negation(), at: at) }
        return left
    }

    private mutating func negation() throws(FormulaMistake) -> FormulaSyntax {
        guard let at = self.take(word: "not") else { return try self.comparison() }
        return .not(try self.comparison(), at: at)
    }

    private mutating func comparison() throws(FormulaMistake) -> FormulaSyntax {
        let left = try self.addition()
        guard let (sign, at) = self.take(signs: ["==", "!=", "<=", ">=", "~=", "<", ">"]) else { return left }
        return .binary(sign, left, try self.addition(), at: at)
    }

    private mutating func addition() throws(FormulaMistake) -> FormulaSyntax {
        var left = try self.multiplication()
        while let (sign, at) = self.take(signs: ["+", "-"]) {
            left = .binary(sign, left, try self.multiplication(), at: at)
        }
        return left
    }

    private mutating func multiplication() throws(FormulaMistake) -> FormulaSyntax {
        var left = try self.factor()
        while let (sign, at) = self.take(signs: ["*", "/"]) {
            left = .binary(sign, left, try self.factor(), at: at)
        }
        return left
    }

    private mutating func factor() throws(FormulaMistake) -> FormulaSyntax {
        guard let (token, at) = self.next else { throw FormulaMistake(.endsEarly, at: self.end) }
        self.index += 1
        switch token {
        case .number(let number, let measure): return .number(number, measure: measure, at: at)
        case .text(let text): return .text(text, at: at)
        case .date(let date): return .date(date, at: at)
        case .sign("-"): return .negated(try self.factor(), at: at)
        case .sign("("):
            let inner = try self.disjunction()
            try self.expect(")")
            return inner
        case .word(let word) where !["and", "or", "not"].contains(word):
            if self.take(sign: "(") { return .call(word, try self.arguments(), at: at) }
            guard self.take(sign: ".") else { return .name([word], at: at) }
            guard let (token, _) = self.next, case .word(let item) = token else {
                throw FormulaMistake(
                    self.next.map { .unexpected($0.token.words) } ?? .endsEarly,
                    at: self.next?.at ?? self.end
                )
            }
            self.index += 1
            return .name([word, item], at: at)
        case .word, .sign: throw FormulaMistake(.unexpected(token.words), at: at)
        }
    }

    private mutating func arguments() throws(FormulaMistake) -> [FormulaSyntax] {
        if self.take(sign: ")") { return [] }
        var arguments = [try self.disjunction()]
        while self.take(sign: ",") { arguments.append(try self.disjunction()) }
        try self.expect(")")
        return arguments
    }

    // MARK: - Tokens

    private mutating func expect(_ sign: String) throws(FormulaMistake) {
        guard !self.take(sign: sign) else { return }
        throw FormulaMistake(self.next.map { .unexpected($0.token.words) } ?? .endsEarly, at: self.next?.at ?? self.end)
    }

    private mutating func take(sign: String) -> Bool {
        guard let (token, _) = self.next, token == .sign(sign) else { return false }
        self.index += 1
        return true
    }

    private mutating func take(signs: [String]) -> (FormulaSyntax.Operator, Int)? {
        guard let (token, at) = self.next, case .sign(let sign) = token, signs.contains(sign) else { return nil }
        self.index += 1
        return (FormulaSyntax.Operator(rawValue: sign)!, at)
    }

    private mutating func take(word: String) -> Int? {
        guard let (token, at) = self.next, token == .word(word) else { return nil }
        self.index += 1
        return at
    }
}

extension FormulaToken {
    /// As a mistake shows it.
    var words: String {
        switch self {
        case .number(let number, let measure): "\(number)\(measure ?? "")"
        case .text(let text): "\"\(text.shortened)\""
        case .date(let date): "\(date)"
        case .word(let word), .sign(let word): word.shortened
        }
    }
}
