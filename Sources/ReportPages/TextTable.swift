/// A table for a terminal: columns aligned by what they take up on the screen, where a Chinese character is two wide.
package struct TextTable: Sendable {
    /// On which side of its column a text stands.
    package enum Alignment: Sendable {
        case left, right
    }

    package let header: [String]
    package let alignments: [Alignment]
    package private(set) var rows: [[String]] = []

    /// - Parameter columns: the headings, with how the cells below them are aligned.
    package init(_ columns: [(heading: String, alignment: Alignment)]) {
        self.header = columns.map(\.heading)
        self.alignments = columns.map(\.alignment)
    }

    /// - Precondition: one text a column.
    package mutating func add(_ row: [String]) {
        precondition(row.count == self.header.count)
        self.rows.append(row)
    }

    /// The header, a rule and the rows, without line ends and without blanks at their ends.
    package var lines: [String] {
        // What moves the cursor would break the table; it is shown before the widths are measured.
        let cells = ([self.header] + self.rows).map { $0.map(\.onOneLine.harmless) }
        let widths = self.header.indices.map { column in cells.map { $0[column].displayWidth }.max() ?? 0 }
        var lines = cells.map { row in self.line(row, widths: widths) }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        return lines
    }

    private func line(_ row: [String], widths: [Int]) -> String {
        let cells = zip(row, zip(widths, self.alignments)).map { text, column in
            let blanks = String(repeating: " ", count: column.0 - text.displayWidth)
            return column.1 == .left ? text + blanks : blanks + text
        }
        let line = cells.joined(separator: "  ")
        return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
    }
}

extension String {
    /// Columns on a terminal: 2 for a wide character, 0 for a mark that joins the one before, else 1.
    package var displayWidth: Int {
        self.reduce(0) { $0 + $1.displayWidth }
    }
}

extension Character {
    fileprivate var displayWidth: Int {
        guard let first = self.unicodeScalars.first else { return 0 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return first.isWide ? 2 : 1
        }
    }
}

extension Unicode.Scalar {
    /// East Asian Wide and Fullwidth, by blocks. Source: https://www.unicode.org/reports/tr11/
    fileprivate var isWide: Bool {
        switch self.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default:
            false
        }
    }
}
