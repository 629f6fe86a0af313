import ReportModel
import ReportScheme
import Testing

@Suite struct SchemeMistakeTests {
    struct Case: CustomTestStringConvertible {
        let file: String
        let old: String
        let new: String
        let place: String
        let reason: SchemeMistake.Reason

        init(_ file: String, _ old: String, _ new: String, _ place: String, _ reason: SchemeMistake.Reason) {
            (self.file, self.old, self.new, self.place, self.reason) = (file, old, new, place, reason)
        }

        var testDescription: String {
            "\(self.file): \(self.old.debugDescription) → \(self.new.shortened.debugDescription)"
        }
    }

    static let unitLine = #"  - {code: "410728-02""#
    static let levels = ["province", "city", "county", "township", "zone", "subzone"]
    static let kinds = ["year", "half", "quarter", "month", "half_month", "ten_days"]

    static let cases: [Case] = [
        // The shape of the text
        Case("scheme.yaml", "small", "[small", "scheme.yaml:2:5", .syntax("did not find expected ',' or ']'")),
        Case("scheme.yaml", "version: \"1\"", "name: x", "scheme.yaml:2:1", .duplicateKeys(["name"])),
        Case("scheme.yaml", "小制度", "[小]", "scheme.yaml:2:7", .notText),
        Case("scheme.yaml", "小制度", "", "scheme.yaml:2:6", .emptyText),
        Case("scheme.yaml", "小制度", "\"a\\nb\"", "scheme.yaml:2:7", .badText),
        Case(
            "scheme.yaml",
            "name_en",
            "name_de: x\nname_en",
            "scheme.yaml:3:1",
            .unknownKey("name_de", known: ["scheme", "name", "name_en", "version", "schedule", "target_letter"])
        ),
        Case("scheme.yaml", "version: \"1\"", "", "scheme.yaml:1:1", .missingKey("version")),
        Case("scheme.yaml", "small", "_small", "scheme.yaml:1:9", .systemCode("_small")),
        Case("scheme.yaml", "small", "小", "scheme.yaml:1:9", .badCode("小")),
        Case(
            "another.yaml",
            "",
            "scheme: b\nname: 乙\nname_en: b\nversion: 1",
            "scheme.yaml:1:1",
            .duplicateHeader(first: "another.yaml:1")
        ),
        Case("other.yaml", "", "hello: 1", "other.yaml:1:1", .unknownFileKind),
        Case("other.yaml", "", "# nothing", "other.yaml:1:1", .unknownFileKind),
        Case("other.yaml", "", "[1, 2]", "other.yaml:1:1", .notMapping),
        Case("Other.yaml", "", "hello: 1", "Other.yaml:1:1", .badFileName),
        Case("../a.yaml", "", "hello: 1", "../a.yaml:1:1", .badFileName),
        Case(
            "big.yaml",
            "",
            String(repeating: "#", count: 1 << 20 + 1),
            "big.yaml:1:1",
            .fileTooLarge(byteCount: 1 << 20 + 1)
        ),
        Case(
            "deep.yaml",
            "",
            String(repeating: "[", count: 100_000),
            "deep.yaml:1:1",
            .syntax("Maximum nesting level reached, set with yaml_set_max_nest_level())")
        ),
        Case("control.yaml", "", "a: 1\nb: \u{1}", "control.yaml:2:4", .syntax("control characters are not allowed")),
        Case("bomb.yaml", "", "a: &a [x, x]\nb: [*a, *a]", "bomb.yaml:1:4", .anchor),
        Case("bomb.yaml", "", "{\"a\":&a [x]}", "bomb.yaml:1:6", .anchor),
        Case("bomb.yaml", "", "\u{2028}\n&a [x]", "bomb.yaml:2:1", .anchor),
        // Units and units of measure
        Case("units.yaml", "\"410728-02\"", "\"41072802\"", "units.yaml:5:12", .badUnitCode("41072802")),
        Case(
            "units.yaml",
            "\"410728-02\"",
            "\"410728-01\"",
            "units.yaml:5:12",
            .duplicate("410728-01", first: "units.yaml:4")
        ),
        Case("units.yaml", "蒲城园区", "长垣", "units.yaml:5:31", .duplicate("长垣", first: "units.yaml:3")),
        Case("units.yaml", "[长垣]", "[河南省]", "units.yaml:3:96", .duplicate("河南省", first: "units.yaml:2")),
        Case("units.yaml", "[长垣]", "长垣", "units.yaml:3:95", .notList),
        Case("units.yaml", "county", "town", "units.yaml:3:60", .notOneOf("town", allowed: levels)),
        Case(
            "units.yaml",
            "level: county",
            "level: province",
            "units.yaml:3:78",
            .levelNotBelowParent(.province, parent: .province)
        ),
        Case("units.yaml", "parent: \"410000\"", "parent: \"420000\"", "units.yaml:3:76", .unknownParent("420000")),
        Case(
            "units.yaml",
            "parent: \"410000\"",
            "parent: \"410728-01\"",
            "units.yaml:3:12",
            .cycle(["410728", "410728-01", "410728"])
        ),
        Case("units.yaml", ", parent: \"410000\"", "", "units.yaml:3:12", .secondRoot(first: "units.yaml:2")),
        Case(
            "units.yaml",
            "level: province",
            "level: province, parent: \"410000\"",
            "units.yaml:2:12",
            .cycle(["410000", "410000"])
        ),
        Case(
            "units.yaml",
            "level: province",
            "level: province, boss: me",
            "units.yaml:2:66",
            .unknownKey(
                "boss",
                known: [
                    "code", "name", "name_en", "level", "parent", "parents", "land_parent", "land_parents", "aliases",
                    "note",
                ]
            )
        ),
        Case("measures.yaml", "亿元", "km", "measures.yaml:3:12", .duplicate("km", first: "measures.yaml:2")),
        Case("measures.yaml", "code: 亿元, ", "", "measures.yaml:3:5", .missingKey("code")),
        // Forms
        Case("roads.yaml", "form: roads", "form: _devices", "roads.yaml:1:7", .systemCode("_devices")),
        Case(
            "roads2.yaml",
            "",
            SmallScheme.files["roads.yaml"]!.replacing("道路", with: "路").replacing("Roads", with: "R"),
            "roads2.yaml:1:7",
            .duplicate("roads", first: "roads.yaml:1")
        ),
        Case("roads2.yaml", "", "form: roads2\nname: 路\nname_en: R\nitems: []", "roads2.yaml:4:8", .emptyList),
        Case("roads2.yaml", "", "form: roads2\nname: 路\nname_en: R", "roads2.yaml:1:1", .missingKey("items")),
        Case("roads2.yaml", "", "form: roads2\nname: 路\nname_en: R\nitems: [a]", "roads2.yaml:4:9", .notMapping),
        Case(
            "roads.yaml",
            "item: surface",
            "item: length",
            "roads.yaml:22:11",
            .duplicate("length", first: "roads.yaml:5")
        ),
        Case("roads.yaml", "name: 路面", "name: 铺路", "roads.yaml:23:11", .duplicate("铺路", first: "roads.yaml:8")),
        Case("roads.yaml", "unit: km", "unit: 里", "roads.yaml:17:11", .unknownMeasure("里")),
        Case("roads.yaml", "    unit: km\n", "", "roads.yaml:14:5", .missingKey("unit")),
        Case(
            "roads.yaml",
            "unit: km",
            "unit: 亿元",
            "roads.yaml:11:11",
            .planMeasureDiffers("length_plan", own: "公里", plans: "亿元")
        ),
        Case("roads.yaml", "plan: length_plan", "plan: nothing", "roads.yaml:11:11", .unknownPlan("nothing")),
        Case("roads.yaml", "plan: length_plan", "plan: length", "roads.yaml:11:11", .planIsItself),
        Case("roads.yaml", "plan: length_plan", "plan: surface", "roads.yaml:11:11", .planIsNoNumber("surface")),
        Case(
            "roads.yaml",
            "role: plan\n    periods: [year]",
            "role: plan\n    periods: [half]",
            "roads.yaml:11:11",
            .planWithoutYear("length_plan")
        ),
        Case(
            "roads.yaml",
            "kind: cumulative",
            "kind: total",
            "roads.yaml:10:11",
            .notOneOf("total", allowed: ["cumulative", "current", "point_in_time", "since_start"])
        ),
        Case(
            "roads.yaml",
            "role: plan",
            "role: dream",
            "roads.yaml:19:11",
            .notOneOf("dream", allowed: ["actual", "plan", "target", "expected"])
        ),
        Case(
            "roads.yaml",
            "role: plan",
            "additive: maybe",
            "roads.yaml:19:15",
            .notOneOf("maybe", allowed: ["true", "false"])
        ),
        Case(
            "roads.yaml",
            "type: choice",
            "type: figure",
            "roads.yaml:25:11",
            .notOneOf("figure", allowed: ["number", "text", "date", "choice", "boolean"])
        ),
        Case("roads.yaml", "[half, year]", "[half, week]", "roads.yaml:12:21", .notOneOf("week", allowed: kinds)),
        Case("roads.yaml", "[half, year]", "[]", "roads.yaml:12:14", .emptyList),
        Case(
            "roads.yaml",
            "reported_by: [zone]",
            "reported_by: [zones]",
            "roads.yaml:13:19",
            .unknownReporter("zones")
        ),
        Case("roads.yaml", "410728-01", "410728-09", "roads.yaml:21:19", .unknownReporter("410728-09")),
        Case("roads.yaml", "    choices: [沥青, 水泥]\n", "", "roads.yaml:22:5", .missingKey("choices")),
        Case(
            "roads.yaml",
            "choices: [沥青, 水泥]",
            "choices: [a]\n    unit: km",
            "roads.yaml:27:11",
            .onlyForNumbers("unit")
        ),
        Case("roads.yaml", "type: text", "type: text\n    choices: [a]", "roads.yaml:33:14", .onlyForChoices),
    ]

