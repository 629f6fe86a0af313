import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct InspectDiff: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "diff",
            abstract: say("比较两个数据库共有范围内的单元格", "Compares the cells of two stores, over the scopes that both hold."),
            discussion: say("例：huiliu-inspect diff 客户端目录 服务器目录", "Example: huiliu-inspect diff CLIENT_DIR SERVER_DIR")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Argument(help: ArgumentHelp(say("第一个数据库的目录", "The first store's directory."), valueName: "store"))
    var left: String
    @Argument(help: ArgumentHelp(say("第二个数据库的目录", "The second store's directory."), valueName: "store"))
    var right: String

    func run() async throws {
        let (left, right) = (try OpenedStore(in: self.left), try OpenedStore(in: self.right))
        let shared = Set(try left.database.read { try $0.scopes() })
            .intersection(try right.database.read { try $0.scopes() }).sorted()
        var differences: [DifferenceJSON] = []
        var lines: [String] = []
        var systemCount = 0
        for scope in shared {
            let before = try Self.cells(of: scope, in: left)
            let after = try Self.cells(of: scope, in: right)
            for address in Set(before.keys).union(after.keys).sorted() {
                let none = CellState(address: address, versions: [])
                let (one, other) = (before[address] ?? none, after[address] ?? none)
                guard one != other else { continue }
                differences.append(
                    DifferenceJSON(
                        cell: address.description,
                        left: VersionJSON.list(one, scheme: left.scheme),
                        right: VersionJSON.list(other, scheme: right.scheme)
                    )
                )
                guard !address.form.isSystem else {
                    systemCount += 1
                    continue
                }
                lines += [address.description, Self.line("<", one, left.scheme), Self.line(">", other, right.scheme)]
            }
        }
        if self.output.json {
            JSONOutput.write(DiffJSON(equal: differences.isEmpty, differences: differences))
        } else {
            for line in lines { Console.line(line) }
            Console.line(
                say(
                    "共有范围 \(shared.count) 个，不同的单元格 \(differences.count) 个。",
                    "\(shared.count) scopes in common, \(differences.count) cells differ."
                )
            )
            if systemCount > 0 {
                Console.line(
                    say(
                        "其中 \(systemCount) 个是系统自己的（授权、设备名称等），--json 列出。",
                        "Of these \(systemCount) are the system's own (grants, names of devices and the like); --json lists them."
                    )
                )
            }
        }
        if !differences.isEmpty { throw ExitCode(Exit.attention) }
    }

    /// The versions of one store, as they were typed.
    private static func line(_ mark: String, _ cell: CellState, _ scheme: Scheme?) -> String {
        let texts = cell.versions.map {
            "\($0.version.value.text(at: cell.address, scheme: scheme)) (\($0.author), \($0.device ?? $0.version.replica.description))"
        }
        return "  \(mark) \(texts.isEmpty ? "—" : texts.joined(separator: " | "))"
    }

    private static func cells(of scope: UnitCode, in store: OpenedStore) throws -> [CellAddress: CellState] {
        try store.database.read { try $0.cells(of: scope) }.reduce(into: [:]) { $0[$1.address] = $1 }
    }

    private struct DiffJSON: Encodable {
        let equal: Bool
        let differences: [DifferenceJSON]
    }

    private struct DifferenceJSON: Encodable {
        let cell: String
        let left: [VersionJSON]
        let right: [VersionJSON]
    }
}
