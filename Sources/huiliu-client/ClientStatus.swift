import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientStatus: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "status",
            abstract: say("有多少未送达、有没有冲突、上次何时同步", "What is not delivered, what is in conflict, when the last sync was."),
            discussion: say("例：huiliu-client status", "Example: huiliu-client status")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let client = try OpenedClient(self.common, access: .read)
        let status = try client.store.status()
        let identity = client.store.identity
        if self.output.json {
            JSONOutput.write(
                StatusJSON(
                    replica: status.ownReplica.current.description,
                    formerReplicas: status.ownReplica.former.map(\.description),
                    unit: identity.unit.description,
                    name: identity.name,
                    scheme: client.scheme.identification,
                    unsent: status.unsent,
                    unsentSince: status.unsentSince?.description,
                    lastSync: status.lastSync?.description,
                    skewSeconds: status.skewSeconds,
                    conflicts: status.conflictCount,
                    lost: status.lost.map(LostJSON.init),
                    refused: status.refusal.map(RefusalJSON.init),
                    keyProblem: client.keyProblem()?.code,
                    notCounted: status.uncounted.map { UncountedJSON($0, scheme: client.scheme) },
                    replaced: status.replaced.count
                )
            )
        } else {
            try self.tell(status, client)
        }
        let isWell = status.conflictCount == 0 && status.lost.isEmpty && status.uncounted.isEmpty
        if !isWell || status.refusal != nil || client.keyProblem() != nil {
            throw ExitCode(Exit.attention)
        }
    }

    private func tell(_ status: ClientStore.Status, _ client: OpenedClient) throws {
        let identity = client.store.identity
        // Parcels are for those who are enrolled.
        let isEnrolled = try client.store.trust() != nil
        let without =
            isEnrolled ? Bilingual("，没有网络用 parcel export", ", or parcel export where there is none") : Bilingual("", "")
        let unit = client.scheme.unit(identity.unit)?.name[Speech.language] ?? ""
        Console.line(
            say(
                "\(unit)（\(identity.unit)），\(identity.name)，填报人 \(identity.author)",
                "\(unit) (\(identity.unit)), \(identity.name), \(identity.author)"
            )
        )
        Console.line(say("报表制度：\(client.scheme.identification)", "Scheme: \(client.scheme.identification)"))
        Console.line(
            status.unsent == 0
                ? say("全部已送达省级。", "Everything is delivered to the province.")
                : say(
                    "未送达 \(status.unsent) 笔更改，最早 \(status.unsentSince?.shownInShanghai ?? "—")；数据都在本机，有网时运行 sync\(without.chinese)。",
                    "Changes not delivered: \(status.unsent), the oldest of \(status.unsentSince?.shownInShanghai ?? "—"); they are kept here, run sync when there is a line\(without.english)."
                )
        )
        Console.line(
            say(
                "上次同步：\(status.lastSync?.shownInShanghai ?? "从未")",
                "Last sync: \(status.lastSync?.shownInShanghai ?? "never")"
            )
        )
        if let since = status.ownReplica.since, let former = status.ownReplica.former.last {
            Console.line(
                say(
                    "\(since.shownInShanghai) 发现本机数据曾从旧副本恢复、重建，或被复制到另一台电脑；两边的更改都保留，缺少的由同步取回。此后设备号为 \(status.ownReplica.current)（原为 \(former)）。",
                    "On \(since.shownInShanghai) this store was found to be restored from an older copy, rebuilt, or copied to another machine. The changes of both are kept, and syncing brings what is missing. It writes as \(status.ownReplica.current) since then (before: \(former))."
                )
            )
        }
        RefusalReport.tell(status.refusal)
        if let problem = client.keyProblem() { Console.line(problem.sentence[Speech.language]) }
        LostReport.tell(status.lost)
        UncountedReport.tell(status.uncounted, scheme: client.scheme)
        ReplacedReport.tellCount(status.replaced)
        if let skew = status.skewSeconds, skew.magnitude > 120 {
            Console.line(
                say(
                    "本机时钟与省级相差 \(skew) 秒，请校准（不影响数据）。",
                    "This device's clock is \(skew) seconds off the province's; set it (figures are not affected)."
                )
            )
        }
        if status.conflictCount > 0 {
            Console.line(
                say(
                    "有 \(status.conflictCount) 个单元格冲突，请用 conflicts 查看。",
                    "Cells in conflict: \(status.conflictCount); see them with conflicts."
                )
            )
        }
    }

    private struct RefusalJSON: Encodable {
        let code: UInt64
        let text: String

        init(_ refusal: SyncRefusal) {
            self.code = refusal.code
            self.text = refusal.words[Speech.language]
        }
    }

    private struct StatusJSON: Encodable {
        let replica: String
        let formerReplicas: [String]
        let unit: String
        let name: String
        let scheme: String
        let unsent: Int
        @Nullable var unsentSince: String?
        @Nullable var lastSync: String?
        @Nullable var skewSeconds: Int64?
        let conflicts: Int
        let lost: [LostJSON]
        @Nullable var refused: RefusalJSON?
        /// The code of what is wrong with this device's key.
        @Nullable var keyProblem: String?
        let notCounted: [UncountedJSON]
        let replaced: Int

        enum CodingKeys: String, CodingKey {
            case replica, unit, name, scheme, unsent, conflicts, lost, refused, replaced
            case formerReplicas = "former_replicas"
            case keyProblem = "key_problem"
            case unsentSince = "unsent_since"
            case lastSync = "last_sync"
            case skewSeconds = "skew_seconds"
            case notCounted = "not_counted"
        }
    }
}
