import BundledScheme
import ReportModel
import ReportScheme
import Testing

@Suite struct NameMatchTests {
    static let scheme = try! Scheme.parse(BundledScheme.source)
    static let head = "单位,报表,报告期,指标,数值\n"

    private func read(_ rows: String, matches: NameMatches = NameMatches()) throws -> ImportFile {
        try ImportFile.parse(Array((Self.head + rows).utf8), scheme: Self.scheme, matches: matches)
    }

    @Test func aNameAndItsAliasAreOneSubzone() throws {
        let file = try self.read("参木,land,2024,planned_area,1\n参木工业集聚区,land,2023,planned_area,2\n")
        #expect(file.refused.isEmpty && file.unknown.isEmpty)
        #expect(file.accepted.map(\.address.unit.description) == ["410728-01-04", "410728-01-04"])
    }

    @Test func unknownNamesAreCountedAndRefused() throws {
        let file = try self.read(
            "参木园,land,2024,planned_area,1\n 参木园 ,land,2023,规划用地,2\n参木,land,2024,规划用地,3\n"
                + "参木园,rails,2024,x,1\n,land,2024,planned_area,1\n参木,rails,2024,规划用地,1\n"
        )
        #expect(file.accepted.isEmpty && file.refused.count == 6)
        let unknown = file.unknown.map { "\($0.name.form?.description ?? "-") \($0.name.text) \($0.rowCount)" }
        #expect(unknown == ["- 参木园 3", "land 规划用地 2"])
    }

    @Test func aMatchedNameIsTaken() throws {
        let matches = NameMatches([
            ImportedName("参木园"): "410728-01-04", ImportedName("规划用地", form: "land"): "planned_area",
        ])
        let file = try self.read("参木园,land,2024,规划用地,1\n", matches: matches)
        #expect(file.unknown.isEmpty)
        #expect(file.accepted.map(\.address.description) == ["410728-01-04/land/2024/planned_area"])
    }

    @Test func theSchemesOwnNamesWinAndDeadMatchesMatchNothing() throws {
        let matches = NameMatches([
            ImportedName("参木"): "410728-01-03", ImportedName("某园"): "410799-01",
            ImportedName("面积", form: "land"): "no_such_item",
        ])
        let file = try self.read(
            "参木,land,2024,planned_area,1\n某园,land,2024,planned_area,1\n参木,land,2024,面积,1\n",
            matches: matches
        )
        #expect(file.accepted.map(\.address.unit.description) == ["410728-01-04"])
        #expect(file.unknown.map(\.name.text) == ["某园", "面积"])
    }

    @Test func aFileWithMixedUpColumnsAsksForLittle() throws {
        let names = (0..<2_000).map { "名\($0),land,2024,planned_area,1" }.joined(separator: "\n")
        #expect(try self.read(names).unknown.count == 1_000)
        let long = String(repeating: "长", count: 171)
        #expect(try self.read("\(long),land,2024,planned_area,1\n\"甲\n乙\",land,2024,planned_area,1\n").unknown.isEmpty)
    }

    @Test(
        arguments: [
            ("参木园区", nil, "410728-01-04"), ("参木工业园", nil, "410728-01-04"), ("长垣县产业集聚区管委会", nil, "410728-01"),
            ("起重机园区", nil, "410728-01-01"), ("canmu park", nil, "410728-01-04"),
            ("规划用地面积", "land", "planned_area"), ("新修道路", "infrastructure", "roads"),
        ] as [(String, Code?, String)]
    )
    func theLikeliestComesFirst(name: String, form: Code?, code: String) {
        let units = Self.scheme.unitAndBelow(UnitCode("410728")!)
        let found = Self.scheme.candidates(for: ImportedName(name, form: form), among: units)
        #expect(found.first?.code == code, "\(found.map(\.code))")
        #expect(found.count <= 3)
    }

    @Test(arguments: ["", "甲乙丙", "x", "😀"])
    func whatIsLikeNothingHasNoCandidates(name: String) {
        let units = Self.scheme.units
        #expect(Self.scheme.candidates(for: ImportedName(name), among: units).isEmpty)
        #expect(Self.scheme.candidates(for: ImportedName(name, form: "no_such_form"), among: units).isEmpty)
    }
}
