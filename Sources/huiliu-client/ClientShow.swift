import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientShow: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "show",
            abstract: say("显示一个单位一张报表一个报告期的全部指标", "Shows a unit's form for a period: every item, filled or not."),
            discussion: say(
                "例：huiliu-client show 410728-01 infrastructure 2024-H1",
                "Example: huiliu-client show 410728-01 infrastructure 2024-H1"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Argument(help: ArgumentHelp(say("单位代码、名称或别名", "Unit: code, name or alias."), valueName: "unit"))
    var unit: String
    @Argument(help: ArgumentHelp(say("报表代码或名称", "Form: code or name."), valueName: "form"))
    var form: String
    @Argument(help: ArgumentHelp(say("报告期，如 2024-H1", "Period, such as 2024-H1."), valueName: "period"))
    var period: String

    func run() async throws {
        let client = try OpenedClient(self.common, access: .read)
        guard let unit = client.scheme.unit(named: self.unit) else { throw SchemeRefusal.unknownUnit(self.unit) }
        guard let form = client.scheme.form(named: self.form) else { throw SchemeRefusal.unknownForm(self.form) }
        guard let period = Period(self.period) else {
            throw CommandFailure(Exit.usage, SchemeRefusal.malformedPeriod(self.period))
        }
        let cells = try Self.cells(unit, form, period, client)
        let versions = try cells.map { try Self.targetVersion($0.address, client) }
        if self.output.json {
            JSONOutput.write(
                ShowJSON(
                    unit: unit.code.description,
                    form: form.code.description,
                    period: period.description,
                    cells: zip(cells, versions).map {
                        ShownCellJSON($0, scheme: client.scheme, targetVersion: $1)
                    }
                )
            )
            return
        }
        Console.line("\(unit.name[Speech.language])  \(form.name[Speech.language])  \(period)")
        var table = TextTable([
            (say("指标", "item"), .left),
            (say("数值", "value"), .right),
            (say("填报", "written by"), .left),
            (say("记号", "token"), .left),
        ])
        for (cell, version) in zip(cells, versions) {
            let name = form.item(cell.address.item)?.name[Speech.language] ?? cell.address.item.description
            let mark = cell.isConflict ? say("【冲突】", "[conflict] ") : ""
            table.add([
                name + Self.note(version), mark + cell.value.text(at: cell.address, scheme: client.scheme),
                cell.versions.first?.who ?? "", cell.seen.description,
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private static func note(_ targetVersion: Int?) -> String {
        switch targetVersion {
        case nil: ""
        case 0?: say("〔原签〕", " (as signed)")
        case let number?: say("〔第\(number)次变更〕", " (amendment \(number))")
        }
    }

    /// Of a target, which version of its letter it has from; `nil` for every other cell.
    private static func targetVersion(_ address: CellAddress, _ client: OpenedClient) throws -> Int? {
        guard let letter = client.scheme.letter(over: address), address != letter.amendments else { return nil }
        return LetterRule.version(
            of: address,
            signed: try client.store.cell(letter.signed),
            amendments: try client.store.cell(letter.amendments)
        )
    }

    /// Every item that the unit reports for such a period, in the scheme's order, then whatever else the store holds.
    private static func cells(
        _ unit: ReportingUnit,
        _ form: Form,
        _ period: Period,
        _ client: OpenedClient
    ) throws -> [CellState] {
        var stored = try client.store.cells(of: unit.code, form: form.code, period: period)
            .reduce(into: [CellAddress: CellState]()) { $0[$1.address] = $1 }
        let expected = form.items.filter {
            $0.periods.contains(period.kind) && client.scheme.isReporter(unit.code, of: $0)
        }.map { item in
            let address = CellAddress(unit: unit.code, form: form.code, period: period, item: item.code)
            return stored.removeValue(forKey: address) ?? CellState(address: address, versions: [])
        }
        return expected + stored.values.sorted { $0.address < $1.address }
    }

    private struct ShowJSON: Encodable {
        let unit: String
        let form: String
        let period: String
        let cells: [ShownCellJSON]
    }
}
