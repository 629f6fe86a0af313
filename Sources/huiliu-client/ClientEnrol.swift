import ArgumentParser
import BundledScheme
import ClientStore
import ClientSync
import Crypto
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
                "用省级给的登记文件登记本设备，并新建数据库",
                "Enrols this device with the province's enrolment file, and makes its store."
            ),
            discussion: say(
                "例：huiliu-client enrol 办公室一.enrol\n密钥在本机生成，不会离开本机。中断后可用同一文件重试。",
                "Example: huiliu-client enrol office-one.enrol\nThe key is made here and never leaves this machine. After an interruption, try again with the same file."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var line: LineOptions
    @Argument(help: ArgumentHelp(say("登记文件", "The enrolment file."), valueName: "file"))
    var file: String

    func run() async throws {
        let file = try self.enrolmentFile()
        let server = try self.line.address(else: file.server)
        let directory = self.common.storeDirectory
        try Self.requireRoom(in: directory)
        let key = try Self.key(in: directory)
        let logger = makeLogger(label: "huiliu-client")
        let enroller = Enroller(
            server: server,
            code: file.code,
            authority: file.authority,
            key: key,
            waitSeconds: self.line.wait,
            logger: logger
        )
        let identity = try await LineOptions.reaching { try await enroller.run() }
        let store = try self.createStore(identity, server: server)
        let facts = identity.certificate.facts
        Console.line(
            say(
                "已登记：\(facts.name)（\(facts.unit)，\(facts.role.name.chinese)，\(facts.person)），数据库在 \(directory)。",
                "Enrolled \(facts.name) (\(facts.unit), \(facts.role.name.english), \(facts.person)); its store is in \(directory)."
            )
        )
        // The first sync brings the grant, without which nothing can be written.
        let synchronizer = Synchronizer(
            store: store,
            scheme: try Scheme.parse(store.schemeSource()),
            server: server,
            security: try identity.security(),
            sealingKey: identity.sealingKey,
            waitSeconds: self.line.wait,
            logger: logger,
            now: wallClock
        )
        do {
            let report = try await LineOptions.reaching { try await synchronizer.run() }
            Console.line(
                say(
                    "首次同步完成，收到 \(report.changesReceived) 笔更改。下一步：用 set 或 import 填报，再 sync。",
                    "The first sync is done; changes received: \(report.changesReceived). Next: fill in with set or import, then sync."
                )
            )
        } catch {
            Console.line(
                say(
                    "登记已完成，但首次同步没有成功；填报之前请先 sync。",
                    "The device is enrolled, but the first sync did not succeed; run sync before you fill in."
                )
            )
            throw error
        }
    }

    private func enrolmentFile() throws -> EnrolmentFile {
        guard let handle = FileHandle(forReadingAtPath: self.file),
            let data = try? handle.read(upToCount: EnrolmentFile.byteCountMax + 1) ?? Data()
        else { throw CommandFailure(Exit.usage, UsageError.unreadable(self.file)) }
        return try EnrolmentFile(String(decoding: data, as: UTF8.self))
    }

    /// Nothing is asked of the province where the store could not be made afterwards.
    private static func requireRoom(in directory: String) throws {
        let taken = StoreKind.allCases.contains {
            FileManager.default.fileExists(atPath: "\(directory)/\($0.fileName)")
        }
        if taken { throw StoreError.alreadyExists(directory: directory) }
        do {
            try FileManager.default.createDirectory(
                atPath: directory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError.unusable(path: directory, detail: "mkdir")
        }
    }

    /// The key that an interrupted attempt has left, or a new one.
    private static func key(in directory: String) throws -> P256.Signing.PrivateKey {
        let path = "\(directory)/\(DeviceIdentity.keyFileName)"
        do {
            return try KeyFile.read(path)
        } catch KeyFileError.notFound {
            let key = P256.Signing.PrivateKey()
            try KeyFile.create(key, at: path)
            return key
        }
    }

    private func createStore(_ identity: DeviceIdentity, server: HostPort) throws -> ClientStore {
        let facts = identity.certificate.facts
        return try ClientStore.create(
            in: self.common.storeDirectory,
            identity: ClientStore.Identity(
                replica: .random(),
                unit: facts.unit,
                server: server.description,
                name: facts.name,
                author: facts.person
            ),
            scheme: BundledScheme.source,
            trust: ClientStore.Trust(
                authority: identity.authority,
                device: identity.certificate.key,
                certificate: identity.certificate.der
            )
        )
    }
}
