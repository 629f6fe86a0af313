import ReportModel
import ReportScheme
import Testing

/// What is wrong with parents that change, in the last line of the small scheme's units.
@Suite struct UnitMistakeTests {
    struct Case: CustomTestStringConvertible {
        /// In the place of `parent: "410728"}`.
        let text: String
        let mistakes: [(column: Int, reason: SchemeMistake.Reason)]

        init(_ text: String, _ mistakes: (Int, SchemeMistake.Reason)...) {
            self.text = text
            self.mistakes = mistakes
        }

        var testDescription: String { self.text }
    }

    private static let county = #"parent: "410728""#
    private static let province = #"parent: "410000""#
    private static let first = "units.yaml:5"

    static let cases: [Case] = [
        // Two at one time.
        Case(
            "parents: [{\(county)}, {\(province)}]}",
            (98, .overlappingValidity(first: first))
        ),
        Case(
            "parents: [{\(county), until: 2024-06-30}, {\(province), from: 2024-06-30}]}",
            (117, .overlappingValidity(first: first))
        ),
        // The first in the text is not the first in time.
        Case(
            "parents: [{\(county), from: 2024-06-30}, {\(province), until: 2024-07-01}]}",
            (116, .overlappingValidity(first: first))
        ),
        Case(
            "land_parents: [{\(county)}, {\(province), from: 2024-01-01}], \(county)}",
            (103, .overlappingValidity(first: first))
        ),
        // None at some time.
        Case(
            "parents: [{\(county), until: 2024-06-30}, {\(province), from: 2024-08-01}]}",
            (117, .withoutParent(after: date("2024-06-30"), before: date("2024-08-01")))
        ),
        Case("parents: [{\(county), from: 2024-06-30}]}", (78, .withoutParent(after: nil, before: date("2024-06-30")))),
        Case(
            "parents: [{\(county), until: 2024-06-30}]}",
            (78, .withoutParent(after: date("2024-06-30"), before: nil))
        ),
        Case("land_parent: \"410728\"}", (12, .secondRoot(first: "units.yaml:2"))),
        // The shape.
        Case("parents: []}", (77, .emptyList)),
        Case("parents: 410728}", (77, .notList)),
        Case("parents: [\"410728\"]}", (78, .notMapping)),
        Case("\(county), parents: [{\(county)}]}", (95, .eitherKey("parent", or: "parents"))),
        Case(
            "\(county), land_parent: \"410728\", land_parents: [{\(county)}]}",
            (123, .eitherKey("land_parent", or: "land_parents"))
        ),
        Case("parents: [{until: 2024-06-30}]}", (78, .missingKey("parent"))),
        Case(
            "parents: [{\(county), since: 2024-06-30}]}",
            (97, .unknownKey("since", known: ["parent", "from", "until"]))
        ),
        Case("parents: [{\(county), from: 2024-06-31}]}", (103, .badDate("2024-06-31"))),
        Case("parents: [{\(county), until: 六月}]}", (104, .badDate("六月"))),
        Case("parents: [{\(county), from: 2024-06-30, until: 2024-06-29}]}", (122, .endsBeforeItBegins)),
        // What they name.
        Case("parents: [{parent: 41}]}", (87, .badUnitCode("41"))),
        Case("parents: [{parent: \"410799\"}]}", (87, .unknownParent("410799"))),
        Case("\(county), land_parent: \"410799\"}", (99, .unknownParent("410799"))),
        Case(
            "\(county), land_parent: \"410728-01\"}",
            (99, .levelNotBelowParent(.zone, parent: .zone))
        ),
        Case(
            "parents: [{\(county), until: 2024-06-30}, {parent: \"410728-01\", from: 2024-07-01}]}",
            (126, .levelNotBelowParent(.zone, parent: .zone))
        ),
        Case(
            "parents: [{\(county), until: 2024-06-30}, {parent: \"410728-02\", from: 2024-07-01}]}",
            (12, .cycle(["410728-02", "410728-02"]))
        ),
    ]

    private static func date(_ text: String) -> CalendarDate { CalendarDate(text)! }

    @Test(arguments: cases)
    func everyMistakeIsReportedAtItsPlace(_ example: Case) throws {
        let line = #"  - {code: "410728-02", name: 蒲城园区, name_en: Pucheng, level: zone, "#
        let source = SmallScheme.source(
            "units.yaml",
            replacing: line + #"parent: "410728"}"#,
            with: line + example.text
        )
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        let found = error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" }
        #expect(found == example.mistakes.map { "units.yaml:5:\($0.column) \($0.reason)" })
        #expect(!error.explanation.english.contains("something is wrong"))
    }

    @Test func parentsInTurnAreACircleThoughNoDayHasOne() throws {
        let source = SmallScheme.source(
            "units.yaml",
            replacing: #"level: county, parent: "410000""#,
            with:
                #"level: county, parents: [{parent: "410728-01", until: 2019-12-31}, {parent: "410000", from: 2020-01-01}]"#
        )
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.map(\.reason) == [.cycle(["410728", "410728-01", "410728"])])
    }

    @Test func aFormNamesOneOfTheTrees() throws {
        let source = SmallScheme.source(
            "roads.yaml",
            replacing: "name_en: Roads\n",
            with: "name_en: Roads\ntree: water\n"
        )
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.map(\.reason) == [.notOneOf("water", allowed: ["administrative", "land"])])
        #expect(error.mistakes.map(\.line) == [4] && error.mistakes.map(\.column) == [7])
    }

    @Test(arguments: [
        (
            SchemeMistake.Reason.withoutParent(after: date("2024-06-30"), before: date("2024-08-01")),
            "2024-06-30 之后、2024-08-01 之前没有上级单位", "there is no parent after 2024-06-30 and before 2024-08-01"
        ),
        (
            .withoutParent(after: nil, before: date("2024-08-01")),
            "2024-08-01 之前没有上级单位", "there is no parent before 2024-08-01"
        ),
        (
            .overlappingValidity(first: "units.yaml:5"),
            "有效期与 units.yaml:5 重叠", "overlapping validity: some of these days are taken at units.yaml:5"
        ),
    ])
    func theWordsNameTheDays(reason: SchemeMistake.Reason, chinese: String, english: String) {
        #expect(reason.words == Bilingual(chinese, english))
    }
}
