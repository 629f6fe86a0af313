/// Comma-separated values as spreadsheets read them (RFC 4180), and as `import` reads them back.
package enum CSVText {
    /// What says to a spreadsheet that the file is UTF-8. Stands once, at the beginning.
    package static let mark = "\u{FEFF}"

    /// One line with its end.
    package static func record(_ fields: [String]) -> String {
        fields.map(self.field).joined(separator: ",") + "\r\n"
    }

    private static func field(_ text: String) -> String {
        // Over bytes: CR and LF together are one character.
        let isPlain = !text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
