import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage

struct ClientResolve: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "resolve",
            abstract: say("在并存的值中裁定，取代全部版本", "Decides between values side by side; supersedes all of them."),
            discussion: say(
                "例：huiliu-client resolve 410728-01/infrastructure/2024-H1/roads --take 2",
                "Example: huiliu-client resolve 410728-01/infrastructure/2024-H1/roads --take 2"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(
        help: ArgumentHelp(
            say(
                "取 conflicts 所列的第几个；all：保留变更记录各版本的全部变更",
                "Take this one of those that conflicts lists; all: keep every amendment of every version."
            ),
            valueName: "n|all"
        )
    )
    var take: Take?
    @Option(help: ArgumentHelp(say("另给一个值", "Give another value."), valueName: "value"))
    var value: String?
    @Option(
        help: ArgumentHelp(
            say("您看到的版本记号（conflicts --json 给出）", "The token of what you saw, from conflicts --json."),
            valueName: "token"
        )
    )
    var seen: String?
    @Argument(
        help: ArgumentHelp(
            say("单元格：单位/报表/报告期/指标，用代码或名称", "The cell: unit/form/period/item, by codes or names."),
            valueName: "cell"
        )
    )
    var cell: String

    func validate() throws {
        guard (self.take == nil) != (self.value == nil) else {
            throw ValidationError(say("请给出 --take N 或 --value V，二者取一。", "Give either --take N or --value V."))
        }
    }

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let address = try client.address(self.cell)
        let state = try client.store.cell(address)
        guard !state.isConflict || client.fills(address) else { return try self.take(of: state, client) }
        let cell = try client.cell(self.cell)
        let (value, conversion) = try self.decision(state, cell, client)
        // Without a token, what was there when the command looked counts as seen.
        let seen = self.seen.map { SeenToken($0) } ?? state.seen
        let edit = Edit(cell.address, value, basis: .resolving(seen))
        let outcome = try client.store.write([edit], scheme: client.scheme, now: wallClock())[0]
        try SetReport(outcome, cell, client, conversion: conversion).write(json: self.output.json)
    }

    private func decision(
        _ state: CellState,
        _ cell: SchemeCell,
        _ client: OpenedClient
    ) throws -> (value: CellValue, conversion: Conversion?) {
        if let value { return try client.scheme.reading(value, for: cell.item) }
        guard state.isConflict else { throw client.failure(WriteRefusal(.notInConflict, state)) }
        return (try self.taken(of: state, client), nil)
    }

    /// Decides about a cell that nobody fills in: a mark or an explanation, or what an earlier scheme had. Between what
    /// was written there somebody must still be able to choose.
    private func take(of state: CellState, _ client: OpenedClient) throws {
        // A unit that the scheme no longer has is nobody else's.
        if let unit = client.scheme.unit(state.address.unit) { try client.requireOwn(unit) }
        guard self.value == nil else { throw TakeOnly(address: state.address) }
        let value = try self.taken(of: state, client)
        let edit = Edit(state.address, value, basis: .resolving(self.seen.map { SeenToken($0) } ?? state.seen))
        let outcome = try client.store.write([edit], scheme: client.scheme, now: wallClock())[0]
        if case .refused(let refusal) = outcome { throw client.failure(refusal) }
        try SetReport.write(state.address, client, written: outcome.isWritten, json: self.output.json)
    }

    /// The value that `--take` names.
    private func taken(of state: CellState, _ client: OpenedClient) throws -> CellValue {
        guard case .number(let take)? = self.take else {
            guard client.isAmendments(state.address) else { throw OneOnly(address: state.address) }
            return LetterRule.merged(state)
        }
        guard state.versions.indices.contains(take - 1) else {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual(
                        "单元格 \(state.address) 有 \(state.versions.count) 个值，没有第 \(take) 个。",
                        "\(state.address) has \(state.versions.count) values and no number \(take)."
                    ),
                    advice: Bilingual("请用 conflicts 查看编号。", "See the numbers with conflicts.")
                )
            )
        }
        return state.versions[take - 1].version.value
    }
}

/// What `--take` takes.
enum Take: ExpressibleByArgument {
    case number(Int)
    /// All versions of a list of amendments, in one.
    case all

    init?(argument: String) {
        if argument == "all" {
            self = .all
        } else if let number = Int(argument) {
            self = .number(number)
        } else {
            return nil
        }
    }
}

/// `--take all` of a cell that can hold only one of the values.
private struct OneOnly: ExplainedError {
    let address: CellAddress

    var code: String { "take_one" }
    var explanation: Bilingual {
        Bilingual(
            "单元格 \(self.address) 不是责任书的变更记录，只能取一个值。",
            "\(self.address) is no list of amendments; it takes one value only."
        )
    }
    var advice: Bilingual {
        Bilingual("请用 --take N 从 conflicts 所列的值中取一个。", "Take one of those that conflicts lists, with --take N.")
    }
}

/// A new value for a cell that nobody fills in.
private struct TakeOnly: ExplainedError {
    let address: CellAddress

    var code: String { "take_only" }
    var explanation: Bilingual {
        Bilingual(
            "单元格 \(self.address) 不在现行报表中，不能另给一个值。",
            "\(self.address) is in none of the forms; it takes no other value."
        )
    }
    var advice: Bilingual {
        Bilingual("请用 --take N 从 conflicts 所列的值中取一个。", "Take one of those that conflicts lists, with --take N.")
    }
}
