import ArgumentParser
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ServerIdentity
import ServerStore

/// `scheme use`
struct SchemeUse: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "use",
            abstract: say(
                "更换报表制度；已存的数值一律保留，各县下次同步时得到新制度",
                "Replaces the scheme; every stored value is kept, and offices get the new one with their next sync."
            ),
            discussion: say(
                "例：huiliu-server scheme use 制度目录\n正在运行的 serve 无需重启。",
                "Example: huiliu-server scheme use SCHEME_DIR\nA running serve need not be restarted."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Flag(
        help: ArgumentHelp(
            say(
                "已存数值新制度不再认识、不再汇总或改变含义时也照换（数值一律保留、照传）",
                "Go on although values are stored that the new scheme does not know, does not add up, or reads otherwise."
            )
        )
    )
    var yes = false
    @Argument(help: ArgumentHelp(say("报表制度目录（YAML 文件）", "A directory of scheme files in YAML."), valueName: "dir"))
    var directory: String

    func run() async throws {
        let source = try SchemeFolder.read(self.directory)
        let scheme = try Scheme.parse(source)
        // The scheme in use may be one that an older version of this program took: it need not be readable to be replaced.
        let store = try OpenedServer.store(self.common, access: .write)
        // Asked for before anything is replaced: without it devices would stand without grants in new units.
        let authority = try OpenedServer.authority(of: store, in: self.common.storeDirectory)
        let root = authority.map { Root(key: $0.sealingKey, scheme: scheme) }
        let revoked = try RevokedDevices.load(in: self.common.storeDirectory).ids
        guard try source != store.schemeSource() else {
            // The last time may have been interrupted before the grants.
            let isMended = try root.map { try store.extendGrants(except: revoked, as: $0, now: wallClock()) } ?? false
            return Console.line(
                isMended
                    ? say(
                        "数据库已在使用此制度；已补上各设备缺少的授权。",
                        "The store uses this scheme already; devices lacked grants, and have them now."
                    )
                    : say("数据库已在使用此制度，未作更改。", "The store uses this scheme already; nothing was changed.")
            )
        }
        var (unknown, uncounted) = (0, 0)
        var difference: SchemeDifference?
        try store.replaceScheme(with: source) { currentSource, stored in
            let current = try? Scheme.parse(currentSource)
            guard (scheme.code, scheme.version) != (current?.code, current?.version) else {
                throw SchemeUseRefusal.sameVersion(scheme.version)
            }
            let lost = stored.filter { !scheme.knows($0) && current?.knows($0) != false }
            unknown = lost.reduce(0) { $0 + $1.count }
            guard unknown == 0 || self.yes else { throw SchemeUseRefusal.forgetsValues(unknown) }
            let dropped = stored.filter { scheme.knows($0) && !scheme.counts($0) && current?.counts($0) != false }
            uncounted = dropped.reduce(0) { $0 + $1.count }
            if let first = dropped.first, !self.yes {
                throw SchemeUseRefusal.dropsValues(uncounted, first: first)
            }
            difference = current.map { SchemeDifference(from: $0, to: scheme) }
            let remeasured = difference?.remeasured.first { item in
                stored.contains { $0.form == item.form && $0.item == item.item }
            }
            if let remeasured, !self.yes { throw SchemeUseRefusal.remeasures(remeasured) }
        }
        if let root { try store.extendGrants(except: revoked, as: root, now: wallClock()) }
        SchemeSummary.tell(scheme)
        if let difference {
            Self.tell(difference.added, say("新增", "added"))
            Self.tell(difference.removed, say("取消", "removed"))
            Self.tell(
                difference.reassigned.map { "\($0.form).\($0.item)" },
                say("指标", "items"),
                after: say("改由其他角色填写", "reassigned")
            )
        }
        if unknown > 0 {
            Console.line(
                say(
                    "有 \(unknown) 个已存数值新制度不再认识；它们仍然保留，并照常传给各县。",
                    "The new scheme no longer knows \(unknown) stored values; they are kept, and passed on to the offices."
                )
            )
        }
        if uncounted > 0 {
            Console.line(
                say(
                    "有 \(uncounted) 个已存数值不再计入汇总；它们仍然保留，并照常传给各县。",
                    "\(uncounted) stored values are no longer added up; they are kept, and passed on to the offices."
                )
            )
        }
    }

    private static func tell(_ parts: SchemeDifference.Parts, _ word: String) {
        for (name, codes) in [
            (say("报表", "forms"), parts.forms), (say("指标", "items"), parts.items), (say("单位", "units"), parts.units),
        ] {
            self.tell(codes, name, after: word)
        }
    }

    private static func tell(_ codes: [String], _ name: String, after word: String) {
        guard !codes.isEmpty else { return }
        let more = codes.count > 20 ? "…" : ""
        Console.line("\(word) \(codes.count) \(name): \(codes.prefix(20).joined(separator: " "))\(more)")
    }
}

