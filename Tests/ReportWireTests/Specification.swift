import Foundation
import TestSupport

/// The wire specification, as the tests read it.
enum Specification {
    static let path = "Protocol/README.md"

    /// What stands between the marks of a recorded part.
    static func recorded(_ name: String) throws -> String {
        let text = try Repository.text(self.path)
        return String(text[try self.range(of: name, in: text)])
    }

    static func record(_ part: String, as name: String) throws {
        var text = try Repository.text(self.path)
        text.replaceSubrange(try self.range(of: name, in: text), with: part)
        try Repository.write(text, to: self.path)
    }

    /// The cells of each row of the first table under a heading, without its head.
    static func table(under heading: String) throws -> [[String]] {
        let lines = try Repository.text(self.path).split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: Substring(heading)) else { throw NotFound(what: heading) }
        return lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    struct NotFound: Error {
        let what: String
    }

    private static func range(of name: String, in text: String) throws -> Range<String.Index> {
        guard let start = text.range(of: "<!-- recorded: \(name) -->\n"),
            let end = text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex)
        else { throw NotFound(what: name) }
        return start.upperBound..<end.lowerBound
    }
}
