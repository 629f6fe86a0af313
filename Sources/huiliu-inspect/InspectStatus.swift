import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

struct InspectStatus: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "status",
            abstract: say(
                "每个范围有多少更改、单元格和冲突，走到了哪里",
                "What the store holds of every scope, and how far it has got there."
            ),
            discussion: say("例：huiliu-inspect status --store 目录", "Example: huiliu-inspect status --store DIR")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let store = try OpenedStore(in: self.common.storeDirectory)
        let scopes = try store.database.read { reader in
            try reader.scopes().map { scope in
                let chains = try reader.chains(in: scope)
                // In one order on every store, in whichever order the branches came.
                let heads = chains.lines.filter(chains.isHead).sorted {
                    ($0.replica, $0.head.sequence, $0.head.hash) < ($1.replica, $1.head.sequence, $1.head.hash)
                }
                return ScopeJSON(
                    scope: scope.description,
                    changes: chains.changeCount,
                    cells: try reader.cellCount(in: scope),
                    conflicts: try reader.conflictCount(in: scope),
                    tip: chains.tip?.description,
                    heads: heads.map {
                        HeadJSON(
                            replica: $0.replica.description,
                            sequence: $0.head.sequence,
                            hash: $0.head.hash.description
                        )
                    }
                )
            }
        }
        let (lost, uncountedCount) = try store.database.read { reader in
            (try reader.lostChanges(), try reader.authority() == nil ? 0 : reader.uncountedWrites(of: nil).count)
        }
        if self.output.json {
            JSONOutput.write(
                StatusJSON(
                    kind: store.database.kind.name,
                    scheme: store.schemeText,
                    scopes: scopes,
                    lost: lost.map(LostJSON.init),
                    notCounted: uncountedCount
                )
            )
            return
        }
        let kind = store.database.kind == .client ? say("客户端", "client") : say("服务器", "server")
        Console.line(say("\(kind)数据库，报表制度 \(store.schemeText)", "A \(kind)'s store, scheme \(store.schemeText)"))
        var table = TextTable([
            (say("范围", "scope"), .left),
            (say("更改", "changes"), .right),
            (say("单元格", "cells"), .right),
            (say("冲突", "conflicts"), .right),
            (say("指纹", "tip"), .left),
            (say("链头", "heads"), .left),
        ])
        for scope in scopes {
            table.add([
                scope.scope, String(scope.changes), String(scope.cells), String(scope.conflicts),
                String((scope.tip ?? "—").prefix(16)),
                scope.heads.map { "\($0.replica):\($0.sequence)" }.joined(separator: " "),
            ])
        }
        for line in table.lines { Console.line(line) }
        LostReport.tell(lost)
        guard uncountedCount > 0 else { return }
        Console.line(
            say(
                "有 \(uncountedCount) 次填报不算数，尚无人采纳或重写；有权的人可以用 huiliu-client accept 查看。",
                "Writes that do not count, and that nobody has accepted or written over: \(uncountedCount); whoever may can see them with huiliu-client accept."
            )
        )
    }

    private struct StatusJSON: Encodable {
        let kind: String
        let scheme: String
        let scopes: [ScopeJSON]
        let lost: [LostJSON]
        let notCounted: Int

        enum CodingKeys: String, CodingKey {
            case kind, scheme, scopes, lost
            case notCounted = "not_counted"
        }
    }

    private struct ScopeJSON: Encodable {
        let scope: String
        let changes: Int
        let cells: Int
        let conflicts: Int
        @Nullable var tip: String?
        let heads: [HeadJSON]
    }

    private struct HeadJSON: Encodable {
        let replica: String
        let sequence: UInt64
        let hash: String
    }
}
