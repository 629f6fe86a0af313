/// A text that is no value, and why.
package struct MalformedValue: ExplainedError, Equatable {
    /// What is wrong with the text.
    package enum Reason: Equatable, Sendable {
        case noDigits, noDigitAfterPoint, badThousands, tooManyDigits, reversedRange, measureWithinRange
        case unexpected(String)
        case misplaced(Qualifier)
        case twoQualifiers(Qualifier, Qualifier)
        case qualifierWithRange(Qualifier)
        case tooLong(byteCount: Int)
        case noDate, noBoolean
    }

    package let text: String
    package let reason: Reason

    init(_ text: String, _ reason: Reason) {
        self.text = text
        self.reason = reason
    }

    package var code: String { "malformed_value" }

    package var explanation: Bilingual {
        let shown = self.text.shortened
        let reason = self.reasonWords
        return Bilingual("“\(shown)”不能作为数值：\(reason.chinese)。", "“\(shown)” is no value: \(reason.english).")
    }

    private var reasonWords: Bilingual {
        switch self.reason {
        case .noDigits: Bilingual("没有数字", "it has no digits")
        case .noDigitAfterPoint: Bilingual("小数点后没有数字", "no digit follows the point")
        case .badThousands: Bilingual("千位逗号的位置不对", "its commas do not part the thousands")
        case .tooManyDigits:
            Bilingual(
                "位数过多（最多 \(ExactDecimal.digitCountMax) 位，其中小数最多 \(ExactDecimal.scaleMax) 位）",
                "it has too many digits (at most \(ExactDecimal.digitCountMax), \(ExactDecimal.scaleMax) after the point)"
            )
        case .reversedRange: Bilingual("区间的下限大于上限", "the range begins above its end")
        case .measureWithinRange:
            Bilingual("区间中间夹有计量单位", "a unit of measure stands between the ends of the range")
        case .unexpected(let rest):
            Bilingual("“\(rest.shortened)”不应出现在这里", "“\(rest.shortened)” does not belong there")
        case .misplaced(let qualifier):
            qualifier.followsNumber
                ? Bilingual("“\(qualifier.rawValue)”应写在数字之后", "“\(qualifier.rawValue)” goes after the number")
                : Bilingual("“\(qualifier.rawValue)”应写在数字之前", "“\(qualifier.rawValue)” goes before the number")
        case .twoQualifiers(let first, let second):
            Bilingual(
                "有两个修饰词“\(first.rawValue)”和“\(second.rawValue)”",
                "it has two qualifiers, “\(first.rawValue)” and “\(second.rawValue)”"
            )
        case .qualifierWithRange(let qualifier):
            Bilingual("区间不能带修饰词“\(qualifier.rawValue)”", "a range takes no qualifier such as “\(qualifier.rawValue)”")
        case .tooLong(let byteCount):
            Bilingual(
                "文字长 \(byteCount) 字节，超过 \(ChangeLimits.textByteCountMax) 字节",
                "its text of \(byteCount) bytes is longer than \(ChangeLimits.textByteCountMax)"
            )
        case .noDate: Bilingual("不是日期", "it is no date")
        case .noBoolean: Bilingual("不是“是”或“否”", "it is neither yes nor no")
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .badThousands: Bilingual("请写成 1,234.5 或 1234.5。", "Write 1,234.5 or 1234.5.")
        case .reversedRange: Bilingual("请先写小数再写大数，例如 5-7。", "Write the smaller number first: 5-7.")
        case .measureWithinRange: Bilingual("请写成 5-7亿元。", "Write the unit once, at the end: 5-7亿元.")
        case .twoQualifiers, .misplaced: Bilingual("请只用一个修饰词，例如 近200 或 1000多。", "Use one qualifier: 近200 or 1000多.")
        case .qualifierWithRange: Bilingual("请去掉修饰词，或改为单个数。", "Leave the qualifier out, or give one number.")
        case .tooManyDigits: Bilingual("请换用较大的计量单位或减少小数位。", "Use a larger unit of measure, or fewer decimals.")
        case .tooLong: Bilingual("请缩短文字。", "Shorten the text.")
        case .noDate: Bilingual("请写成 2024-06-30。", "Write a day such as 2024-06-30.")
        case .noBoolean: Bilingual("请写 是 或 否。", "Write 是 or 否, yes or no.")
        case .noDigits, .noDigitAfterPoint, .unexpected:
            Bilingual(
                "请写成 5.2、近200、5-7 或 1000多家；没有数值时留空、写 不适用 或 ××。",
                "Write 5.2, 近200, 5-7 or 1000多家; without a figure leave it empty, or write n/a or withheld."
            )
        }
    }
}

extension String {
    /// Without blanks at both ends: white space of any width, and the marks that some programs leave at a file's start.
    package var trimmingBlanks: String {
        let scalars = self.unicodeScalars
        // Most texts have none.
        if let first = scalars.first, let last = scalars.last, !first.isBlank, !last.isBlank { return self }
        guard let first = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return String(scalars[first...last])
    }

    /// For messages: nobody reads a page in an error.
    package var shortened: String {
        self.count <= 40 ? self : self.prefix(40) + "…"
    }
}

extension Unicode.Scalar {
    /// White space, zero-width space or byte order mark.
    var isBlank: Bool {
        switch self.value {
        // Letters, digits and Chinese characters, without looking them up: every name that is looked up comes by here.
        case 0x21...0x7E, 0x3001...0xFEFE: false
        default: self.properties.isWhitespace || self == "\u{200B}" || self == "\u{FEFF}"
        }
    }

    /// A full-width form as its narrow self, and the minus sign as a hyphen; every other scalar unchanged.
    var narrowed: Unicode.Scalar {
        switch self.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(self.value - 0xFEE0) ?? self
        case 0x2212: "-"
        default: self
        }
    }
}
