import ArgumentParser
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ServerIdentity
import ServerStore

/// `devices revoke`
struct DevicesRevoke: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "revoke",
            abstract: say(
                "撤销一台设备：它不能再同步，此后写的数据不计入；或作废还没用过的登记文件",
                "Revokes a device: it cannot sync any more, and what it writes from now on does not count. Or withdraws an enrolment file that nobody has used."
            ),
            discussion: say(
                "例：huiliu-server devices revoke 3f2a\n登记号、登记文件号见 devices，写开头几位即可。撤销不能收回；要再用那台设备，请重新登记。正在运行的 serve 无需重启。",
                "Example: huiliu-server devices revoke 3f2a\nSee devices for the ids of devices and enrolments; the first digits are enough. It cannot be taken back; to use the device again, enrol it anew. A running serve need not be restarted."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Argument(
        help: ArgumentHelp(
            say("登记号或登记文件号，或它的开头几位", "The id of a device or an enrolment, or how it begins."),
            valueName: "device"
        )
    )
    var device: String

    func run() async throws {
        let server = try OpenedServer(self.common, access: .write)
        let now = wallClock()
        let digits = self.device.lowercased()
        let devices = try server.store.enrolledDevices().filter { $0.granted.key.id.description.hasPrefix(digits) }
        let waiting = try server.store.waitingEnrolments(in: server.scheme.root.code, now: now)
            .filter { $0.code.description.hasPrefix(digits) }
        guard !digits.isEmpty, !devices.isEmpty || !waiting.isEmpty, let authority = try server.authority() else {
            throw DeviceRefusal.unknown(self.device)
        }
        let count = devices.count + waiting.count
        guard count == 1 else { throw DeviceRefusal.ambiguous(self.device, count: count) }
        let root = Root(key: authority.sealingKey, scheme: server.scheme)
        if let device = devices.first { return try self.revoke(device, as: root, now: now, server) }
        try Self.withdraw(waiting[0].enrolment, waiting[0].code, as: root, now: now, server)
    }

    private static func withdraw(
        _ enrolment: Enrolment,
        _ code: Code,
        as root: Root,
        now: Timestamp,
        _ server: OpenedServer
    ) throws {
        guard try server.store.withdraw(code: code, as: root, now: now) else {
            throw DeviceRefusal.used(enrolment.name)
        }
        let name = "\(enrolment.name) (\(enrolment.grant.unit), \(code))"
        Console.line(
            say(
                "已作废 \(name) 的登记文件：谁也不能再用它登记。",
                "Withdrew the enrolment file of \(name): nobody can use it any more."
            )
        )
    }

    private func revoke(_ device: EnrolledDevice, as root: Root, now: Timestamp, _ server: OpenedServer) throws {
        let id = device.granted.key.id
        // The list first: it keeps the device out even where the store comes from a backup.
        try RevokedDevices.add(id, at: now, in: self.common.storeDirectory)
        let scopes = try server.store.revoke(id, as: root, now: now)
        let name = "\(device.granted.name) (\(device.granted.grant.unit), \(id))"
        guard !scopes.isEmpty else {
            return Console.line(say("\(name) 早已撤销，未作更改。", "\(name) was revoked before; nothing was changed."))
        }
        Console.line(
            say(
                "已撤销 \(name)：它不能再同步；省级已收到的数据照常计入，此后写的不计入。\n下一步：另存 \(RevokedDevices.fileName) 的副本；要让这个单位继续填报，用 enrol 重新登记。",
                "Revoked \(name): it cannot sync any more; what the province holds of it counts as before, what it writes from now on does not.\nNext: keep a copy of \(RevokedDevices.fileName) elsewhere; to let the office go on, enrol it anew with enrol."
            )
        )
    }
}

/// A device that cannot be revoked by this name.
enum DeviceRefusal: ExplainedError {
    case unknown(String)
    case ambiguous(String, count: Int)
    /// A device was enrolled with the file a moment ago.
    case used(String)

    var code: String {
        switch self {
        case .unknown: "unknown_device"
        case .ambiguous: "ambiguous_device"
        case .used: "enrolment_used"
        }
    }

    var explanation: Bilingual {
        switch self {
        case .unknown(let text):
            Bilingual(
                "没有编号以“\(text.shortened)”开头的设备，也没有这样的待用登记文件。",
                "No enrolled device, and no enrolment file that waits to be used, has an id that begins with “\(text.shortened)”."
            )
        case .ambiguous(let text, let count):
            Bilingual(
                "有 \(count) 个编号以“\(text.shortened)”开头，未作更改。",
                "\(count) ids begin with “\(text.shortened)”; nothing was changed."
            )
        case .used(let name):
            Bilingual("\(name) 刚刚用这个文件登记了，未作更改。", "\(name) has just enrolled with this file; nothing was changed.")
        }
    }

    var advice: Bilingual {
        switch self {
        case .unknown: Bilingual("请用 devices 查看登记过的设备。", "See the enrolled devices with devices.")
        case .ambiguous: Bilingual("请多写几位。", "Give more digits.")
        case .used: Bilingual("要让它不能再同步，请撤销这台设备。", "To keep it out, revoke the device.")
        }
    }
}
