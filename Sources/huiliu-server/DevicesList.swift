import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ServerIdentity
import ServerStore

/// `devices list`
struct DevicesList: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "list",
            abstract: say("列出登记过、同步过的设备", "Lists the devices that are enrolled, and those that have synced."),
            discussion: say("例：huiliu-server devices --json", "Example: huiliu-server devices --json")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        let devices = try server.store.devices()
        // As serve has it: a restored store may not know of the last revocations.
        let listed = try RevokedDevices.load(in: self.common.storeDirectory).ids
        let enrolled = try server.store.enrolledDevices().map { $0.revoked(by: listed) }
        let waiting = try server.store.waitingEnrolments(in: server.scheme.root.code, now: wallClock())
        if self.output.json {
            let json = DevicesJSON(
                devices: devices.map { DeviceJSON($0, state: Self.state(of: $0, enrolled)) },
                enrolled: enrolled.map(EnrolledJSON.init),
                waiting: waiting.map { WaitingJSON($0.code, $0.enrolment) }
            )
            return JSONOutput.write(json)
        }
        if !enrolled.isEmpty { Self.tell(enrolled, server.scheme) }
        if !waiting.isEmpty { Self.tell(waiting, server.scheme) }
        Self.tell(devices, enrolled, server.scheme)
    }

    /// Whether what it wrote was sealed by a device that may still sync; `nil` where nothing says which device it is.
    private static func state(of device: Device, _ enrolled: [EnrolledDevice]) -> GrantMark? {
        enrolled.first { $0.granted.key.id == device.signer }?.state
    }

    private static func word(_ state: GrantMark) -> String {
        switch state {
        case .granted: say("有效", "granted")
        case .revoked: say("已撤销", "revoked")
        }
    }

    // MARK: - Tables

    private static func tell(_ enrolled: [EnrolledDevice], _ scheme: Scheme) {
        var table = TextTable([
            (say("登记的单位", "enrolled for"), .left),
            (say("名称", "name"), .left),
            (say("使用人", "person"), .left),
            (say("角色", "role"), .left),
            (say("状态", "state"), .left),
            (say("登记号", "device"), .left),
        ])
        for device in enrolled {
            table.add([
                Self.unit(device.granted.grant.unit, scheme), device.granted.name, device.granted.person,
                device.granted.grant.role.name[Speech.language],
                Self.word(device.state), device.granted.key.id.description,
            ])
        }
        Self.tell(table)
    }

    private static func tell(_ waiting: [(code: Code, enrolment: Enrolment)], _ scheme: Scheme) {
        var table = TextTable([
            (say("待登记的单位", "waiting for"), .left),
            (say("名称", "name"), .left),
            (say("使用人", "person"), .left),
            (say("角色", "role"), .left),
            (say("登记码有效至", "code good until"), .left),
            (say("登记文件号", "enrolment"), .left),
        ])
        for (code, enrolment) in waiting {
            table.add([
                Self.unit(enrolment.grant.unit, scheme), enrolment.name, enrolment.person,
                enrolment.grant.role.name[Speech.language], enrolment.expires.shownInShanghai, code.description,
            ])
        }
        Self.tell(table)
    }

    private static func tell(_ devices: [Device], _ enrolled: [EnrolledDevice], _ scheme: Scheme) {
        var table = TextTable([
            (say("单位", "unit"), .left),
            (say("名称", "name"), .left),
            (say("更改", "changes"), .right),
            (say("最近一次", "last seen"), .left),
            (say("状态", "state"), .left),
            (say("设备号", "replica"), .left),
        ])
        for device in devices {
            // A device whose store was restored or copied goes on under a new id.
            let continued = device.continues.map { say("（接续 \($0)）", " (continues \($0))") } ?? ""
            table.add([
                Self.unit(device.unit, scheme), device.name ?? "—", String(device.changeCount),
                device.lastSeen.shownInShanghai, Self.state(of: device, enrolled).map(Self.word) ?? "—",
                device.replica.description + continued,
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private static func tell(_ table: TextTable) {
        for line in table.lines { Console.line(line) }
        Console.line("")
    }

    private static func unit(_ code: UnitCode, _ scheme: Scheme) -> String {
        "\(code) \(scheme.unit(code)?.name[Speech.language] ?? "")"
    }

    // MARK: - JSON

    private struct DevicesJSON: Encodable {
        let devices: [DeviceJSON]
        let enrolled: [EnrolledJSON]
        let waiting: [WaitingJSON]
    }

    private struct EnrolledJSON: Encodable {
        let device: String
        let unit: String
        let role: String
        let name: String
        let person: String
        let state: String
        @Nullable var certificateExpires: String?

        init(_ device: EnrolledDevice) {
            self.device = device.granted.key.id.description
            self.unit = device.granted.grant.unit.description
            self.role = device.granted.grant.role.rawValue
            self.name = device.granted.name
            self.person = device.granted.person
            self.state = device.state.rawValue
            self._certificateExpires = Nullable(wrappedValue: device.certificateExpires?.description)
        }

        enum CodingKeys: String, CodingKey {
            case device, unit, role, name, person, state
            case certificateExpires = "certificate_expires"
        }
    }

    private struct WaitingJSON: Encodable {
        let enrolment: String
        let unit: String
        let role: String
        let name: String
        let person: String
        let expires: String

        init(_ code: Code, _ enrolment: Enrolment) {
            self.enrolment = code.description
            self.unit = enrolment.grant.unit.description
            self.role = enrolment.grant.role.rawValue
            self.name = enrolment.name
            self.person = enrolment.person
            self.expires = enrolment.expires.description
        }
    }

    private struct DeviceJSON: Encodable {
        let replica: String
        let unit: String
        @Nullable var name: String?
        @Nullable var continues: String?
        let changes: Int
        let lastSeen: Timestamp
        /// The id of the enrolled device that seals what it writes.
        @Nullable var device: String?
        @Nullable var state: String?

        init(_ device: Device, state: GrantMark?) {
            self.replica = device.replica.description
            self.unit = device.unit.description
            self._name = Nullable(wrappedValue: device.name)
            self._continues = Nullable(wrappedValue: device.continues?.description)
            self.changes = device.changeCount
            self.lastSeen = device.lastSeen
            self._device = Nullable(wrappedValue: device.signer?.description)
            self._state = Nullable(wrappedValue: state?.rawValue)
        }

        enum CodingKeys: String, CodingKey {
            case replica, unit, name, continues, changes, device, state
            case lastSeen = "last_seen"
        }
    }
}
