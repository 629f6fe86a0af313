import Foundation

/// Hexadecimal text with notes: a line that begins with `#` and what follows a `|` are for people.
package enum Hexadecimals {
    /// What is not hexadecimal.
    package struct Malformed: Error {
        package let text: String
    }

    /// The bytes that a text spells.
    package static func bytes(_ text: some StringProtocol) throws -> [UInt8] {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let digits = lines.flatMap { $0.prefix { $0 != "|" }.filter { !$0.isWhitespace } }
        guard digits.count.isMultiple(of: 2) else { throw Malformed(text: String(text)) }
        return try stride(from: 0, to: digits.count, by: 2).map { index in
            guard let byte = UInt8(String(digits[index...index + 1]), radix: 16) else {
                throw Malformed(text: String(digits[index...index + 1]))
            }
            return byte
        }
    }

    /// The bytes between the fences of each `hex` block.
    package static func blocks(in markdown: String) throws -> [[UInt8]] {
        try markdown.components(separatedBy: "```hex\n").dropFirst().map { rest in
            try self.bytes(rest.components(separatedBy: "```")[0])
        }
    }
}
