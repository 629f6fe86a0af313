import ReportModel
import ReportScheme
import Testing

@Suite("Mistakes in formulas are told with their place")
struct FormulaMistakeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let formula: String
        /// From the formula's first character.
        let offset: Int
        let reason: FormulaMistake.Reason
        var testDescription: String { self.formula }

        init(_ formula: String, _ offset: Int, _ reason: FormulaMistake.Reason) {
            (self.formula, self.offset, self.reason) = (formula, offset, reason)
        }
    }

    static let rules: [Case] = [
        // Text
        Case("f.a ==", 6, .endsEarly), Case("f.a == (f.b", 11, .endsEarly),
        Case("f.a == f.b f.n", 11, .unexpected("f")),
        Case("f.a == 万", 7, .unexpected("万")), Case("f.list == \"a", 10, .endsEarly),
        Case("f.a = f.b", 4, .unexpected("=")),
        Case(String(repeating: "(", count: 40) + "f.a" + String(repeating: ")", count: 40), 32, .tooDeep),
        Case("f.a == " + String(repeating: "-", count: 600) + "f.b", 515, .tooManyParts),
        // Names
        Case("f.a == f.nothing", 7, .unknownItem("f.nothing")), Case("a == f.b", 0, .unknownItem("a")),
        Case("h.a == f.b", 0, .unknownItem("h.a")), Case("f.a == half(f.b)", 7, .unknownFunction("half")),
        Case("f.a == 3里", 7, .unknownMeasure("里")), Case("f.a == at(street, f.b)", 10, .unknownLevel("street")),
        // Units of measure
        Case("f.a == f.stock", 4, .classesDiffer("money", "area")),
        Case("f.a + f.n == f.a", 4, .classesDiffer("money", "“个”")),
        Case("f.n == f.firms", 4, .classesDiffer("“个”", "“家”")),
        Case("f.share_a == f.points", 10, .classesDiffer("ratio", "points")),
        Case("f.a == 3", 4, .classesDiffer("money", "ratio")),
        Case("points(f.a, f.a) == f.points", 0, .classNotAllowed(function: "points", "money")),
        Case("as_ratio(f.share_a) == f.share_a", 0, .classNotAllowed(function: "as_ratio", "ratio")),
        Case("whole_exists(f.n, f.a)", 18, .classNotAllowed(function: "whole_exists", "money")),
        // Types
        Case("f.a", 0, .wantsItemOf(.boolean, function: "and or not")), Case("f.a + f.b", 4, .wantsCondition),
        Case("f.list == f.a", 0, .wantsItemOf(.number, function: "+ - * /")),
        Case("count(f.a) == 3", 6, .wantsItemOf(.text, function: "count")),
        Case("last(f.a + f.a) == f.a", 9, .wantsItem(function: "last")), Case("f.signed_on < 3", 14, .wantsDate),
        Case("growth(f.a, f.a, f.a) == 3%", 0, .argumentCount(function: "growth", expected: "1–2", found: 3)),
        Case("between(f.a, 1亿元)", 0, .argumentCount(function: "between", expected: "3", found: 2)),
        Case("f.a + 1亿元 ~= f.b", 4, .agreesWithoutItem),
        // Sense
        Case("completion(f.b) <= 100%", 11, .noPlan("f.b")),
        Case("current(f.stock) == f.stock", 8, .notCumulative("f.stock")),
        Case("f.a + last(f.a) == f.b", 4, .addsPeriods("f.a")),
        Case("sum(f.a, year_before(f.a)) == f.b", 9, .addsPeriods("f.a")),
        Case("f.stock + last(f.stock) == f.stock", 8, .addsPeriods("f.stock")),
    ]

    @Test("in the rule of a check", arguments: rules)
    func inRules(_ test: Case) throws {
        let source = RuleScheme.source(checks: [RuleScheme.check(test.formula)])
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.map(\.reason) == [.formula(test.reason)])
        let line = "  - " + RuleScheme.check(test.formula)
        let start = line.unicodeScalars.count - test.formula.unicodeScalars.count - 2
        let mistake = try #require(error.mistakes.first)
        #expect("\(mistake.file):\(mistake.line):\(mistake.column)" == "checks.yaml:2:\(start + test.offset + 1)")
        #expect(!error.explanation.chinese.isEmpty && error.explanation.english.contains("checks.yaml:2"))
    }

    @Test("the figures of one period alone may be added over periods")
    func flowsAdd() throws {
        _ = try RuleScheme.scheme(rule: "f.flow + last(f.flow) <= f.a")
    }

    @Test("derived figures in a circle, of another unit of measure, and with keys of reported ones")
    func derived() throws {
        func reasons(_ derived: String...) throws -> [String] {
            let source = RuleScheme.source(derived: derived)
            let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
            return error.mistakes.map { "\($0.file):\($0.line) \($0.reason)" }
        }
        func item(_ code: String, _ unit: String, _ formula: String, _ more: String = "") -> String {
            "{item: \(code), name: \(code)名, name_en: \(code), unit: \"\(unit)\", formula: '\(formula)', periods: [year]\(more)}"
        }
        #expect(
            try reasons(item("x", "%", "y"), item("y", "%", "share(a, a) + z"), item("z", "%", "x"))
                == ["f.yaml:20 formulaCircle([\"f.x\", \"f.y\", \"f.z\", \"f.x\"])"]
        )
        #expect(try reasons(item("x", "%", "x")) == ["f.yaml:20 formulaCircle([\"f.x\", \"f.x\"])"])
        #expect(
            try reasons(item("x", "%", "a / n")).first?.hasPrefix(
                "f.yaml:20 formula(ReportScheme.FormulaMistake.Reason.classesDiffer(\"ratio\""
            )
                == true
        )
        #expect(
            try reasons(item("x", "%", "share(a, a_plan)", ", reported_by: [zone]")).first?.contains("eitherKey")
                == true
        )
        #expect(try reasons(item("x", "%", "share(a, a_plan)", ", decimals: 9")).first?.contains("notOneOf") == true)
    }

    @Test("a check that is there twice, without a level, or with a tolerance where none makes sense")
    func checks() throws {
        func reasons(_ checks: String...) throws -> [String] {
            let error = try #require(throws: SchemeMistakes.self) {
                _ = try Scheme.parse(RuleScheme.source(checks: checks))
            }
            return error.mistakes.map { "\($0.file):\($0.line) \($0.reason)" }
        }
        let good = RuleScheme.check("f.a == f.b")
        #expect(try reasons(good, good) == ["checks.yaml:3 duplicate(\"R1\", first: \"checks.yaml:2\")"])
        #expect(
            try reasons(good.replacing("level: error", with: "level: grave")).first?.contains("notOneOf(\"grave\"")
                == true
        )
        #expect(
            try reasons(RuleScheme.check("f.a == f.b", "tolerance: 1")) == ["checks.yaml:2 toleranceWithoutAgreement"]
        )
        #expect(
            try reasons(RuleScheme.check("f.a == f.b", "units: [street]")) == [
                "checks.yaml:2 unknownReporter(\"street\")"
            ]
        )
        #expect(try reasons(RuleScheme.check("f.a == f.b", "kind: unit_slip")).contains { $0.contains("eitherKey") })
        #expect(
            try reasons("{check: K1, name: 甲, name_en: a, level: error, kind: unit_slip, items: [f.list]}").first?
                .contains("wantsItemOf") == true
        )
    }
}
