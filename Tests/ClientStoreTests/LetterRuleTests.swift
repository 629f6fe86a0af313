import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport
import Testing

/// What a signed target letter means for writes.
@Suite("Signed target letters")
struct LetterRuleTests {
    static let scheme = try! Scheme.parse(
        SchemeSource([
            .init(
                name: "scheme.yaml",
                text: """
                    scheme: letters
                    name: 制度
                    name_en: Scheme
                    version: "1"
                    target_letter: {form: letter, signed: signed_on, amendments: amendments}
                    """
            ),
            .init(
                name: "units.yaml",
                text: """
                    units:
                      - {code: "410728", name: 县, name_en: County, level: county}
                      - {code: "410728-01", name: 区, name_en: Zone, level: zone, parent: "410728"}
                    """
            ),
            .init(name: "measures.yaml", text: "measures: [{code: 公里, name_en: kilometre}]"),
            .init(
                name: "letter.yaml",
                text: """
                    form: letter
                    name: 责任书
                    name_en: Target letter
                    items:
                      - {item: signed_on, name: 签订日期, name_en: Signed on, type: date, periods: [year], reported_by: [zone]}
                      - {item: amendments, name: 变更, name_en: Amendments, type: text, periods: [year], reported_by: [zone]}
                    """
            ),
            .init(
                name: "roads.yaml",
                text: """
                    form: roads
                    name: 道路
                    name_en: Roads
                    items:
                      - {item: roads, name: 道路, name_en: Roads done, unit: 公里, kind: cumulative, periods: [year, half], reported_by: [zone]}
                      - {item: roads_target, name: 道路目标, name_en: Target, unit: 公里, kind: cumulative, role: target, periods: [year, half], reported_by: [zone]}
                      - {item: bridges_target, name: 桥目标, name_en: Bridges, unit: 公里, kind: cumulative, role: target, periods: [year], reported_by: [zone]}
                    """
            ),
        ])
    )

    static let target = try! CellAddress("410728-01/roads/2024/roads_target")
    static let bridges = try! CellAddress("410728-01/roads/2024/bridges_target")
    static let signed = try! CellAddress("410728-01/letter/2024/signed_on")
    static let amendments = try! CellAddress("410728-01/letter/2024/amendments")
    static let day = CellValue.date(CalendarDate(year: 2024, month: 3, day: 1)!)
    static let amendment = Amendment(reason: "规划调整", approvedBy: "李四")!

    private static func write(_ office: Office, _ edits: Edit...) throws -> [String] {
        try office.store.write(edits, scheme: Self.scheme, now: Timestamp(secondsSince1970: 1)).map { outcome in
            switch outcome {
            case .new: "new"
            case .changed: "changed"
            case .same: "same"
            case .refused(let refusal): refusal.code
            }
        }
    }

    /// An office with the target 40 and a signed letter.
    private static func signedOffice(_ replica: UInt64 = 0xA1) throws -> Office {
        let office = try Office(replica)
        let outcomes = try Self.write(office, Edit(Self.signed, Self.day), Edit(Self.target, .number("40")))
        #expect(outcomes == ["new", "new"], "a letter and its targets come in any order")
        return office
    }

    private static func text(_ office: Office) throws -> String {
        try office.store.cell(Self.amendments).value.description
    }

    @Test("Before signing, targets change freely, and there is nothing to amend")
    func beforeSigning() throws {
        let office = try Office()
        #expect(try Self.write(office, Edit(Self.target, .number("40"))) == ["new"])
        #expect(try Self.write(office, Edit(Self.target, .number("45"))) == ["changed"])
        let amended = Edit(Self.target, .number("50"), amendment: Self.amendment)
        #expect(try Self.write(office, amended) == ["target_not_signed"])
        #expect(try Self.write(office, Edit(Self.amendments, .text("手工记的"))) == ["new"])
    }

