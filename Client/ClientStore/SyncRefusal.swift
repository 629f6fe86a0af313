import ReportModel

/// Why the province refused a sync: that is, until one goes well, what `status` tells.
package struct SyncRefusal: Hashable, Sendable {
    /// A goodbye code (Protocol/README.md).
    package let code: UInt64
    package let words: Bilingual

    package init(code: UInt64, words: Bilingual) {
        (self.code, self.words) = (code, words)
    }

    /// As it is stored: a line each.
    var text: String { [String(self.code), self.words.chinese, self.words.english].joined(separator: "\n") }

    /// Reads what ``text`` says; `nil` for anything else.
    init?(_ text: String) {
        let lines = text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 3, let code = UInt64(lines[0]) else { return nil }
        self.init(code: code, words: Bilingual(lines[1], lines[2]))
    }
}
