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
}

extension Code {
    /// Whether the form or item is the system's own, which no scheme may define.
    package var isSystem: Bool { self.description.hasPrefix("_") }
}
