import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientAccept: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "accept",
            abstract: say(
                "列出不算数的填报；加 --take 采纳其中一个：以本人名义重新写入",
                "Lists what does not count; with --take accepts one of it: writes it anew in your own name."
            ),
            discussion: say(
                "例：huiliu-client accept\n　　huiliu-client accept 410728-01/infrastructure/2024-H1/roads --take 1",
                "Example: huiliu-client accept\n         huiliu-client accept 410728-01/infrastructure/2024-H1/roads --take 1"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp(say("取这个单元格的第几个", "Take this one of the cell's."), valueName: "n"))
    var take: Int?
    @Argument(
        help: ArgumentHelp(
            say("单元格：单位/报表/报告期/指标，用代码或名称", "The cell: unit/form/period/item, by codes or names."),
            valueName: "cell"
        )
    )
    var cell: String?

    func validate() throws {
        guard self.take == nil || self.cell != nil else {
            throw ValidationError(say("--take 须同时写明单元格。", "Name the cell together with --take."))
        }
    }

    func run() async throws {
        // What may be accepted is asked in a transaction that is given up.
        let client = try OpenedClient(self.common, access: .write)
        let address = try self.cell.map(client.address)
        if let address, let take { return try self.accept(take, of: address, client) }
        let writes = try client.store.uncountedWrites().filter { address == nil || $0.address == address }
        if self.output.json {
            JSONOutput.write(
                ListJSON(writes: writes.numbered.map { AcceptableJSON($0.number, $0.write, scheme: client.scheme) })
            )
        } else {
            try Self.tell(writes, client)
        }
        if !writes.isEmpty { throw ExitCode(Exit.attention) }
    }

    private func accept(_ take: Int, of address: CellAddress, _ client: OpenedClient) throws {
        let writes = try client.store.uncountedWrites().filter { $0.address == address }
        guard writes.indices.contains(take - 1) else {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual(
                        "单元格 \(address) 有 \(writes.count) 个不算数的填报，没有第 \(take) 个。",
                        "\(address) has \(writes.count) writes that do not count, and no number \(take)."
                    ),
                    advice: Bilingual("请用 accept 查看编号。", "See the numbers with accept.")
                )
            )
        }
        let (outcome, former) = try Self.accept(writes[take - 1], client)
        if case .refused(let refusal) = outcome { throw client.failure(refusal) }
        try SetReport.write(address, client, written: outcome.isWritten, former: former, json: self.output.json)
    }

    /// - Parameter dryRun: only whether this device may.
    /// - Returns: With what was shown until then.
    private static func accept(
        _ write: UncountedWrite,
        _ client: OpenedClient,
        dryRun: Bool = false
    ) throws -> (EditOutcome, former: AuthoredVersion?) {
        let edit = Edit(write.address, write.value, accepts: write.name)
        var former: AuthoredVersion?
        let outcomes = try client.store.write([edit], scheme: client.scheme, now: wallClock(), dryRun: dryRun) {
            former = $1.versions.first
        }
        return (outcomes[0], former)
    }

    private static func tell(_ writes: [UncountedWrite], _ client: OpenedClient) throws {
        guard !writes.isEmpty else {
            Console.line(say("所有填报都算数。", "Everything that was written counts."))
            // What the province has refused to take, it has not judged.
            return try RefusalReport.tell(client.store.refusal())
        }
        for (number, write) in writes.numbered {
            if number == 1 { Console.line("\(write.address)  \(client.name(of: write.address))") }
            let value = write.value.text(at: write.address, scheme: client.scheme)
            let reason = write.reason(client.scheme)[Speech.language]
            Console.line("  \(number). \(value)  \(write.authored.who)  \(reason)")
            guard try Self.accept(write, client, dryRun: true).0.isWritten else { continue }
            Console.line(
                say(
                    "  采纳：huiliu-client accept \(write.address) --take \(number)",
                    "  To accept: huiliu-client accept \(write.address) --take \(number)"
                )
            )
        }
    }

    private struct ListJSON: Encodable {
        let writes: [AcceptableJSON]
    }

    private struct AcceptableJSON: Encodable {
        let cell: String
        let n: Int
        let value: ValueJSON
        let author: String
        @Nullable var device: String?
        let time: String
        let code: String
        let text: String

        init(_ number: Int, _ write: UncountedWrite, scheme: Scheme) {
            self.cell = write.address.description
            self.n = number
            self.value = ValueJSON(write.value, at: write.address, scheme: scheme)
            self.author = write.authored.author
            self._device = Nullable(wrappedValue: write.authored.device)
            self.time = write.authored.version.time.description
            self.code = write.discounts[0].code
            self.text = write.reason(scheme)[Speech.language]
        }
    }
}

extension [UncountedWrite] {
    /// Each with its number among those of its cell.
    fileprivate var numbered: [(number: Int, write: UncountedWrite)] {
        var counts: [CellAddress: Int] = [:]
        return self.map { write in
            counts[write.address, default: 0] += 1
            return (counts[write.address] ?? 1, write)
        }
    }
}
