import ReportModel

/// What one scheme has and another lacks: forms, items (`form.item`) and units by their codes, in the order of the text;
/// the items under which figures would not be what they were, and those that others write.
package struct SchemeDifference: Hashable, Sendable {
    /// Codes of the three sorts.
    package struct Parts: Hashable, Sendable {
        package let forms: [String]
        package let items: [String]
        package let units: [String]

        fileprivate init(of scheme: Scheme, lackedBy other: Scheme) {
            self.forms = scheme.forms.filter { other.form($0.code) == nil }.map(\.code.description)
            self.items = scheme.forms.flatMap { form in
                form.items.filter { other.form(form.code)?.item($0.code) == nil }.map { "\(form.code).\($0.code)" }
            }
            self.units = scheme.units.filter { other.unit($0.code) == nil }.map(\.code.description)
        }

        package var isEmpty: Bool { self.forms.isEmpty && self.items.isEmpty && self.units.isEmpty }
    }

    package let added: Parts
    package let removed: Parts
    /// Items that both have, whose stored figures would say something else: measured otherwise, of another type,
    /// covering another stretch of time, in another role, or not added up as before.
    package let remeasured: [ItemReference]
    /// Items that both have, and that other roles write than before.
    package let reassigned: [ItemReference]

    /// - Parameter old: the scheme until now.
    package init(from old: Scheme, to new: Scheme) {
        self.added = Parts(of: new, lackedBy: old)
        self.removed = Parts(of: old, lackedBy: new)
        self.remeasured = Self.items(of: old, in: new) { !Self.isSame($0, $1) }
        self.reassigned = Self.items(of: old, in: new) { $0.writers != $1.writers }
    }

    /// The items that both have, where `differs` says so.
    private static func items(of old: Scheme, in new: Scheme, _ differs: (Item, Item) -> Bool) -> [ItemReference] {
        old.forms.flatMap { form in
            form.items.compactMap { item in
                guard let now = new.form(form.code)?.item(item.code), differs(item, now) else { return nil }
                return ItemReference(item, in: form)
            }
        }
    }

    private static func isSame(_ old: Item, _ new: Item) -> Bool {
        old.valueType == new.valueType && old.kind == new.kind && old.role == new.role
            && old.isAdditive == new.isAdditive && self.isSame(old.measure, new.measure)
    }

    /// A unit of measure that joins a class stays what it was; within its class its size may not change.
    private static func isSame(_ old: Measure?, _ new: Measure?) -> Bool {
        guard let old, let new else { return old == nil && new == nil }
        let isNamed = old.code == new.code || new.aliases.contains(old.code)
        return isNamed && (old.measureClass != new.measureClass || old.factor == new.factor)
    }
}

extension Scheme {
    /// Whether the scheme has this item and this unit, whether or not the one still reports the other.
    package func knows(unit: UnitCode, form: Code, item: Code) -> Bool {
        self.unit(unit) != nil && self.form(form)?.item(item) != nil
    }

    /// Whether such a value is one of a report: the item is in the form of that period, and the unit reports it. Only
    /// those are added up.
    package func counts(unit: UnitCode, form: Code, period: Period, item: Code) -> Bool {
        guard let item = self.form(form)?.item(item) else { return false }
        return item.isReported(in: period) && self.isReporter(unit, of: item)
    }

    /// All items of all forms.
    package var itemCount: Int { self.forms.reduce(0) { $0 + $1.items.count } }
}
