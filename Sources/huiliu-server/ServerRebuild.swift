import ArgumentParser
import ReportCommand
import ReportModel
import ReportStorage
import ServerStore

struct ServerRebuild: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rebuild",
            abstract: say(
                "重建损坏的数据库：救回仍可读的更改，损坏的文件原样保留",
                "Rebuilds a damaged store from what can still be read; the damaged file is kept as it is."
            ),
            discussion: say(
                "例：huiliu-server rebuild --store 目录\n先停止 serve。完好的数据库不作改动。缺失的更改在各县下次同步时自动补回。",
                "Example: huiliu-server rebuild --store DIR\nStop serve first. A store with nothing wrong is left unchanged. What is missing comes back when the counties sync."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Flag(
        help: ArgumentHelp(
            say("已核对上次重建丢失的更改，不再提示；不作别的", "End the notice of what an earlier rebuilding lost, and do nothing else.")
        )
    )
    var acceptLosses = false
    @Option(
        help: ArgumentHelp(
            say("报表制度目录，仅在读不出原有制度时使用", "The scheme's directory, in case the store's own cannot be read."),
            valueName: "dir"
        )
    )
    var scheme: String?

    func run() async throws {
        let source = try self.scheme.map(SchemeFolder.read)
        try RebuildReport.run(
            .server,
            in: self.common.storeDirectory,
            isJSON: self.output.json,
            acceptingLosses: self.acceptLosses,
            isSchemeWhole: { try OpenedServer.store(self.common, access: .inspect).isSchemeWhole() }
        ) {
            do {
                return try ServerStore.rebuild(
                    in: self.common.storeDirectory,
                    scheme: source,
                    newReplica: .random(),
                    now: wallClock()
                )
            } catch let error as UnreadableScheme {
                throw CommandFailure(Exit.usage, error)
            }
        }
    }
}
