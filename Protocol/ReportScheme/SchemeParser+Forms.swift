import ReportModel
import Yams

/// A form whose items do not yet know their units of measure, plans and reporters.
struct FormDraft {
    let code: Code
    let name: Bilingual
    let tree: UnitTreeKind
    /// `nil`: the scheme's.
    let schedule: Schedule?
    /// `nil`: the default.
    let writers: Writers?
    let items: [ItemDraft]
    /// Items with a mistake of their own.
    let flawedItems: Set<Code>
}

struct ItemDraft {
    let code: Placed<Code>
    let name: Bilingual
    let aliases: [String]
    let valueType: ValueType
    let choices: [String]
    let measure: Placed<String>?
    let kind: Item.Kind?
    let role: Item.Role
    let isAdditive: Bool
    let plan: Placed<Code>?
    let periods: Set<Period.Kind>
    let reporters: [Placed<String>]
    /// `nil`: the form's.
    let writers: Writers?
    /// Of a derived item.
    let formula: PlacedFormula?
    let decimals: Int
    let validity: Validity
}

/// A key that is `true` or `false`.
enum Truth: String, CaseIterable {
    case `true`, `false`
}

/// The kinds of period that an item may have: all but *none*, which is the system's.
enum PeriodName: String, CaseIterable {
    case year, half, quarter, month, half_month, ten_days

    var kind: Period.Kind { Period.Kind(rawValue: self.rawValue)! }
}

extension SchemeParser {
    static let formKeys = ["form", "name", "name_en", "note", "tree", "schedule", "written_by", "items"]
    static let itemKeys = [
        "item", "name", "name_en", "aliases", "type", "choices", "unit", "kind", "role", "additive", "plan", "periods",
        "reported_by", "written_by", "formula", "decimals", "from", "until", "note",
    ]
    private static let keysOfNumbers = ["unit", "kind", "additive", "plan"]

    mutating func readForm(_ node: Node, file: String) {
        guard let object = self.object(node, file: file, keys: Self.formKeys) else { return }
        self.takeNames(["form", "name", "name_en"], of: object, in: \.formNames)
        let code = self.code("form", of: object)
        let name = self.name(of: object)
        let tree: UnitTreeKind? = self.choice("tree", of: object, missing: .administrative)
        _ = self.text("note", of: object, required: false)
        let schedule = self.schedule(of: object)
        let writers = self.writers(of: object)
        self.itemNames = NameRegister()
        var items: [ItemDraft] = []
        var flawedItems: Set<Code> = []
        for node in self.nodes("items", of: object) {
            guard let entry = self.object(node, file: file, keys: Self.itemKeys) else { continue }
            let validity = self.validity(of: entry) ?? Validity()
            self.takeNames(["item", "name", "name_en"], of: entry, in: \.itemNames, within: validity)
            if let item = self.item(entry, validity) {
                items.append(item)
            } else if let code = entry.values["item"]?.scalar.flatMap({ Code($0.string) }) {
                flawedItems.insert(code)
            }
        }
        if let code { self.flawed.items.formUnion(flawedItems.map { "\(code.value).\($0)" }) }
        // A form that cannot be named still has its place, so that its absence is not reported as well.
        self.forms.append(
            FormDraft(
                code: code?.value ?? "unnamed",
                name: name ?? Bilingual("", ""),
                tree: tree ?? .administrative,
                schedule: schedule,
                writers: writers,
                items: items,
                flawedItems: flawedItems
            )
        )
    }

    private mutating func item(_ object: YAMLObject, _ validity: Validity) -> ItemDraft? {
        let code = self.code("item", of: object)
        let name = self.name(of: object)
        let type: ValueType? = self.choice("type", of: object, missing: .number)
        let isNumber = type == .number
        if type != nil, !isNumber {
            for key in Self.keysOfNumbers {
                if let node = object.values[key] {
                    self.add(.onlyForNumbers(key), at: self.place(of: node, in: object.file))
                }
            }
        }
        if type != nil, type != .choice, let node = object.values["choices"] {
            self.add(.onlyForChoices, at: self.place(of: node, in: object.file))
        }
        let measure = isNumber ? self.text("unit", of: object) : nil
        let isDerived = object.values["formula"] != nil
        let formula = isDerived ? self.formula("formula", of: object) : nil
        if isDerived {
            self.refuseKeys(
                ["kind", "role", "additive", "plan", "reported_by", "written_by", "choices"],
                besides: "formula",
                of: object
            )
        }
        let kind: Item.Kind? = isNumber && !isDerived ? self.choice("kind", of: object) : nil
        let role: Item.Role? = self.choice("role", of: object, missing: .actual)
        let additive: Truth? = self.choice("additive", of: object, missing: .true)
        let periods = self.periodKinds("periods", of: object)
        let draft = (
            aliases: self.texts("aliases", of: object).map(\.value),
            choices: type == .choice ? self.texts("choices", of: object, required: true).map(\.value) : [],
            plan: self.code("plan", of: object, required: false),
            reporters: self.texts("reported_by", of: object, required: !isDerived),
            writers: isDerived ? nil : self.writers(of: object),
            decimals: self.decimals(of: object)
        )
        _ = self.text("note", of: object, required: false)
        guard let code, let name, let type else { return nil }
        return ItemDraft(
            code: code,
            name: name,
            aliases: draft.aliases,
            valueType: type,
            choices: draft.choices,
            measure: measure,
            kind: kind,
            role: role ?? .actual,
            isAdditive: isNumber && !isDerived && additive != .false,
            plan: draft.plan,
            periods: periods,
            reporters: draft.reporters,
            writers: draft.writers,
            formula: formula,
            decimals: draft.decimals,
            validity: validity
        )
    }

