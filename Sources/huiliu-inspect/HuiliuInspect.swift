import ArgumentParser
import ReportCommand

@main
enum HuiliuInspect {
    static func main() async {
        await CommandRunner.main(Inspect.self)
    }
}

struct Inspect: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "huiliu-inspect",
            abstract: say(
                "查看任何一方的汇流数据库，不改动其中的数据",
                "Looks into the Huiliu store of either side; changes nothing in it."
            ),
            subcommands: [
                InspectStatus.self, InspectLog.self, InspectExplain.self, InspectDiff.self, InspectVerify.self,
                InspectFrames.self,
            ]
        )
    }
}
