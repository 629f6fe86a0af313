import ReportModel
import ReportScheme
import ReportStorage

/// A device that may be enrolled with a one-time code, or has been.
package struct Enrolment: Hashable, Sendable {
    package let grant: Grant
    package let name: String
    package let person: String
    /// By the province's clock.
    package let expires: Timestamp
    /// Who has used the code; `nil` as long as nobody has.
    package let device: DeviceID?

    package init(grant: Grant, name: String, person: String, expires: Timestamp, device: DeviceID? = nil) {
        self.grant = grant
        self.name = name
        self.person = person
        self.expires = expires
        self.device = device
    }

    fileprivate var values: [(Code, CellValue)] {
        [
            (SystemForm.enrolmentUnit, .text(self.grant.unit.description)),
            (SystemForm.enrolmentRole, .choice(self.grant.role.rawValue)),
            (SystemForm.enrolmentName, .text(self.name)),
            (SystemForm.enrolmentPerson, .text(self.person)),
            (SystemForm.enrolmentExpires, .seconds(self.expires)),
        ]
    }

    /// - Parameter value: of an item of the code's row.
    init?(_ value: (Code) throws -> CellValue?) rethrows {
        func text(_ item: Code) throws -> String? {
            switch try value(item) {
            case .text(let text)?, .choice(let text)?: text
            default: nil
            }
        }
        guard let unit = try text(SystemForm.enrolmentUnit).flatMap({ UnitCode($0) }),
            let role = try text(SystemForm.enrolmentRole).flatMap(Role.init(rawValue:)),
            let name = try text(SystemForm.enrolmentName), let person = try text(SystemForm.enrolmentPerson),
            let expires = try value(SystemForm.enrolmentExpires)?.timestamp
        else { return nil }
        self.init(
            grant: Grant(role: role, unit: unit),
            name: name,
            person: person,
            expires: expires,
            device: try text(SystemForm.enrolmentDevice).flatMap { DeviceID($0) }
        )
    }
}

/// Why no device is enrolled with a code.
package enum EnrolmentRefusal: Error, Hashable, Sendable {
    case unknown
    /// Another device has used it.
    case used
    case expired
    /// The scheme in use has no such unit any more.
    case unknownUnit(UnitCode)
}

extension ServerStore {
    /// The province's public key; `nil` as long as nothing is sealed here.
    package func authority() throws -> DeviceKey? {
        try self.database.read { try $0.authority() }
    }

    /// From now on everything here is sealed, up to this authority, and only devices that are enrolled may sync.
    ///
    /// - Throws: `OpenProvince` where changes lie here already of which nobody could prove whose they are.
    package func adopt(_ authority: DeviceKey) throws {
        try self.database.write { writer in
            guard try writer.reader.authority() == nil else { return }
            guard try writer.reader.scopes().isEmpty else { throw OpenProvince() }
            try writer.setIdentity(authority: authority, signer: authority)
        }
    }

    /// Notes that one device may be enrolled with a code.
    ///
    /// - Parameter code: as it is named in the records.
    package func prepare(_ enrolment: Enrolment, code: Code, as root: Root, now: Timestamp) throws {
        try self.database.write { writer in
            let writes = enrolment.values.map { Change.Write(SystemForm.enrolment($0, row: code), $1) }
            try root.write(writes, in: root.scheme.root.code, now: now, writer)
        }
    }

    /// Uses a code for the device with this key, and grants it what the code stands for; all or nothing.
    ///
    /// - Returns: The device as it is granted, also where it was enrolled with this code before.
    /// - Throws: `EnrolmentRefusal`.
    package func enrol(
        _ key: DeviceKey,
        code: Code,
        certificateExpires: Timestamp,
        as root: Root,
        now: Timestamp
    ) throws -> GrantedDevice {
        let scope = root.scheme.root.code
        return try self.database.write { writer in
            guard let enrolment = try writer.reader.enrolment(code, in: scope) else { throw EnrolmentRefusal.unknown }
            guard enrolment.device == nil || enrolment.device == key.id else { throw EnrolmentRefusal.used }
            guard now <= enrolment.expires else { throw EnrolmentRefusal.expired }
            let unit = enrolment.grant.unit
            guard root.scheme.unit(unit) != nil else { throw EnrolmentRefusal.unknownUnit(unit) }
            let device = GrantedDevice(
                key: key,
                grant: enrolment.grant,
                name: enrolment.name,
                person: enrolment.person
            )
            guard enrolment.device == nil else { return device }
            let used = Change.Write(
                SystemForm.enrolment(SystemForm.enrolmentDevice, row: code),
                .text(key.id.description)
            )
            try root.write([used], in: scope, now: now, writer)
            try root.grant(device, now: now, writer)
            try root.noteCertificate(of: key.id, in: unit, expires: certificateExpires, now: now, writer)
            return device
        }
    }

