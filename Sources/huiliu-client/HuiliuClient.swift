import ArgumentParser
import ReportCommand

@main
enum HuiliuClient {
    static func main() async {
        await CommandRunner.main(Client.self)
    }
}

struct Client: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "huiliu-client",
            abstract: say("汇流县区填报端：离线填报，有网时同步", "Huiliu for a county office: work offline, sync when there is a line."),
            subcommands: [
                ClientInit.self, ClientEnrol.self, ClientSet.self, ClientImport.self, ClientShow.self,
                ClientStatus.self,
                ClientSync.self, ClientParcel.self, ClientConflicts.self, ClientResolve.self, ClientChanged.self,
                ClientAccept.self, ClientMatch.self,
                ClientCheck.self, ClientSubmit.self, ClientExport.self, ClientRebuild.self,
            ]
        )
    }
}
