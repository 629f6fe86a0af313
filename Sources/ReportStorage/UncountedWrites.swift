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
    /// - Complexity: nothing where there are none; else the log of their scopes, once.
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
        var cells: [UnitCode: Set<AddressInScope>] = [:]
        for row in rows {
            guard let scope = UnitCode(try row.text("unit")) else { continue }
            let writes = try self.change(at: row.position(), in: self.chains(in: scope)).chained.change.writes
            let index = Int(try row.integer("write_index"))
            guard writes.indices.contains(index) else { continue }
            cells[scope, default: []].insert(writes[index].address)
        }
        return try cells.flatMap { scope, addresses in
            let grant = try self.grantedDevice(device, in: scope)?.grant
            return try self.histories(of: addresses, in: scope).flatMap { address, events in
                events.filter { !$0.discounts.isEmpty && !$0.isAnswered && $0.signer == device }.map { event in
                    UncountedWrite(
                        address: CellAddress(address, in: scope),
                        value: event.authored.version.value,
                        author: event.authored.author,
                        time: event.authored.version.time,
                        discounts: event.discounts,
                        grant: grant
                    )
                }
            }
        }.enumerated().sorted {
            // Writes of one cell in the order of the log.
            ($0.element.address.description, $0.offset) < ($1.element.address.description, $1.offset)
        }.map(\.element)
    }
}
