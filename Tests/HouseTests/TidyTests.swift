import Foundation
import Testing

@Suite("The house is tidy")
struct TidyTests {
    @Test("at the top")
    func top() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: House.root.path())
            .filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        let expected: Set<String> = [
            "Package.swift", "Sources", "Tests", "Protocol", "Client", "Server", "README.md", "README.zh-Hans.md",
            "Makefile", "LICENSE",
        ]
        #expect(Set(names) == expected)
    }

    @Test("in files of at most 400 lines")
    func fileLength() throws {
        for source in try House.sources(in: ["Protocol", "Client", "Server", "Sources", "Tests"]) {
            #expect(source.lines.count <= 401, "\(source.path) has \(source.lines.count) lines")
        }
    }

    @Test("with words for what other modules use")
    func documentation() throws {
        let declared = /^(package|public) (?:final )?(struct|enum|class|actor|protocol) (\w+)/
        for source in try House.sources() {
            for (index, line) in source.lines.enumerated() where line.firstMatch(of: declared) != nil {
                let above = source.lines[..<index].last { !$0.hasPrefix("@") } ?? ""
                #expect(above.hasPrefix("///"), "\(source.path):\(index + 1) \(line)")
            }
        }
    }

    @Test("and every limit is used")
    func limits() throws {
        let sources = try House.sources()
        let everything = sources.map { $0.lines.joined(separator: "\n") }.joined(separator: "\n")
        let limits = try #require(sources.first { $0.path == "Protocol/ReportWire/Limits.swift" })
        for line in limits.lines {
            guard let name = line.firstMatch(of: /static let (\w+)/)?.1 else { continue }
            #expect(everything.contains("Limits.\(name)"), "the limit \(name) is not used")
        }
    }
}
