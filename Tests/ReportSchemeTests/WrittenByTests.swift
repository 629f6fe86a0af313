import BundledScheme
import ReportModel
import ReportScheme
import Testing

/// The key `written_by`: its mistakes, what changes with it, and where the bundled scheme has it.
@Suite("Who writes a form or an item") struct WrittenByTests {
    static let allowed = ["clerk", "reviewer", "office"]

    @Test(
        "A mistake is told at its place",
        arguments: [
            // The item
            ("item: remark", "[clerks]", "roads.yaml:30:18", .notOneOf("clerks", allowed: allowed)),
            ("item: remark", "[office, auditor]", "roads.yaml:30:26", .notOneOf("auditor", allowed: allowed)),
            ("item: remark", "[relay]", "roads.yaml:30:18", .notOneOf("relay", allowed: allowed)),
            (
                "item: remark", "[office, clerk, office]", "roads.yaml:30:33",
                .duplicate("office", first: "roads.yaml:30")
            ),
            ("item: remark", "[]", "roads.yaml:30:17", .emptyList),
            ("item: remark", "office", "roads.yaml:30:17", .notList),
            ("item: remark", "[{a: b}]", "roads.yaml:30:18", .notText),
            // The form
            ("name_en: Roads", "[all]", "roads.yaml:4:14", .notOneOf("all", allowed: allowed)),
            ("name_en: Roads", "[clerk, clerk]", "roads.yaml:4:21", .duplicate("clerk", first: "roads.yaml:4")),
            ("name_en: Roads", "[]", "roads.yaml:4:13", .emptyList),
        ] as [(String, String, String, SchemeMistake.Reason)]
    )
    func mistakes(after line: String, list: String, place: String, reason: SchemeMistake.Reason) throws {
        let indent = line.hasPrefix("item") ? "    " : ""
        let source = SmallScheme.source("roads.yaml", replacing: line, with: "\(line)\n\(indent)written_by: \(list)")
        try Self.expect([(place, reason)], in: source)
    }

    @Test("A derived item has no writers, and neither unit nor scheme has")
    func elsewhere() throws {
        let derived = "item: twice, name: 两倍, name_en: Twice, unit: km, formula: length * 2, periods: [year]"
        let item = SmallScheme.source(
            "roads.yaml",
            replacing: "items:\n",
            with: "items:\n  - {\(derived), written_by: [office]}\n"
        )
        try Self.expect([("roads.yaml:5:105", .eitherKey("written_by", or: "formula"))], in: item)
        let unit = SmallScheme.source(
            "units.yaml",
            replacing: "level: county",
            with: "level: county, written_by: [clerk]"
        )
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(unit) }
        #expect(error.mistakes.map(\.reason.code) == ["unknown_key"])
    }

    private static func expect(_ expected: [(String, SchemeMistake.Reason)], in source: SchemeSource) throws {
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(
            error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" }
                == expected.map { "\($0.0) \($0.1)" }
        )
        #expect(!error.explanation.english.contains("something is wrong"))
    }

    @Test("What others write than before is told of each item, whether it or its form says so")
    func difference() throws {
        let old = try SmallScheme.parsed()
        func reassigned(_ line: String, _ more: String) throws -> [String] {
            let new = try Scheme.parse(SmallScheme.source("roads.yaml", replacing: line, with: "\(line)\n\(more)"))
            #expect(SchemeDifference(from: old, to: new).remeasured.isEmpty)
            return SchemeDifference(from: old, to: new).reassigned.map { "\($0.form).\($0.item)" }
        }
        #expect(try reassigned("item: remark", "    written_by: [office]") == ["roads.remark"])
        #expect(
            try reassigned("name_en: Roads", "written_by: [clerk, office]") == [
                "roads.length", "roads.length_plan", "roads.surface", "roads.remark",
            ]
        )
        #expect(SchemeDifference(from: old, to: old).reassigned.isEmpty)
    }

    // MARK: - The bundled scheme

    static let bundled = try! Scheme.parse(BundledScheme.source)

    @Test(
        "The province's plan is the office's, letters are issued from above, and a county sets no target of the city",
        arguments: [
            ("410000/provincial_plan/2024/revenue", "410000", "o"),
            ("410000/task_table/2024/task_1_lead", "410000", "o"),
            ("410000/_explanations/2024/provincial_plan/PV-01", "410000", "o"),
            ("410728-01/target_letter/2024/issuer", "410728-01", "ro"),
            ("410728-01/target_letter/2024/issuer", "410728", "ro"),
            ("410728-01/target_letter/2024/issuer", "410700", "ro"),
            ("410728/investment_promotion/2024/foreign_funds_target", "410728", "ro"),
            ("410728/investment_promotion/2024/outside_funds_target", "410700", "ro"),
            ("410728/investment_promotion/2024/exports_target", "410000", "ro"),
            // Its own, and what it reports
            ("410728/investment_promotion/2024/foreign_funds", "410728", "cro"),
            ("410728/investment_promotion/2024/recruited_enterprises_target", "410728", "cro"),
            ("410728/reporting_rules/2024/quiet_days", "410728", "cro"),
            ("410700/city_review/2024/zones_in_award_target", "410700", "cro"),
            ("410728-01/infrastructure/2024/roads", "410700", "co"),
        ]
    )
    func bundledRestrictions(cell: String, unit: String, writers: String) throws {
        let address = try CellAddress(cell)
        for role in Role.allCases {
            let grant = Grant(role: role, unit: UnitCode(unit)!)
            let refusal = Self.bundled.refusal(of: (address, .missing), under: grant)
            let isWriter = [.clerk, .reviewer, .office].contains(role) && writers.contains(role.rawValue.prefix(1))
            #expect((refusal == nil) == isWriter, "\(role): \(refusal?.code ?? "allowed")")
        }
    }

    @Test(
        "Who reported the examples may import them",
        arguments: [
            ("changyuan.csv", Role.clerk, "410728"), ("lushan.csv", .clerk, "410423"),
            ("jiaozuo.csv", .clerk, "410800"),
            ("lushi.csv", .clerk, "411224"), ("zhecheng.csv", .clerk, "410000"), ("shali.csv", .clerk, "411102"),
            ("province-2014.csv", .office, "410000"), ("task-table-2014.csv", .office, "410000"),
            ("others.csv", .clerk, "410000"),
        ]
    )
    func examples(name: String, role: Role, unit: String) throws {
        let file = try ImportFile.parse(try BundledSchemeTests.example(name), scheme: Self.bundled)
        let grant = Grant(role: role, unit: UnitCode(unit)!)
        #expect(!file.accepted.isEmpty)
        for row in file.accepted {
            let refusal = Self.bundled.refusal(of: (row.address, row.value), under: grant)
            #expect(refusal == nil, "\(name):\(row.line) \(refusal?.explanation.english ?? "")")
        }
    }
}