    static let refusedEdits: [(Edit, String)] = [
        (Edit(Self.target, .number("45")), "target_signed"), (Edit(Self.target, .missing), "target_signed"),
        (Edit(Self.bridges, .number("1")), "target_signed"), (Edit(Self.signed, .missing), "target_signed"),
        (Edit(try! CellAddress("410728-01/roads/2024-H1/roads_target"), .number("1")), "target_signed"),
        (Edit(Self.amendments, .text("改写")), "amendments_are_kept"),
        (Edit(Self.amendments, .text("改写"), amendment: Self.amendment), "amendments_are_kept"),
    ]

    @Test("After signing, nothing under the letter changes silently", arguments: refusedEdits)
    func afterSigning(edit: Edit, code: String) throws {
        let office = try Self.signedOffice()
        let before = try office.contents()
        #expect(try Self.write(office, edit) == [code])
        #expect(try office.contents() == before)
    }

    static let freeEdits: [(Edit, String)] = [
        (Edit(Self.target, .number("40.0")), "same"), (Edit(Self.signed, Self.day), "same"),
        (Edit(try! CellAddress("410728-01/roads/2024/roads"), .number("45")), "new"),
        (Edit(try! CellAddress("410728-01/roads/2025/roads_target"), .number("45")), "new"),
        (Edit(try! CellAddress("410728/roads/2024/roads_target"), .number("45")), "new"),
    ]

    @Test("What is not under the letter is free, and so is what is there already", arguments: freeEdits)
    func others(edit: Edit, outcome: String) throws {
        #expect(try Self.write(try Self.signedOffice(), edit) == [outcome])
    }

