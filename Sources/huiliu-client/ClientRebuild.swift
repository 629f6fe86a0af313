import ArgumentParser
import BundledScheme
import ClientStore
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport

struct ClientRebuild: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "rebuild",
            abstract: say(
                "重建损坏的数据库：救回仍可读的更改，损坏的文件原样保留",
                "Rebuilds a damaged store from what can still be read; the damaged file is kept as it is."
            ),
            discussion: say(
                "例：huiliu-client rebuild --store 目录，随后 huiliu-client sync\n完好的数据库不作改动。读不出本机身份时，用下列选项补上。",
                "Example: huiliu-client rebuild --store DIR, then huiliu-client sync\nA store with nothing wrong is left unchanged. The options are for a store that no longer says whose it is."
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
    @Option(help: ArgumentHelp(say("本单位代码", "This office's unit code."), valueName: "unit"))
    var unit: String?
    @Option(help: ArgumentHelp(say("省级服务器地址", "The province's address."), valueName: "host:port"))
    var server: String?
    @Option(help: ArgumentHelp(say("本机名称", "This device's name."), valueName: "name"))
    var name: String?
    @Option(help: ArgumentHelp(say("填报人姓名", "Who works here."), valueName: "author"))
    var author: String?

    func run() async throws {
        let unit = self.unit.flatMap { UnitCode($0) }
        if let text = self.unit, try unit.map(self.isKnown) != true {
            throw CommandFailure(Exit.usage, SchemeRefusal.unknownUnit(text))
        }
        if let server, HostPort(server) == nil { throw CommandFailure(Exit.usage, UsageError.serverAddress(server)) }
        try RebuildReport.run(
            .client,
            in: self.common.storeDirectory,
            isJSON: self.output.json,
            acceptingLosses: self.acceptLosses,
            isSchemeWhole: { try OpenedClient.store(self.common, access: .inspect).isSchemeWhole() }
        ) {
            do {
                return try ClientStore.rebuild(
                    in: self.common.storeDirectory,
                    given: ClientStore.GivenIdentity(
                        unit: unit,
                        server: self.server,
                        name: self.name,
                        author: self.author
                    ),
                    newReplica: .random(),
                    scheme: BundledScheme.source,
                    now: wallClock()
                )
            } catch let error as UnreadableIdentity {
                throw CommandFailure(Exit.usage, error)
            }
        }
    }

    /// By the scheme of the store, where it can be read, or by the program's own.
    private func isKnown(_ unit: UnitCode) throws -> Bool {
        let stored = try? OpenedClient(self.common, access: .inspect).scheme
        return try stored?.unit(unit) != nil || Scheme.parse(BundledScheme.source).unit(unit) != nil
    }
}
