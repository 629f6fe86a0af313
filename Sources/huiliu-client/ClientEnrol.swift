import ArgumentParser
import BundledScheme
import ClientStore
import ClientSync
import Foundation
import ReportCommand
import ReportIdentity
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport

struct ClientEnrol: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "enrol",
            abstract: say(
                "用省级给的登记文件登记本设备，并建立数据库",
                "Enrols this device with the province's enrolment file, and makes its store."
            ),
            discussion: say(
                "例：huiliu-client enrol 办公室一.enrol\n没有网络：huiliu-client enrol 办公室一.enrol --request 申请.parcel，由省级 parcel import，再用 --answer 回执.parcel。\n密钥在本机生成，不会离开本机。中断后可用同一文件重试。已登记的数据库可以用新的登记文件重新登记，数据都保留。",
                "Example: huiliu-client enrol office-one.enrol\nWithout a line: huiliu-client enrol office-one.enrol --request request.parcel, then parcel import at the province, then --answer receipt.parcel.\nThe key is made here and never leaves this machine. After an interruption, try again with the same file. A store that is enrolled can be enrolled anew with a new file, and keeps everything."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var line: LineOptions
    @Option(
        help: ArgumentHelp(
            say("没有网络时：把申请写入此文件，带到省级", "Without a line: write the request to this file, for the province."),
            valueName: "file"
        )
    )
    var request: String?
    @Option(help: ArgumentHelp(say("省级对申请的回执", "The province's receipt for the request."), valueName: "file"))
    var answer: String?
    @Argument(help: ArgumentHelp(say("登记文件", "The enrolment file."), valueName: "file"))
    var file: String

    func validate() throws {
        guard self.request == nil || self.answer == nil else {
            throw ValidationError(say("--request 和 --answer 只能给一个。", "Give either --request or --answer."))
        }
    }

    func run() async throws {
        let file = try self.enrolmentFile()
        let server = try self.line.address(else: file.server)
        let place = try EnrolmentPlace(self.common.storeDirectory, for: file)
        guard !place.isDone else {
            return Console.line(
                say(
                    "本机已用这个文件登记过，未作更改。下一步：sync。",
                    "This device was enrolled with this file before; nothing was changed. Next: sync."
                )
            )
        }
        let key = try place.key(mayBeNew: self.answer == nil)
        if let request {
            try Enroller.writeRequest(
                to: request,
                code: file.code,
                authority: file.authority,
                key: key,
                now: wallClock()
            )
            return Console.line(
                say(
                    "申请已写入 \(request)。\n下一步：带到省级，由省级运行 huiliu-server parcel import \(request) --receipt 回执文件，再在本机运行 huiliu-client enrol \(self.file) --answer 回执文件。",
                    "The request is in \(request).\nNext: take it to the province, which runs huiliu-server parcel import \(request) --receipt RECEIPT; then run huiliu-client enrol \(self.file) --answer RECEIPT here."
                )
            )
        }
        let identity: DeviceIdentity
        if let answer {
            identity = try Enroller.identity(in: Self.input(answer), authority: file.authority, key: key)
        } else {
            let enroller = Enroller(
                server: server,
                code: file.code,
                authority: file.authority,
                key: key,
                waitSeconds: self.line.wait,
                logger: makeLogger(label: "huiliu-client")
            )
            identity = try await LineOptions.reaching { try await enroller.run() }
        }
        let store = try place.adopt(identity, server: server.description, scheme: BundledScheme.source)
        let facts = identity.certificate.facts
        Console.line(
            say(
                "已登记：\(facts.name)（\(facts.unit)，\(facts.role.name.chinese)，\(facts.person)），数据库在 \(self.common.storeDirectory)。",
                "Enrolled \(facts.name) (\(facts.unit), \(facts.role.name.english), \(facts.person)); its store is in \(self.common.storeDirectory)."
            )
        )
        if let former = place.formerDevice {
            Console.line(
                say(
                    "原来的登记 \(former) 本机不再使用；如果还没有撤销，而它的密钥可能被人看过，请省级用 devices revoke 撤销。",
                    "The former enrolment \(former) is not used here any more; if it is not revoked yet and anybody may have its key, ask the province to revoke it with devices revoke."
                )
            )
        }
        try await self.takeGrant(identity, store, server)
        let uncounted = try store.status().uncounted
        UncountedReport.tell(uncounted, scheme: try Scheme.parse(store.schemeSource()))
        if !uncounted.isEmpty { throw ExitCode(Exit.attention) }
    }

    /// Brings the grant, without which nothing can be written.
    private func takeGrant(_ identity: DeviceIdentity, _ store: ClientStore, _ server: HostPort) async throws {
        let scheme = try Scheme.parse(store.schemeSource())
        let logger = makeLogger(label: "huiliu-client")
        do {
            let received: Int
            if let answer {
                let parcels = try OfficeParcels(
                    store: store,
                    scheme: scheme,
                    identity: identity,
                    logger: logger,
                    now: wallClock
                )
                let taken = try parcels.takeAnswer(Self.input(answer))
                if let damage = taken.damage { throw damage }
                received = taken.newCount
            } else {
                let synchronizer = Synchronizer(
                    store: store,
                    scheme: scheme,
                    server: server,
                    security: try identity.security(),
                    sealingKey: identity.sealingKey,
                    waitSeconds: self.line.wait,
                    logger: logger,
                    now: wallClock
                )
                received = try await LineOptions.reaching { try await synchronizer.run() }.changesReceived
            }
            let after = say(
                self.answer == nil ? "再 sync" : "再用 parcel export 交给省级",
                self.answer == nil ? "then sync" : "then parcel export for the province"
            )
            Console.line(
                say(
                    "已取得授权，收到 \(received) 笔更改。下一步：用 set 或 import 填报，\(after)。",
                    "The grant is here; changes received: \(received). Next: fill in with set or import, \(after)."
                )
            )
        } catch {
            Console.line(
                say(
                    "登记已完成，但还没有取得授权；填报之前请先 sync。",
                    "The device is enrolled, but its grant is not here yet; run sync before you fill in."
                )
            )
            throw error
        }
    }

    private func enrolmentFile() throws -> EnrolmentFile {
        let bytes = try Self.input(self.file).next(EnrolmentFile.byteCountMax + 1)
        return try EnrolmentFile(String(decoding: bytes, as: UTF8.self))
    }

    private static func input(_ path: String) throws -> InputFile {
        guard let file = InputFile(path: path) else {
            throw CommandFailure(Exit.usage, UsageError.unreadable(path))
        }
        return file
    }
}
