import ArgumentParser
import ReportCommand
import ReportModel
import ReportStorage
import ServerIdentity
import ServerStore

/// `devices revoke`
struct DevicesRevoke: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "revoke",
            abstract: say(
                "撤销一台设备：它不能再同步，此后写的数据不计入",
                "Revokes a device: it cannot sync any more, and what it writes from now on does not count."
            ),
            discussion: say(
                "例：huiliu-server devices revoke 3f2a\n登记号见 devices，写开头几位即可。撤销不能收回；要再用那台设备，请重新登记。正在运行的 serve 无需重启。",
                "Example: huiliu-server devices revoke 3f2a\nSee devices for the ids; the first digits are enough. It cannot be taken back; to use the device again, enrol it anew. A running serve need not be restarted."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp(say("登记号，或它的开头几位", "The device's id, or how it begins."), valueName: "device"))
    var device: String

    func run() async throws {
        let server = try OpenedServer(self.common, access: .write)
        let known = try server.store.enrolledDevices()
        let named = known.filter { $0.granted.key.id.description.hasPrefix(self.device.lowercased()) }
        guard let device = named.first, !self.device.isEmpty else { throw DeviceRefusal.unknown(self.device) }
        guard named.count == 1 else { throw DeviceRefusal.ambiguous(self.device, count: named.count) }
        guard let authority = try server.authority() else { throw DeviceRefusal.unknown(self.device) }
        let id = device.granted.key.id
        let now = wallClock()
        // The list first: it keeps the device out even where the store comes from a backup.
        try RevokedDevices.add(id, at: now, in: self.common.storeDirectory)
        let root = Root(key: authority.sealingKey, scheme: server.scheme)
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

    var code: String {
        switch self {
        case .unknown: "unknown_device"
        case .ambiguous: "ambiguous_device"
        }
    }

    var explanation: Bilingual {
        switch self {
        case .unknown(let text):
            Bilingual(
                "没有登记过登记号以“\(text.shortened)”开头的设备。",
                "No enrolled device has an id that begins with “\(text.shortened)”."
            )
        case .ambiguous(let text, let count):
            Bilingual(
                "有 \(count) 台设备的登记号以“\(text.shortened)”开头，未作更改。",
                "\(count) devices have ids that begin with “\(text.shortened)”; nothing was changed."
            )
        }
    }

    var advice: Bilingual {
        switch self {
        case .unknown: Bilingual("请用 devices 查看登记过的设备。", "See the enrolled devices with devices.")
        case .ambiguous: Bilingual("请多写几位。", "Give more digits.")
        }
    }
}
