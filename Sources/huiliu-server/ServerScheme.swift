import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

/// The commands about the reporting scheme.
struct ServerScheme: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "scheme",
            abstract: say("检查、查看、更换报表制度", "Checks, shows and replaces the reporting scheme."),
            discussion: say(
                "例：huiliu-server scheme check 制度目录",
                "Example: huiliu-server scheme check SCHEME_DIR"
            ),
            subcommands: [SchemeCheck.self, SchemeShow.self, SchemeUse.self]
        )
    }
}

/// `scheme show`
struct SchemeShow: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: say("显示数据库正在使用的报表制度", "Shows the scheme that the store uses."),
            discussion: say("例：huiliu-server scheme show", "Example: huiliu-server scheme show")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let scheme = try OpenedServer(self.common, access: .read).scheme
        guard self.output.json else { return SchemeSummary.tell(scheme) }
        JSONOutput.write(
            SchemeJSON(
                scheme: scheme.code.description,
                name: scheme.name[Speech.language],
                version: scheme.version,
                fingerprint: scheme.fingerprint.description,
                units: scheme.units.count,
                forms: scheme.forms.map {
                    FormJSON(form: $0.code.description, name: $0.name[Speech.language], items: $0.items.count)
                }
            )
        )
    }

    private struct SchemeJSON: Encodable {
        let scheme: String
        let name: String
        let version: String
        let fingerprint: String
        let units: Int
        let forms: [FormJSON]
    }

    private struct FormJSON: Encodable {
        let form: String
        let name: String
        let items: Int
    }
}

/// What `scheme check` and `scheme show` say of a scheme without mistakes.
enum SchemeSummary {
    static func tell(_ scheme: Scheme) {
        let (units, forms, items) = (scheme.units.count, scheme.forms.count, scheme.itemCount)
        Console.line(
            say(
                "\(scheme.name.chinese)（\(scheme.identification)）：\(units) 个单位，\(forms) 张报表，\(items) 个指标。",
                "\(scheme.name.english) (\(scheme.identification)): \(units) units, \(forms) forms, \(items) items."
            )
        )
    }
}
