import ReportModel
import ReportScheme
import Testing

/// Every role against every kind of cell, in every unit around the grant's.
@Suite("Who may write what") struct AccessRuleTests {
    /// Where a cell stands, seen from a grant for the county 410728.
    static let places = [
        ("own", "410728"), ("sibling", "410721"), ("nephew", "410721-01"), ("parent", "410700"), ("top", "410000"),
        ("child", "410728-01"), ("grandchild", "410728-01-01"),
    ]

    /// Which roles may write a cell in the own unit, and which in a child and a grandchild: the first letters of
    /// **c**lerk, **r**eviewer and **o**ffice. Nobody writes it anywhere else, and no other role writes at all.
    struct Row: CustomTestStringConvertible {
        let own: String
        let below: String
        let cell: String
        let value: CellValue

        init(_ own: String, _ below: String, _ cell: String, _ value: CellValue) {
            (self.own, self.below, self.cell, self.value) = (own, below, cell, value)
        }

        var testDescription: String { "\(self.cell) = \(self.value.stateName) \(self.value)" }
    }

    static let device = "0000000000000001"

    static let rows: [Row] = [
        // Own, below; figures
        Row("c r o", "c   o", "roads/2024/length", .five),
        Row("c r o", "c   o", "roads/2024/length", .missing),
        Row("c r o", "c   o", "roads/2024/length", .notApplicable),
        Row("c r o", "c   o", "roads/2024/length", .withheld),
        Row("c r o", "c   o", "roads/2024/remark", .text("5")),
        Row("c r o", "c   o", "roads/2024/is_open", .boolean(true)),
        Row("c r o", "c   o", "roads/2024/paved_on", .date(june)),
        Row("c r o", "c   o", "roads/2024/surface", .choice("沥青")),
        // What is no question of access: another kind of period, and a row.
        Row("c r o", "c   o", "roads/2024-07/length", .five),
        Row("c r o", "c   o", "roads/2024/P1/length", .five),
        // Restricted items, a restricted form, and an item of it that says otherwise
        Row("    o", "    o", "roads/2024/stars", .five),
        Row("  r o", "  r o", "roads/2024/target", .five),
        Row("    o", "    o", "plan/2024/aim", .five),
        Row("    o", "    o", "plan/2024/aim", .missing),
        Row("c    ", "c    ", "plan/2024/proposal", .text("x")),
        Row("    o", "    o", "ruling/2024/words", .text("x")),
        Row("     ", "     ", "roads/2024/twice", .five),
        // Values that the item cannot hold
        Row("     ", "     ", "roads/2024/length", .text("5")),
        Row("     ", "     ", "roads/2024/length", .date(june)),
        Row("     ", "     ", "roads/2024/length", .choice("沥青")),
        Row("     ", "     ", "roads/2024/length", .boolean(true)),
        Row("     ", "     ", "roads/2024/remark", .five),
        Row("     ", "     ", "roads/2024/paved_on", .five),
        Row("     ", "     ", "roads/2024/is_open", .text("是")),
        Row("     ", "     ", "roads/2024/surface", .text("沥青")),
        Row("     ", "     ", "roads/2024/surface", .choice("砂石")),
        // What the scheme does not know
        Row("c r o", "c r o", "rails/2024/length", .five),
        Row("c r o", "c r o", "roads/2024/width", .five),
        Row("c r o", "c r o", "ruling/2024/weight", .five),
        Row("c r o", "c r o", "_newer/2024/roads/x", .five),
        // Marks on reports
        Row("c   o", "c   o", "_report/2024/roads/state", .choice("submitted")),
        Row("    o", "  r o", "_report/2024/roads/state", .choice("returned")),
        Row("    o", "  r o", "_report/2024/roads/state", .choice("accepted")),
        Row("c   o", "c r o", "_report/2024/roads/state", .missing),
        Row("c   o", "c r o", "_report/2024/roads/state", .choice("newer")),
        Row("    o", "  r o", "_report/2024/rails/state", .choice("accepted")),
        Row("c r o", "c r o", "_report/2024/roads/newer", .five),
        Row("     ", "     ", "_report/2024/roads/state", .text("submitted")),
        Row("     ", "     ", "_report/2024/roads/state", .five),
        // Explanations: whoever writes a figure of the form
        Row("c r o", "c r o", "_explanations/2024/roads/LD-01", .text("x")),
        Row("c   o", "c   o", "_explanations/2024/plan/LD-01", .text("x")),
        Row("    o", "    o", "_explanations/2024/ruling/LD-01", .text("x")),
        Row("    o", "    o", "_explanations/2024/ruling/LD-01", .missing),
        Row("c r o", "c r o", "_explanations/2024/rails/LD-01", .text("x")),
        Row("     ", "     ", "_explanations/2024/roads/LD-01", .five),
        // Devices, and what is the root's
        Row("c r o", "c r o", "_devices/-/\(device)/name", .text("x")),
        Row("c r o", "c r o", "_devices/-/\(device)/continues", .text("x")),
        Row("c r o", "c r o", "_devices/-/\(device)/newer", .five),
        Row("     ", "     ", "_devices/-/\(device)/name", .five),
        Row("     ", "     ", "_grants/-/\(device)/role", .choice("office")),
        Row("     ", "     ", "_grants/-/\(device)/newer", .missing),
        Row("     ", "     ", "_voids/-/\(device)/reason", .text("x")),
    ]

