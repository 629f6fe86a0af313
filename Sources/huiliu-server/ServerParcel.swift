import ArgumentParser
import ReportCommand

/// The commands about the parcels of offices without a line.
struct ServerParcel: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "parcel",
            abstract: say(
                "与没有网络的单位用文件（数据包）同步",
                "Syncs with offices without a line, by files that somebody carries."
            ),
            discussion: say(
                "例：huiliu-server parcel import 送省.parcel --receipt 回执.parcel",
                "Example: huiliu-server parcel import to-province.parcel --receipt receipt.parcel"
            ),
            subcommands: [ParcelImport.self]
        )
    }
}
