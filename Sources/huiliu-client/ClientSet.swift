import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientSet: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "set",
            abstract: say("填写一个单元格，立即存盘", "Writes one cell; it is on disk when the command returns."),
            discussion: say(
                "例：huiliu-client set 410728-01/infrastructure/2024-H1/roads 13公里\n空值写 \"\"；不适用写 n/a；保密写 withheld。",
                "Example: huiliu-client set 410728-01/infrastructure/2024-H1/roads 13\nWrite \"\" for missing, n/a for not applicable, withheld for kept back."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(
        help: ArgumentHelp(
            say("您看到的版本记号（show 给出）；此后有变则不写入", "The token of what you saw, from show; refused if that has changed."),
            valueName: "token"
        )
    )
    var seen: String?
    @Option(
        help: ArgumentHelp(
            say("变更已签订责任书中的目标：理由（与 --approved-by 同用）", "Amends a signed target: the reason (with --approved-by)."),
            valueName: "reason"
        )
    )
    var amend: String?
    @Option(help: ArgumentHelp(say("变更的批准人", "Who approved the amendment."), valueName: "name"))
    var approvedBy: String?
    @Argument(
        help: ArgumentHelp(
            say("单元格：单位/报表/报告期/指标，用代码或名称", "The cell: unit/form/period/item, by codes or names."),
            valueName: "cell"
        )
    )
    var cell: String
    @Argument(
        help: ArgumentHelp(
            say("值，可带限定词和计量单位", "The value, with qualifier and unit of measure if any."),
            valueName: "value"
        )
    )
    var value: String

    func validate() throws {
        guard (self.amend == nil) == (self.approvedBy == nil) else {
            throw ValidationError(
                say("--amend 和 --approved-by 须同时给出。", "Give --amend and --approved-by together.")
            )
        }
        guard self.amend == nil || self.amendment != nil else {
            throw ValidationError(
                say("变更理由和批准人各写一行，不能为空。", "Reason and approver are one line each, and not empty.")
            )
        }
    }

    private var amendment: Amendment? {
        self.amend.flatMap { Amendment(reason: $0, approvedBy: self.approvedBy ?? "") }
    }

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let cell = try client.cell(self.cell)
        let (value, conversion) = try client.scheme.reading(self.value, for: cell.item)
        let edit = Edit(
            cell.address,
            value,
            basis: self.seen.map { .seen(SeenToken($0)) } ?? .present,
            amendment: self.amendment
        )
        var former: AuthoredVersion?
        let outcome = try client.store.write([edit], scheme: client.scheme, now: wallClock()) { _, cell in
            former = cell.versions.first
        }[0]
        try SetReport(outcome, cell, client, conversion: conversion, former: former).write(json: self.output.json)
    }
}

/// What `set` and `resolve` say afterwards.
struct SetReport {
    private let outcome: EditOutcome
    private let cell: SchemeCell
    private let client: OpenedClient
    private let conversion: Conversion?
    private let former: AuthoredVersion?

    /// - Parameter former: what was shown before.
    /// - Throws: The refusal.
    init(
        _ outcome: EditOutcome,
        _ cell: SchemeCell,
        _ client: OpenedClient,
        conversion: Conversion? = nil,
        former: AuthoredVersion? = nil
    ) throws {
        if case .refused(let refusal) = outcome { throw client.failure(refusal) }
        self.outcome = outcome
        self.cell = cell
        self.client = client
        self.conversion = conversion
        self.former = former
    }

    func write(json: Bool) throws {
        try Self.write(
            self.cell.address,
            self.client,
            written: self.outcome.isWritten,
            conversion: self.conversion,
            former: self.former,
            json: json
        )
    }

    /// Says what a cell holds now, and what it held before where that was something.
    static func write(
        _ address: CellAddress,
        _ client: OpenedClient,
        written: Bool,
        conversion: Conversion? = nil,
        former: AuthoredVersion? = nil,
        json: Bool
    ) throws {
        let state = try client.store.cell(address)
        if json {
            JSONOutput.write(
                CellReportJSON(
                    state,
                    scheme: client.scheme,
                    written: written,
                    converted: conversion?.description,
                    former: former
                )
            )
            return
        }
        let value = state.value.text(at: address, scheme: client.scheme)
        let name = client.name(of: address)
        Console.line(
            written
                ? say("已存盘：\(name) = \(value)", "Stored: \(name) = \(value)")
                : say("值未变，无需写入：\(name) = \(value)", "Already so, nothing written: \(name) = \(value)")
        )
        if let former {
            let text = former.version.value.text(at: address, scheme: client.scheme)
            Console.line(say("取代 \(text)（\(former.who)）", "It replaces \(text) (\(former.who))."))
        }
        if let conversion { Console.line(say("已换算：\(conversion)", "Converted: \(conversion)")) }
        if written { try RefusalReport.tell(client.store.refusal()) }
    }
}

/// A cell as `show` lists it.
struct ShownCellJSON: Encodable {
    let cell: String
    let value: ValueJSON
    let seen: String
    let conflict: Bool
    /// Whether somebody wrote something there that does not count, and nobody has written the cell since.
    let notCounted: Bool
    /// Of a target whose letter is signed: 0 as signed, else the number of the amendment that it has from.
    @Nullable var targetVersion: Int?

    init(_ state: CellState, scheme: Scheme, isUncounted: Bool, targetVersion: Int? = nil) {
        self.cell = state.address.description
        self.value = ValueJSON(state.value, at: state.address, scheme: scheme)
        self.seen = state.seen.description
        self.conflict = state.isConflict
        self.notCounted = isUncounted
        self._targetVersion = Nullable(wrappedValue: targetVersion)
    }

    enum CodingKeys: String, CodingKey {
        case cell, value, seen, conflict
        case notCounted = "not_counted"
        case targetVersion = "target_version"
    }
}

private struct CellReportJSON: Encodable {
    let cell: String
    let value: ValueJSON
    let seen: String
    let conflict: Bool
    let written: Bool
    /// `113.2亿元 = 1132000万元`; null when the figure was typed in the item's own unit of measure.
    @Nullable var converted: String?
    /// In whose place `set` and `accept` have put another value; null where there was none, and for `resolve`.
    @Nullable var former: FormerJSON?

    init(_ state: CellState, scheme: Scheme, written: Bool, converted: String?, former: AuthoredVersion?) {
        self.cell = state.address.description
        self.value = ValueJSON(state.value, at: state.address, scheme: scheme)
        self.seen = state.seen.description
        self.conflict = state.isConflict
        self.written = written
        self._converted = Nullable(wrappedValue: converted)
        let former = former.map { FormerJSON($0, at: state.address, scheme: scheme) }
        self._former = Nullable(wrappedValue: former)
    }
}

private struct FormerJSON: Encodable {
    let value: ValueJSON
    let author: String
    @Nullable var device: String?
    let time: Timestamp

    init(_ former: AuthoredVersion, at address: CellAddress, scheme: Scheme) {
        self.value = ValueJSON(former.version.value, at: address, scheme: scheme)
        self.author = former.author
        self._device = Nullable(wrappedValue: former.device)
        self.time = former.version.time
    }
}
