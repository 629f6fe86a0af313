/// What the root gave a device: as what it writes, and in which unit and those below it.
package struct Grant: Hashable, Sendable {
    package var role: Role
    package var unit: UnitCode

    package init(role: Role, unit: UnitCode) {
        self.role = role
        self.unit = unit
    }
}

/// A device that the authority trusts, as the cells of ``SystemForm/grants`` tell it in every scope of its grant.
package struct GrantedDevice: Hashable, Sendable {
    package var key: DeviceKey
    package var grant: Grant
    /// The device's name.
    package var name: String
    /// Who works at it.
    package var person: PersonID

    package init(key: DeviceKey, grant: Grant, name: String, person: PersonID) {
        self.key = key
        self.grant = grant
        self.name = name
        self.person = person
    }

    /// What the authority writes in a scope to grant it.
    package var writes: [Change.Write] {
        let values: [(Code, CellValue)] = [
            (SystemForm.grantKey, .text(self.key.description)),
            (SystemForm.grantRole, .choice(self.grant.role.rawValue)),
            (SystemForm.grantUnit, .text(self.grant.unit.description)),
            (SystemForm.grantName, .text(self.name)),
            (SystemForm.grantPerson, .text(self.person)),
            (SystemForm.grantState, GrantMark.granted.value),
        ]
        return values.map { Change.Write(SystemForm.grant($0, of: self.key.id), $1) }
    }

    /// - Parameter value: of an item of the device's row.
    /// - Returns: `nil` where something is missing, or is nothing that this program knows.
    package init?(_ value: (Code) throws -> CellValue?) rethrows {
        func text(_ item: Code) throws -> String? {
            switch try value(item) {
            case .text(let text)?, .choice(let text)?: text
            default: nil
            }
        }
        guard let key = try text(SystemForm.grantKey).flatMap({ DeviceKey($0) }),
            let role = try text(SystemForm.grantRole).flatMap(Role.init(rawValue:)),
            let unit = try text(SystemForm.grantUnit).flatMap({ UnitCode($0) }),
            let name = try text(SystemForm.grantName), let person = try text(SystemForm.grantPerson)
        else { return nil }
        self.init(key: key, grant: Grant(role: role, unit: unit), name: name, person: person)
    }
}

extension Change {
    /// The devices' keys that this change grants something, if it is the authority's.
    package var grantedKeys: [(DeviceID, DeviceKey)] {
        self.writes.compactMap { write in
            guard write.address.form == SystemForm.grants, write.address.item == SystemForm.grantKey,
                case .text(let text) = write.value, let key = DeviceKey(text),
                key.id.description == write.address.row.description
            else { return nil }
            return (key.id, key)
        }
    }
}
