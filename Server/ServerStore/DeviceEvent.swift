import ReportModel
import ReportStorage

/// Something that the province did about a device, or met, as its log tells it.
package struct DeviceEvent: Hashable, Sendable {
    /// What happened.
    package enum Happening: Hashable, Sendable {
        /// An enrolment file was made; the code as it is named in the records.
        case prepared(Enrolment, code: Code)
        /// The code of a file that nobody had used was made good for nothing.
        case withdrawn(code: Code)
        case granted(GrantedDevice)
        /// A certificate was issued that is good until then.
        case certified(DeviceID, expires: Timestamp)
        case revoked(DeviceID, in: UnitCode)
        /// So many connections were refused that day for a reason, as ``SystemForm/refusals(for:on:)`` names both.
        case refused(day: Code, reason: Code, count: Int64)
    }

    /// By the province's clock.
    package let time: Timestamp
    package let happening: Happening
}

extension ServerStore {
    /// The enrolments, grants, renewals, revocations and refused connections, the oldest first. Of the connections refused on a
    /// day for a reason the last count stands for all.
    ///
    /// - Complexity: the whole log.
    package func deviceEvents() throws -> [DeviceEvent] {
        try self.database.read { reader in
            guard let root = try reader.authority()?.id else { return [] }
            var events: [DeviceEvent] = []
            var refusals: [AddressInScope: DeviceEvent] = [:]
            for scope in try reader.scopes() {
                var own: Set<DeviceID> = []
                for entry in try reader.log(of: scope) where entry.stored.signer == root {
                    let change = entry.stored.chained.change
                    for happening in change.deviceHappenings(in: scope) {
                        if case .granted(let device) = happening { own.insert(device.key.id) }
                        // A device is revoked in the units below its own as well.
                        if case .revoked(let device, _) = happening, !own.contains(device) { continue }
                        events.append(DeviceEvent(time: change.time, happening: happening))
                    }
                    for (address, happening) in change.refusals {
                        refusals[address] = DeviceEvent(time: change.time, happening: happening)
                    }
                }
            }
            let counts = refusals.sorted { $0.key < $1.key }.map(\.value)
            return (events + counts).enumerated()
                .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
    }
}

extension Change {
    /// What a change of the authority says about devices; a grant only in the scope of the device's own unit, though it stands
    /// in those below it as well.
    fileprivate func deviceHappenings(in scope: UnitCode) -> [DeviceEvent.Happening] {
        self.rows([SystemForm.grants, SystemForm.enrolments]).flatMap { form, row, values in
            form == SystemForm.grants ? Self.grantHappenings(row, values, in: scope) : Self.codeHappenings(row, values)
        }
    }

    private static func grantHappenings(
        _ row: Code,
        _ values: [Code: CellValue],
        in scope: UnitCode
    ) -> [DeviceEvent.Happening] {
        guard let id = DeviceID(row.description) else { return [] }
        var happenings: [DeviceEvent.Happening] = []
        switch values[SystemForm.grantState].flatMap({ GrantMark($0) }) {
        case .granted:
            if let device = GrantedDevice({ values[$0] }), device.grant.unit == scope {
                happenings.append(.granted(device))
            }
        case .revoked: happenings.append(.revoked(id, in: scope))
        case nil: break
        }
        if let expires = values[SystemForm.grantExpires]?.timestamp {
            happenings.append(.certified(id, expires: expires))
        }
        return happenings
    }

    private static func codeHappenings(_ row: Code, _ values: [Code: CellValue]) -> [DeviceEvent.Happening] {
        if let enrolment = Enrolment({ values[$0] }) { return [.prepared(enrolment, code: row)] }
        return values[SystemForm.enrolmentExpires] == nil ? [] : [.withdrawn(code: row)]
    }

    /// By cell, what the counts of refused connections are from then on.
    fileprivate var refusals: [(AddressInScope, DeviceEvent.Happening)] {
        self.writes.compactMap { write in
            guard write.address.form == SystemForm.refusals, let count = write.value.integer else { return nil }
            return (write.address, .refused(day: write.address.row, reason: write.address.item, count: count))
        }
    }

    /// The rows of these forms of which the change writes something, with what it writes.
    private func rows(_ forms: Set<Code>) -> [(form: Code, row: Code, values: [Code: CellValue])] {
        var rows: [(form: Code, row: Code, values: [Code: CellValue])] = []
        for write in self.writes where forms.contains(write.address.form) {
            let (form, row) = (write.address.form, write.address.row)
            if rows.last?.form != form || rows.last?.row != row { rows.append((form, row, [:])) }
            rows[rows.count - 1].values[write.address.item] = write.value
        }
        return rows
    }
}
