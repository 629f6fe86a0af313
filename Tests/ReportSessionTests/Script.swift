import Foundation

/// A conversation as a text file: what happens, then what the machine asks for, in the manner of etcd's raft tests.
///
/// ```
/// # A comment.
/// what happens
/// ----
/// what is expected
/// ```
struct Script {
    /// One thing that happens, with the lines that stand before it.
    struct Step {
        var comments: [String]
        var command: String
        var expected: [String]
        /// In the file, from 1.
        var line: Int
    }

    let url: URL
    private(set) var steps: [Step] = []

    init(_ url: URL) throws {
        self.url = url
        var comments: [String] = []
        var isExpecting = false
        let lines = try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        for (index, line) in lines.enumerated() {
            if line == "----" {
                isExpecting = true
            } else if line.isEmpty {
                isExpecting = false
                if comments.last != "" { comments.append("") }
            } else if isExpecting {
                self.steps[self.steps.count - 1].expected.append(String(line))
            } else if line.hasPrefix("#") {
                comments.append(String(line))
            } else {
                self.steps.append(
                    Step(comments: comments, command: String(line), expected: [], line: index + 1)
                )
                comments = []
            }
        }
    }

    /// The file with these answers in place of the expected ones.
    func text(answers: [[String]]) -> String {
        zip(self.steps, answers).enumerated().map { index, pair in
            let (step, answer) = pair
            let comments = step.comments.drop { index == 0 && $0.isEmpty }
            return (comments + [step.command, "----"] + answer).joined(separator: "\n") + "\n"
        }.joined()
    }

    /// What differs, step by step; empty when nothing does.
    func differences(from answers: [[String]]) -> String {
        zip(self.steps, answers).filter { $0.expected != $1 }.map { step, answer in
            let missing = step.expected.filter { !answer.contains($0) }.map { "- \($0)" }
            let surplus = answer.filter { !step.expected.contains($0) }.map { "+ \($0)" }
            let lines = missing + surplus
            return
                (["\(self.url.lastPathComponent):\(step.line): \(step.command)"]
                + (lines.isEmpty ? ["  another order:"] + answer : lines)).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

/// Reads the words of a command one after the other.
struct Words {
    private var words: ArraySlice<Substring>
    private let text: String

    init(_ text: String) {
        self.text = text
        self.words = text.split { $0 == " " || $0 == ":" || $0 == ";" || $0 == "," }[...]
    }

    var isAtEnd: Bool { self.words.isEmpty }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    mutating func next() throws -> String {
        guard let word = self.words.popFirst() else { throw Unreadable(description: "too short: \(self.text)") }
        return String(word)
    }

    /// Takes the next word if it is this one.
    mutating func takes(_ word: String) -> Bool {
        guard self.words.first == word[...] else { return false }
        self.words.removeFirst()
        return true
    }

    mutating func number() throws -> Int {
        guard let number = Int(try self.next()) else { throw Unreadable(description: "no number: \(self.text)") }
        return number
    }

    /// The words up to the first that `isPart` refuses.
    mutating func prefix(while isPart: (Substring) -> Bool) -> [String] {
        let prefix = self.words.prefix(while: isPart)
        self.words = self.words.dropFirst(prefix.count)
        return prefix.map(String.init)
    }

    func requireEnd() throws {
        guard self.words.isEmpty else {
            throw Unreadable(description: "not understood: \(self.words.joined(separator: " ")) in \(self.text)")
        }
    }
}
