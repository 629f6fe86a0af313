import ReportModel

/// Why a warning is right as it stands, in the reporter's words. It travels with the report, as a cell of its own
/// (`SystemForm.explanation`), and holds for the figures that it was written about: when they change, the warning wants
/// to be explained anew.
package struct Explanation: Hashable, Sendable {
    package let words: String
    /// Names what the check had found.
    private let about: String

    /// - Throws: ``ExplanationRefusal`` when the words explain nothing.
    package init(_ words: String, of findings: some Sequence<Finding>) throws(ExplanationRefusal) {
        let words = words.trimmingBlanks
        guard !StockWords.areAll(of: words) else { throw ExplanationRefusal(words: words) }
        self.words = words
        self.about = Self.mark(findings)
    }

    /// Whether this is about what is found now.
    package func holds(for findings: some Sequence<Finding>) -> Bool { self.about == Self.mark(findings) }

    /// - Returns: `nil` for a value that is no explanation.
    package init?(_ value: CellValue) {
        guard case .text(let text) = value, let open = text.lastIndex(of: "〔"), text.last == "〕" else { return nil }
        self.words = String(text[..<open]).trimmingBlanks
        self.about = String(text[text.index(after: open)...].dropLast())
    }

    /// As the cell holds it: the words, then what they are about.
    package var value: CellValue { .text("\(self.words)〔\(self.about)〕") }

    private static func mark(_ findings: some Sequence<Finding>) -> String {
        let texts = findings.map(\.text.chinese).sorted().joined(separator: "\n")
        return Hexadecimal.text(ChainHash(digesting: Array(texts.utf8)).high, digitCount: 16)
    }
}

/// Words that explain nothing.
package struct ExplanationRefusal: ExplainedError, Hashable {
    let words: String

    package var code: String { "explains_nothing" }
    package var explanation: Bilingual {
        Bilingual("“\(self.words.shortened)”没有说明原因。", "“\(self.words.shortened)” gives no reason.")
    }
    package var advice: Bilingual {
        Bilingual(
            "请写明为什么两个数都对，例如“二季度新并入蒲城园区，口径扩大”。",
            "Say why both figures are right, such as “the Pucheng park was merged in the second quarter”."
        )
    }
}
