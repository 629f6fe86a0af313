import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport

/// The store of a county office with two zones, and their subzones, after five years.
struct CountyStore {
    static let county = UnitCode("410728")!
    /// A report with many figures, for the commands.
    static let report = ["410728-01", "infrastructure", "2024-H1"]

    let directory: String
    private(set) var cellCount = 0

    init(_ source: SchemeSource, in directory: String, seed: UInt64) throws {
        self.directory = directory
        let scheme = try Scheme.parse(source)
        let store = try ClientStore.office(in: directory, unit: Self.county, scheme: source)
        var figures = Figures(seed: seed)
        for (index, period) in Self.periods.enumerated() {
            for unit in scheme.unitAndBelow(Self.county) {
                var edits: [Edit] = []
                for form in scheme.forms {
                    for item in form.items where item.isReported(in: period) && scheme.isReporter(unit.code, of: item) {
                        let address = CellAddress(unit: unit.code, form: form.code, period: period, item: item.code)
                        edits.append(Edit(address, figures.next(of: item, at: address)))
                    }
                }
                guard !edits.isEmpty else { continue }
                _ = try store.write(edits, now: Workday.edit(index))
                self.cellCount += edits.count
            }
        }
        try store.database.close()
    }

    /// Half-months, months, quarters, half-years and years, in the order in which they end.
    private static let periods = (2020...2024).flatMap { year in
        [Period.Kind.halfMonth, .month, .quarter, .half, .year].flatMap { Period.all(of: $0, in: year) }
            .sorted { $0.lastDay! < $1.lastDay! }
    }

    /// Figures of series that grow from period to period, each with its own size and digits.
    private struct Figures {
        private var random: SplitMix64
        private var levels: [CellAddress: Int] = [:]

        init(seed: UInt64) {
            self.random = SplitMix64(seed: seed)
        }

        mutating func next(of item: Item, at address: CellAddress) -> CellValue {
            switch item.valueType {
            case .number:
                var series = address
                series.period = .none
                let level = self.levels[series] ?? Int.random(in: 20...90_000, using: &self.random)
                let next = level + Int.random(in: 0...max(1, level / 50), using: &self.random)
                self.levels[series] = next
                let scale = item.measure?.isCounted == true ? 0 : 2
                return .number(Quantity(ExactDecimal(mantissa: Int128(next), scale: scale)!))
            case .text: return .text("进展顺利，按计划推进")
            case .choice: return .choice(item.choices.randomElement(using: &self.random)!)
            case .date: return .date(address.period.firstDay!)
            case .boolean: return .boolean(Bool.random(using: &self.random))
            }
        }
    }
}
