import Foundation
import GRDB
import ReportModel

// What the authority has granted to devices. Whether a device is trusted still: `Counting.swift`.

extension StoreReader {
    /// A device that was granted something in a scope, be it trusted still or not; `nil` where nothing is known of it.
    package func grantedDevice(_ device: DeviceID, in scope: UnitCode) throws -> GrantedDevice? {
        try GrantedDevice { item in
            let address = CellAddress(SystemForm.grant(item, of: device), in: scope)
            return try self.cell(address).versions.first?.version.value
        }
    }

    /// Every device that was granted something in a scope, by its id.
    package func grantedDevices(in scope: UnitCode) throws -> [DeviceID] {
        guard let number = try self.number(of: scope) else { return [] }
        let statement = try self.database.cachedStatement(
            sql: "SELECT device FROM granted WHERE scope = ? ORDER BY device"
        )
        return try Data.fetchAll(statement, arguments: [number]).compactMap { DeviceID(bytes: [UInt8]($0)) }
    }

    /// The key of a device to which the authority has granted something in a scope.
    package func grantedKey(of device: DeviceID, in scope: UnitCode) throws -> DeviceKey? {
        guard let number = try self.number(of: scope) else { return nil }
        let statement = try self.database.cachedStatement(
            sql: "SELECT key FROM granted WHERE scope = ? AND device = ?"
        )
        return try Data.fetchOne(statement, arguments: [number, Data(device.bytes)]).flatMap { DeviceKey(bytes: $0) }
    }
}

extension StoreWriter {
    /// Keeps the keys that a change of the authority grants something.
    func noteGrants(_ change: Change, in scope: UnitCode) throws {
        let granted = change.grantedKeys
        guard !granted.isEmpty else { return }
        let number = try self.number(of: scope)
        for (device, key) in granted {
            try self.database.executeCached(
                sql: "INSERT INTO granted VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [number, Data(device.bytes), Data(key.bytes)]
            )
        }
    }
}
