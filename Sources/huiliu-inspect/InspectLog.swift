import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

struct InspectLog: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "log",
            abstract: say("按到达顺序列出所有更改", "Lists every change, in the order in which it arrived."),
            discussion: say("例：huiliu-inspect log --store 目录 --json", "Example: huiliu-inspect log --store DIR --json")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let store = try OpenedStore(in: self.common.storeDirectory)
        let changes = try store.database.read { reader in
            try reader.scopes().flatMap { scope in
                try reader.log(of: scope).map { entry in
                    ChangeJSON(
                        entry,
                        scope: scope,
                        device: try reader.deviceName(of: entry.stored.chained.replica, in: scope),
                        store: store
                    )
                }
            }
        }
        if self.output.json {
            JSONOutput.write(LogJSON(changes: changes))
            return
        }
        for change in changes {
            let time = change.time.shownInShanghai
            let device = change.device ?? change.replica
            Console.line(
                say(
                    "\(change.scope) \(change.replica):\(change.sequence) \(time) \(change.author)（\(device)）",
                    "\(change.scope) \(change.replica):\(change.sequence) \(time) \(change.author) (\(device))"
                )
            )
            for write in change.writes { Console.line("    \(write.cell) = \(write.text)") }
        }
    }

    private struct LogJSON: Encodable {
        let changes: [ChangeJSON]
    }

    private struct ChangeJSON: Encodable {
        let scope: String
        let replica: String
        let sequence: UInt64
        let hash: String
        let time: Timestamp
        let author: String
        @Nullable var device: String?
        /// The id of the device that has sealed it; null where nobody seals.
        @Nullable var signer: String?
        let writes: [WriteJSON]

        init(_ entry: LogEntry, scope: UnitCode, device: String?, store: OpenedStore) {
            let chained = entry.stored.chained
            self.scope = scope.description
            self.replica = chained.replica.description
            self.sequence = chained.sequence
            self.hash = entry.stored.hash.description
            self.time = chained.change.time
            self.author = chained.change.author
            self._device = Nullable(wrappedValue: device)
            self._signer = Nullable(wrappedValue: entry.stored.signer?.description)
            self.writes = chained.change.writes.map { write in
                let address = CellAddress(write.address, in: scope)
                return WriteJSON(
                    cell: address.description,
                    value: ValueJSON(write.value, at: address, scheme: store.scheme),
                    text: write.value.text(at: address, scheme: store.scheme)
                )
            }
        }
    }

    private struct WriteJSON: Encodable {
        let cell: String
        let value: ValueJSON
        let text: String

        enum CodingKeys: String, CodingKey {
            case cell, value
        }
    }
}
