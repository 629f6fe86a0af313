import ArgumentParser
import ClientStore
import ClientSync
import ReportCommand
import ReportPages
import ReportStorage

/// `parcel export`
struct ParcelExport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: say(
                "把省级尚未确认收到的更改写入数据包",
                "Puts what the province has not receipted into a parcel."
            ),
            discussion: say(
                "例：huiliu-client parcel export 送省.parcel\n没有新更改时也可以做：省级的回执会带来别人的更改。",
                "Example: huiliu-client parcel export to-province.parcel\nAlso with nothing new: the province's receipt brings what others have written."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Flag(help: ArgumentHelp(say("覆盖已有的文件", "Replace an existing file.")))
    var overwrite = false
    @Argument(help: ArgumentHelp(say("要写的数据包", "The parcel to write."), valueName: "file"))
    var file: String

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let made = try client.parcels().make(
            at: self.file,
            isReplacing: self.overwrite,
            alreadyThere: FileExists(path: self.file, option: "--overwrite")
        )
        if self.output.json { return JSONOutput.write(MadeJSON(made, file: self.file)) }
        Console.line(
            say(
                "第 \(made.number) 号数据包已写入 \(self.file)：\(made.changeCount) 笔更改，\(made.byteCount) 字节。\n下一步：带到省级，由省级运行 huiliu-server parcel import \(self.file) --receipt 回执文件。",
                "Parcel \(made.number) is in \(self.file). Changes: \(made.changeCount), bytes: \(made.byteCount).\nNext: take it to the province, which runs huiliu-server parcel import \(self.file) --receipt RECEIPT."
            )
        )
        try RefusalReport.tell(client.store.refusal())
    }

    private struct MadeJSON: Encodable {
        let parcel: UInt64
        let file: String
        let changes: Int
        let bytes: Int

        init(_ made: OfficeParcels.Made, file: String) {
            (self.parcel, self.file, self.changes, self.bytes) = (made.number, file, made.changeCount, made.byteCount)
        }
    }
}
