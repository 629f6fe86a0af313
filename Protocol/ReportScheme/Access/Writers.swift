import ReportModel

extension Role {
    /// Whether the role writes anything at all.
    package var isWriter: Bool {
        switch self {
        case .clerk, .reviewer, .office: true
        case .auditor, .relay: false
        }
    }
}

/// Which roles write the figures of a form or an item, in the unit of their grant and in the units below it.
package struct Writers: Hashable, Sendable {
    private var inOwnUnit: Set<Role>
    private var inUnitsBelow: Set<Role>

    /// Where the scheme says nothing: a reviewer fills in the own figures of a city, and leaves those of its counties as
    /// they are.
    static let byDefault = Writers(
        inOwnUnit: [.clerk, .reviewer, .office],
        inUnitsBelow: [.clerk, .office]
    )

    private init(inOwnUnit: Set<Role>, inUnitsBelow: Set<Role>) {
        self.inOwnUnit = inOwnUnit
        self.inUnitsBelow = inUnitsBelow
    }

    /// Exactly these roles, in their own unit and below: what `written_by` says.
    init(_ roles: Set<Role>) {
        self.init(inOwnUnit: roles, inUnitsBelow: roles)
    }

    /// Whether `role` writes there: in the unit of its grant, or in one below it.
    package func contains(_ role: Role, inOwnUnit: Bool) -> Bool {
        inOwnUnit ? self.inOwnUnit.contains(role) : self.inUnitsBelow.contains(role)
    }

    /// In the order of the roles.
    package func roles(inOwnUnit: Bool) -> [Role] {
        Role.allCases.filter { self.contains($0, inOwnUnit: inOwnUnit) }
    }

    func union(_ other: Writers) -> Writers {
        Writers(
            inOwnUnit: self.inOwnUnit.union(other.inOwnUnit),
            inUnitsBelow: self.inUnitsBelow.union(other.inUnitsBelow)
        )
    }
}
