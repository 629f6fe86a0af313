import ArgumentParser
import BundledScheme
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore

struct ServerInit: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "init",
            abstract: say("新建省级数据库", "Makes the province's store."),
            discussion: say(
                "例：huiliu-server init --store 目录 --scheme 制度目录",
                "Example: huiliu-server init --store DIR --scheme SCHEME_DIR"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Option(
        help: ArgumentHelp(
            say(
                "报表制度目录（YAML 文件；默认内置的河南制度）",
                "A directory of scheme files in YAML (default: the bundled Henan scheme)."
            ),
            valueName: "dir"
        )
    )
    var scheme: String?

    func run() async throws {
        let source = try self.scheme.map(SchemeFolder.read) ?? BundledScheme.source
        let scheme = try Scheme.parse(source)
        _ = try ServerStore.create(
            in: self.common.storeDirectory,
            replica: .random(),
            scheme: source
        )
        Console.line(
            say(
                "已建立省级数据库：\(self.common.storeDirectory)（\(scheme.name.chinese)，\(scheme.units.count) 个单位，\(scheme.forms.count) 张报表）",
                "Made the province's store in \(self.common.storeDirectory) (\(scheme.name.english): \(scheme.units.count) units, \(scheme.forms.count) forms)"
            )
        )
    }
}