    static let june = CalendarDate("2024-06-30")!

    @Test("Each cell is written by the roles of its row, and by nobody else", arguments: rows)
    func matrix(_ row: Row) throws {
        for role in Role.allCases {
            for (place, unit) in Self.places {
                let roles = place == "own" ? row.own : place.hasSuffix("child") ? row.below : ""
                let isWriter = [.clerk, .reviewer, .office].contains(role)
                let isExpected = isWriter && roles.contains(role.rawValue.prefix(1))
                let refusal = try AccessScheme.refusal(row.cell, row.value, in: unit, role, of: "410728")
                #expect(
                    (refusal == nil) == isExpected,
                    "\(role) in the \(place): \(refusal?.code ?? "allowed")"
                )
            }
        }
    }

    @Test("The office of the province writes everywhere, and marks the province's own reports", arguments: places)
    func office(place: String, unit: String) throws {
        for (cell, value) in [
            ("roads/2024/length", CellValue.five), ("roads/2024/stars", .five), ("plan/2024/aim", .five),
            ("_report/2024/roads/state", .choice("submitted")), ("_report/2024/roads/state", .choice("accepted")),
        ] {
            #expect(try AccessScheme.refusal(cell, value, in: unit, .office, of: "410000") == nil, "\(cell)")
        }
    }

    @Test("A city's report is returned by the office, and a county's by the city's reviewer or the office")
    func whoReturns() throws {
        func mayReturn(_ unit: String, _ role: Role, _ grantUnit: String) throws -> Bool {
            try AccessScheme.refusal("_report/2024/roads/state", .choice("returned"), in: unit, role, of: grantUnit)
                == nil
        }
        #expect(try mayReturn("410700", .office, "410000"))
        #expect(try mayReturn("410700", .reviewer, "410000"))
        #expect(try !mayReturn("410700", .reviewer, "410700"))
        #expect(try mayReturn("410728", .reviewer, "410700"))
        #expect(try mayReturn("410728", .office, "410000"))
        #expect(try !mayReturn("410728", .reviewer, "410728"))
        #expect(try !mayReturn("410721", .reviewer, "410728"))
    }

    // MARK: - Units

    @Test(
        "A unit of a newer scheme is within the one that its code names, and otherwise nothing is known of it",
        arguments: [
            // The grant's unit, the cell's unit
            ("410728", "410728-09", true), ("410728", "410728-01-09", true), ("410728-01", "410728-01-09", true),
            ("410700", "410728-09", true), ("410000", "410728-09-09", true),
            // Within a unit that the scheme knows to be elsewhere
            ("410728", "410721-09", false), ("410728", "410721-09-01", false), ("410728-01", "410728-09", false),
            // Nobody knows where
            ("410728", "410783", true), ("410728", "410783-01", true), ("410721-01", "990000-01-01", true),
            // A grant for a unit that the scheme does not know
            ("410783", "410783", true), ("410783", "410783-01", true), ("410783", "410784", true),
            ("410783", "410728", false), ("410783", "410700", false), ("410728-09", "410728", false),
        ]
    )
    func unknownUnits(grantUnit: String, unit: String, isAllowed: Bool) throws {
        let refusal = try AccessScheme.refusal("roads/2024/length", .five, in: unit, .clerk, of: grantUnit)
        #expect((refusal == nil) == isAllowed)
        #expect(refusal.map { $0.code == "outside_granted_unit" } ?? true)
    }

    @Test(
        "The county writes the periods that had begun when its zone went to the city; the city writes them all",
        arguments: [
            ("2023", true), ("2024-H1", true), ("2024-06", true), ("2024", true), ("2024-07", false),
            ("2024-H2", false), ("2025", false),
        ]
    )
    func unitsThatMove(period: String, county: Bool) throws {
        let units = UnitsOverTimeTests.self
        for unit in [units.moved, units.park] {
            for (above, isAllowed) in [(units.county, county), (units.city, true), (units.moved, true)] {
                let address = try CellAddress("\(unit)/roads/\(period)/done")
                let grant = Grant(role: .clerk, unit: above)
                let refusal = units.scheme.refusal(of: (address, .five), under: grant)
                #expect((refusal == nil) == isAllowed, "\(above) writes \(address)")
            }
        }
    }

    @Test("A device of the county names itself in the zone that went to the city, for that has no period")
    func devicesOfUnitsThatMove() throws {
        let units = UnitsOverTimeTests.self
        let address = try CellAddress("\(units.moved)/_devices/-/\(Self.device)/name")
        let grant = Grant(role: .clerk, unit: units.county)
        #expect(units.scheme.refusal(of: (address, .text("x")), under: grant) == nil)
    }

    @Test("A township above a zone's land writes nothing in the zone")
    func landParents() throws {
        let units = UnitsOverTimeTests.self
        let address = try CellAddress("\(units.stays)/land/2024/done")
        let refusal = units.scheme.refusal(of: (address, .five), under: Grant(role: .clerk, unit: units.township))
        #expect(refusal?.code == "outside_granted_unit")
    }

    // MARK: - Words

    @Test(
        "A refusal says what was wrong, where, and what to do, in both languages",
        arguments: [
            ("roads/2024/length", CellValue.five, "410728", Role.auditor, "role_writes_nothing", "审计员", "auditor"),
            ("roads/2024/length", .five, "410728", .relay, "role_writes_nothing", "中转", "relay"),
            ("roads/2024/length", .five, "410721", .clerk, "outside_granted_unit", "长垣县", "Changyuan"),
            ("_grants/-/a/role", .missing, "410728", .office, "written_by_root_only", "服务器", "server"),
            ("_voids/-/a/role", .missing, "410728", .office, "written_by_root_only", "服务器", "server"),
            ("roads/2024/twice", .five, "410728", .clerk, "derived_figure", "两倍", "Twice"),
            ("roads/2024/stars", .five, "410728", .clerk, "not_written_by_role", "办公室", "office"),
            ("roads/2024/length", .five, "410728-01", .reviewer, "not_written_by_role", "填报员", "clerk or office"),
            ("_explanations/2024/ruling/A", .text("x"), "410728", .clerk, "not_written_by_role", "裁定", "ruling"),
            ("_report/2024/roads/state", .choice("accepted"), "410728", .clerk, "not_marked_by_role", "通过", "accepted"),
            (
                "_report/2024/roads/state", .choice("submitted"), "410728", .reviewer, "not_marked_by_role", "上报",
                "submitted"
            ),
            ("_report/2024/roads/state", .choice("accepted"), "410728", .reviewer, "own_report", "本单位", "own unit"),
            ("roads/2024/length", .text("5"), "410728", .clerk, "other_type_of_value", "数值", "a number"),
            ("roads/2024/surface", .choice("砂石"), "410728", .clerk, "not_a_choice", "水泥", "水泥"),
        ]
    )
    func words(
        cell: String,
        value: CellValue,
        unit: String,
        role: Role,
        code: String,
        chinese: String,
        english: String
    ) throws {
        let refusal = try #require(try AccessScheme.refusal(cell, value, in: unit, role, of: "410728"))
        #expect(refusal.code == code)
        #expect(refusal.explanation.chinese.contains("\(unit)/\(cell)"))
        #expect(refusal.explanation.english.contains("\(unit)/\(cell)"))
        #expect(refusal.sentence.chinese.contains(chinese) && refusal.sentence.chinese.hasSuffix("。"))
        #expect(refusal.sentence.english.contains(english) && refusal.sentence.english.hasSuffix("."))
        #expect(!refusal.advice.chinese.isEmpty && !refusal.advice.english.isEmpty)
    }
}
