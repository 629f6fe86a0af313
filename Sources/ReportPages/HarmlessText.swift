extension String {
    /// With what would move the cursor, change colours or turn the direction of writing shown as `�`; line ends and tabs
    /// stay.
    package var harmless: String {
        guard self.unicodeScalars.contains(where: \.isHarmful) else { return self }
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: self.unicodeScalars.map { $0.isHarmful ? "\u{FFFD}" : $0 })
        return String(scalars)
    }

    /// With each line end shown as `⏎` and each tab as a blank: what somebody typed must neither pass for a line of ours nor
    /// break a table.
    package var onOneLine: String {
        guard self.contains(where: { $0.isNewline || $0 == "\t" }) else { return self }
        return String(self.map { $0.isNewline ? "⏎" : $0 == "\t" ? " " : $0 })
    }
}

extension Unicode.Scalar {
    fileprivate var isHarmful: Bool {
        switch self {
        case "\n", "\t": false
        // https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
        case "\u{61C}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
        default: self.properties.generalCategory == .control
        }
    }
}
