import ReportModel
import ReportStorage

/// A device with which the province deals, as its grant says.
package struct EnrolledDevice: Hashable, Sendable {
    package let granted: GrantedDevice
    package let isRevoked: Bool
    /// Until when its newest certificate is meant to be used; `nil` where it has none, as in tests.
    package let certificateExpires: Timestamp?

    package var state: GrantMark { self.isRevoked ? .revoked : .granted }

    /// The same, revoked if a list kept elsewhere has it.
    package func revoked(by listed: Set<DeviceID>) -> EnrolledDevice {
        EnrolledDevice(
            granted: self.granted,
            isRevoked: self.isRevoked || listed.contains(self.granted.key.id),
            certificateExpires: self.certificateExpires
        )
    }
}

extension ServerStore {
    /// Every device that was ever enrolled, by unit and name.
    package func enrolledDevices() throws -> [EnrolledDevice] {
        try self.database.read { try $0.enrolledDevices() }
    }
}

extension StoreReader {
    func enrolledDevices() throws -> [EnrolledDevice] {
        try self.scopes().sorted().flatMap { scope in
            try self.grantedDevices(in: scope)
                .compactMap { try self.grantedDevice($0, in: scope) }
                // It has the same grant in all units below its own.
                .filter { $0.grant.unit == scope }
                .map { device in
                    EnrolledDevice(
                        granted: device,
                        isRevoked: try self.isRevoked(device.key.id, in: scope),
                        certificateExpires: try self.systemTime(
                            SystemForm.grant(SystemForm.grantExpires, of: device.key.id),
                            in: scope
                        )
                    )
                }
                .sorted { ($0.granted.name, $0.granted.key.id) < ($1.granted.name, $1.granted.key.id) }
        }
    }

    fileprivate func systemTime(_ address: AddressInScope, in scope: UnitCode) throws -> Timestamp? {
        try self.cell(CellAddress(address, in: scope)).versions.first?.version.value.timestamp
    }
}
