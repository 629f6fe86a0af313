import ArgumentParser
import ReportCommand

@main
enum HuiliuServer {
    static func main() async {
        await CommandRunner.main(Server.self)
    }
}

struct Server: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "huiliu-server",
            abstract: say("汇流省级端：接收各县同步，汇总，看报送进度", "Huiliu at the province: takes the counties' syncs, and sums."),
            subcommands: [
                ServerInit.self, ServerEnrol.self, ServerServe.self, ServerScheme.self, ServerTotals.self,
                ServerBoard.self, ServerDevices.self, ServerParcel.self, ServerBackup.self, ServerRebuild.self,
            ]
        )
    }
}