extension StoredCount {
    /// As an address is written.
    fileprivate var name: String { "\(self.unit)/\(self.form)/\(self.period)/\(self.item)" }
}

extension Scheme {
    fileprivate func knows(_ stored: StoredCount) -> Bool {
        self.knows(unit: stored.unit, form: stored.form, item: stored.item)
    }

    fileprivate func counts(_ stored: StoredCount) -> Bool {
        self.counts(unit: stored.unit, form: stored.form, period: stored.period, item: stored.item)
    }
}

/// Why the store's scheme was not replaced.
enum SchemeUseRefusal: ExplainedError {
    case sameVersion(String)
    case forgetsValues(Int)
    case dropsValues(Int, first: StoredCount)
    case remeasures(ItemReference)

    var code: String {
        switch self {
        case .sameVersion: "scheme_version_unchanged"
        case .forgetsValues: "scheme_forgets_values"
        case .dropsValues: "scheme_drops_values"
        case .remeasures: "scheme_remeasures_values"
        }
    }

    var explanation: Bilingual {
        switch self {
        case .sameVersion(let version):
            Bilingual(
                "制度内容变了，版本号却仍是 \(version)，未更换。",
                "The scheme has changed but its version is still \(version); it was not replaced."
            )
        case .forgetsValues(let count):
            Bilingual(
                "有 \(count) 个已存数值新制度不再认识，未更换。",
                "The new scheme does not know \(count) values that are stored; it was not replaced."
            )
        case .dropsValues(let count, let first):
            Bilingual(
                "有 \(count) 个已存数值按新制度不再填报，会从汇总中消失（如 \(first.name)），未更换。",
                "By the new scheme \(count) stored values are not reported, and would vanish from the totals (such as \(first.name)); it was not replaced."
            )
        case .remeasures(let item):
            Bilingual(
                "指标 \(item.form).\(item.item) 的计量单位、类型、时间口径（kind）、性质（role）或可加性（additive）变了，而按原来填报的数值已经存着，未更换。",
                "\(item.form).\(item.item) has another unit of measure, type, kind, role or additivity, and figures are stored that were filled in under the old one; the scheme was not replaced."
            )
        }
    }

    var advice: Bilingual {
        switch self {
        case .sameVersion:
            Bilingual("请在 scheme.yaml 中改写 version。", "Give it a new version in scheme.yaml.")
        case .forgetsValues:
            Bilingual(
                "请把这些指标和单位留在制度里，或加 --yes：数值仍保留并照传，只是不再汇总。",
                "Keep those items and units in the scheme, or add --yes: the values are kept and passed on, but not summed."
            )
        case .dropsValues:
            Bilingual(
                "请检查该指标的 periods、from、until 和 reported_by；确要停报的，加 --yes：数值仍保留并照传，只是不再汇总。",
                "Look at the item's periods, from, until and reported_by; if that is meant, add --yes: the values are kept and passed on, but not summed."
            )
        case .remeasures:
            Bilingual(
                "请保留原指标（可写 until 停用），另立新指标；确属原来写错、数字本就按新写法填的，加 --yes。",
                "Keep the item, with until where it ends, and define a new one; if the old definition was a mistake and the figures are right by the new one, add --yes."
            )
        }
    }
}
