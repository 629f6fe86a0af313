import Testing

@Suite("The province's totals over the real figures")
struct TotalsTests {
    /// One row of `totals --json`, and the members that must be so.
    struct Expected: CustomTestStringConvertible {
        let form: String
        let period: String
        let unit: String
        let item: String
        let members: [String: JSON]

        init(_ form: String, _ period: String, _ unit: String, _ item: String, _ members: [String: JSON]) {
            (self.form, self.period, self.unit, self.item, self.members) = (form, period, unit, item, members)
        }

        var testDescription: String { "\(self.unit)/\(self.form)/\(self.period)/\(self.item)" }
    }

    static let rows: [Expected] = [
        // Plan and progress of the county: sum over sum, never the mean of two percentages.
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "investment",
            ["sum": "7.4", "plan": "15", "completion": "49.3"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "standard_factory",
            ["sum": "14", "plan": "60", "completion": "23.3", "unit_of_measure": "万平方米"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "roads",
            [
                "sum": "21", "plan": "47.6", "completion": "44.1", "reported": 2, "expected": 2, "missing": [],
                "own": nil, "difference": nil, "approximate": false, "in_conflict": 0, "level": "county",
            ]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "water_pipe",
            ["sum": "30", "plan": "72", "completion": "41.7"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "sewage_pipe",
            ["sum": "18", "plan": "43", "completion": "41.9"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "power_grid",
            ["sum": "6", "plan": "12", "completion": "50.0"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "worker_housing",
            ["sum": "6", "plan": "10.8", "completion": "55.6"]
        ),
        Expected(
            "projects_summary",
            "2024-H1",
            "410728",
            "industrial_projects",
            ["sum": "52", "plan": "68", "completion": "76.5"]
        ),
        Expected(
            "projects_summary",
            "2024-H1",
            "410728",
            "industrial_investment",
            ["sum": "30.4", "plan": "66.2", "completion": "45.9"]
        ),
        Expected(
            "projects_summary",
            "2024-H1",
            "410728",
            "major_investment",
            ["sum": "21.4", "plan": "40.6", "completion": "52.7"]
        ),
        // Each zone alone.
        Expected(
            "infrastructure",
            "2024-H1",
            "410728-01",
            "roads",
            ["own": "13", "plan": "28.6", "completion": "45.5", "level": "zone"]
        ),
        Expected(
            "infrastructure",
            "2024-H1",
            "410728-02",
            "standard_factory",
            ["own": "3", "plan": "30", "completion": "10.0"]
        ),
        // The zone reports, and so do its parks: its own figure stands beside their sum.
        Expected(
            "land",
            "2024",
            "410728-01",
            "planned_area",
            ["sum": "40.8", "own": "40.8", "difference": "0", "reported": 5, "expected": 5]
        ),
        Expected("land", "2024", "410728", "quota_allocated", ["sum": "4.8"]),
        Expected("land", "2024", "410728", "quota_allocated", ["plan": "7.5"]),
        // A blank is missing, and named.
        Expected(
            "enterprises",
            "2024",
            "410728-01",
            "new_enterprises",
            ["sum": "15", "reported": 3, "expected": 4, "missing": ["410728-01-03"]]
        ),
        // No zone reports it, yet it stands in the province's total.
        Expected("projects_summary", "2024-H1", "410000", "signed_projects", ["sum": "24", "level": "province"]),
        Expected("projects_summary", "2024-H1", "410728", "signed_projects", ["own": "24"]),
        // A qualifier makes the sum approximate.
        Expected(
            "infrastructure",
            "2024-H1",
            "410728",
            "investment_since_start",
            ["own": "200", "approximate": true]
        ),
    ]

    @Test("are these")
    func totals() async throws {
        let story = try await Story()
        var pages: [String: JSON] = [:]
        for row in Self.rows {
            let page = "\(row.form) \(row.period)"
            if pages[page] == nil {
                pages[page] = try await Command.server.json([
                    "totals", row.form, row.period, "--store", story.server.store,
                ])
            }
            let found = pages[page]!["rows"].list.first {
                $0["unit"].text == row.unit && $0["item"].text == row.item
            }
            let members = try #require(found, "\(row.testDescription) has no row")
            for (key, value) in row.members {
                #expect(members[key] == value, "\(row.testDescription): \(key)")
            }
        }
    }

    @Test("begin at --under, and are the same there but for the shares, which are of the page's top")
    func under() async throws {
        let story = try await Story()
        let whole = try await Command.server.json(["totals", "land", "2024", "--store", story.server.store])
        let part = try await Command.server.json([
            "totals", "land", "2024", "--under", "410728", "--store", story.server.store,
        ])
        #expect(whole["under"] == "410000" && part["under"] == "410728")
        let inside = whole["rows"].list.filter { $0["unit"].text?.hasPrefix("410728") == true }
        func withoutShares(_ rows: [JSON]) -> [JSON] {
            rows.map { row in
                guard case .object(let members) = row else { return row }
                return .object(members.filter { $0.key != "share" })
            }
        }
        #expect(!inside.isEmpty && withoutShares(part["rows"].list) == withoutShares(inside))
        let area = part["rows"].list.first { $0["unit"] == "410728" && $0["item"] == "planned_area" }
        #expect(area?["share"] == "100.0")
    }

    @Test("never add cumulative figures of two periods, nor percentages")
    func neverAdded() async throws {
        let story = try await Story()
        // Exports to May and the rest to June: two periods, two pages.
        let half = try await Command.server.json([
            "totals", "investment_promotion", "2024-H1", "--store", story.server.store,
        ])
        let may = try await Command.server.json([
            "totals", "investment_promotion", "2024-05", "--store", story.server.store,
        ])
        let exports = may["rows"].list.first { $0["unit"] == "410000" && $0["item"] == "exports" }
        #expect(exports?["sum"] == "391")
        let halfExports = half["rows"].list.first { $0["unit"] == "410000" && $0["item"] == "exports" }
        #expect(halfExports?["sum"] ?? .null == .null)
        // Money from outside the county is not outside money for the city: no sum above the county.
        let outside = half["rows"].list.filter { $0["item"] == "outside_funds" && $0["own"] != nil }
        #expect(outside.count == 1 && outside[0]["own"] == "15.5")
        let above = half["rows"].list.first { $0["unit"] == "410000" && $0["item"] == "outside_funds" }
        #expect(above?["sum"] ?? .null == .null && above?["completion"] ?? .null == .null)
    }
}
