import ClientStore
import ReportModel
import ReportScheme
import Testing

@Suite("The matching list")
struct MatchingListTests {
    private static let scheme = try! Scheme.parse(
        SchemeSource([
            .init(name: "s.yaml", text: "scheme: s\nname: 制度\nname_en: S\nversion: 1"),
            .init(
                name: "u.yaml",
                text: """
                    units:
                      - {code: "410000", name: 河南省, name_en: Henan, level: province}
                      - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000"}
                    """
            ),
            .init(
                name: "f.yaml",
                text: """
                    form: f
                    name: 表
                    name_en: F
                    items: [{item: a, name: 甲, name_en: A, type: text, periods: [year], reported_by: [county]}]
                    """
            ),
        ])
    )

    @discardableResult
    private func read(_ rows: String, into office: Office, second: Int64) throws -> ImportFile {
        let text = "unit,form,period,item,value\n" + rows
        let file = try ImportFile.parse(
            Array(text.utf8),
            scheme: Self.scheme,
            matches: try office.store.nameMatches()
        )
        try office.store.noteUnknownNames(file.unknown, now: Timestamp(secondsSince1970: second))
        return file
    }

    private func list(_ office: Office) throws -> [String] {
        try office.store.listedNames().map {
            "\($0.name.form?.description ?? "-") \($0.name.text) \($0.rowCount) \($0.firstSeen.secondsSince1970) \($0.code ?? "-")"
        }
    }

    @Test("counts the rows over all imports and remembers the first")
    func counts() throws {
        let office = try Office()
        try self.read("长垣,f,2024,a,x\n长垣,f,2023,乙,x\n", into: office, second: 10)
        try self.read("长垣,f,2022,a,x\n", into: office, second: 20)
        #expect(try self.list(office) == ["- 长垣 3 10 -", "f 乙 1 10 -"])
    }

    @Test("resolves a name once it is decided, until that is taken back")
    func decided() throws {
        let office = try Office()
        let (unit, item) = (ImportedName("长垣"), ImportedName("乙", form: "f"))
        let row = "长垣,f,2024,乙,x\n"
        #expect(try self.read(row, into: office, second: 10).accepted.isEmpty)
        try office.store.match(unit, to: "410728")
        try office.store.match(item, to: "a")
        let taken = try self.read(row, into: office, second: 20)
        #expect(taken.accepted.map(\.address.description) == ["410728/f/2024/a"])
        #expect(try self.list(office) == ["- 长垣 1 10 410728", "f 乙 1 10 a"])
        try office.store.forget(unit)
        #expect(try self.list(office) == ["- 长垣 1 10 -", "f 乙 1 10 a"])
        #expect(try self.read(row, into: office, second: 30).accepted.isEmpty)
        try office.store.forget(unit)
        #expect(try self.list(office) == ["f 乙 1 10 a"])
    }

    @Test("takes no decision about a name that nobody imported")
    func notListed() throws {
        let office = try Office()
        try self.read("长垣,f,2024,a,x\n", into: office, second: 10)
        // An item's name is another thing than a unit's.
        let name = ImportedName("长垣", form: "f")
        #expect(throws: NameNotListed.self) { try office.store.match(name, to: "a") }
        #expect(throws: NameNotListed.self) { try office.store.forget(name) }
        #expect(try self.list(office) == ["- 长垣 1 10 -"])
    }
}
