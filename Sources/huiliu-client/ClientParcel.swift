import ArgumentParser
import ClientSync
import ReportCommand
import ReportParcel

/// The commands of an office without a line.
struct ClientParcel: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "parcel",
            abstract: say(
                "没有网络时，用文件（数据包）与省级同步",
                "Syncs with the province by files that somebody carries, without a line."
            ),
            discussion: say(
                "例：huiliu-client parcel export 送省.parcel\n　　huiliu-client parcel import 回执.parcel\n数据包只有收件人能打开。次序、次数不限，丢了再做一个即可。",
                "Example: huiliu-client parcel export to-province.parcel\n         huiliu-client parcel import receipt.parcel\nOnly its addressee can open a parcel. Any order, any number of times; make another if one is lost."
            ),
            subcommands: [ParcelExport.self, ParcelImport.self]
        )
    }
}

extension OpenedClient {
    /// What makes and takes this device's parcels.
    func parcels() throws -> OfficeParcels {
        guard let identity = try self.deviceIdentity() else { throw ParcelRefusal.openProvince }
        return try OfficeParcels(
            store: self.store,
            scheme: self.scheme,
            identity: identity,
            logger: makeLogger(label: "huiliu-client"),
            now: wallClock
        )
    }
}
