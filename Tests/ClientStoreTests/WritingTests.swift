import ClientStore
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// What a write puts into the log.
@Suite("Writing")
struct WritingTests {
    static let equalValues: [(CellValue?, CellValue)] = [
        (.number("1.0"), .number("1.00")),
        (.number("1.00"), .number("1")),
        (.number("-0.0"), .number("0")),
        (.text("蒲西"), .text("蒲西")),
        (.notApplicable, .notApplicable),
        (.missing, .missing),
        // A blank over nothing.
        (nil, .missing),
    ]

    @Test("A value equal to the present one writes nothing", arguments: equalValues)
    func same(present: CellValue?, value: CellValue) throws {
        let office = try Office()
        if let present {
            try office.write(.number("8"))
            try office.write(present)
        }
        let before = try office.contents()
        #expect(try office.write(value) == .same)
        #expect(try office.contents() == before)
        #expect(try office.store.status().unsent == before.log.count)
    }

    static let differentValues: [(CellValue, CellValue)] = [
        (.number("1"), .number(Quantity(ExactDecimal("1")!, qualifier: .near))),
        (.number("0"), .missing),
        (.missing, .number("0")),
        (.missing, .notApplicable),
        (.withheld, .notApplicable),
        (.text("1"), .number("1")),
    ]

    @Test("A value that only looks alike is another", arguments: differentValues)
    func different(present: CellValue, value: CellValue) throws {
        let office = try Office()
        try office.write(.number("8"))
        try office.write(present)
        #expect(try office.write(value) == .changed)
    }

    @Test("The typed digits are kept")
    func digits() throws {
        let office = try Office()
        try office.write(.number("1.50"))
        #expect(try office.store.cell(Office.cell).value.description == "1.50")
    }

    @Test("A long import becomes changes of at most 500 cells, in order", arguments: [499, 500, 501, 1700])
    func splitByCount(count: Int) throws {
        let office = try Office()
        let edits = (0..<count).map { Edit(Office.address("item\($0)"), .number("\($0)")) }
        let outcomes = try office.store.write(edits, now: Timestamp(secondsSince1970: 1))
        #expect(outcomes.allSatisfy { $0 == .new })
        let changes = try office.log().map(\.stored.chained)
        // The device's name is one cell more.
        #expect(changes.count == (count + 1 + 499) / 500)
        #expect(changes.map(\.sequence) == (1...UInt64(changes.count)).map(\.self))
        let writes = changes.flatMap(\.change.writes)
        #expect(writes.count == count + 1 && Set(writes.map(\.address)).count == count + 1)
        #expect(changes.allSatisfy { $0.change.writes.count <= ChangeLimits.writeCountMax })
    }

    @Test("Long texts become changes of at most 48 KiB", arguments: [1, 2, 3, 4, 40])
    func splitBySize(count: Int) throws {
        let office = try Office()
        let text = String(repeating: "文", count: ChangeLimits.textByteCountMax / 3)
        let edits = (0..<count).map { Edit(Office.address("item\($0)"), .text("\(text)")) }
        _ = try office.store.write(edits, now: Timestamp(secondsSince1970: 1))
        let log = try office.log()
        #expect(log.allSatisfy { $0.stored.canonicalBytes.count <= ChangeLimits.canonicalByteCountMax })
        #expect(log.flatMap(\.stored.chained.change.writes).count == count + 1)
        for edit in edits { #expect(try office.store.cell(edit.address).value == edit.value) }
    }

    @Test("The edits of one call are one change in each scope")
    func scopes() throws {
        let office = try Office()
        let other = UnitCode("410728-02")!
        let edits = [
            Edit(Office.address("roads"), .number("1")), Edit(Office.address("roads", in: other), .number("2")),
            Edit(Office.address("investment"), .number("3")),
        ]
        _ = try office.store.write(edits, now: Timestamp(secondsSince1970: 1))
        #expect(try office.log().count == 1)
        #expect(try office.log(other).count == 1)
    }

    @Test("The first change of a replica in a scope writes the device's name, and only the first")
    func deviceName() throws {
        let (office, colleague) = (try Office(name: "办公室一"), try Office(0xB2, name: "办公室二"))
        let other = UnitCode("410728-02")!
        try office.write(.number("1"))
        try office.write(.number("2"))
        try office.write(.number("3"), at: Office.address("roads", in: other))
        let name = Change.Write(SystemForm.deviceName(of: office.store.identity.replica), .text("办公室一"))
        #expect(try office.log().map { $0.stored.chained.change.writes.contains(name) } == [true, false])
        #expect(try office.log(other).map { $0.stored.chained.change.writes.contains(name) } == [true])
        // A colleague who has changes of this office still writes a name of its own.
        try colleague.take(from: office)
        try colleague.write(.number("4"))
        let cell = try colleague.store.cell(Office.cell)
        #expect(cell.versions.map(\.device) == ["办公室二"])
        #expect(try colleague.log().last?.stored.chained.change.writes.count == 2)
    }

    @Test("The device's name is in the first change also of a long import of any forms")
    func deviceNameFirst() throws {
        let office = try Office()
        let edits = (0..<600).map { number in
            Edit(
                CellAddress(unit: Office.scope, form: "A", period: Period("2024")!, item: Code("item\(number)")!),
                .number("1")
            )
        }
        _ = try office.store.write(edits, now: Timestamp(secondsSince1970: 1))
        let name = SystemForm.deviceName(of: office.store.identity.replica)
        #expect(
            try office.log().map { $0.stored.chained.change.writes.contains { $0.address == name } } == [true, false]
        )
    }
}
