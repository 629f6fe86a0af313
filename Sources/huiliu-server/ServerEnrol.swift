import ArgumentParser
import Foundation
import ReportCommand
import ReportIdentity
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ServerIdentity
import ServerStore
import ServerSync

struct ServerEnrol: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "enrol",
            abstract: say("为一台设备生成登记文件", "Makes the enrolment file for one device."),
            discussion: say(
                "例：huiliu-server enrol --unit 410728 --name 办公室一 --person 张三 --role clerk --server 省级地址:7428 --out 办公室一.enrol\n角色：clerk 填报（本单位及下级）、reviewer 审核（市及下级）、office 省级办公室、auditor 只读、relay 只转送。\n登记第一台设备之后，所有连接一律加密，只有登记过的设备可以同步。",
                "Example: huiliu-server enrol --unit 410728 --name \"Office one\" --person \"Zhang San\" --role clerk --server province.example:7428 --out office-one.enrol\nRoles: clerk (the unit and those below), reviewer (a city and below), office (the province), auditor (reads all), relay (carries only).\nFrom the first device on, every line is encrypted, and only enrolled devices may sync."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Option(
        help: ArgumentHelp(say("设备所属单位的代码或名称", "The unit where the device stands: code or name."), valueName: "unit")
    )
    var unit: String
    @Option(
        help: ArgumentHelp(say("设备名称，随数据一起上报", "The device's name; it travels with its figures."), valueName: "name")
    )
    var name: String
    @Option(
        help: ArgumentHelp(say("设备的使用人（默认同设备名称）", "Who works at it (default: the device's name)."), valueName: "person")
    )
    var person: String?
    @Option(
        help: ArgumentHelp(
            say("角色", "What the device may do."),
            valueName: Role.allCases.map(\.rawValue).joined(separator: "|")
        )
    )
    var role: String
    @Option(
        help: ArgumentHelp(
            say("设备连接省级服务器所用的地址", "The address at which the device reaches the province."),
            valueName: "host:port"
        )
    )
    var server: String?
    @Option(help: ArgumentHelp(say("登记码几天内有效", "For how many days the code is good."), valueName: "days"))
    var days: Int64 = 7
    @Option(help: ArgumentHelp(say("登记文件", "The file to make."), valueName: "file"))
    var out: String

    func validate() throws {
        guard (1...90).contains(self.days) else {
            throw ValidationError(say("--days 应为 1 到 90 天。", "--days takes 1 to 90 days."))
        }
        guard Role(rawValue: self.role) != nil else {
            let roles = Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(say("--role 应为 \(roles) 之一。", "--role takes one of \(roles)."))
        }
    }

    func run() async throws {
        let address = self.server ?? Self.ownAddress
        guard HostPort(address) != nil else { throw CommandFailure(Exit.usage, UsageError.serverAddress(address)) }
        // Refused before anything is noted, not only after it.
        guard !FileManager.default.fileExists(atPath: self.out) else { throw FileExists(path: self.out) }
        let server = try OpenedServer(self.common, access: .write)
        guard let unit = server.scheme.unit(named: self.unit) else {
            throw CommandFailure(Exit.usage, SchemeRefusal.unknownUnit(self.unit))
        }
        let code = unit.code
        guard let role = Role(rawValue: self.role) else { preconditionFailure("validated") }
        guard role != .office || code == server.scheme.root.code else {
            throw CommandFailure(Exit.usage, Self.officeElsewhere(code, root: server.scheme.root.code))
        }
        guard role != .reviewer || unit.level <= .city else {
            throw CommandFailure(Exit.usage, Self.reviewerBelowCity(unit))
        }
        let facts = try DeviceFacts(name: self.name, unit: code, role: role, person: self.person ?? self.name)
        let (authority, isFirst) = try self.authority(of: server)
        let now = wallClock()
        let enrolmentCode = Authority.newCode()
        let enrolment = Enrolment(
            grant: Grant(role: role, unit: code),
            name: facts.name,
            person: facts.person,
            expires: Timestamp(secondsSince1970: now.secondsSince1970 + self.days * 86_400)
        )
        let root = Root(key: authority.sealingKey, scheme: server.scheme)
        let file = try EnrolmentFile(
            server: address,
            authority: authority.publicKey,
            code: enrolmentCode,
            facts: facts
        )
        // The file first: a code that is noted and in nobody's hands would have to be made again.
        try self.write(file)
        do {
            try server.store.prepare(enrolment, code: enrolmentCode.row, as: root, now: now)
        } catch {
            unlink(self.out)
            throw error
        }
        Console.line(
            say(
                "已为 \(unit.name.chinese)（\(code)）的 \(facts.name) 生成登记文件 \(self.out)，\(self.days) 天内有效，只能用一次。\n下一步：把它安全地交给该单位，在那台设备上运行 huiliu-client enrol \(self.out.folderAndName.name)",
                "Made the enrolment file \(self.out) for \(facts.name) of \(unit.name.english) (\(code)); it is good for \(self.days) days, once.\nNext: hand it over safely, and on that device run huiliu-client enrol \(self.out.folderAndName.name)"
            )
        )
        if self.server == nil {
            Console.line(
                say(
                    "没有给 --server：登记文件中的地址是 \(address)，只有这台机器用得上。",
                    "Without --server the file says \(address), which is of use on this machine only."
                )
            )
        }
        if isFirst {
            Console.line(
                say(
                    "这是第一台设备：从现在起连接一律加密。如果 serve 正在运行，请重新启动它。",
                    "This is the first device: from now on every line is encrypted. If serve is running, start it again."
                )
            )
        }
    }

    /// For devices on this machine.
    private static let ownAddress = "127.0.0.1:7428"

    private static func officeElsewhere(_ unit: UnitCode, root: UnitCode) -> UsageError {
        UsageError(
            Bilingual(
                "角色 office 是省级办公室，不能登记在 \(unit)。",
                "The role office is the province's office, and not for \(unit)."
            ),
            advice: Bilingual("请用 --unit \(root)，或换一个角色。", "Use --unit \(root), or another role.")
        )
    }

    /// A reviewer writes figures of the own unit, which in a county are the county's to report.
    private static func reviewerBelowCity(_ unit: ReportingUnit) -> UsageError {
        UsageError(
            Bilingual(
                "角色 reviewer 审核一个市，不能登记在\(unit.name.chinese)（\(unit.code)）。",
                "The role reviewer is for a city, and not for \(unit.name.english) (\(unit.code))."
            ),
            advice: Bilingual("请用市的代码，或换一个角色。", "Use the city's code, or another role.")
        )
    }

    private func write(_ file: EnrolmentFile) throws {
        do {
            try SecretFile.create(file.text, at: self.out)
        } catch {
            throw error == .exists ? FileExists(path: self.out) : FileUnwritable(path: self.out)
        }
    }

    /// The province's authority, which begins to be one with the first device.
    private func authority(of server: OpenedServer) throws -> (Authority, isFirst: Bool) {
        if let authority = try server.authority() { return (authority, false) }
        let authority = try Authority.loadOrCreate(in: self.common.storeDirectory)
        try server.store.adopt(authority.publicKey)
        return (authority, true)
    }
}
