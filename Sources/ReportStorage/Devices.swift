import GRDB
import ReportModel

/// A device that has synced with this server.
package struct Device: Hashable, Sendable {
    package let replica: ReplicaID
    /// The unit it claimed last.
    package let unit: UnitCode
    /// `nil` as long as it has written nothing.
    package let name: String?
    /// The enrolled device whose key seals what it writes; `nil` in an open province, and as long as it has written
    /// nothing.
    package let signer: DeviceID?
    /// As whom the same device wrote before: its store was restored from an older copy, or copied.
    package let continues: ReplicaID?
    /// How many changes of it are held, over all scopes.
    package let changeCount: Int
    package let lastSeen: Timestamp
}

extension StoreReader {
    /// Every replica that has said hello, by unit.
    package func devices() throws -> [Device] {
        try Row.fetchAll(
            self.database,
            sql: """
                SELECT replica, unit, last_seen,
                    (SELECT count(*) FROM change JOIN line ON line.number = change.line
                    WHERE line.replica = device.replica) AS changes,
                    (SELECT signer FROM line
                    WHERE line.replica = device.replica AND signer IS NOT NULL LIMIT 1) AS signer
                FROM device ORDER BY unit, replica
                """
        ).compactMap { row in
            guard let unit = UnitCode(try row.text("unit")) else { return nil }
            let replica = ReplicaID(storedAs: try row.integer("replica"))
            return Device(
                replica: replica,
                unit: unit,
                name: try self.anywhere(replica) { try self.deviceName(of: replica, in: $0) },
                signer: try row.signer(),
                continues: try self.anywhere(replica) { try self.deviceContinued(by: replica, in: $0) },
                changeCount: Int(try row.integer("changes")),
                lastSeen: try row.time("last_seen")
            )
        }
    }

    /// What is said of a device in the first of the scopes where it has written.
    private func anywhere<Said>(_ replica: ReplicaID, _ read: (UnitCode) throws -> Said?) throws -> Said? {
        let units = try String.fetchAll(
            self.database,
            sql: """
                SELECT DISTINCT unit FROM scope JOIN line ON line.scope = scope.number
                WHERE replica = ? ORDER BY unit
                """,
            arguments: [replica.stored]
        )
        for unit in units.compactMap({ UnitCode($0) }) {
            if let said = try read(unit) { return said }
        }
        return nil
    }
}
