import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage
import ServerStore

/// `devices history`
struct DevicesHistory: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history",
            abstract: say(
                "何时登记、授权、续期、撤销了哪台设备，拒绝过多少连接",
                "When which device was enrolled, granted, renewed or revoked, and how many connections were refused."
            ),
            discussion: say("例：huiliu-server devices history", "Example: huiliu-server devices history")
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let server = try OpenedServer(self.common, access: .read)
        let events = try server.store.deviceEvents()
        if self.output.json { return JSONOutput.write(HistoryJSON(events: events.map(EventJSON.init))) }
        guard !events.isEmpty else {
            return Console.line(say("还没有登记过设备。", "No device has been enrolled yet."))
        }
        var names: [DeviceID: String] = [:]
        for event in events {
            if case .granted(let device) = event.happening { names[device.key.id] = device.name }
            let words = event.happening.words(names: names, scheme: server.scheme)[Speech.language]
            Console.line("\(event.time.shownInShanghai)  \(words)")
        }
    }

    private struct HistoryJSON: Encodable {
        let events: [EventJSON]
    }

    /// Keys that an event has nothing for are null.
    private struct EventJSON: Encodable {
        let time: String
        let event: String
        @Nullable var device: String?
        @Nullable var enrolment: String?
        @Nullable var unit: String?
        @Nullable var role: String?
        @Nullable var name: String?
        @Nullable var person: String?
        @Nullable var until: String?
        @Nullable var day: String?
        @Nullable var reason: String?
        @Nullable var count: Int64?

        init(_ event: DeviceEvent) {
            self.time = event.time.description
            switch event.happening {
            case .prepared(let enrolment, let code):
                self.event = "prepared"
                self.enrolment = code.description
                self.unit = enrolment.grant.unit.description
                self.role = enrolment.grant.role.rawValue
                self.name = enrolment.name
                self.person = enrolment.person
                self.until = enrolment.expires.description
            case .withdrawn(let code):
                self.event = "withdrawn"
                self.enrolment = code.description
            case .granted(let device):
                self.event = "granted"
                self.device = device.key.id.description
                self.unit = device.grant.unit.description
                self.role = device.grant.role.rawValue
                self.name = device.name
                self.person = device.person
            case .certified(let device, let expires):
                self.event = "certified"
                self.device = device.description
                self.until = expires.description
            case .revoked(let device, let unit):
                self.event = "revoked"
                self.device = device.description
                self.unit = unit.description
            case .refused(let day, let reason, let count):
                self.event = "refused"
                self.day = day.description
                self.reason = reason.description
                self.count = count
            }
        }
    }
}

extension DeviceEvent.Happening {
    /// - Parameter names: of the devices that were granted something before.
    fileprivate func words(names: [DeviceID: String], scheme: Scheme) -> Bilingual {
        func named(_ device: DeviceID) -> String { names[device].map { "\($0) [\(device)]" } ?? "[\(device)]" }
        switch self {
        case .prepared(let enrolment, let code):
            let (unit, role) = (enrolment.grant.unit, enrolment.grant.role.name)
            return Bilingual(
                "登记文件 [\(code)]：\(unit) \(enrolment.name)，\(enrolment.person)，\(role.chinese)，\(enrolment.expires.shownInShanghai) 前有效",
                "enrolment file [\(code)] for \(unit) \(enrolment.name), \(enrolment.person), \(role.english), good until \(enrolment.expires.shownInShanghai)"
            )
        case .withdrawn(let code):
            return Bilingual("作废登记文件 [\(code)]", "enrolment file [\(code)] withdrawn")
        case .granted(let device):
            let (unit, role) = (device.grant.unit, device.grant.role.name)
            let name = "\(device.name) [\(device.key.id)]"
            return Bilingual(
                "登记并授权：\(unit) \(name)，\(device.person)，\(role.chinese)",
                "enrolled and granted: \(unit) \(name), \(device.person), \(role.english)"
            )
        case .certified(let device, let expires):
            return Bilingual(
                "颁发证书：\(named(device))，至 \(expires.shownInShanghai)",
                "certificate issued: \(named(device)), until \(expires.shownInShanghai)"
            )
        case .revoked(let device, let unit):
            return Bilingual("撤销：\(unit) \(named(device))", "revoked: \(unit) \(named(device))")
        case .refused(let day, let reason, let count):
            let why = Self.words(ofRefusal: reason)
            return Bilingual(
                "\(day) 拒绝连接 \(count) 次：\(why.chinese)",
                "connections refused on \(day): \(count), \(why.english)"
            )
        }
    }

    /// - Parameter reason: a goodbye code (Protocol/README.md), or one's own word, as it stands in the records.
    private static func words(ofRefusal reason: Code) -> Bilingual {
        switch reason.description {
        case "certificate": Bilingual("证书不是本省级颁发的", "a certificate that is none of this province's")
        case "code-20": Bilingual("没有登记过的设备", "a device that is not enrolled")
        case "code-21": Bilingual("要的是别的单位", "a device asked for another unit")
        case "code-22": Bilingual("已撤销的设备", "a device that is revoked")
        case "code-23": Bilingual("没有这个登记码", "no such enrolment code")
        case "code-24": Bilingual("登记码已用过", "an enrolment code that was used")
        case "code-25": Bilingual("登记码已过期或作废", "an enrolment code that has expired or was withdrawn")
        case "code-26": Bilingual("登记申请有误", "a request for a certificate that is not in order")
        default: Bilingual("\(reason)", "\(reason)")
        }
    }
}
