import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientChanged: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "changed",
            abstract: say(
                "列出本机填过、后来被别人改写的数值：原值、现值、谁改的",
                "Lists figures written here that somebody else has replaced since: what they were and are, and whose."
            ),
            discussion: say(
                "例：huiliu-client changed\n　　huiliu-client changed --seen\n原值仍在历史中（huiliu-inspect explain）；不同意的，请与改写的人商定后用 set 再写。",
                "Example: huiliu-client changed\n         huiliu-client changed --seen\nThe former value is kept in the history (huiliu-inspect explain). To differ, agree with whoever replaced it and use set."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Flag(help: ArgumentHelp(say("列出之后记为已阅", "Take note of them: they are not listed again.")))
    var seen = false

    func run() async throws {
        let client = try OpenedClient(self.common, access: self.seen ? .write : .read)
        let replaced = try client.store.replacedFigures()
        let figures = replaced.figures
        if self.output.json {
            JSONOutput.write(ChangedJSON(changed: figures.map { ReplacedJSON($0, scheme: client.scheme) }))
        } else {
            Self.tell(figures, client)
        }
        // Not before they are told.
        if self.seen { try client.store.takeNote(of: replaced) }
        if !figures.isEmpty { throw ExitCode(Exit.attention) }
    }

    private static func tell(_ figures: [ReplacedFigure], _ client: OpenedClient) {
        guard !figures.isEmpty else {
            return Console.line(say("本机填的数值没有被别人改写。", "Nobody has replaced a figure that was written here."))
        }
        for figure in figures {
            let own = figure.own.text(at: figure.address, scheme: client.scheme)
            let present = figure.present.version.value.text(at: figure.address, scheme: client.scheme)
            Console.line("\(figure.address)  \(client.name(of: figure.address))")
            Console.line(
                say(
                    "  原填 \(own)，现为 \(present)  \(figure.present.who)",
                    "  was \(own), is \(present)  \(figure.present.who)"
                )
            )
        }
    }

    private struct ChangedJSON: Encodable {
        let changed: [ReplacedJSON]
    }

    private struct ReplacedJSON: Encodable {
        let cell: String
        let own: ValueJSON
        let value: ValueJSON
        let author: String
        @Nullable var device: String?
        let time: String

        init(_ figure: ReplacedFigure, scheme: Scheme) {
            self.cell = figure.address.description
            self.own = ValueJSON(figure.own, at: figure.address, scheme: scheme)
            self.value = ValueJSON(figure.present.version.value, at: figure.address, scheme: scheme)
            self.author = figure.present.author
            self._device = Nullable(wrappedValue: figure.present.device)
            self.time = figure.present.version.time.description
        }
    }
}

/// Says that others have replaced what was written here.
enum ReplacedReport {
    static func tellCount(_ figures: [ReplacedFigure]) {
        guard !figures.isEmpty else { return }
        Console.line(
            say(
                "本机填的 \(figures.count) 个数值已被别人改写，请用 changed 查看。",
                "Figures written here that others have replaced: \(figures.count); see them with changed."
            )
        )
    }
}
