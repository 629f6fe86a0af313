/// A table in plain text, whose columns stay aligned on a terminal: Chinese characters are two columns wide.
package struct TextTable: Sendable {
    package enum Alignment: Sendable {
        case left, right
    }

    private var rows: [[String]]
    private let alignments: [Alignment]

    package init(header: [String], alignments: [Alignment]) {
        precondition(header.count == alignments.count)
        self.rows = [header]
        self.alignments = alignments
    }

    package mutating func append(_ row: [String]) {
        precondition(row.count == self.alignments.count)
        self.rows.append(row)
    }

    /// Lines without trailing blanks, the header and a rule first.
    package var text: String {
        let widths = self.alignments.indices.map { column in
            self.rows.map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        var lines = self.rows.map { self.line($0, widths) }
        lines.insert(widths.map { String(repeating: "─", count: $0) }.joined(separator: "  "), at: 1)
        return lines.joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = row.indices.map { column in
            let blanks = String(repeating: " ", count: widths[column] - DisplayWidth.of(row[column]))
            return self.alignments[column] == .left ? row[column] + blanks : blanks + row[column]
        }.joined(separator: "  ")
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }
}

/// How many terminal columns a text takes (Unicode Standard Annex #11: wide and fullwidth characters take two).
package enum DisplayWidth {
    package static func of(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + self.of($1) }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x0300...0x036F, 0x200B...0x200F: 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
