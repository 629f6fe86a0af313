import Foundation
import GRDB
import ReportModel

/// A write that does not count, and that nobody who has seen it has written over since.
package struct UncountedWrite: Hashable, Sendable {
    package let address: CellAddress
    package let value: CellValue
    package let author: PersonID
    package let time: Timestamp
    /// At least one.
    package let discounts: [Discount]
    /// What the writing device was granted there, where that is known.
    package let grant: Grant?
}

extension StoreReader {
    /// The writes of a device that do not count, by cell.
    ///
    /// - Complexity: nothing where there are none; else the log of their scopes, for each cell once.
    package func uncountedWrites(of device: DeviceID) throws -> [UncountedWrite] {
        let rows = try Row.fetchAll(
            self.database,
            sql: """
                SELECT DISTINCT discounted.line, discounted.sequence, write_index, scope.unit FROM discounted
                JOIN line ON line.number = discounted.line
                JOIN scope ON scope.number = line.scope
                WHERE line.signer = ?
                """,
            arguments: [Data(device.bytes)]
        )
        var cells: Set<CellAddress> = []
        for row in rows {
            guard let scope = UnitCode(try row.text("unit")) else { continue }
            let writes = try self.change(at: row.position(), in: self.chains(in: scope)).chained.change.writes
            let index = Int(try row.integer("write_index"))
            guard writes.indices.contains(index) else { continue }
            cells.insert(CellAddress(writes[index].address, in: scope))
        }
        return try cells.sorted { $0.description < $1.description }.flatMap { address in
            let grant = try self.grantedDevice(device, in: address.unit)?.grant
            return try self.history(of: address).filter { event in
                !event.discounts.isEmpty && !event.isAnswered && event.signer == device
            }.map { event in
                UncountedWrite(
                    address: address,
                    value: event.authored.version.value,
                    author: event.authored.author,
                    time: event.authored.version.time,
                    discounts: event.discounts,
                    grant: grant
                )
            }
        }
    }
}
