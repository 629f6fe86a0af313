import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

struct ServerDevices: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "devices",
            abstract: say("列出同步过的设备", "Lists the devices that have synced."),
            discussion: say("例：huiliu-server devices --json", "Example: huiliu-server devices --json"))
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        let devices = try server.store.devices()
        if self.output.json {
            try JSONOutput.write(DevicesJSON(devices: devices.map(DeviceJSON.init)))
            return
        }
        var table = TextTable(
            header: [say("单位", "unit"), say("名称", "name"), say("更改", "changes"), say("最近一次", "last seen"), say("设备号", "replica")],
            alignments: [.left, .left, .right, .left, .left])
        for device in devices {
            let unit = server.scheme.unit(device.unit)?.name[Speech.language] ?? ""
            table.append([
                "\(device.unit) \(unit)", device.name ?? "—", String(device.changeCount),
                device.lastSeen.description, device.replica.description,
            ])
        }
        Console.line(table.text)
    }

    private struct DevicesJSON: Encodable {
        let format = 1
        let devices: [DeviceJSON]
    }

    private struct DeviceJSON: Encodable {
        let replica: String
        let unit: String
        @Nullable var name: String?
        let changes: Int
        let lastSeen: String

        init(_ device: Device) {
            self.replica = device.replica.description
            self.unit = device.unit.description
            self._name = Nullable(wrappedValue: device.name)
            self.changes = device.changeCount
            self.lastSeen = device.lastSeen.description
        }

        enum CodingKeys: String, CodingKey {
            case replica, unit, name, changes
            case lastSeen = "last_seen"
        }
    }
}
