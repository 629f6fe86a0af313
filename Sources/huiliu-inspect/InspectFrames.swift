import ArgumentParser
import Crypto
import ReportCommand
import ReportIdentity
import ReportModel
import ReportPages
import ReportParcel
import ReportStorage
import ReportWire

struct InspectFrames: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "frames",
            abstract: say("列出数据包里的每一帧", "Lists every frame of a parcel."),
            discussion: say(
                "例：huiliu-inspect frames --store 目录 送省.parcel\n只有收件人的密钥能打开数据包；默认用 --store 目录中的密钥。",
                "Example: huiliu-inspect frames --store DIR to-province.parcel\nOnly its addressee's key opens a parcel; by default that is the key in the store's directory."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp(say("收件人的密钥文件", "The addressee's key file."), valueName: "file"))
    var key: String?
    @Argument(help: ArgumentHelp(say("数据包", "The parcel."), valueName: "file"))
    var file: String

    func run() async throws {
        let directory = self.common.storeDirectory
        let store = try OpenedStore(in: directory)
        guard let authority = try store.database.read({ try $0.authority() }) else { throw ParcelRefusal.openProvince }
        guard let file = InputFile(path: self.file) else {
            throw CommandFailure(Exit.usage, UsageError.unreadable(self.file))
        }
        var reader = try ParcelReader(
            key: try KeyFile.read(self.key ?? "\(directory)/\(store.database.kind.keyFileName)"),
            authority: authority,
            source: { try file.next($0) }
        )
        var report = ParcelJSON(reader)
        do throws(ParcelDamage) {
            while let frame = try reader.nextFrame() { report.frames.append(FrameJSON(frame)) }
        } catch {
            report.damage = ParcelDamageJSON(error)
            if !self.output.json { Console.error(error.sentence[Speech.language]) }
        }
        if self.output.json {
            JSONOutput.write(report)
        } else {
            self.tell(report)
        }
        if report.damage != nil { throw ExitCode(Exit.attention) }
    }

    private func tell(_ report: ParcelJSON) {
        let number = report.parcel
        let time = report.time.shownInShanghai
        Console.line(
            report.from.map { from in
                say(
                    "“\(from.name)”（\(from.unit)，\(from.person)）给省级的第 \(number) 号数据包，\(time)",
                    "Parcel \(number) of “\(from.name)” (\(from.unit), \(from.person)) to the province, \(time)"
                )
            }
                ?? (report.sender == "newcomer"
                    ? say("登记申请，\(time)", "A request to be enrolled, \(time)")
                    : say(
                        "省级对第 \(number) 号数据包的回执，\(time)",
                        "The province's receipt for parcel \(number), \(time)"
                    ))
        )
        var table = TextTable([
            (say("帧", "frame"), .left),
            (say("范围", "scope"), .left),
            (say("链头", "heads"), .right),
            (say("更改", "changes"), .right),
            (say("字节", "bytes"), .right),
        ])
        for frame in report.frames {
            table.add([
                frame.kind, frame.scope ?? "", frame.heads.map(String.init) ?? "",
                frame.changes.map(String.init) ?? "", String(frame.bytes),
            ])
        }
        for line in table.lines { Console.line(line) }
    }

    private struct ParcelJSON: Encodable {
        let parcel: UInt64
        /// `province`, `device`, or `newcomer`: a device that asks to be enrolled.
        let sender: String
        /// Where a device wrote it.
        @Nullable var from: SenderJSON?
        let replica: String
        let time: Timestamp
        var frames: [FrameJSON] = []
        @Nullable var damage: ParcelDamageJSON?

        init(_ reader: ParcelReader) {
            self.parcel = reader.opening.number
            self.sender =
                switch reader.sender {
                case .province: "province"
                case .device: "device"
                case .newcomer: "newcomer"
                }
            self._from = Nullable(wrappedValue: reader.certificate.map(SenderJSON.init))
            self.replica = reader.opening.replica.description
            self.time = reader.opening.time
            self._damage = Nullable(wrappedValue: nil)
        }
    }

    private struct SenderJSON: Encodable {
        let device: String
        let unit: String
        let name: String
        let person: String

        init(_ certificate: DeviceCertificate) {
            let facts = certificate.facts
            self.device = certificate.id.description
            (self.unit, self.name, self.person) = (facts.unit.description, facts.name, facts.person)
        }
    }

    private struct FrameJSON: Encodable {
        /// As in Protocol/README.md, "Messages"; its number where this program does not know it, or cannot read it.
        let kind: String
        @Nullable var scope: String?
        @Nullable var heads: Int?
        @Nullable var changes: Int?
        /// In the parcel, before it was encrypted.
        let bytes: Int

        init(_ frame: Frame) {
            let message = try? Message(frame)
            self.kind = message?.name ?? String(frame.kind)
            let (scope, heads, changes): (UnitCode?, Int?, Int?) =
                switch message {
                case .have(let have)?: (have.scope, have.frontier.heads.count, nil)
                case .batch(let batch)?: (batch.scope, nil, batch.entries.count)
                default: (nil, nil, nil)
                }
            self._scope = Nullable(wrappedValue: scope?.description)
            (self._heads, self._changes) = (Nullable(wrappedValue: heads), Nullable(wrappedValue: changes))
            self.bytes = frame.encodedByteCount
        }
    }
}
