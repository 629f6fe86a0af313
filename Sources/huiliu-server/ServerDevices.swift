import ArgumentParser
import ReportCommand

/// The commands about the devices that sync with the province.
struct ServerDevices: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "devices",
            abstract: say("列出、撤销设备，查看登记的历史", "Lists devices, revokes them, and tells what became of them."),
            discussion: say(
                "例：huiliu-server devices\n　　huiliu-server devices revoke 3f2a",
                "Example: huiliu-server devices\n         huiliu-server devices revoke 3f2a"
            ),
            subcommands: [DevicesList.self, DevicesHistory.self, DevicesRevoke.self],
            defaultSubcommand: DevicesList.self
        )
    }
}
