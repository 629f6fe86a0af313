import ReportModel
import ReportScheme
import Testing

/// The key `target_letter`, and which cells stand under a letter.
@Suite struct TargetLetterTests {
    static let form = """
        form: letter
        name: 责任书
        name_en: Target letter
        items:
          - {item: signed_on, name: 签订日期, name_en: Signed on, type: date, periods: [year], reported_by: [zone]}
          - {item: amendments, name: 变更, name_en: Amendments, type: text, periods: [year], reported_by: [zone]}
          - {item: visits, name: 月报, name_en: Monthly, type: date, periods: [month], reported_by: [zone]}
        """

    static func source(_ letter: String) -> SchemeSource {
        let files = SmallScheme.source("scheme.yaml", replacing: "\"1\"", with: "\"1\"\ntarget_letter: \(letter)").files
        return SchemeSource(
            files.map { file in
                .init(name: file.name, text: file.text.replacing("role: plan", with: "role: target"))
            } + [.init(name: "letter.yaml", text: Self.form)]
        )
    }

    @Test(arguments: [
        ("410728-01/roads/2024/length_plan", true), ("410728-01/roads/2024/length", false),
        ("410728-01/letter/2024/signed_on", true), ("410728-01/letter/2024/amendments", true),
        ("410728-01/letter/2024-07/visits", false), ("410728-01/roads/-/length_plan", false),
        ("410728-01/roads/2024/nothing", false), ("410728-01/nothing/2024/length_plan", false),
    ])
    func targetsAndTheLetterItselfStandUnderIt(address: String, isUnder: Bool) throws {
        let scheme = try Scheme.parse(Self.source("{form: letter, signed: signed_on, amendments: amendments}"))
        let letter = try scheme.letter(over: CellAddress(address))
        #expect((letter != nil) == isUnder)
        if let letter {
            #expect(letter.signed.description == "410728-01/letter/2024/signed_on")
            #expect(letter.amendments.description == "410728-01/letter/2024/amendments")
        }
        #expect(try SmallScheme.parsed().letter(over: CellAddress(address)) == nil)
    }

    @Test(arguments: [
        ("letter", "scheme.yaml:5:16", SchemeMistake.Reason.notMapping),
        ("{form: letter, signed: signed_on}", "scheme.yaml:5:16", .missingKey("amendments")),
        (
            "{form: letters, signed: signed_on, amendments: amendments}", "scheme.yaml:5:23",
            .unknownLetterForm("letters")
        ),
        (
            "{form: letter, signed: signed, amendments: amendments}", "scheme.yaml:5:39",
            .unknownLetterItem("signed", form: "letter")
        ),
        (
            "{form: letter, signed: amendments, amendments: amendments}", "scheme.yaml:5:39",
            .letterItemType("amendments", .date)
        ),
        (
            "{form: letter, signed: visits, amendments: amendments}", "scheme.yaml:5:39",
            .letterWithoutYear("visits")
        ),
    ])
    func aBadLetterIsAMistakeAtItsPlace(letter: String, place: String, reason: SchemeMistake.Reason) throws {
        let source = Self.source(letter)
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" } == ["\(place) \(reason)"])
        #expect(!error.explanation.english.contains("something is wrong") && !error.mistakes[0].reason.code.isEmpty)
    }
}
