import ArgumentParser
import BundledScheme
import ClientStore
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport

struct ClientInit: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "init",
            abstract: say("为本单位新建数据库", "Makes a store for this office."),
            discussion: say(
                "例：huiliu-client init --unit 410728 --server 127.0.0.1:7428 --name 办公室一 --author 张三",
                "Example: huiliu-client init --unit 410728 --server 127.0.0.1:7428 --name \"Office one\" --author \"Zhang San\""
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp(say("本单位的代码或名称", "This office's unit: code or name."), valueName: "unit"))
    var unit: String
    @Option(help: ArgumentHelp(say("省级服务器地址", "The province's address."), valueName: "host:port"))
    var server: String
    @Option(
        help: ArgumentHelp(say("本机名称，随数据一起上报", "This device's name; it travels with its figures."), valueName: "name")
    )
    var name: String
    @Option(
        help: ArgumentHelp(say("填报人姓名（默认同本机名称）", "Who works here (default: the device's name)."), valueName: "author")
    )
    var author: String?

    func run() async throws {
        let source = BundledScheme.source
        let scheme = try Scheme.parse(source)
        guard let unit = scheme.unit(named: self.unit) else {
            throw CommandFailure(Exit.usage, SchemeRefusal.unknownUnit(self.unit))
        }
        let code = unit.code
        guard HostPort(self.server) != nil else {
            throw CommandFailure(Exit.usage, UsageError.serverAddress(self.server))
        }
        let author = self.author ?? self.name
        for text in [self.name, author]
        where text.isEmpty || text.utf8.count > ChangeLimits.authorByteCountMax || text.contains(where: \.isNewline) {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual("名称“\(text)”为空、过长或换行。", "The name “\(text)” is empty, too long or has a line break."),
                    advice: Bilingual(
                        "请写 1 到 \(ChangeLimits.authorByteCountMax) 字节的一行名称。",
                        "Give one line of 1 to \(ChangeLimits.authorByteCountMax) bytes."
                    )
                )
            )
        }
        try EnrolmentPending.check(self.common.storeDirectory)
        let identity = ClientStore.Identity(
            replica: .random(),
            unit: code,
            server: self.server,
            name: self.name,
            author: author
        )
        _ = try ClientStore.create(in: self.common.storeDirectory, identity: identity, scheme: source)
        Console.line(
            say(
                "已为 \(unit.name.chinese)（\(code)）建立数据库：\(self.common.storeDirectory)",
                "Made a store for \(unit.name.english) (\(code)) in \(self.common.storeDirectory)"
            )
        )
    }
}