    @Test(arguments: cases)
    func everyMistakeIsReportedAtItsPlace(_ example: Case) throws {
        let source = SmallScheme.source(example.file, replacing: example.old, with: example.new)
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        let found = error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" }
        // Nothing else: what only follows from a mistake is none of its own.
        #expect(found == ["\(example.place) \(example.reason)"])
        #expect(error.explanation.english.contains(example.place))
        #expect(!error.explanation.english.contains("something is wrong"))
    }

    @Test func allMistakesAreToldTogetherInTheOrderOfTheText() throws {
        var source = SmallScheme.files
        source["units.yaml"]?.replace("level: zone", with: "level: town")
        source["roads.yaml"]?.replace("unit: km", with: "unit: 里")
        source["scheme.yaml"]?.replace("small", with: "_small")
        let error = try #require(throws: SchemeMistakes.self) {
            _ = try Scheme.parse(SchemeSource(source.map { SchemeSource.File(name: $0.key, text: $0.value) }))
        }
        let lines = error.mistakes.map { "\($0.file):\($0.line)" }
        #expect(Set(lines).isSuperset(of: ["roads.yaml:17", "scheme.yaml:1", "units.yaml:4", "units.yaml:5"]))
        #expect(lines.firstIndex(of: "roads.yaml:17")! < lines.firstIndex(of: "scheme.yaml:1")!)
    }

    @Test(arguments: [
        ([:], SchemeMistake.Reason.empty),
        (["scheme.yaml": SmallScheme.files["scheme.yaml"]!], .noUnits),
        (["scheme.yaml": SmallScheme.files["scheme.yaml"]!], .noForms),
    ])
    func aSchemeNeedsItsParts(files: [String: String], reason: SchemeMistake.Reason) throws {
        let source = SchemeSource(files.map { SchemeSource.File(name: $0.key, text: $0.value) })
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.contains { $0.reason == reason && $0.file == "scheme.yaml" })
    }

    @Test(arguments: ["R&D", "A & B", "研&发"])
    func anAmpersandWithinATextIsNoAnchor(name: String) throws {
        let scheme = try Scheme.parse(SmallScheme.source("scheme.yaml", replacing: "小制度", with: name))
        #expect(scheme.name.chinese == name)
    }

    @Test func twoFilesOfOneNameAndFilesThatAreNotUTF8AreMistakes() throws {
        let file = SchemeSource.File(name: "scheme.yaml", text: "")
        let twice = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(SchemeSource([file, file])) }
        #expect(twice.mistakes.map(\.reason) == [.duplicateFile])
        let latin = try #require(throws: SchemeMistakes.self) {
            _ = try SchemeSource(read: [("a.yaml", [0xFF]), ("b.yaml", [0x41])])
        }
        #expect(latin.mistakes.map(\.reason) == [.notUTF8])
    }
}
