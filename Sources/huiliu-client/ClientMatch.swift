import ArgumentParser
import ClientStore
import ReportCommand
import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

struct ClientMatch: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "match",
            abstract: say(
                "列出导入时不认识的单位和指标名称，并裁定其含义",
                "Lists the names that imports did not know, and decides what they mean."
            ),
            discussion: say(
                "例：huiliu-client match 参木园区 410728-01-04\n例：huiliu-client match 铺路 roads --form infrastructure",
                "Example: huiliu-client match Canmu 410728-01-04\nExample: huiliu-client match road_length roads --form infrastructure"
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption
    @Option(
        help: ArgumentHelp(say("名称是该报表的指标", "The name is one of an item of this form."), valueName: "form")
    )
    var form: String?
    @Flag(help: ArgumentHelp(say("也列出已匹配的名称", "List the names already matched as well.")))
    var all = false
    @Flag(
        help: ArgumentHelp(
            say("撤回对该名称的匹配；未匹配的名称则从名单删除", "Take the match back; a name without one leaves the list.")
        )
    )
    var forget = false
    @Argument(help: ArgumentHelp(say("名单中的名称", "A name of the list."), valueName: "name"))
    var name: String?
    @Argument(help: ArgumentHelp(say("它所指的单位或指标的代码", "The unit or item that it means."), valueName: "code"))
    var code: String?

    func validate() throws {
        guard let name else {
            guard !self.forget, self.form == nil else {
                throw ValidationError(say("请给出名称。", "Give the name."))
            }
            return
        }
        guard (self.code != nil) != self.forget, !self.all else {
            throw ValidationError(
                say("请给出“\(name)”所指的代码，或 --forget。", "Give the code that “\(name)” means, or --forget.")
            )
        }
    }

    func run() async throws {
        // The list may be younger than the store: opening for writing brings that up to date.
        let client = try OpenedClient(self.common, access: .write)
        guard let name else { return try self.list(client) }
        let form = try self.form.map { try client.form($0) }
        let imported = ImportedName(name, form: form?.code)
        if let code {
            try client.store.match(imported, to: try client.code(code, of: form))
        } else {
            try client.store.forget(imported)
        }
        let left = try client.store.listedNames().filter { $0.name == imported }.map { NameJSON($0, client) }
        if self.output.json {
            JSONOutput.write(NamesJSON(names: left))
        } else if let code = left.first?.code {
            Console.line(say("已匹配：\(imported.text) = \(code)", "Matched: \(imported.text) = \(code)"))
        } else {
            Console.line(
                left.isEmpty
                    ? say("已从名单删除：\(imported.text)", "Taken off the list: \(imported.text)")
                    : say("已撤回匹配：\(imported.text)", "Match taken back: \(imported.text)")
            )
        }
    }

    private func list(_ client: OpenedClient) throws {
        let names = try client.store.listedNames()
            .map { (listed: $0, json: NameJSON($0, client)) }
            // What the scheme has come to know since needs no deciding.
            .filter { self.all || ($0.json.code == nil && !client.knows($0.listed.name)) }
            .map(\.json)
        if self.output.json {
            JSONOutput.write(NamesJSON(names: names))
            return
        }
        guard !names.isEmpty else {
            Console.line(say("没有待匹配的名称。", "No names to match."))
            return
        }
        for name in names { name.tell() }
    }
}

extension OpenedClient {
    fileprivate func form(_ name: String) throws -> Form {
        guard let form = self.scheme.form(named: name) else { throw SchemeRefusal.unknownForm(name) }
        return form
    }

    /// The code of the item of `form`, or of the unit, that a person typed.
    fileprivate func code(_ text: String, of form: Form?) throws -> String {
        if let form {
            guard let item = form.item(named: text) else { throw SchemeRefusal.unknownItem(text, form: form.code) }
            return item.code.description
        }
        guard let unit = self.scheme.unit(named: text) else { throw SchemeRefusal.unknownUnit(text) }
        try self.requireOwn(unit)
        return unit.code.description
    }

    fileprivate func knows(_ name: ImportedName) -> Bool {
        guard let form = name.form else { return self.scheme.unit(named: name.text) != nil }
        return self.scheme.form(form)?.item(named: name.text) != nil
    }

    /// Whether the scheme still has what somebody decided that `name` means.
    fileprivate func has(_ code: String, for name: ImportedName) -> Bool {
        guard let form = name.form else { return UnitCode(code).flatMap { self.scheme.unit($0) } != nil }
        return Code(code).flatMap { self.scheme.form(form)?.item($0) } != nil
    }
}

private struct NamesJSON: Encodable {
    let names: [NameJSON]
}

private struct NameJSON: Encodable {
    let kind: String
    @Nullable var form: String?
    let name: String
    let rows: Int
    let firstSeen: Timestamp
    let candidates: [CandidateJSON]
    @Nullable var code: String?

    enum CodingKeys: String, CodingKey {
        case kind, form, name, rows, candidates, code
        case firstSeen = "first_seen"
    }

    init(_ listed: ListedName, _ client: OpenedClient) {
        self.kind = listed.name.form == nil ? "unit" : "item"
        self._form = Nullable(wrappedValue: listed.name.form?.description)
        self.name = listed.name.text
        self.rows = listed.rowCount
        self.firstSeen = listed.firstSeen
        let units = client.scheme.unitAndBelow(client.store.identity.unit)
        self.candidates = client.scheme.candidates(for: listed.name, among: units).map(CandidateJSON.init)
        let code = listed.code.flatMap { client.has($0, for: listed.name) ? $0 : nil }
        self._code = Nullable(wrappedValue: code)
    }

    func tell() {
        let kind = self.form.map { say("指标，报表 \($0)", "item of \($0)") } ?? say("单位", "unit")
        Console.line(
            say(
                "\(self.name)（\(kind)）：\(self.rows) 行，首次见于 \(self.firstSeen.shownInShanghai)",
                "\(self.name) (\(kind)): rows \(self.rows), first seen \(self.firstSeen.shownInShanghai)"
            )
        )
        if let code {
            Console.line(say("  已匹配：\(code)", "  matched: \(code)"))
            return
        }
        for candidate in self.candidates { Console.line("  ? \(candidate.code)  \(candidate.shown)") }
        let code = self.candidates.first?.code ?? say("代码", "CODE")
        let command = "huiliu-client match \(self.quotedName) \(code)" + (self.form.map { " --form \($0)" } ?? "")
        Console.line(say("  裁定：\(command)", "  To decide: \(command)"))
    }

    /// As a shell takes it.
    private var quotedName: String {
        guard !self.name.allSatisfy({ $0.isLetter || $0.isNumber }) else { return self.name }
        return "'" + self.name.replacing("'", with: #"'\''"#) + "'"
    }
}

private struct CandidateJSON: Encodable {
    let code: String
    let name: String
    let shown: String

    enum CodingKeys: CodingKey {
        case code, name
    }

    init(_ candidate: NameCandidate) {
        self.code = candidate.code
        self.name = candidate.name.chinese
        self.shown = candidate.name[Speech.language]
    }
}
