import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport
import Testing

@Suite("Figures that others have replaced")
struct ReplacedFigureTests {
    private func replaced(_ office: Office) throws -> [String] {
        try office.store.replacedFigures().figures.map { "\($0.own) \($0.present.version.value)" }
    }

    /// - Returns: How many there were.
    private func takeNote(_ office: Office) throws -> Int {
        let replaced = try office.store.replacedFigures()
        try office.store.takeNote(of: replaced)
        return replaced.figures.count
    }

    /// Two offices that both hold 13, written by the first.
    private func pair() throws -> (office: Office, other: Office) {
        let (office, other) = (try Office(0xA1), try Office(0xB2))
        try office.write(.number("13"), second: 1)
        try other.take(from: office)
        return (office, other)
    }

    @Test("are told until somebody takes note, to whom wrote them and nobody else")
    func told() throws {
        let (office, other) = try self.pair()
        #expect(try self.replaced(office) == [])
        try other.write(.number("14"), second: 2)
        try office.take(from: other)
        #expect(try self.replaced(office) == ["13 14"] && self.replaced(other) == [])
        #expect(try office.store.status().replaced.count == 1)
        try office.store.passOverOtherNews()
        #expect(try self.replaced(office) == ["13 14"], "nobody has taken note")
        #expect(try self.takeNote(office) == 1)
        #expect(try self.replaced(office) == [])
        // Once more, by somebody who has seen it.
        try other.write(.number("15"), second: 3)
        try office.take(from: other)
        #expect(try self.replaced(office) == ["13 15"])
        // An own figure over it ends the matter; who wrote that one is told now.
        try office.write(.number("16"), second: 4)
        try other.take(from: office)
        #expect(try self.replaced(office) == [] && self.replaced(other) == ["15 16"])
    }

    @Test("are not those in conflict, and not those that others wrote alike")
    func others() throws {
        let (office, other) = try self.pair()
        try office.write(.number("14"), second: 2)
        try other.write(.number("15"), second: 3)
        try office.take(from: other)
        #expect(try office.store.status().conflictCount == 1 && self.replaced(office) == [])
        try office.store.passOverOtherNews()
        // Who decides against it replaces it, also where that was passed over as a conflict.
        try other.take(from: office)
        #expect(try other.write(.number("15"), .resolving(nil), second: 4) == .changed)
        try office.take(from: other)
        #expect(try self.replaced(office) == ["14 15"] && self.replaced(other) == [])
        #expect(try self.takeNote(office) == 1)
        try office.write(.number("16"), second: 5)
        try other.take(from: office)
        try other.write(.number("17"), second: 6)
        try other.write(.number("16"), second: 7)
        try office.take(from: other)
        #expect(try self.replaced(office) == [], "it is the same figure")
    }

    @Test("are told anew by a rebuilt store, whose log has other places")
    func rebuilt() throws {
        let directory = try TemporaryDirectory()
        let (office, other) = (try Office(0xA1, in: directory.path), try Office(0xB2))
        try office.write(.number("13"), second: 1)
        try other.take(from: office)
        try other.write(.number("14"), second: 2)
        try office.take(from: other)
        #expect(try self.takeNote(office) == 1 && self.replaced(office) == [])
        try office.store.database.close()
        _ = try ClientStore.rebuild(
            in: directory.path,
            given: ClientStore.GivenIdentity(),
            newReplica: ReplicaID(rawValue: 0xA2),
            scheme: SchemeSource([]),
            now: Timestamp(secondsSince1970: 9)
        )
        #expect(try self.replaced(Office(reopening: directory.path)) == ["13 14"])
    }
}
