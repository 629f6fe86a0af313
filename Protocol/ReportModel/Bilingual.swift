/// The languages people see. Chinese comes first; codes, keys and logs are never translated.
package enum Language: String, Sendable, CaseIterable {
    case chinese = "zh"
    case english = "en"

    /// The language of a POSIX `LANG` value: any `zh…` is Chinese, everything else English.
    package init(posixLocale: String) {
        self = posixLocale.hasPrefix("zh") ? .chinese : .english
    }
}

/// One text in both languages.
package struct Bilingual: Hashable, Sendable {
    package var chinese: String
    package var english: String

    package init(_ chinese: String, _ english: String) {
        self.chinese = chinese
        self.english = english
    }

    package subscript(_ language: Language) -> String {
        switch language {
        case .chinese: self.chinese
        case .english: self.english
        }
    }
}

/// An error a person reads: one sentence with what was wrong and where, and what to do next.
package protocol ExplainedError: Error {
    /// A stable machine name such as `cell_in_conflict`; never translated, never reused.
    var code: String { get }
    /// What was wrong, and where.
    var explanation: Bilingual { get }
    /// What to do next.
    var advice: Bilingual { get }
}

extension ExplainedError {
    /// Explanation and advice as one text; the advice on a line of its own where the explanation has several.
    package var sentence: Bilingual {
        let hasLines = self.explanation.english.contains("\n")
        return Bilingual(
            self.explanation.chinese + (hasLines ? "\n" : "") + self.advice.chinese,
            self.explanation.english + (hasLines ? "\n" : " ") + self.advice.english
        )
    }
}
