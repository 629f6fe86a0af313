import BundledScheme
import ReportModel
import ReportScheme
import Testing

@Suite("The real figures, from file to province and back")
struct FiguresTests {
    /// A file of the examples, how many rows it has, and how many of them are blank.
    struct Example: Sendable {
        let file: String
        let rowCount: Int
        var blankCount = 0

        var path: String { "Protocol/Schemes/henan-zones/examples/\(self.file)" }
    }

    /// What the two counties report of themselves.
    static let changyuan = Example(file: "changyuan.csv", rowCount: 116, blankCount: 5)
    static let lushan = Example(file: "lushan.csv", rowCount: 43)
    /// What an office of the province enters for the rest.
    static let rest = [
        Example(file: "jiaozuo.csv", rowCount: 100), Example(file: "others.csv", rowCount: 18),
        Example(file: "not_numbers.csv", rowCount: 15), Example(file: "province-2014.csv", rowCount: 74),
        Example(file: "task-table-2014.csv", rowCount: 49), Example(file: "lushi.csv", rowCount: 33),
        Example(file: "zhecheng.csv", rowCount: 20), Example(file: "shali.csv", rowCount: 7),
    ]

    @Test("are equal to the last digit at another office and at the province, every one of all examples")
    func readBack() async throws {
        let story = try await Story()
        let scheme = try Scheme.parse(BundledScheme.source)
        let writer = try await story.scene.office("省一", of: "410000", server: story.server)
        let reader = try await story.scene.office("省二", of: "410000", server: story.server)
        for example in Self.rest {
            let imported = try await writer.json("import", repository(example.path))
            #expect(imported["refused"] == [] && imported["new"].number == example.rowCount, "\(example.file)")
        }
        for office in [writer, reader] { try await office.sync() }
        let readers =
            [(Self.changyuan, story.second), (Self.lushan, story.lushanSecond)] + Self.rest.map { ($0, reader) }
        let atProvince = try await Self.log(of: story.server.store)
        var addresses: Set<CellAddress> = []
        for (example, office) in readers {
            let figures = try PrintedFigure.all(in: example.path, scheme: scheme)
            #expect(figures.count == example.rowCount, "\(example.file)")
            #expect(figures.count { $0.text.isEmpty } == example.blankCount, "\(example.file)")
            let atOffice = try await Self.shown(Set(figures.map(\.address)), by: office)
            for figure in figures {
                #expect(addresses.insert(figure.address).inserted, "\(figure) is given twice")
                let name = figure.address.description
                figure.expect(try #require(atOffice[name], "\(name) is not shown"), by: office.name)
                if figure.text.isEmpty {
                    #expect(atProvince[name] == nil, "\(name) is blank, and nothing is written for it")
                } else {
                    figure.expect(try #require(atProvince[name], "\(name) is not in the log"), by: "the province")
                }
            }
        }
    }

    @Test(
        "are told by explain as printed, with who wrote them on which device",
        arguments: [
            ("410728/infrastructure/2024-H1/investment_since_start", "200", "近", "张三", "办公室一"),
            ("410728-01/infrastructure/2024/road_investment_plan", "17672.35", nil, "张三", "办公室一"),
            ("410728/land/2024-H2/arable_gain_target", "4000", "以上", "张三", "办公室一"),
            ("410423-01/land/2024/built_up_area_increase_target", "0.8", nil, "李四", "鲁山"),
        ]
    )
    func explained(cell: String, number: String, qualifier: String?, author: String, device: String) async throws {
        let story = try await Story()
        let told = try await Command.inspect.json(["explain", cell, "--store", story.server.store])
        #expect(told["current"].list.count == 1 && told["history"].list.count == 1)
        let version = told["current"][0]
        #expect(version["value"]["number"].text == number)
        #expect(version["value"]["qualifier"].text == qualifier)
        #expect(version["author"].text == author && version["device"].text == device)
        #expect(told["history"][0]["delivered"] == true && told["history"][0]["superseded_by"] == [])
    }

    @Test("stay within their county")
    func scopes() async throws {
        let story = try await Story()
        let held = try await Command.inspect.json(["status", "--store", story.lushan.store])
        let scopes = held["scopes"].list.compactMap { $0["scope"].text }
        #expect(scopes.contains("410423-01") && scopes.allSatisfy { $0.hasPrefix("410423") }, "\(scopes)")
        let log = try await Self.log(of: story.lushan.store)
        #expect(!log.isEmpty && log.keys.allSatisfy { $0.hasPrefix("410423") })
        let refused = try await story.lushan.refusal("set", "410728-01/infrastructure/2024-H1/roads", "1")
        #expect(refused["code"] == "foreign_unit")
        let everywhere = try await Command.inspect.json(["status", "--store", story.server.store])
        #expect(everywhere["scopes"].list.contains { $0["scope"].text?.hasPrefix("410423") == true })
        #expect(everywhere["scopes"].list.contains { $0["scope"].text?.hasPrefix("410728") == true })
    }

    @Test("move once: a second import changes nothing, and a second sync moves nothing")
    func again() async throws {
        let story = try await Story()
        let imported = try await story.second.json("import", repository(Self.changyuan.path))
        #expect(imported["new"] == 0 && imported["changed"] == 0 && imported["same"] == 116)
        for office in [story.first, story.second, story.lushan] {
            let synced = try await office.sync()
            #expect(synced["sent"] == 0 && synced["received"] == 0 && synced["round_trips"] == 1)
        }
    }

    // MARK: -

    /// What `show` gives for cells, by their addresses.
    private static func shown(_ addresses: Set<CellAddress>, by office: Office) async throws -> [String: JSON] {
        let pages = Set(addresses.map { "\($0.unit)/\($0.form)/\($0.period)" }).sorted()
        var values: [String: JSON] = [:]
        for page in pages {
            let parts = page.split(separator: "/").map(String.init)
            let shown = try await office.json("show", parts[0], parts[1], parts[2])
            for cell in shown["cells"].list { values[cell["cell"].text ?? ""] = cell["value"] }
        }
        return values
    }

    /// The last write of every cell in a store's log.
    private static func log(of store: String) async throws -> [String: JSON] {
        let log = try await Command.inspect.json(["log", "--store", store])
        let writes = log["changes"].list.flatMap(\.["writes"].list)
        return Dictionary(writes.map { ($0["cell"].text ?? "", $0["value"]) }) { $1 }
    }
}
