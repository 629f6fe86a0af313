import ReportModel

// Who may write what. The device asks before it writes, and the root asks of every write that it takes: one rule for both.
//
// Only what the scheme positively forbids is refused. What it does not know (a form, item, unit or system form of a newer
// one) is allowed to every role that writes at all, and passed on. Whether a unit reports the item, for that period and
// in that row, is no question of access: such a figure is kept, and not added up.
//
// What a role may write in the own unit of its grant / in the units below it:
//
//                                    clerk        reviewer     office       auditor, relay
//     figures, by default            yes / yes    yes / no     yes / yes    no
//     figures with `written_by`      where listed, own / below alike        no
//     derived figures                no           no           no           no
//     _explanations of a form        as a figure of that form               no
//     _report: submitted             yes / yes    no           yes / yes    no
//     _report: returned, accepted    no           no / yes     yes / yes    no
//     _report: blank                 yes / yes    no / yes     yes / yes    no
//     _devices, _accepted            yes / yes    yes / yes    yes / yes    no
//     _grants, _voids and the like   no           no           no           no: the root alone
//     units that are neither         no           no           no           no

extension Scheme {
    /// Why a write that a device made in somebody's name does not count; `nil` where nothing forbids it. A device writes in
    /// the name of the person who was enrolled with it, and under its own name.
    ///
    /// - Parameter author: as the change says it.
    package func refusal(
        of write: (address: CellAddress, value: CellValue),
        by author: PersonID,
        on device: GrantedDevice
    ) -> AccessRefusal? {
        func refused(_ reason: AccessRefusal.Reason) -> AccessRefusal {
            AccessRefusal(cell: write.address, grant: device.grant, reason: reason)
        }
        guard author == device.person else { return refused(.otherAuthor(author, person: device.person)) }
        let isName = write.address.form == SystemForm.devices && write.address.item == SystemForm.deviceName
        guard !isName || write.value == .text(device.name) else { return refused(.otherName(device.name)) }
        return self.refusal(of: write, under: device.grant)
    }

    /// Why a device with `grant` may not make this write; `nil` where nothing forbids it.
    ///
    /// - Complexity: a few look-ups in dictionaries, and one for each level from the cell's unit up to the grant's.
    ///   Nothing is put into words before somebody reads them.
    package func refusal(
        of write: (address: CellAddress, value: CellValue),
        under grant: Grant
    ) -> AccessRefusal? {
        self.objection(to: write.address, write.value, grant)
            .map { AccessRefusal(cell: write.address, grant: grant, reason: $0) }
    }

    private func objection(
        to address: CellAddress,
        _ value: CellValue,
        _ grant: Grant
    ) -> AccessRefusal.Reason? {
        guard grant.role.isWriter else { return .roleWritesNothing }
        let isOwnUnit = address.unit == grant.unit
        guard isOwnUnit || self.stands(address.unit, below: grant.unit, from: address.period.firstDay) else {
            return .outsideUnit(self.unit(grant.unit)?.name)
        }
        guard let form = self.form(address.form) else {
            return self.systemObjection(to: address, value, grant.role, isOwnUnit)
        }
        guard let item = form.item(address.item) else { return nil }
        guard item.formula == nil else { return .derived(item.name) }
        guard item.writers.contains(grant.role, inOwnUnit: isOwnUnit) else {
            return .otherRoles(item.name, item.writers.roles(inOwnUnit: isOwnUnit))
        }
        guard item.valueType.holds(value) else { return .otherType(value, expected: item.valueType) }
        return item.refusal(ofChoice: value).map { .scheme($0) }
    }

    /// Whether `unit` is below `above` on the first day of a period or on any day after it; ever, where there is no day.
    ///
    /// So an office goes on writing the periods that had begun when a unit left it, and its new one writes all of them:
    /// it has to fill in what the old one left open, and correct it.
    private func stands(_ unit: UnitCode, below above: UnitCode, from day: CalendarDate?) -> Bool {
        guard let known = self.unit(unit) else {
            // A unit of a newer scheme. Its code says within which it was made, and nothing else is known of it.
            guard let around = unit.enclosing else { return true }
            return around == above || self.stands(around, below: above, from: day)
        }
        return known.parents.contains { parent in
            if let day, let until = parent.validity.until, until < day { return false }
            return parent.unit == above || self.stands(parent.unit, below: above, from: day)
        }
    }

    // MARK: - System forms

    private func systemObjection(
        to address: CellAddress,
        _ value: CellValue,
        _ role: Role,
        _ isOwnUnit: Bool
    ) -> AccessRefusal.Reason? {
        if SystemForm.rootForms.contains(address.form) { return .rootOnly }
        switch address.form {
        case SystemForm.devices:
            let isKnown = address.item == SystemForm.deviceName || address.item == SystemForm.deviceContinues
            return !isKnown || ValueType.text.holds(value) ? nil : .otherType(value, expected: .text)
        case SystemForm.report:
            guard address.item == SystemForm.reportState else { return nil }
            guard ValueType.choice.holds(value) else { return .otherType(value, expected: .choice) }
            return Self.objection(to: ReportMark(value), role, isOwnUnit)
        case SystemForm.accepted:
            return ValueType.boolean.holds(value) ? nil : .otherType(value, expected: .boolean)
        case SystemForm.explanations:
            if let form = self.form(address.row), !form.writers.contains(role, inOwnUnit: isOwnUnit) {
                return .otherRoles(form.name, form.writers.roles(inOwnUnit: isOwnUnit))
            }
            return ValueType.text.holds(value) ? nil : .otherType(value, expected: .text)
        default:
            return nil
        }
    }

    /// - Parameter mark: `nil` when the mark is taken back, or is one of a newer program.
    private static func objection(
        to mark: ReportMark?,
        _ role: Role,
        _ isOwnUnit: Bool
    ) -> AccessRefusal.Reason? {
        switch (role, mark) {
        case (.clerk, let mark?) where mark != .submitted: .otherMarker(mark, [.reviewer, .office])
        case (.reviewer, .submitted?): .otherMarker(.submitted, [.clerk, .office])
        // Nobody judges their own report, but for the office: above the province there is nobody.
        case (.reviewer, _) where isOwnUnit: .ownReport
        default: nil
        }
    }
}
