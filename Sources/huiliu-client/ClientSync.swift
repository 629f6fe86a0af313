import ArgumentParser
import ClientStore
import ClientSync
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ReportTransport
import Synchronization

struct ClientSync: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sync",
            abstract: say(
                "与省级同步：送出本机的更改，取回别人的更改",
                "Syncs with the province: sends what it lacks, takes what this store lacks."
            ),
            discussion: say("例：huiliu-client sync --wait 60", "Example: huiliu-client sync --wait 60")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @OptionGroup var line: LineOptions

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let server = try self.line.address(else: client.store.identity.server)
        let identity = try client.deviceIdentity()
        let unsent = try client.store.status().unsent
        let progress = Mutex(ProgressLine())
        let isQuiet = self.output.json
        let synchronizer = Synchronizer(
            store: client.store,
            scheme: client.scheme,
            server: server,
            security: try identity?.security(),
            sealingKey: identity?.sealingKey,
            waitSeconds: self.line.wait,
            logger: makeLogger(label: "huiliu-client"),
            now: wallClock,
            progress: { sent, received in
                guard !isQuiet else { return }
                progress.withLock { line in
                    line.update(
                        done: sent,
                        of: unsent,
                        text: say(
                            "已送出 \(sent)/\(unsent) 笔更改，收到 \(received) 笔",
                            "sent \(sent) of \(unsent) changes, received \(received)"
                        )
                    )
                }
            }
        )
        defer { progress.withLock { $0.finish() } }
        let report = try await LineOptions.reaching { try await synchronizer.run() }
        // An enrolled device knows that it was the province that answered; in an open one it may be anybody.
        let isNewAddress = identity != nil && server.description != client.store.identity.server
        if isNewAddress { try client.store.remember(server: server.description) }
        try client.store.passOverOtherNews()
        let status = try client.store.status()
        let conflicts = status.conflictCount
        if self.output.json {
            JSONOutput.write(SyncJSON(report, status))
        } else {
            Console.line(
                say(
                    "同步完成：送出 \(report.changesSent) 笔更改，收到 \(report.changesReceived) 笔；上行 \(report.bytesOut) 字节，下行 \(report.bytesIn) 字节，往返 \(report.roundTrips) 次。",
                    "Synced. Changes sent: \(report.changesSent), received: \(report.changesReceived). Bytes out: \(report.bytesOut), in: \(report.bytesIn). Round trips: \(report.roundTrips)."
                )
            )
            if isNewAddress {
                Console.line(say("今后默认连接 \(server)。", "From now on syncs go to \(server)."))
            }
            if conflicts > 0 {
                Console.line(
                    say(
                        "有 \(conflicts) 个单元格冲突，请用 conflicts 查看。",
                        "Cells in conflict: \(conflicts); see them with conflicts."
                    )
                )
            }
            LostReport.tell(status.lost)
            UncountedReport.tell(status.uncounted, scheme: client.scheme)
            ReplacedReport.tellCount(status.replaced)
        }
        if conflicts > 0 || !status.lost.isEmpty || !status.uncounted.isEmpty { throw ExitCode(Exit.attention) }
    }

    private struct SyncJSON: Encodable {
        let sent: Int
        let received: Int
        let bytesOut: Int
        let bytesIn: Int
        let roundTrips: Int
        let conflicts: Int
        let notCounted: Int
        let replaced: Int

        init(_ report: Synchronizer.Report, _ status: ClientStore.Status) {
            self.sent = report.changesSent
            self.received = report.changesReceived
            self.bytesOut = report.bytesOut
            self.bytesIn = report.bytesIn
            self.roundTrips = report.roundTrips
            self.conflicts = status.conflictCount
            self.notCounted = status.uncounted.count
            self.replaced = status.replaced.count
        }

        enum CodingKeys: String, CodingKey {
            case sent, received, conflicts, replaced
            case bytesOut = "bytes_out"
            case bytesIn = "bytes_in"
            case roundTrips = "round_trips"
            case notCounted = "not_counted"
        }
    }
}
