import Foundation
import Testing

@Suite("The shape of the house")
struct ShapeTests {
    @Test("the top level holds the five rooms, and nothing that explains itself worse")
    func topLevel() throws {
        let allowed: Set = Set(SourceTree.rooms).union([
            "Package.swift", "Package.resolved", "README.md", "README.zh-Hans.md", "Makefile", "LICENSE",
        ])
        // What git keeps; a folder that a tool has left is nobody's business.
        let tracked = try Self.tracked()
        #expect(tracked.contains("Package.swift"))
        let names = Set(tracked.map { $0.prefix { $0 != "/" } }.map(String.init))
        #expect(names.filter { !$0.hasPrefix(".") }.isSubset(of: allowed), "\(names.subtracting(allowed).sorted())")
    }

    @Test("no file is longer than 400 lines")
    func fileLength() {
        for file in SourceTree.files {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count - 1) lines")
        }
    }

    @Test("every limit of the wire is used")
    func limits() {
        let names = SourceTree.files.first { $0.path == "Protocol/ReportWire/Limits.swift" }!.code.compactMap {
            $0.text.firstMatch(of: /static let (\w+)/).map { String($0.1) }
        }
        #expect(names.count > 15)
        let users = DirectionTests.product.filter { !$0.path.hasSuffix("/Limits.swift") }
        for name in names {
            let isUsed = users.contains { file in file.code.contains { $0.text.contains("Limits.\(name)") } }
            #expect(isUsed, "Limits.\(name) limits nothing")
        }
    }

    @Test("every limit says its unit and reason")
    func limitComments() {
        let lines = SourceTree.files.first { $0.path == "Protocol/ReportWire/Limits.swift" }!.lines
        for (before, line) in zip(lines, lines.dropFirst()) where line.contains("static let") {
            #expect(before.contains("///"), "\(line)")
        }
    }

    @Test("nothing mentions a path of somebody's machine")
    func machinePaths() throws {
        // Written in pieces, so that this file does not mention them.
        let places = ["home/", "Users/", "root/", "work/", "tmp/"].map { "/" + $0 }
        let texts = ["swift", "md", "yaml", "yml", "csv", "sh", "txt", "json", "c", "h", "modulemap"]
        for path in try Self.tracked() {
            let kind = path.split(separator: ".").last.map(String.init) ?? ""
            guard texts.contains(kind) || !path.contains(".") || path.hasPrefix(".ci/") else { continue }
            for (number, line) in SourceTree.text(path).components(separatedBy: "\n").enumerated() {
                for place in places {
                    guard let range = line.firstRange(of: place) else { continue }
                    // The same word within a path of ours is none; a machine's path begins with its slash.
                    let before = line[..<range.lowerBound].last
                    let isRelative =
                        before.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "/" || $0 == "}" } ?? false
                    #expect(isRelative, "\(path):\(number + 1) mentions \(place)")
                }
            }
        }
    }

    // MARK: - Doc comments

    /// Names that need no words: what they do is known to everybody who knows the protocol they are of.
    static let trivial = [
        "init(", "init?(", "init<", "static func ==", "static func <", "func hash(", "func encode(", "var description",
        "func makeIterator(", "func next(",
    ]

    @Test("every type and function for other modules has a doc comment, but for the trivial ones")
    func docComments() {
        var missing: [String] = []
        for file in DirectionTests.product {
            for (index, line) in file.lines.enumerated() {
                let text = line.drop { $0 == " " }
                guard text.hasPrefix("package "), let declaration = Self.declaration(text) else { continue }
                guard !Self.isDocumented(file.lines, index) else { continue }
                missing.append("\(file.path):\(index + 1): \(declaration)")
            }
        }
        #expect(missing.isEmpty, "\(missing.joined(separator: "\n"))")
    }

    /// What a line declares; `nil` for a property, and for what needs no words.
    private static func declaration(_ line: Substring) -> Substring? {
        let pattern =
            #/^package (?:(?:static|final|mutating|convenience|indirect|override) )*(?:struct|enum|class|actor|protocol|func|typealias) /#
        guard line.firstMatch(of: pattern) != nil else { return nil }
        return self.trivial.contains { line.contains($0) } ? nil : line
    }

    /// Whether `///` stands above the declaration, over its attributes.
    private static func isDocumented(_ lines: [String], _ index: Int) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
        return above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("///")
    }

    /// The files that git keeps, and new ones that it does not ignore.
    private static func tracked() throws -> [String] {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", SourceTree.top.path, "ls-files"]
        git.standardOutput = output
        try git.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        try #require(git.terminationStatus == 0, "git ls-files")
        return text.split(separator: "\n").map(String.init)
    }
}
