import Testing

@Suite("The five milestones of 卢氏, of which the plan prints one year for all")
struct MilestoneTests {
    private static let folder = "Protocol/Schemes/henan-zones/examples/"

    @Test("are refused where they collide, with the rest imported, and accepted once they have their years")
    func collision() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("卢氏办公室", of: "411224", server: server)
        let printed = try await office.json("import", repository(Self.folder + "lushi-as-printed.csv"), exits: 1)
        // 33 rows: 工业产值 and 主营业务收入 are printed once each, and seven rows are the county's.
        #expect(printed["new"] == 9 && printed["refused"].list.count == 24)
        for row in printed["refused"].list {
            #expect(row["code"] == "colliding_rows" && (row["line"].number ?? 0) <= 27, "\(row)")
        }
        let told = try await office.run("import", repository(Self.folder + "lushi-as-printed.csv"), "--lang", "zh")
        #expect(told.exitCode == 1)
        #expect((told.output + told.errors).contains("各写各的年份"), "\(told.output)\(told.errors)")
        #expect(try await office.cell("411224-01/milestones/2024/tax")["value"]["state"] == "missing")
        #expect(try await office.cell("411224-01/milestones/2024/industrial_output")["value"]["number"] == "15")

        let dated = try await office.json("import", repository(Self.folder + "lushi.csv"))
        #expect(dated["refused"] == [] && dated["new"] == 26 && dated["same"] == 7)
        try await office.sync()
        for (year, tax, projects) in [
            (2011, "0.9000", "10"), (2012, "1.8", "20"), (2013, "3", "30"), (2014, "4.8", "40"), (2015, "6", nil),
        ] {
            let shown = try await office.json("show", "411224-01", "milestones", "\(year)")["cells"]
            let cells = "411224-01/milestones/\(year)/"
            #expect(shown.first(where: "cell", is: cells + "tax")["value"]["number"].text == tax, "\(year)")
            #expect(shown.first(where: "cell", is: cells + "tax")["value"]["unit"] == "亿元", "\(year)")
            #expect(shown.first(where: "cell", is: cells + "projects")["value"]["number"].text == projects, "\(year)")
            let totals = try await Command.server.json([
                "totals", "milestones", "\(year)", "--under", "411224-01", "--store", server.store,
            ])
            #expect(
                totals["rows"].first(where: "item", is: "tax_rate")["derived"] == "6.0",
                "\(year): tax over revenue"
            )
        }
        #expect(try await office.json("check", "411224-01")["errors"] == 0)
    }
}