    @Test("An amendment writes the value and its line in one change, and its number is found again")
    func amending() throws {
        let office = try Self.signedOffice()
        let count = try office.log().count
        #expect(
            try Self.write(office, Edit(Self.target, .number("45"), amendment: Self.amendment)) == ["changed"]
        )
        #expect(try office.log().count == count + 1)
        let first = "第1次变更：道路目标（roads/2024/roads_target） 40公里 → 45公里；理由：规划调整；批准人：李四"
        #expect(try Self.text(office) == first)
        // A target that was not in the letter, and one more change of the first, in one call.
        let outcomes = try Self.write(
            office,
            Edit(Self.bridges, .number("2"), amendment: Self.amendment),
            Edit(Self.target, .number("50"), amendment: Amendment(reason: "二次", approvedBy: "王五"))
        )
        #expect(outcomes == ["new", "changed"])
        let lines = try Self.text(office).split(separator: "\n").map(String.init)
        #expect(lines.count == 3 && lines[0] == first)
        #expect(lines[1].hasPrefix("第2次变更：桥目标（roads/2024/bridges_target） 空 → 2公里"))
        #expect(lines[2].hasSuffix("45公里 → 50公里；理由：二次；批准人：王五"))
        let versions = try [Self.target, Self.bridges, Self.signed].map { address in
            LetterRule.version(
                of: address,
                signed: try office.store.cell(Self.signed),
                amendments: try office.store.cell(Self.amendments)
            )
        }
        #expect(versions == [3, 2, 0])
        let nobody = CellState(address: Self.signed, versions: [])
        #expect(LetterRule.version(of: Self.target, signed: nobody, amendments: nobody) == nil)
    }

    @Test("Nothing is amended in a dry run, without a change, or when the list is full")
    func notAmended() throws {
        let office = try Self.signedOffice()
        let edit = Edit(Self.target, .number("45"), amendment: Self.amendment)
        let tried = try office.store.write(
            [edit],
            scheme: Self.scheme,
            now: Timestamp(secondsSince1970: 1),
            dryRun: true
        )
        #expect(tried == [.changed])
        #expect(try Self.write(office, Edit(Self.target, .number("40"), amendment: Self.amendment)) == ["same"])
        #expect(try Self.text(office).isEmpty)
        let long = Amendment(reason: String(repeating: "长", count: ChangeLimits.textByteCountMax / 3), approvedBy: "李")
        #expect(try Self.write(office, Edit(Self.target, .number("45"), amendment: long)) == ["text_too_long"])
        for (reason, name) in [("", "李四"), ("规划", " "), ("一\n二", "李四")] {
            #expect(Amendment(reason: reason, approvedBy: name) == nil)
        }
    }

    /// An office with a signed letter that another office amended as well, before either knew of the other: the first
    /// amendment is common to both.
    private static func dispute() throws -> Office {
        let (office, other) = (try Self.signedOffice(), try Office(0xB2))
        _ = try Self.write(office, Edit(Self.bridges, .number("1"), amendment: Self.amendment))
        try other.take(from: office)
        _ = try Self.write(office, Edit(Self.target, .number("45"), amendment: Self.amendment))
        _ = try Self.write(other, Edit(Self.target, .number("50"), amendment: Self.amendment))
        try office.take(from: other)
        return office
    }

    @Test("A decision between two lists of amendments keeps every line of both")
    func noAmendmentDropped() throws {
        let office = try Self.dispute()
        let state = try office.store.cell(Self.amendments)
        let lists = state.versions.map { $0.version.value.description.split(separator: "\n").map(String.init) }
        #expect(lists.map(\.count) == [2, 2] && lists[0][0] == lists[1][0] && lists[0][1] != lists[1][1])
        let merged = LetterRule.merged(state)
        let renumbered = "第3" + lists[1][1].dropFirst(2)
        #expect(merged == .text((lists[0] + [renumbered]).joined(separator: "\n")))

        let before = try office.contents()
        let dropping: [CellValue] = [
            state.versions[0].version.value, state.versions[1].version.value, .missing, .text(lists[0][1]),
            .text(lists[0][1] + "\n" + lists[1][1]), .text((lists[0] + ["第3次变更：手工"]).joined(separator: "\n")),
        ]
        for value in dropping {
            let edit = Edit(Self.amendments, value, basis: .resolving(nil))
            #expect(try Self.write(office, edit) == ["amendment_dropped"], "\(value)")
        }
        #expect(try office.contents() == before)
        // Any order will do, and any numbers.
        let keeping: [CellValue] = [
            merged, .text([lists[1][1], lists[0][1], lists[0][0]].joined(separator: "\n")),
            .text((lists[0] + lists[1]).joined(separator: "\n")),
        ]
        for value in keeping {
            let edit = Edit(Self.amendments, value, basis: .resolving(nil))
            #expect(try Self.write(try Self.dispute(), edit) == ["changed"], "\(value)")
        }
    }

    @Test("A list of amendments that holds all of the other may be taken as it is")
    func longerList() throws {
        let (office, other) = (try Self.signedOffice(), try Office(0xB2))
        try other.take(from: office)
        // The same amendment on both sides, and one more on one of them.
        for each in [office, other] {
            _ = try Self.write(each, Edit(Self.target, .number("45"), amendment: Self.amendment))
        }
        _ = try Self.write(other, Edit(Self.bridges, .number("1"), amendment: Self.amendment))
        try office.take(from: other)
        let state = try office.store.cell(Self.amendments)
        let longer = try #require(
            state.versions.map(\.version.value).max { $0.description.count < $1.description.count }
        )
        #expect(state.isConflict && LetterRule.merged(state) == longer)
        #expect(try Self.write(office, Edit(Self.amendments, longer, basis: .resolving(nil))) == ["changed"])
    }

    @Test("Of two amendments side by side each must be decided before a third; taking a target's value is free")
    func conflict() throws {
        let office = try Self.dispute()
        let third = Edit(Self.bridges, .number("2"), amendment: Self.amendment)
        #expect(try Self.write(office, third) == ["cell_in_conflict"])
        let new = Edit(Self.target, .number("48"), basis: .resolving(nil))
        #expect(try Self.write(office, new) == ["target_signed"])
        let taken = Edit(Self.target, .number("50"), basis: .resolving(nil))
        #expect(try Self.write(office, taken) == ["changed"])
        let merged = LetterRule.merged(try office.store.cell(Self.amendments))
        #expect(try Self.write(office, Edit(Self.amendments, merged, basis: .resolving(nil))) == ["changed"])
        #expect(try Self.write(office, third) == ["changed"])
        #expect(try Self.text(office).split(separator: "\n").last?.hasPrefix("第4次变更：桥目标") == true)
    }
}
