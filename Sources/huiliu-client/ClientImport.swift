import ArgumentParser
import ClientStore
import Foundation
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientImport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "import",
            abstract: say("从 CSV 文件导入；有问题的行单独退回，其余照常", "Imports a CSV file; a refused row alone is left out."),
            discussion: say(
                "例：huiliu-client import 上半年.csv --dry-run\n列：单位,报表,报告期,行,指标,数值",
                "Example: huiliu-client import half-year.csv --dry-run\nColumns: unit,form,period,row,item,value"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Flag(help: ArgumentHelp(say("只检查，不写入", "Check only; write nothing.")))
    var dryRun = false
    @Flag(help: ArgumentHelp(say("空白也覆盖已有的值", "Let blanks clear values that are there.")))
    var clearBlanks = false
    @Argument(help: ArgumentHelp(say("CSV 文件", "The CSV file."), valueName: "file"))
    var file: String

    func run() async throws {
        let client = try OpenedClient(self.common, access: .write)
        let parsed = try ImportFile.parse(
            try self.contents(),
            scheme: client.scheme,
            matches: try client.store.nameMatches()
        )
        var refused = parsed.refused.map { Refused($0.line, $0.column, $0.code, $0.text) }
        var edits: [(line: Int, edit: Edit)] = []
        for row in parsed.accepted {
            if let refusal = try self.refusal(of: row, client) {
                refused.append(refusal)
            } else {
                edits.append((row.line, Edit(row.address, row.value, mayClear: self.clearBlanks)))
            }
        }
        if !self.dryRun { try client.store.noteUnknownNames(parsed.unknown, now: wallClock()) }
        let own = try client.store.ownReplicas()
        var replaced: [ReplacedOther] = []
        let outcomes = try client.store.write(
            edits.map(\.edit),
            scheme: client.scheme,
            now: wallClock(),
            dryRun: self.dryRun
        ) { index, former in
            guard let shown = former.versions.first, !own.contains(shown.version.replica) else { return }
            replaced.append(ReplacedOther(line: edits[index].line, address: former.address, former: shown))
        }
        for (edit, outcome) in zip(edits, outcomes) {
            guard case .refused(let refusal) = outcome else { continue }
            refused.append(Refused(edit.line, 1, refusal.code, refusal.sentence))
        }
        refused.sort { $0.line < $1.line }
        let report = ImportJSON(
            new: outcomes.count { $0 == .new },
            changed: outcomes.count { $0 == .changed },
            same: outcomes.count { $0 == .same },
            refused: refused.map(RefusedJSON.init),
            replaced: replaced.map { ReplacedOtherJSON($0, scheme: client.scheme) },
            dryRun: self.dryRun
        )
        if self.output.json {
            JSONOutput.write(report)
        } else {
            Self.tell(replaced, client)
            self.tell(report, unknownNameCount: parsed.unknown.count)
            try RefusalReport.tell(client.store.refusal())
        }
        if !refused.isEmpty { throw ExitCode(Exit.attention) }
    }

    private func contents() throws -> [UInt8] {
        guard let file = InputFile(path: self.file) else {
            throw CommandFailure(Exit.usage, UsageError.unreadable(self.file))
        }
        // One more shows that it is too large, however large it is.
        return try file.next(SchemeLimits.importByteCountMax + 1)
    }

    private func refusal(of row: ImportFile.Accepted, _ client: OpenedClient) throws -> Refused? {
        if let unit = client.scheme.unit(row.address.unit), !client.keeps(unit.code) {
            let error = ForeignUnit(unit: unit, own: client.store.identity.unit)
            return Refused(row.line, 1, error.code, error.sentence)
        }
        return nil
    }

    /// Whoever imports a file again may not know that somebody has corrected a figure since.
    private static func tell(_ replaced: [ReplacedOther], _ client: OpenedClient) {
        for one in replaced {
            let former = one.former.version.value.text(at: one.address, scheme: client.scheme)
            Console.line(
                say(
                    "第 \(one.line) 行取代别人填的 \(former)：\(one.address)（\(one.former.who)）",
                    "Line \(one.line) replaces somebody else's \(former): \(one.address) (\(one.former.who))"
                )
            )
        }
    }

    private func tell(_ report: ImportJSON, unknownNameCount: Int) {
        for row in report.refused {
            Console.error(say("第 \(row.line) 行：\(row.text)", "Line \(row.line): \(row.text)"))
        }
        let summary = say(
            "新增 \(report.new)，修改 \(report.changed)，相同 \(report.same)，退回 \(report.refused.count)。",
            "\(report.new) new, \(report.changed) changed, \(report.same) the same, \(report.refused.count) refused."
        )
        Console.line(self.dryRun ? say("试运行，未写入：", "Dry run, nothing written: ") + summary : summary)
        guard unknownNameCount > 0, !self.dryRun else { return }
        Console.line(
            say(
                "有 \(unknownNameCount) 个名称不在制度中，已列入待匹配名单，请用 match 查看。",
                "Names that the scheme does not have: \(unknownNameCount); see them with match."
            )
        )
    }

    private struct Refused {
        let line: Int
        let column: Int
        let code: String
        let text: Bilingual

        init(_ line: Int, _ column: Int, _ code: String, _ text: Bilingual) {
            self.line = line
            self.column = column
            self.code = code
            self.text = text
        }
    }

    private struct RefusedJSON: Encodable {
        let line: Int
        let column: Int
        let code: String
        let text: String

        init(_ refused: Refused) {
            self.line = refused.line
            self.column = refused.column
            self.code = refused.code
            self.text = refused.text[Speech.language]
        }
    }

    /// A figure of somebody else in whose place a row puts another.
    private struct ReplacedOther {
        let line: Int
        let address: CellAddress
        let former: AuthoredVersion
    }

    private struct ReplacedOtherJSON: Encodable {
        let line: Int
        let cell: String
        let former: ValueJSON
        let author: String
        @Nullable var device: String?
        let time: String

        init(_ replaced: ReplacedOther, scheme: Scheme) {
            self.line = replaced.line
            self.cell = replaced.address.description
            self.former = ValueJSON(replaced.former.version.value, at: replaced.address, scheme: scheme)
            self.author = replaced.former.author
            self._device = Nullable(wrappedValue: replaced.former.device)
            self.time = replaced.former.version.time.description
        }
    }

    private struct ImportJSON: Encodable {
        let new: Int
        let changed: Int
        let same: Int
        let refused: [RefusedJSON]
        let replaced: [ReplacedOtherJSON]
        let dryRun: Bool

        enum CodingKeys: String, CodingKey {
            case new, changed, same, refused, replaced
            case dryRun = "dry_run"
        }
    }
}
