import ArgumentParser
import ClientStore
import ClientSync
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

/// `parcel import`
struct ParcelImport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import",
            abstract: say(
                "导入省级的回执：确认送达，取回别人的更改",
                "Takes the province's receipt: what is delivered, and what others have written."
            ),
            discussion: say(
                "例：huiliu-client parcel import 回执.parcel",
                "Example: huiliu-client parcel import receipt.parcel"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Argument(help: ArgumentHelp(say("省级的回执", "The province's receipt."), valueName: "file"))
    var file: String

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        guard let file = InputFile(path: self.file) else {
            throw CommandFailure(Exit.usage, UsageError.unreadable(self.file))
        }
        let taken = try client.parcels().takeAnswer(file)
        try client.store.passOverOtherNews()
        let status = try client.store.status()
        if self.output.json {
            JSONOutput.write(TakenJSON(taken, status))
        } else {
            self.tell(taken, status, client)
        }
        let isClean = taken.damage == nil && taken.missing.isEmpty && status.conflictCount == 0
        if !isClean || !status.lost.isEmpty || !status.uncounted.isEmpty { throw ExitCode(Exit.attention) }
    }

    private func tell(_ taken: OfficeParcels.Taken, _ status: ClientStore.Status, _ client: OpenedClient) {
        let known = taken.duplicateCount
        Console.line(
            say(
                "省级对第 \(taken.number) 号数据包的回执（\(taken.time.shownInShanghai)）：带回别人的和省级的更改 \(taken.newCount) 笔，另有 \(known) 笔本机早有。",
                "The province's receipt for parcel \(taken.number) (\(taken.time.shownInShanghai)). It brought changes of others and of the province: \(taken.newCount), known here before: \(known)."
            )
        )
        if !taken.isNews {
            Console.line(say("这一份或更新的回执早已导入；这次只作补充。", "This one or a newer one was taken before; it only adds."))
        }
        if taken.hasNewScheme {
            Console.line(say("报表制度已换成省级现行的。", "The scheme is the province's present one now."))
        }
        Console.line(
            status.unsent == 0
                ? say("本机的更改已全部送达。", "Everything written here is delivered.")
                : say(
                    "还有 \(status.unsent) 笔更改省级没有确认收到；下一步：再做一个数据包（parcel export）。",
                    "Changes that the province has not receipted: \(status.unsent). Next: make another parcel, with parcel export."
                )
        )
        if status.conflictCount > 0 {
            Console.line(
                say(
                    "有 \(status.conflictCount) 个单元格冲突，请用 conflicts 查看。",
                    "Cells in conflict: \(status.conflictCount); see them with conflicts."
                )
            )
        }
        ParcelReport.tell(taken.damage, missing: taken.missing, scheme: client.scheme)
        LostReport.tell(status.lost)
        UncountedReport.tell(status.uncounted, scheme: client.scheme)
        ReplacedReport.tellCount(status.replaced)
    }

    private struct TakenJSON: Encodable {
        let parcel: UInt64
        let newest: Bool
        let received: Int
        let known: Int
        let unsent: Int
        let newScheme: Bool
        let conflicts: Int
        let notCounted: Int
        let replaced: Int
        let missing: [String]
        @Nullable var damage: ParcelDamageJSON?

        init(_ taken: OfficeParcels.Taken, _ status: ClientStore.Status) {
            self.parcel = taken.number
            self.newest = taken.isNews
            self.received = taken.newCount
            self.known = taken.duplicateCount
            self.unsent = status.unsent
            self.newScheme = taken.hasNewScheme
            self.conflicts = status.conflictCount
            self.notCounted = status.uncounted.count
            self.replaced = status.replaced.count
            self.missing = taken.missing.map(\.description)
            self._damage = Nullable(wrappedValue: taken.damage.map(ParcelDamageJSON.init))
        }

        enum CodingKeys: String, CodingKey {
            case parcel, newest, received, known, unsent, conflicts, missing, replaced, damage
            case newScheme = "new_scheme"
            case notCounted = "not_counted"
        }
    }
}
