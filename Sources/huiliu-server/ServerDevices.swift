import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ServerStore

struct ServerDevices: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "devices",
            abstract: say("列出同步过的设备", "Lists the devices that have synced."),
            discussion: say("例：huiliu-server devices --json", "Example: huiliu-server devices --json")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        let devices = try server.store.devices()
        if self.output.json {
            JSONOutput.write(DevicesJSON(devices: devices.map(DeviceJSON.init)))
            return
        }
        var table = TextTable([
            (say("单位", "unit"), .left),
            (say("名称", "name"), .left),
            (say("更改", "changes"), .right),
            (say("最近一次", "last seen"), .left),
            (say("设备号", "replica"), .left),
        ])
        for device in devices {
            // A device whose store was restored or copied goes on under a new id.
            let continued = device.continues.map { say("（接续 \($0)）", " (continues \($0))") } ?? ""
            let unit = server.scheme.unit(device.unit)?.name[Speech.language] ?? ""
            table.add([
                "\(device.unit) \(unit)", device.name ?? "—", String(device.changeCount),
                device.lastSeen.shownInShanghai, device.replica.description + continued,
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private struct DevicesJSON: Encodable {
        let devices: [DeviceJSON]
    }

    private struct DeviceJSON: Encodable {
        let replica: String
        let unit: String
        @Nullable var name: String?
        @Nullable var continues: String?
        let changes: Int
        let lastSeen: String

        init(_ device: Device) {
            self.replica = device.replica.description
            self.unit = device.unit.description
            self._name = Nullable(wrappedValue: device.name)
            self._continues = Nullable(wrappedValue: device.continues?.description)
            self.changes = device.changeCount
            self.lastSeen = device.lastSeen.description
        }

        enum CodingKeys: String, CodingKey {
            case replica, unit, name, continues, changes
            case lastSeen = "last_seen"
        }
    }
}
