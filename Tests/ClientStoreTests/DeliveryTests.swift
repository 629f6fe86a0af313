import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport
import Testing

/// What the province has, as far as the client knows.
@Suite("Delivery")
struct DeliveryTests {
    /// An office with changes of its own at the seconds 1, 2, 3 …
    private func office(_ count: Int, _ replica: UInt64 = 0xA1) throws -> Office {
        let office = try Office(replica)
        for number in 1...count { try office.write(.number("\(number)"), second: Int64(number)) }
        return office
    }

    private func delivered(_ office: Office) throws -> [Bool] { try office.log().map(\.isDelivered) }

    private func frontier(_ office: Office, upTo count: Int) throws -> Frontier {
        try Frontier(office.log().prefix(count).suffix(1).map(\.stored.reference))
    }

    @Test("A receipt covers a change and all before it; what is left is counted since the oldest")
    func receipt() throws {
        let office = try self.office(4)
        #expect(try office.store.status().unsent == 4)
        #expect(try office.store.status().unsentSince == Timestamp(secondsSince1970: 1))
        try office.store.markDelivered(self.frontier(office, upTo: 3).heads, in: Office.scope)
        #expect(try self.delivered(office) == [true, true, true, false])
        #expect(try office.store.status().unsent == 1)
        #expect(try office.store.status().unsentSince == Timestamp(secondsSince1970: 4))
        // An older receipt that comes late takes nothing back.
        try office.store.markDelivered(self.frontier(office, upTo: 2).heads, in: Office.scope)
        #expect(try self.delivered(office) == [true, true, true, false])
        try office.store.markDelivered(self.frontier(office, upTo: 4).heads, in: Office.scope)
        #expect(try office.store.status().unsent == 0)
        #expect(try office.store.status().unsentSince == nil)
    }

    @Test("A receipt for another change of the same number marks nothing")
    func foreignReceipt() throws {
        let office = try self.office(2)
        let replica = office.store.identity.replica
        try office.store.markDelivered([Reference(replica: replica, sequence: 2, tag: 1)], in: Office.scope)
        #expect(try self.delivered(office) == [false, false])
    }

    @Test("A province that was restored to less takes the mark back, and the changes are sent again")
    func restoredToLess() throws {
        let office = try self.office(4)
        try office.provinceHolds(self.frontier(office, upTo: 4))
        #expect(try self.delivered(office) == [true, true, true, true])
        let scheme = try Scheme.parse(SchemeSource.officeScheme)
        #expect(try office.store.standings(scheme: scheme).allSatisfy { $0.delivered == nil })
        for count in [2, 0] {
            try office.provinceHolds(self.frontier(office, upTo: count))
            #expect(try self.delivered(office) == (1...4).map { $0 <= count })
            let delivered = try office.store.standings(scheme: scheme)
                .first { $0.standing.scope == Office.scope }?.delivered
            #expect(try delivered == self.frontier(office, upTo: count))
        }
    }

    @Test("Of a chain on which the province is ahead nothing is delivered until what leads there has come")
    func ahead() throws {
        let (office, colleague) = (try self.office(2), try self.office(3, 0xB2))
        try office.take(from: colleague, upTo: 2)
        try office.provinceHolds(Frontier())
        #expect(try self.delivered(office) == [false, false, false, false])
        let heads = [office, colleague].map {
            Reference(replica: $0.store.identity.replica, sequence: 9, tag: 1)
        }
        try office.provinceHolds(Frontier(heads))
        #expect(try self.delivered(office) == [false, false, false, false], "it may be another branch")
        try office.take(from: colleague)
        #expect(try self.delivered(office) == [false, false, true, true, true])
    }

    @Test("What the province sends is delivered")
    func downloaded() throws {
        let (office, colleague) = (try self.office(1), try self.office(3, 0xB2))
        try office.take(from: colleague)
        #expect(try self.delivered(office) == [false, true, true, true])
        #expect(try office.store.status().unsent == 1)
    }

    @Test(
        "What was written here and is not delivered is found also in a conflict and where it is a blank; others' is not"
    )
    func undelivered() throws {
        let (office, colleague) = (try self.office(1), try self.office(2, 0xB2))
        let others = Office.address("road_count")
        try colleague.write(.number("7"), at: others, second: 3)
        try office.take(from: colleague)
        // A province that was restored, or whose line broke, is not known to hold what the colleague wrote.
        try office.provinceHolds(Frontier())
        #expect(try office.store.status().unsent == 4)
        #expect(try office.store.cell(Office.cell).value == .number("2"))
        func figures() throws -> [String] {
            try office.store.undeliveredFigures().filter { !$0.address.form.isSystem }
                .map { "\($0.address.item) \($0.value) \($0.isInConflict)" }
        }
        #expect(try figures() == ["roads 1 true"])
        try office.write(.missing, at: others, second: 4)
        #expect(try figures() == ["road_count \(CellValue.missing) false", "roads 1 true"])
        let last = try #require(try office.log().last { $0.stored.chained.replica == office.store.identity.replica })
        try office.store.markDelivered([last.stored.reference], in: Office.scope)
        #expect(try figures() == [])
    }

    @Test("Two copies of a store that both went on keep both branches, and what is delivered of each")
    func branches() throws {
        let (office, copy) = (try self.office(2), try Office())
        try copy.take(from: office)
        try office.write(.number("10"), second: 10)
        try copy.write(.number("20"), second: 20)
        try copy.write(.number("21"), second: 21)
        try office.take(from: copy)
        try copy.take(from: office)
        #expect(try office.contents().differences(from: copy.contents()) == [])
        #expect(try office.contents().frontier.heads.count == 2)
        #expect(
            try office.store.conflicts().map { $0.versions.map(\.version.value) } == [[.number("21"), .number("10")]]
        )
        // Of the copy's branch everything came from the province; of this one only what both share.
        #expect(try self.delivered(office) == [true, true, false, true, true])
        // The next change goes on from one of them and has seen both.
        #expect(try office.write(.number("30"), .resolving(nil)) == .changed)
        try copy.take(from: office)
        #expect(try copy.store.cell(Office.cell).versions.map(\.version.value) == [.number("30")])
        #expect(try copy.contents().differences(from: office.contents()) == [])
    }
}

extension SchemeSource {
    /// One county with one zone.
    static let officeScheme = SchemeSource([
        File(name: "scheme.yaml", text: "scheme: small\nname: 小制度\nname_en: Small\nversion: \"1\"\n"),
        File(
            name: "units.yaml",
            text: """
                units:
                  - {code: "410728", name: 长垣县, name_en: Changyuan, level: province}
                  - {code: "410728-01", name: 产业集聚区, name_en: Zone, level: zone, parent: "410728"}
                """
        ),
        File(
            name: "roads.yaml",
            text: """
                form: roads
                name: 道路
                name_en: Roads
                items:
                  - item: length
                    name: 道路长度
                    name_en: Length
                    unit: 公里
                    kind: cumulative
                    periods: [half, year]
                    reported_by: [zone]
                """
        ),
        File(name: "measures.yaml", text: "measures:\n  - {code: 公里, name_en: kilometre}\n"),
    ])
}
