import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme

/// `scheme check`
struct SchemeCheck: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "check",
            abstract: say("检查一个报表制度目录，列出全部错误", "Checks a directory of scheme files, and lists every mistake."),
            discussion: say(
                "例：huiliu-server scheme check 制度目录",
                "Example: huiliu-server scheme check SCHEME_DIR"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Argument(help: ArgumentHelp(say("报表制度目录（YAML 文件）", "A directory of scheme files in YAML."), valueName: "dir"))
    var directory: String

    func run() async throws {
        do {
            let scheme = try Scheme.parse(try SchemeFolder.read(self.directory))
            if self.output.json {
                JSONOutput.write(CheckJSON(scheme))
            } else {
                SchemeSummary.tell(scheme)
            }
        } catch let error as SchemeMistakes {
            if self.output.json {
                JSONOutput.write(CheckJSON(error.mistakes))
            } else {
                for mistake in error.mistakes { Console.line(mistake.text[Speech.language]) }
            }
            throw ExitCode(Exit.attention)
        }
    }

    private struct CheckJSON: Encodable {
        let ok: Bool
        let mistakes: [MistakeJSON]
        @Nullable var units: Int?
        @Nullable var forms: Int?
        @Nullable var items: Int?

        init(_ scheme: Scheme) {
            self.ok = true
            self.mistakes = []
            self._units = Nullable(wrappedValue: scheme.units.count)
            self._forms = Nullable(wrappedValue: scheme.forms.count)
            self._items = Nullable(wrappedValue: scheme.itemCount)
        }

        init(_ mistakes: [SchemeMistake]) {
            self.ok = false
            self.mistakes = mistakes.map(MistakeJSON.init)
            self._units = Nullable(wrappedValue: nil)
            self._forms = Nullable(wrappedValue: nil)
            self._items = Nullable(wrappedValue: nil)
        }
    }

    private struct MistakeJSON: Encodable {
        let file: String
        let line: Int
        let column: Int
        let code: String
        let text: String

        init(_ mistake: SchemeMistake) {
            self.file = mistake.file
            self.line = mistake.line
            self.column = mistake.column
            self.code = mistake.reason.code
            self.text = mistake.reason.words[Speech.language]
        }
    }
}
