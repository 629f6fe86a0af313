import ReportModel

/// All findings over a set of cells, kept true while single cells change: an edit tries again only the rules that looked
/// at that cell.
package struct CheckBook {
    private let plan: CheckPlan
    private var evaluator: Evaluator<CellDictionary>
    private var findings: [CheckPlan.Instance: Finding] = [:]
    /// How many cells make it necessary to try an instance.
    private var reasons: [CheckPlan.Instance: Int] = [:]
    private var looked: [CheckPlan.Instance: Set<CellAddress>] = [:]
    private var dependents: [CellAddress: Set<CheckPlan.Instance>] = [:]

    /// - Parameter today: the day in Asia/Shanghai.
    package init(_ plan: CheckPlan, today: CalendarDate, cells: [CellAddress: CellValue]) throws {
        self.plan = plan
        self.evaluator = Evaluator(
            scheme: plan.scheme,
            today: today,
            source: CellDictionary(cells),
            context: FormulaContext(unit: plan.scheme.root.code, period: .none)
        )
        for (address, value) in cells where value != .missing {
            for instance in plan.instances(of: address) { self.reasons[instance, default: 0] += 1 }
        }
        for instance in self.reasons.keys { try self.retry(instance) }
    }

    /// Everything that is found, the gravest first.
    package var all: [Finding] { self.findings.sorted { $0.key < $1.key }.map(\.value).inOrder }

    /// Writes one cell.
    package mutating func set(_ address: CellAddress, to value: CellValue) throws {
        let before = self.evaluator.source.values[address] ?? .missing
        self.evaluator.source.values[address] = value
        var stale = self.dependents[address, default: []]
        if (before == .missing) != (value == .missing) {
            for instance in self.plan.instances(of: address) {
                let count = self.reasons[instance, default: 0] + (value == .missing ? -1 : 1)
                self.reasons[instance] = count > 0 ? count : nil
                stale.insert(instance)
            }
        }
        for instance in stale { try self.retry(instance) }
    }

    private mutating func retry(_ instance: CheckPlan.Instance) throws {
        var now: Set<CellAddress> = []
        if self.reasons[instance] != nil {
            self.findings[instance] = try self.plan.finding(instance, &self.evaluator)
            now = Set(self.evaluator.looked)
        } else {
            self.findings[instance] = nil
        }
        let before = self.looked.removeValue(forKey: instance) ?? []
        for address in before.subtracting(now) { self.dependents[address]?.remove(instance) }
        for address in now.subtracting(before) { self.dependents[address, default: []].insert(instance) }
        if !now.isEmpty { self.looked[instance] = now }
    }
}

extension CheckPlan {
    /// What the rules find that have to do with these cells.
    ///
    /// - Parameters:
    ///   - cells: those of the reports that are checked, as far as they hold anything.
    ///   - source: gives these and whatever else is looked at.
    package func findings(
        about cells: some Sequence<CellAddress>,
        today: CalendarDate,
        source: some FigureSource
    ) throws -> [Finding] {
        var evaluator = Evaluator(
            scheme: self.scheme,
            today: today,
            source: source,
            context: FormulaContext(unit: self.scheme.root.code, period: .none)
        )
        return try Set(cells.flatMap { self.instances(of: $0) }).sorted()
            .compactMap { try self.finding($0, &evaluator) }.inOrder
    }
}

extension [Finding] {
    /// The gravest first, else as they are.
    fileprivate var inOrder: [Finding] {
        Check.Level.allCases.flatMap { level in self.filter { $0.level == level } }
    }
}