    /// Notes that a device gets a new certificate.
    ///
    /// - Returns: The device as it is granted now; `nil` where it is not, or is trusted no more.
    package func noteRenewal(
        of device: DeviceID,
        in unit: UnitCode,
        certificateExpires: Timestamp,
        as root: Root,
        now: Timestamp
    ) throws -> GrantedDevice? {
        try self.database.write { writer in
            guard let granted = try writer.reader.grantedDevice(device, in: unit),
                try !writer.reader.isRevoked(device, in: unit)
            else { return nil }
            try root.noteCertificate(of: device, in: unit, expires: certificateExpires, now: now, writer)
            return granted
        }
    }

    /// Adds to the counts of connections that were refused today.
    ///
    /// - Parameter counts: by reason, as ``SystemForm/refusals`` names them.
    package func noteRefusals(_ counts: [Code: Int], as root: Root, now: Timestamp) throws {
        let scope = root.scheme.root.code
        try self.database.write { writer in
            let writes = try counts.map { reason, count in
                let address = SystemForm.refusals(for: reason, on: now)
                let known = try writer.reader.cell(CellAddress(address, in: scope)).versions.first?.version.value
                return Change.Write(address, .integer((known?.integer ?? 0) + Int64(count)))
            }
            try root.write(writes, in: scope, now: now, writer)
        }
    }

    /// Makes a code that nobody has used good for nothing.
    ///
    /// - Returns: Whether it was; a device may just have been enrolled with it.
    package func withdraw(code: Code, as root: Root, now: Timestamp) throws -> Bool {
        let scope = root.scheme.root.code
        return try self.database.write { writer in
            guard let enrolment = try writer.reader.enrolment(code, in: scope), enrolment.device == nil else {
                return false
            }
            // Whatever the clock says later, or said where an enrolment waits for this transaction to end.
            let never = Timestamp(secondsSince1970: 0)
            let expired = Change.Write(SystemForm.enrolment(SystemForm.enrolmentExpires, row: code), .seconds(never))
            try root.write([expired], in: scope, now: now, writer)
            return true
        }
    }

    /// Every code that was handed out, used or not, as it is named in the records; the one that expires first before the
    /// others.
    package func enrolments(in scope: UnitCode) throws -> [(code: Code, enrolment: Enrolment)] {
        try self.database.read { reader in
            let rows = try Set(reader.cells(of: scope, form: SystemForm.enrolments, period: .none).map(\.address.row))
            return try rows.compactMap { row in try reader.enrolment(row, in: scope).map { (row, $0) } }
                .sorted { ($0.1.expires, $0.0) < ($1.1.expires, $1.0) }
        }
    }

    /// The codes with which a device may still be enrolled.
    package func waitingEnrolments(
        in scope: UnitCode,
        now: Timestamp
    ) throws -> [(code: Code, enrolment: Enrolment)] {
        try self.enrolments(in: scope).filter { $0.enrolment.device == nil && now <= $0.enrolment.expires }
    }
}

extension StoreReader {
    fileprivate func enrolment(_ code: Code, in scope: UnitCode) throws -> Enrolment? {
        try Enrolment { item in
            let address = CellAddress(SystemForm.enrolment(item, row: code), in: scope)
            return try self.cell(address).versions.first?.version.value
        }
    }
}

extension Root {
    /// Notes until when a device's newest certificate is good.
    fileprivate func noteCertificate(
        of device: DeviceID,
        in unit: UnitCode,
        expires: Timestamp,
        now: Timestamp,
        _ writer: StoreWriter
    ) throws {
        let write = Change.Write(SystemForm.grant(SystemForm.grantExpires, of: device), .seconds(expires))
        try self.write([write], in: unit, now: now, writer)
    }
}

extension CellValue {
    fileprivate static func integer(_ number: Int64) -> CellValue { .number(Quantity(ExactDecimal(Int(number)))) }

    var integer: Int64? {
        guard case .number(let quantity) = self else { return nil }
        return Int64(quantity.number.description)
    }

    /// A moment, as the system's forms have it: seconds since 1970.
    fileprivate static func seconds(_ time: Timestamp) -> CellValue { .integer(time.secondsSince1970) }

    var timestamp: Timestamp? { self.integer.map { Timestamp(secondsSince1970: $0) } }
}

/// A province cannot begin to enrol devices once it holds changes that nobody has sealed.
package struct OpenProvince: ExplainedError {
    package var code: String { "province_open" }

    package var explanation: Bilingual {
        Bilingual(
            "这个省级数据库中已有未签封的数据，不能再改为登记设备。",
            "This province's store holds figures that nobody has sealed, so devices cannot be enrolled here any more."
        )
    }

    package var advice: Bilingual {
        Bilingual(
            "请在新目录中 init，登记各设备后重新导入数据。",
            "Run init in a new directory, enrol the devices there, and import the figures again."
        )
    }
}
