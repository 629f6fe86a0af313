import ArgumentParser
import ReportCommand
import ReportIdentity
import ReportModel
import ReportPages
import ReportParcel
import ReportStorage
import ServerIdentity
import ServerSync

/// `parcel import`
struct ParcelImport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import",
            abstract: say("收下一个单位的数据包，写出回执", "Takes an office's parcel, and writes the receipt."),
            discussion: say(
                "例：huiliu-server parcel import 送省.parcel --receipt 回执.parcel\n次序、次数不限。正在运行的 serve 无需停下。损坏的数据包用到损坏处为止，回执照写。",
                "Example: huiliu-server parcel import to-province.parcel --receipt receipt.parcel\nAny order, any number of times. A running serve may go on. A damaged parcel is used up to the damage, and answered all the same."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp(say("要写的回执", "The receipt to write."), valueName: "file"))
    var receipt: String
    @Flag(help: ArgumentHelp(say("覆盖已有的回执文件", "Replace an existing receipt file.")))
    var overwrite = false
    @Argument(help: ArgumentHelp(say("单位的数据包", "The office's parcel."), valueName: "file"))
    var file: String

    func run() async throws {
        let server = try OpenedServer(self.common, access: .write)
        guard let authority = try server.authority() else { throw ParcelRefusal.openProvince }
        guard let file = InputFile(path: self.file) else {
            throw CommandFailure(Exit.usage, UsageError.unreadable(self.file))
        }
        let parcels = ProvinceParcels(
            store: server.store,
            authority: authority,
            revoked: try RevokedDevices.load(in: self.common.storeDirectory).ids,
            logger: makeLogger(label: "huiliu-server"),
            now: wallClock
        )
        let taken = try parcels.take(
            file,
            answer: self.receipt,
            isReplacing: self.overwrite,
            alreadyThere: FileExists(path: self.receipt, option: "--overwrite")
        )
        if self.output.json {
            JSONOutput.write(TakenJSON(taken, receipt: self.receipt))
        } else {
            self.tell(taken, server)
        }
        let isClean = taken.damage == nil && taken.missing.isEmpty && taken.notServed.isEmpty
        if !isClean { throw ExitCode(Exit.attention) }
    }

    private func tell(_ taken: ProvinceParcels.Taken, _ server: OpenedServer) {
        let facts = taken.certificate.facts
        let (new, known) = (taken.newCount, taken.duplicateCount)
        if taken.isEnrolment {
            return Console.line(
                say(
                    "已登记 \(facts.name)（\(facts.unit)，\(facts.role.name.chinese)，\(facts.person)），回执已写入 \(self.receipt)。\n下一步：带回该设备，运行 huiliu-client enrol 登记文件 --answer \(self.receipt)。",
                    "Enrolled \(facts.name) (\(facts.unit), \(facts.role.name.english), \(facts.person)); the receipt is in \(self.receipt).\nNext: take it back to the device, which runs huiliu-client enrol FILE --answer \(self.receipt)."
                )
            )
        }
        Console.line(
            say(
                "“\(facts.name)”（\(facts.unit)，\(facts.person)）的第 \(taken.number) 号数据包：收下 \(new) 笔更改，另有 \(known) 笔早已收到。",
                "Parcel \(taken.number) of “\(facts.name)” (\(facts.unit), \(facts.person)). Changes received: \(new), received before: \(known)."
            )
        )
        if taken.ruledOutCount > 0 {
            Console.line(
                say(
                    "其中 \(taken.ruledOutCount) 处填写超出该设备的权限，不计入；回执会告诉它原因。",
                    "Writes that the device may not make, and that do not count: \(taken.ruledOutCount); the receipt tells it why."
                )
            )
        }
        if !taken.notServed.isEmpty {
            let units = taken.notServed.sorted().map(\.description).joined(separator: " ")
            Console.line(
                say(
                    "不属于该设备的单位，未收：\(units)。",
                    "Left out, since these units are not the device's: \(units)."
                )
            )
        }
        ParcelReport.tell(taken.damage, missing: taken.missing, scheme: server.scheme)
        Console.line(
            say(
                "回执已写入 \(self.receipt)：\(taken.answeredCount) 笔更改，\(taken.byteCount) 字节。\n下一步：带回该设备，运行 huiliu-client parcel import \(self.receipt)。",
                "The receipt is in \(self.receipt). Changes: \(taken.answeredCount), bytes: \(taken.byteCount).\nNext: take it back to the device, which runs huiliu-client parcel import \(self.receipt)."
            )
        )
    }

    private struct TakenJSON: Encodable {
        let parcel: UInt64
        let enrolled: Bool
        let device: String
        let unit: String
        let name: String
        let person: String
        let received: Int
        let known: Int
        let ruledOut: Int
        let missing: [String]
        let notServed: [String]
        let receipt: ReceiptJSON
        @Nullable var damage: ParcelDamageJSON?

        init(_ taken: ProvinceParcels.Taken, receipt: String) {
            let facts = taken.certificate.facts
            self.parcel = taken.number
            self.enrolled = taken.isEnrolment
            self.device = taken.certificate.id.description
            (self.unit, self.name, self.person) = (facts.unit.description, facts.name, facts.person)
            (self.received, self.known, self.ruledOut) = (taken.newCount, taken.duplicateCount, taken.ruledOutCount)
            self.missing = taken.missing.map(\.description)
            self.notServed = taken.notServed.sorted().map(\.description)
            self.receipt = ReceiptJSON(file: receipt, changes: taken.answeredCount, bytes: taken.byteCount)
            self._damage = Nullable(wrappedValue: taken.damage.map(ParcelDamageJSON.init))
        }

        enum CodingKeys: String, CodingKey {
            case parcel, enrolled, device, unit, name, person, received, known, missing, receipt, damage
            case ruledOut = "ruled_out"
            case notServed = "not_served"
        }
    }

    private struct ReceiptJSON: Encodable {
        let file: String
        let changes: Int
        let bytes: Int
    }
}
