import ArgumentParser
import BundledScheme
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ServerIdentity
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
        let directory = self.common.storeDirectory
        // A key that lies there is of a province whose store was lost: its devices give back what they hold.
        let former = try Self.formerAuthority(in: directory)
        _ = try ServerStore.create(
            in: directory,
            replica: .random(),
            scheme: source,
            authority: former?.publicKey
        )
        let authority = try former ?? Authority.create(in: directory)
        Console.line(
            say(
                "已建立省级数据库：\(self.common.storeDirectory)（\(scheme.name.chinese)，\(scheme.units.count) 个单位，\(scheme.forms.count) 张报表）",
                "Made the province's store in \(self.common.storeDirectory) (\(scheme.name.english): \(scheme.units.count) units, \(scheme.forms.count) forms)"
            )
        )
        Console.line(
            former == nil
                ? say(
                    "省级密钥 \(authority.publicKey.id) 在 \(directory)/\(Authority.fileName)：请另存一份，只有它能登记设备；backup 不含它。\n下一步：huiliu-server enrol --help。登记第一台设备之前，serve 只接受本机的连接，不加密。",
                    "The province's key \(authority.publicKey.id) is in \(directory)/\(Authority.fileName): keep a copy elsewhere; nothing else can enrol devices, and backup does not have it.\nNext: huiliu-server enrol --help. Until the first device is enrolled, serve takes connections of this machine only, unencrypted."
                )
                : say(
                    "沿用目录中已有的省级密钥 \(authority.publicKey.id)：登记过的设备照常同步，并补回它们保存的数据。",
                    "Goes on with the province's key \(authority.publicKey.id) that lay there: its devices sync as before, and give back what they hold."
                )
        )
    }

    private static func formerAuthority(in directory: String) throws -> Authority? {
        do {
            return try Authority.load(in: directory)
        } catch KeyFileError.notFound {
            return nil
        }
    }
}
