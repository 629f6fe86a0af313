import BundledScheme
import Foundation
import ReportModel
import ReportScheme
import Testing

/// The real figures of `Cases/`: which raise no alarm, which cannot be true, and which want an explanation.
@Suite("Real reports under the bundled checks")
struct CheckCasesTests {
    static let cases: [CheckCase] = CheckCase.all
    /// Read once, not for every case.
    private static let read = Result {
        let scheme = try Scheme.parse(BundledScheme.source)
        return (scheme: scheme, plan: CheckPlan(scheme))
    }

    @Test("raise exactly the alarms that they deserve", arguments: Self.cases)
    func tried(_ test: CheckCase) throws {
        let (scheme, plan) = try Self.read.get()
        let cells = try test.cells(scheme)
        let findings = try plan.findings(
            about: cells.keys,
            today: test.today,
            source: CellDictionary(cells)
        )
        let found = Set(findings.map { "\($0.check) \($0.level.rawValue)" })
        #expect(found == test.expected, "\(findings.map(\.text.chinese).joined(separator: "\n"))")
        for words in test.words {
            #expect(findings.contains { $0.text.chinese.contains(words) }, "\(findings.map(\.text.chinese))")
        }
    }

    @Test("there are cases of every kind")
    func complete() {
        #expect(Self.cases.count { $0.expected.isEmpty } > 30)
        #expect(Self.cases.count { !$0.expected.isEmpty } > 30)
        #expect(Set(Self.cases.map(\.name)).count == Self.cases.count)
    }
}

/// One case: figures, and what the checks say about them.
///
///     ## Q1 and the year plan of 鲁山
///     expect IV-03 error
///     text 应为 21.0%
///     today 2024-07-02
///     410423-01/investment/2024-Q1/total = 6.3
///
/// Without `expect`, nothing is found. `#` begins a remark. `import changyuan.csv` puts the whole of that example in.
struct CheckCase: CustomTestStringConvertible, Sendable {
    let name: String
    /// `CODE level`
    var expected: Set<String> = []
    /// What some finding says.
    var words: [String] = []
    var today = CalendarDate("2030-01-01")!
    /// Examples of the scheme that are imported as a whole.
    var examples: [String] = []
    /// Lines `cell = value`.
    var lines: [String] = []

    var testDescription: String { self.name }

    static let all: [CheckCase] = {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Cases")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".txt") }.sorted().flatMap { file in
            let text = (try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)) ?? ""
            return Self.cases(in: text)
        }
    }()

    private static func cases(in text: String) -> [CheckCase] {
        var cases: [CheckCase] = []
        for line in text.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            switch words.first {
            case "##"?: cases.append(CheckCase(name: words[1]))
            case "#"?, nil: continue
            case "expect"?: cases[cases.count - 1].expected.insert(words[1])
            case "text"?: cases[cases.count - 1].words.append(words[1])
            case "import"?: cases[cases.count - 1].examples.append(words[1])
            case "today"?: cases[cases.count - 1].today = CalendarDate(words[1])!
            default: cases[cases.count - 1].lines.append(line)
            }
        }
        return cases
    }

    func cells(_ scheme: Scheme) throws -> [CellAddress: CellValue] {
        var cells: [CellAddress: CellValue] = [:]
        for example in self.examples {
            let file = try ImportFile.parse(try BundledSchemeTests.example(example), scheme: scheme)
            for row in file.accepted { cells[row.address] = row.value }
        }
        for line in self.lines {
            let parts = line.components(separatedBy: " = ")
            let cell = try scheme.cell(CellAddress(parts[0]))
            cells[cell.address] = try scheme.value(parts[1], for: cell.item)
        }
        return cells
    }
}
