/// Cells that describe the system itself. Item and form codes that begin with `_` belong to it.
package enum SystemForm {
    /// One row a replica, named by its 16 hexadecimal digits; written by the replica's first change in a scope, so that
    /// "who" is known on every store that holds the scope.
    package static let devices: Code = "_devices"
    package static let deviceName: Code = "name"

    /// The cell that holds a device's name.
    package static func deviceName(of replica: ReplicaID) -> AddressInScope {
        AddressInScope(form: self.devices, period: .none, row: Code(replica.description)!, item: self.deviceName)
    }

    package static let deviceContinues: Code = "continues"

    /// The cell that holds the replica as which the same device wrote before: its store was restored or copied.
    package static func deviceContinues(of replica: ReplicaID) -> AddressInScope {
        AddressInScope(
            form: self.devices,
            period: .none,
            row: Code(replica.description)!,
            item: self.deviceContinues
        )
    }

    /// What the authority has granted to devices in a scope: one row a device, named by the 32 hexadecimal digits of its
    /// id. Only what the authority has sealed counts here.
    package static let grants: Code = "_grants"
    /// The device's public key, as text.
    package static let grantKey: Code = "key"
    package static let grantRole: Code = "role"
    package static let grantUnit: Code = "unit"
    package static let grantName: Code = "name"
    package static let grantPerson: Code = "person"

    /// Whether a device is trusted: the mark ``GrantMark``. One that revokes is an act: what the device writes without
    /// having been seen by it does not count.
    package static let grantState: Code = "state"

    /// The cell that holds one of these items of a device.
    package static func grant(_ item: Code, of device: DeviceID) -> AddressInScope {
        AddressInScope(form: self.grants, period: .none, row: Code(device.description)!, item: item)
    }

    /// Until when the certificate is meant to be used that the device was given last: seconds since 1970. Only in the scope of
    /// the device's own unit.
    package static let grantExpires: Code = "certificate_expires"

    /// The devices that may be enrolled, or have been: one row a one-time code, named by the first 32 hexadecimal digits of
    /// its digest. In the scope of the root of all units, written by the authority.
    package static let enrolments: Code = "_enrolments"
    package static let enrolmentRole: Code = "role"
    package static let enrolmentUnit: Code = "unit"
    package static let enrolmentName: Code = "name"
    package static let enrolmentPerson: Code = "person"
    /// After when the code is no good any more: seconds since 1970, by the province's clock.
    package static let enrolmentExpires: Code = "expires"
    /// The id of the device that was enrolled with the code.
    package static let enrolmentDevice: Code = "device"

    /// The cell that holds one of these items of a one-time code.
    package static func enrolment(_ item: Code, row: Code) -> AddressInScope {
        AddressInScope(form: self.enrolments, period: .none, row: row, item: item)
    }

    /// How many connections the server has refused: one row a day, such as `2026-11-21`, one item a reason: a goodbye
    /// code, such as `code-22`, or `certificate` for one that is none of the authority's. In the scope of the root of all units, written by the authority.
    package static let refusals: Code = "_refusals"

    /// The cell that counts how many connections were refused for a reason on the day of `now` in Shanghai.
    package static func refusals(for reason: Code, on now: Timestamp) -> AddressInScope {
        let day = now.inShanghai?.day.description ?? "unknown"
        return AddressInScope(form: self.refusals, period: .none, row: Code(day)!, item: reason)
    }

    /// Forms in which nothing counts but what the authority has sealed.
    package static let rootForms: Set<Code> = [grants, voids, enrolments, refusals]

    /// The root's rulings that single writes do not count; the value is the reason's code, as text.
    package static let voids: Code = "_voids"

    /// The cell that rules out a write.
    ///
    /// - Parameter write: its index among the writes of the change.
    package static func void(of change: Reference, write: Int) -> AddressInScope {
        self.cell(in: self.voids, about: WriteName(change: change, index: write))
    }

    /// Writes that do not count, and that an authorized person has accepted: the value is true, and stands in the very change
    /// that writes the cell anew with the value of that write.
    package static let accepted: Code = "_accepted"

    /// The cell that names an accepted write.
    package static func accepted(_ write: WriteName) -> AddressInScope {
        self.cell(in: self.accepted, about: write)
    }

    /// The cell of a form that is about a write.
    private static func cell(in form: Code, about write: WriteName) -> AddressInScope {
        let tag = Hexadecimal.text(write.change.tag, digitCount: 8)
        return AddressInScope(
            form: form,
            period: .none,
            row: Code("\(write.change.replica)-\(tag)")!,
            item: Code("\(write.change.sequence)-\(write.index)")!
        )
    }

    /// The write that a cell rules out; `nil` if its address names none.
    package static func ruledOut(by address: AddressInScope) -> (change: Reference, write: Int)? {
        let row = address.row.description.split(separator: "-", omittingEmptySubsequences: false)
        let item = address.item.description.split(separator: "-", omittingEmptySubsequences: false)
        guard address.form == self.voids, row.count == 2, item.count == 2, let replica = ReplicaID(row[0]),
            let tag = UInt32(row[1], radix: 16), let sequence = UInt64(item[0]), let write = Int(item[1])
        else { return nil }
        let change = Reference(replica: replica, sequence: sequence, tag: tag)
        // One address only names a write.
        return self.void(of: change, write: write) == address ? (change, write) : nil
    }

    /// The marks on reports as wholes, in the scope of the unit that reports and in the report's period; one row a
    /// form, named by the form's code.
    package static let report: Code = "_report"
    package static let reportState: Code = "state"

    /// The cell that says where a report stands, in the words of ``ReportMark``.
    package static func reportState(of form: Code, in period: Period) -> AddressInScope {
        AddressInScope(form: self.report, period: period, row: form, item: self.reportState)
    }

    /// Why a warning is right as it stands, in the reporter's words; scope, period and row as for ``report``.
    package static let explanations: Code = "_explanations"

    /// The cell that holds the explanation of a warning.
    ///
    /// - Parameter check: the code of the check. Codes of items have the same letters, so it is the item's code as it is.
    package static func explanation(of check: Code, on form: Code, in period: Period) -> AddressInScope {
        AddressInScope(form: self.explanations, period: period, row: form, item: check)
    }
}

/// Whether a device is trusted: a choice in the cell ``SystemForm/grantState``.
package enum GrantMark: String, Hashable, Sendable {
    case granted, revoked

    /// As the cell holds it.
    package var value: CellValue { .choice(self.rawValue) }

    /// - Returns: `nil` for a value that says nothing about a device.
    package init?(_ value: CellValue) {
        guard case .choice(let text) = value else { return nil }
        self.init(rawValue: text)
    }
}

/// Where a report stands between its unit and the unit above: a choice in the cell ``SystemForm/reportState``.
package enum ReportMark: String, Hashable, Sendable, CaseIterable {
    case submitted, returned, accepted

    /// As the cell holds it.
    package var value: CellValue { .choice(self.rawValue) }

    /// - Returns: `nil` for a value that says nothing about a report.
    package init?(_ value: CellValue) {
        guard case .choice(let text) = value else { return nil }
        self.init(rawValue: text)
    }
}

extension Code {
    /// Whether the form or item is the system's own, which no scheme may define.
    package var isSystem: Bool { self.description.hasPrefix("_") }
}
