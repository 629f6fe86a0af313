import ReportModel
import ReportScheme

/// The units of a page of totals, each after its parent, with the children of each.
struct UnitTree {
    let units: [ReportingUnit]
    let children: [[Int]]

    /// One unit and all below it on a day, depth first.
    init(_ scheme: Scheme, under top: UnitCode, on date: CalendarDate, in tree: UnitTreeKind) {
        let units = scheme.unitAndBelow(top, on: date, in: tree)
        let indices = Dictionary(uniqueKeysWithValues: units.enumerated().map { ($1.code, $0) })
        self.units = units
        self.children = units.map { unit in
            scheme.children(of: unit.code, on: date, in: tree).compactMap { indices[$0.code] }
        }
    }
}

/// The cells of one form and period, by item and unit.
struct CellTable {
    private var cells: [Code: [UnitCode: ReportedCell]]

    init(_ cells: [ReportedCell], form: Form) {
        self.cells = Dictionary(uniqueKeysWithValues: form.items.map { ($0.code, [:]) })
        for cell in cells {
            self.cells[cell.item]?[cell.unit] = cell
        }
    }

    subscript(item: Code) -> [UnitCode: ReportedCell] { self.cells[item, default: [:]] }
}

/// What the contributors below a unit, or the unit as a contributor, have given.
struct Tally {
    var sum: ExactDecimal?
    /// The sum with the upper bounds of ranges.
    var upper: ExactDecimal?
    var hasRange = false
    var approximation = Approximation.exact
    var expected = 0
    var reported = 0
    var missing: [UnitCode] = []
    var withheld: [UnitCode] = []
    var inConflict = 0

    /// The tally of one contributor.
    init(of unit: UnitCode, cell: ReportedCell?) {
        self.expected = 1
        self.inConflict = cell?.isInConflict == true ? 1 : 0
        switch cell?.value {
        case .number(let quantity):
            self.sum = quantity.number
            self.upper = quantity.upper ?? quantity.number
            self.hasRange = quantity.upper != nil
            self.approximation = Approximation(quantity)
            self.reported = 1
        case .notApplicable:
            self.reported = 1
        case .withheld:
            self.withheld = [unit]
        // A text in a number's place, from a store with another scheme, is no figure.
        case .missing, .text, .date, .choice, .boolean, nil:
            self.missing = [unit]
        }
    }

    /// The tally of a unit above contributors.
    init(joining tallies: some Sequence<Tally>, isAdditive: Bool) throws(DecimalOverflow) {
        for tally in tallies {
            if isAdditive, let sum = tally.sum, let upper = tally.upper {
                self.sum = try self.sum?.adding(sum) ?? sum
                self.upper = try self.upper?.adding(upper) ?? upper
                self.hasRange = self.hasRange || tally.hasRange
                self.approximation = self.approximation.joined(with: tally.approximation)
            }
            self.expected += tally.expected
            self.reported += tally.reported
            self.missing += tally.missing
            self.withheld += tally.withheld
            self.inConflict += tally.inConflict
        }
    }
}

/// The totals of one item at all units of a tree.
struct ItemTotals {
    let item: Item
    let tree: UnitTree
    /// `nil` for a unit that neither reports the item nor has reporters below it.
    let tallies: [Tally?]
    /// The cells of the units that report the item.
    let own: [ReportedCell?]
    /// Whether the unit reports the item and nobody below it does.
    let isContributor: [Bool]

    init(_ item: Item, tree: UnitTree, cells: CellTable) throws(TotalsOverflow) {
        let cells = cells[item.code]
        let count = tree.units.count
        var tallies: [Tally?] = Array(repeating: nil, count: count)
        var own: [ReportedCell?] = Array(repeating: nil, count: count)
        var isContributor = Array(repeating: false, count: count)
        // Children stand behind their parents: backwards, each is done before its parent asks.
        for index in tree.units.indices.reversed() {
            let unit = tree.units[index]
            let below = tree.children[index].compactMap { tallies[$0] }
            let reports = item.reporters.contains(unit.code)
            if reports { own[index] = cells[unit.code] }
            isContributor[index] = reports && below.isEmpty
            if isContributor[index] {
                tallies[index] = Tally(of: unit.code, cell: own[index])
            } else if !below.isEmpty {
                do throws(DecimalOverflow) {
                    tallies[index] = try Tally(joining: below, isAdditive: item.isAdditive)
                } catch {
                    throw TotalsOverflow(unit: unit, item: item)
                }
            }
        }
        self.item = item
        self.tree = tree
        self.tallies = tallies
        self.own = own
        self.isContributor = isContributor
    }

    func ownNumber(_ unit: Int) -> ExactDecimal? { self.own[unit]?.value.quantity?.number }

    /// The sum, or where nothing comes from below, the unit's own number.
    func sumOrOwn(_ unit: Int) -> ExactDecimal? { self.tallies[unit]?.sum ?? self.ownNumber(unit) }
}
