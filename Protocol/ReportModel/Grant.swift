/// What the root gave a device: as what it writes, and in which unit and those below it.
package struct Grant: Hashable, Sendable {
    package var role: Role
    package var unit: UnitCode

    package init(role: Role, unit: UnitCode) {
        self.role = role
        self.unit = unit
    }
}
