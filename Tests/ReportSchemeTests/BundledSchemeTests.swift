import BundledScheme
import Foundation
import ReportModel
import ReportScheme
import Testing

@Suite struct BundledSchemeTests {
    @Test func theBundledSchemeHasNoMistakes() throws {
        let scheme = try Scheme.parse(BundledScheme.source)
        #expect(scheme.code == "henan-zones")
        #expect(scheme.root.name.chinese == "河南省")
        #expect(scheme.children(of: scheme.root.code, on: CalendarDate("2024-06-30")!).count == 18)
        #expect(scheme.fingerprint == BundledScheme.source.fingerprint)
    }

    @Test func everyFileOfTheFolderIsBundledAsItIs() throws {
        let folder = Self.repository.appending(path: "Protocol/Schemes/henan-zones")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(BundledScheme.source.files.map(\.name) == names)
        for file in BundledScheme.source.files {
            let text = try String(contentsOf: folder.appending(path: file.name), encoding: .utf8)
            #expect(file.text == text, "\(file.name)")
        }
    }

    /// Items that scripts rely on.
    @Test(arguments: [
        ("infrastructure", "investment roads water_pipe sewage_pipe power_grid standard_factory worker_housing"),
        ("projects_summary", "industrial_projects industrial_investment major_projects major_total_investment"),
        ("projects_summary", "major_investment"),
    ])
    func itemsWithPlans(form: String, items: String) throws {
        let scheme = try Scheme.parse(BundledScheme.source)
        let form = try #require(scheme.form(named: form))
        for name in items.split(separator: " ") {
            let item = try #require(form.item(named: String(name)), "\(name)")
            let plan = try #require(item.plan.flatMap { form.item($0) }, "\(name)")
            #expect(plan.code.description == "\(name)_plan")
            #expect(plan.measure == item.measure)
        }
    }

    /// The files of the examples, and how many rows each has.
    static let examples = [
        ("changyuan.csv", 116), ("lushan.csv", 43), ("jiaozuo.csv", 100), ("others.csv", 18), ("not_numbers.csv", 15),
        ("province-2014.csv", 74), ("task-table-2014.csv", 49), ("lushi.csv", 33), ("zhecheng.csv", 20),
        ("shali.csv", 7),
    ]

    @Test func theExamplesAreAcceptedToTheLastRow() throws {
        let scheme = try Scheme.parse(BundledScheme.source)
        for (name, count) in Self.examples {
            let file = try ImportFile.parse(try Self.example(name), scheme: scheme)
            #expect(file.refused.isEmpty, "\(name): \(file.refused)")
            #expect(file.accepted.count == count, "\(name)")
        }
    }

    @Test func everyNoteIsAboutOneFigureOfTheExamples() throws {
        let scheme = try Scheme.parse(BundledScheme.source)
        let cells = try Self.examples.flatMap {
            try ImportFile.parse(try Self.example($0.0), scheme: scheme).accepted.map(\.address.description)
        }
        let known = Set(cells)
        #expect(known.count == cells.count, "no cell stands in two files")
        let notes = String(decoding: try Self.example("notes.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
        var noted: Set<Substring> = []
        for note in notes {
            let cell = note.prefix { $0 != "," }
            // A note about a whole file names no cell.
            if cell.isEmpty { continue }
            #expect(known.contains(String(cell)), "\(cell)")
            #expect(noted.insert(cell).inserted, "\(cell) is noted twice")
        }
    }

    static func example(_ name: String) throws -> [UInt8] {
        let url = self.repository.appending(path: "Protocol/Schemes/henan-zones/examples/\(name)")
        return Array(try Data(contentsOf: url))
    }

    static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
