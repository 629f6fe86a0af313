import Foundation
import GRDB
import ReportModel

/// A write that does not count, and that nobody who has seen it has written over since.
package struct UncountedWrite: Hashable, Sendable {
    package let address: CellAddress
    package let name: WriteName
    package let authored: AuthoredVersion
    /// At least one.
    package let discounts: [Discount]
    /// The writing device as it was granted something there, where that is known.
    package let device: GrantedDevice?

    package var value: CellValue { self.authored.version.value }
}

extension StoreReader {
    /// The writes that do not count, by cell.
    ///
    /// - Parameter devices: `nil` for those of all devices.
    /// - Complexity: nothing where there are none; else the log of their scopes, once.
    package func uncountedWrites(of devices: Set<DeviceID>?) throws -> [UncountedWrite] {
        let rows = try Row.fetchAll(
            self.database,
            sql: """
                SELECT DISTINCT discounted.line, discounted.sequence, write_index, scope.unit, signer FROM discounted
                JOIN line ON line.number = discounted.line
                JOIN scope ON scope.number = line.scope
                """
        )
        var cells: [UnitCode: Set<AddressInScope>] = [:]
        for row in rows {
            guard let scope = UnitCode(try row.text("unit")), try devices.isMet(by: row.signer()) else { continue }
            let writes = try self.change(at: row.position(), in: self.chains(in: scope)).chained.change.writes
            let index = Int(try row.integer("write_index"))
            // A device's own name and the marks of what was accepted are nobody's to accept.
            guard writes.indices.contains(index),
                ![SystemForm.devices, SystemForm.accepted].contains(writes[index].address.form)
            else { continue }
            cells[scope, default: []].insert(writes[index].address)
        }
        return try cells.flatMap { scope, addresses in
            try self.histories(of: addresses, in: scope).flatMap { address, events in
                try events.filter { event in
                    !event.discounts.isEmpty && !event.isAnswered && devices.isMet(by: event.signer)
                }.map { event in
                    UncountedWrite(
                        address: CellAddress(address, in: scope),
                        name: event.name,
                        authored: event.authored,
                        discounts: event.discounts,
                        device: try event.signer.flatMap { try self.grantedDevice($0, in: scope) }
                    )
                }
            }
        }.enumerated().sorted {
            // Writes of one cell in the order of the log.
            ($0.element.address.description, $0.offset) < ($1.element.address.description, $1.offset)
        }.map(\.element)
    }
}

extension Set<DeviceID>? {
    /// Whether these are all devices, or `device` is one of them.
    fileprivate func isMet(by device: DeviceID?) -> Bool {
        guard let self else { return true }
        return device.map(self.contains) ?? false
    }
}
