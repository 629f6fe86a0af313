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
    @OptionGroup var report: ReportArguments

    func run() async throws {
        let client = try OpenedClient(self.common, access: .read)
        let (unit, form, period) = try self.report.found(in: client.scheme)
        let rows = try Self.rows(unit, form, period, client)
        // What is not kept here is not missing at the province.
        if rows.allSatisfy({ $0.state.versions.isEmpty }) { try client.requireOwn(unit) }
        let derived = try Self.derived(unit, form, period, client)
        let uncounted = try client.store.uncountedWrites().filter { write in
            write.address.unit == unit.code && write.address.form == form.code && write.address.period == period
        }
        if self.output.json {
            JSONOutput.write(
                ShowJSON(
                    unit: unit.code.description,
                    form: form.code.description,
                    period: period.description,
                    cells: rows.map { row in
                        ComparedCellJSON(
                            row,
                            scheme: client.scheme,
                            isUncounted: uncounted.contains { $0.address == row.state.address }
                        )
                    },
                    derived: derived.map(DerivedJSON.init)
                )
            )
            return
        }
        Console.line("\(unit.name[Speech.language])  \(form.name[Speech.language])  \(period)")
        for line in Self.table(rows, form, client).lines { Console.line(line) }
        for (item, figure) in derived {
            let text = "\(figure.isApproximate ? "≈" : "")\(figure.printed)\(item.measure?.code ?? "")"
            Console.line("\(item.name[Speech.language])：\(text)")
        }
        UncountedReport.tell(uncounted, scheme: client.scheme)
    }

    /// What is worked out from the unit's own figures, as far as they are there.
    private static func derived(
        _ unit: ReportingUnit,
        _ form: Form,
        _ period: Period,
        _ client: OpenedClient
    ) throws -> [(item: Item, figure: DerivedFigure)] {
        let context = FormulaContext(unit: unit.code, period: period)
        let today = todayInShanghai()
        return try client.store.withFigures { figures in
            try form.items.filter { $0.formula != nil && $0.isReported(in: period) }.compactMap { item in
                try client.scheme.derived(item, of: form, for: context, today: today, source: figures)
                    .map { (item, $0) }
            }
        }
    }

    private static func table(_ rows: [ComparedCell], _ form: Form, _ client: OpenedClient) -> TextTable {
        var table = TextTable([
            (say("指标", "item"), .left),
            (say("数值", "value"), .right),
            (say("上期", "last"), .right),
            (say("上年同期", "year before"), .right),
            (say("计划或目标", "plan or target"), .right),
            (say("完成%", "completion %"), .right),
            (say("填报", "written by"), .left),
            (say("记号", "token"), .left),
        ])
        for row in rows {
            let cell = row.state
            let name = form.item(cell.address.item)?.name[Speech.language] ?? cell.address.item.description
            let mark = cell.isConflict ? say("【冲突】", "[conflict] ") : ""
            func beside(_ dated: FigureComparison.Dated?, naming: Bool = false) -> String {
                guard let dated else { return "" }
                return dated.value.text(at: cell.address, scheme: client.scheme)
                    + (naming ? say("（\(dated.period)）", " (\(dated.period))") : "")
            }
            table.add([
                name + targetVersionNote(row.targetVersion),
                mark + cell.value.text(at: cell.address, scheme: client.scheme),
                beside(row.comparison?.last, naming: true), beside(row.comparison?.yearBefore),
                beside(row.comparison?.plan), Self.completion(row.comparison),
                cell.versions.first?.who ?? "", cell.seen.description,
            ])
        }
        return table
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

    private static func completion(_ comparison: FigureComparison?) -> String {
        guard let comparison, let completion = comparison.completion else { return "" }
        return (comparison.isCompletionApproximate ? "≈" : "") + completion.description
    }

    private static func rows(
        _ unit: ReportingUnit,
        _ form: Form,
        _ period: Period,
        _ client: OpenedClient
    ) throws -> [ComparedCell] {
        let cells = try Self.cells(unit, form, period, client)
        let versions = try cells.map { try Self.targetVersion($0.address, client) }
        let today = todayInShanghai()
        return try client.store.withFigures { figures in
            try zip(cells, versions).map { cell, version in
                guard let item = form.item(cell.address.item), cell.address.row.isEmpty else {
                    return ComparedCell(state: cell, targetVersion: version, comparison: nil)
                }
                let comparison = try FigureComparison(
                    of: item,
                    in: form,
                    at: FormulaContext(unit: unit.code, period: period),
                    scheme: client.scheme,
                    today: today,
                    source: figures
                )
                return ComparedCell(state: cell, targetVersion: version, comparison: comparison)
            }
        }
    }

    /// Every item that the unit reports for the period, in the scheme's order, then whatever else the store holds.
    private static func cells(
        _ unit: ReportingUnit,
        _ form: Form,
        _ period: Period,
        _ client: OpenedClient
    ) throws -> [CellState] {
        var stored = try client.store.cells(of: unit.code, form: form.code, period: period)
            .reduce(into: [CellAddress: CellState]()) { $0[$1.address] = $1 }
        let expected = form.items.filter {
            $0.isReported(in: period) && client.scheme.isReporter(unit.code, of: $0)
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
        let cells: [ComparedCellJSON]
        let derived: [DerivedJSON]
    }

    private struct DerivedJSON: Encodable {
        let item: String
        let value: String
        @Nullable var unit: String?
        let approximate: Bool

        init(_ derived: (item: Item, figure: DerivedFigure)) {
            self.item = derived.item.code.description
            self.value = derived.figure.printed.description
            self._unit = Nullable(wrappedValue: derived.item.measure?.code)
            self.approximate = derived.figure.isApproximate
        }
    }
}

/// A cell with what it is looked at beside.
private struct ComparedCell {
    let state: CellState
    /// Of a target, which version of its letter it has from.
    let targetVersion: Int?
    /// `nil` for what the scheme does not know.
    let comparison: FigureComparison?
}

private struct ComparedCellJSON: Encodable {
    private let shown: ShownCellJSON
    private let comparison: FigureComparison?
    private let measure: String?

    init(_ cell: ComparedCell, scheme: Scheme, isUncounted: Bool) {
        self.shown = ShownCellJSON(
            cell.state,
            scheme: scheme,
            isUncounted: isUncounted,
            targetVersion: cell.targetVersion
        )
        self.comparison = cell.comparison
        self.measure = scheme.form(cell.state.address.form)?.item(cell.state.address.item)?.measure?.code
    }

    private enum Key: String, CodingKey {
        case last, plan, completion
        case yearBefore = "year_before"
    }

    func encode(to encoder: any Encoder) throws {
        try self.shown.encode(to: encoder)
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(self.dated(self.comparison?.last), forKey: .last)
        try object.encode(self.dated(self.comparison?.yearBefore), forKey: .yearBefore)
        try object.encode(self.dated(self.comparison?.plan), forKey: .plan)
        try object.encode(self.comparison?.completion?.description, forKey: .completion)
    }

    private func dated(_ dated: FigureComparison.Dated?) -> DatedValueJSON? {
        dated.map { DatedValueJSON(period: $0.period.description, value: ValueJSON($0.value, measure: self.measure)) }
    }

    private struct DatedValueJSON: Encodable {
        let period: String
        let value: ValueJSON
    }
}