    mutating func periodKinds(_ key: String, of object: YAMLObject) -> Set<Period.Kind> {
        let kinds = self.texts(key, of: object, required: true).compactMap { text -> Period.Kind? in
            (self.choice(text) as PeriodName?)?.kind
        }
        return Set(kinds)
    }

    /// How many digits of a derived figure are printed: one, unless it says otherwise.
    private mutating func decimals(of object: YAMLObject) -> Int {
        guard let text = self.text("decimals", of: object, required: false) else { return 1 }
        guard let decimals = Int(text.value), (0...6).contains(decimals) else {
            self.add(.notOneOf(text.value.shortened, allowed: (0...6).map(String.init)), at: text.place)
            return 1
        }
        if object.values["formula"] == nil { self.add(.missingKey("formula"), at: object.place) }
        return decimals
    }

    mutating func refuseKeys(_ keys: [String], besides other: String, of object: YAMLObject) {
        for key in keys {
            if let node = object.values[key] {
                self.add(.eitherKey(key, or: other), at: self.place(of: node, in: object.file))
            }
        }
    }
}

// MARK: - Joining items to what they name

extension SchemeParser {
    mutating func finishForms(units: [ReportingUnit]) -> [Form] {
        let measures = NameIndex.make(self.measures) { [$0.code, $0.englishName] + $0.aliases }
        let codes = Set(units.map { $0.code })
        let levels = Dictionary(grouping: units) { $0.level }.mapValues { Set($0.map(\.code)) }
        // Most items name the same few levels: they share one set.
        var reporters: [[String]: Set<UnitCode>] = [:]
        var forms: [Form] = []
        for draft in self.forms {
            self.checkPlans(of: draft, measures: measures)
            var items: [Item] = []
            for item in draft.items {
                let names = item.reporters.map(\.value)
                let mistakeCount = self.mistakes.count
                let units = reporters[names] ?? self.units(named: item.reporters, codes: codes, levels: levels)
                // A mistake is told at every place where it stands.
                if self.mistakes.count == mistakeCount { reporters[names] = units }
                items.append(
                    Item(
                        code: item.code.value,
                        name: item.name,
                        aliases: item.aliases,
                        valueType: item.valueType,
                        choices: item.choices,
                        measure: self.measure(of: item, in: measures),
                        kind: item.kind,
                        role: item.role,
                        isAdditive: item.isAdditive,
                        plan: item.plan?.value,
                        periods: item.periods,
                        reporters: units,
                        writers: item.writers ?? draft.writers ?? .byDefault,
                        validity: item.validity
                    )
                )
            }
            let schedule = draft.schedule ?? self.defaultSchedule
            forms.append(
                Form(code: draft.code, name: draft.name, tree: draft.tree, schedule: schedule, items: items)
            )
        }
        return forms
    }

    private mutating func measure(of item: ItemDraft, in measures: [String: Int]) -> Measure? {
        guard let name = item.measure else { return nil }
        guard let index = measures[NameIndex.key(name.value)] else {
            if !self.flawed.measures.contains(name.value) {
                self.add(.unknownMeasure(name.value.shortened), at: name.place)
            }
            return nil
        }
        return self.measures[index]
    }

    /// The units that a list of levels and codes means.
    mutating func units(
        named names: [Placed<String>],
        codes: Set<UnitCode>,
        levels: [UnitLevel: Set<UnitCode>]
    ) -> Set<UnitCode> {
        var reporters: Set<UnitCode> = []
        for name in names {
            if let level = UnitLevel(rawValue: name.value) {
                reporters.formUnion(levels[level, default: []])
            } else if let code = UnitCode(name.value), codes.contains(code) {
                reporters.insert(code)
            } else if UnitCode(name.value).map(self.flawed.units.contains) != true {
                self.add(.unknownReporter(name.value.shortened), at: name.place)
            }
        }
        return reporters
    }

    private mutating func checkPlans(of form: FormDraft, measures: [String: Int]) {
        let items = Dictionary(form.items.map { ($0.code.value, $0) }) { first, _ in first }
        for item in form.items {
            guard let plan = item.plan else { continue }
            guard let target = items[plan.value] else {
                if !form.flawedItems.contains(plan.value) {
                    self.add(.unknownPlan(plan.value.description), at: plan.place)
                }
                continue
            }
            let code = plan.value.description
            if plan.value == item.code.value { self.add(.planIsItself, at: plan.place) }
            if target.valueType != .number { self.add(.planIsNoNumber(code), at: plan.place) }
            if !target.periods.contains(.year) { self.add(.planWithoutYear(code), at: plan.place) }
            // By what they name, for an alias is the same unit of measure.
            if let own = item.measure.flatMap({ measures[$0.value] }),
                let plans = target.measure.flatMap({ measures[$0.value] }), own != plans
            {
                let (own, plans) = (self.measures[own].code, self.measures[plans].code)
                self.add(.planMeasureDiffers(code, own: own, plans: plans), at: plan.place)
            }
        }
    }
}
