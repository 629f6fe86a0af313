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

    /// What the root gave each device. Only the root writes it.
    package static let grants: Code = "_grants"

    /// The root's rulings that a write does not count. Only the root writes them.
    package static let voids: Code = "_voids"
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
