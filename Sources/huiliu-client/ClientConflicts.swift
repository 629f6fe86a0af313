import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientConflicts: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "conflicts",
            abstract: say(
                "列出有不同值并存的单元格：谁、哪台设备、何时",
                "Lists the cells with values side by side: whose, from which device, when."
            ),
            discussion: say("例：huiliu-client conflicts", "Example: huiliu-client conflicts")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let client = try OpenedClient(self.common, access: .read)
        let cells = try client.store.conflicts()
        if self.output.json {
            JSONOutput.write(
                ConflictsJSON(
                    conflicts: cells.map { cell in
                        ConflictJSON(
                            cell: cell.address.description,
                            seen: cell.seen.description,
                            versions: VersionJSON.list(cell, scheme: client.scheme)
                        )
                    }
                )
            )
        } else {
            self.tell(cells, client)
        }
        if !cells.isEmpty { throw ExitCode(Exit.attention) }
    }

    private func tell(_ cells: [CellState], _ client: OpenedClient) {
        let scheme = client.scheme
        guard !cells.isEmpty else {
            Console.line(say("没有冲突。", "No conflicts."))
            return
        }
        for cell in cells {
            let unit = scheme.unit(cell.address.unit)?.name[Speech.language] ?? ""
            let item = scheme.form(cell.address.form)?.item(cell.address.item)?.name[Speech.language] ?? ""
            Console.line("\(cell.address)  \(unit) \(item)")
            for (index, version) in cell.versions.enumerated() {
                let value = version.version.value.text(at: cell.address, scheme: scheme)
                let shown = index == 0 ? say("  （暂显示此值）", "  (shown for now)") : ""
                // Copies of one office's store have the same name.
                let isAlone = cell.versions.count { $0.author == version.author && $0.device == version.device } == 1
                let written = version.version
                let reference = Reference(
                    replica: written.replica,
                    sequence: written.sequence,
                    tag: written.hash.tag
                )
                let place = isAlone ? "" : "  [\(reference)]"
                Console.line("  \(index + 1). \(value)  \(version.who)\(place)\(shown)")
            }
            let take = client.isAmendments(cell.address) ? "all" : "1"
            Console.line(
                say(
                    "  裁定：huiliu-client resolve \(cell.address) --take \(take)（或 --value 新值）",
                    "  To decide: huiliu-client resolve \(cell.address) --take \(take) (or --value NEW)"
                )
            )
        }
    }

    private struct ConflictsJSON: Encodable {
        let conflicts: [ConflictJSON]
    }

    private struct ConflictJSON: Encodable {
        let cell: String
        let seen: String
        let versions: [VersionJSON]
    }
}
