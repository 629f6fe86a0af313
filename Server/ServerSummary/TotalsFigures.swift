import ReportModel
import ReportScheme

/// The totals of every form and period that a page of totals needs, each added up once: for formulas, a unit's figure is
/// what the units below it come to.
final class TotalsFigures: FigureSource {
    let scheme: Scheme
    let tree: UnitTree
    /// The current cells of a form in a period, without those of rows.
    private let cells: (Code, Period) throws -> [ReportedCell]
    private let day: CalendarDate
    private let indices: [UnitCode: Int]
    private var tables: [Place: CellTable] = [:]
    private var totals: [Place: [Code: ItemTotals]] = [:]
    /// Over the whole province, for formulas that look above the tree.
    private lazy var whole: TotalsFigures? =
        self.tree.units.first?.code == self.scheme.root.code
        ? nil
        : TotalsFigures(self.scheme, under: self.scheme.root.code, on: self.day, in: .administrative, cells: self.cells)

    private struct Place: Hashable {
        let form: Code
        let period: Period
    }

    init(
        _ scheme: Scheme,
        under top: UnitCode,
        on day: CalendarDate,
        in tree: UnitTreeKind,
        cells: @escaping (Code, Period) throws -> [ReportedCell]
    ) {
        self.scheme = scheme
        self.tree = UnitTree(scheme, under: top, on: day, in: tree)
        self.day = day
        self.cells = cells
        self.indices = Dictionary(uniqueKeysWithValues: self.tree.units.enumerated().map { ($1.code, $0) })
    }

    /// The totals of one item in one period, over the tree of the page.
    func totals(of item: Item, in form: Form, _ period: Period) throws -> ItemTotals {
        let place = Place(form: form.code, period: period)
        if let known = self.totals[place]?[item.code] { return known }
        let totals = try ItemTotals(item, tree: self.tree, cells: self.table(of: form, place))
        self.totals[place, default: [:]][item.code] = totals
        return totals
    }

    private func table(of form: Form, _ place: Place) throws -> CellTable {
        if let known = self.tables[place] { return known }
        let table = CellTable(try self.cells(place.form, place.period), form: form)
        self.tables[place] = table
        return table
    }

    func value(at address: CellAddress) throws -> CellValue {
        guard let index = self.indices[address.unit] else { return try self.whole?.value(at: address) ?? .missing }
        guard let form = self.scheme.form(address.form), let item = form.item(address.item) else { return .missing }
        guard item.valueType == .number else {
            let table = try self.table(of: form, Place(form: form.code, period: address.period))
            return table[item.code][address.unit]?.value ?? .missing
        }
        let totals = try self.totals(of: item, in: form, address.period)
        guard item.isAdditive, let tally = totals.tallies[index], let sum = tally.sum else {
            return totals.own[index]?.value ?? .missing
        }
        if tally.hasRange, let upper = tally.upper { return .number(Quantity(sum, upper: upper)) }
        return .number(Quantity(sum, qualifier: tally.approximation.qualifier))
    }
}

extension Approximation {
    /// A word with the same meaning; `nil` when exact.
    fileprivate var qualifier: Qualifier? {
        switch self {
        case .exact: nil
        case .towards(.below): .near
        case .towards(.above): .over
        case .towards(.atLeast): .orMore
        case .towards(.around), .mixed: .about
        }
    }
}
