import ClientStore
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// A store that is shown what it must have written itself and does not hold was restored or copied.
@Suite("A restored or copied store")
struct NewReplicaTests {
    /// An office that wrote `count` changes, each by its number.
    private func office(_ count: Int) throws -> Office {
        let office = try Office()
        for number in 0..<count { try office.write(.text("\(number)"), second: Int64(number)) }
        return office
    }

    private func replicas(_ office: Office) throws -> [ReplicaID] { try office.log().map(\.stored.chained.replica) }

    @Test("goes on under a new id, which says whom it continues, and decides that once")
    func newID() throws {
        let (original, restored) = (try self.office(5), try self.office(3))
        try restored.provinceHolds(Frontier([try original.log().last!.stored.reference]), newReplica: 0xE1)
        let own = try restored.store.ownReplica()
        #expect(own.current == ReplicaID(rawValue: 0xE1))
        #expect(own.former == [ReplicaID(rawValue: 0xA1)])
        #expect(own.since == Timestamp(secondsSince1970: 9))
        #expect(try restored.store.status().ownReplica == own)
        // The same word again, and what it lacks, change nothing.
        try restored.provinceHolds(Frontier([try original.log().last!.stored.reference]), newReplica: 0xE2)
        try restored.take(from: original)
        #expect(try restored.store.ownReplica() == own)
        #expect(try restored.write(.text("after")) == .changed)
        #expect(try self.replicas(restored) == Array(repeating: own.former[0], count: 5) + [own.current])
        let continues = CellAddress(SystemForm.deviceContinues(of: own.current), in: Office.scope)
        #expect(try restored.store.cell(continues).value == .text(own.former[0].description))
        #expect(try restored.store.conflicts().isEmpty)
    }

    @Test("is not taken for one because of what it holds, of what others wrote, or of what the province lacks")
    func noReason() throws {
        let (office, colleague) = (try self.office(3), try Office(0xB2))
        try colleague.write(.text("B"), at: Office.address("land"))
        let names = try office.log().map(\.stored.reference)
        let others = [
            [], [names[0]], [names[2]], names, [try colleague.log()[0].stored.reference],
            [Reference(replica: ReplicaID(rawValue: 0xB2), sequence: 9, tag: 9)],
        ]
        for heads in others {
            try office.provinceHolds(Frontier(heads))
            #expect(try office.store.ownReplica().former == [], "\(heads)")
        }
    }

    @Test("does not take the province's further head on its former chain for its own changes being delivered")
    func formerChain() throws {
        let (original, copy) = (try self.office(5), try self.office(2))
        try copy.write(.text("only here"))
        let heads = Frontier([try original.log().last!.stored.reference])
        for newReplica in [UInt64(0xE1), 0xE2] {
            try copy.provinceHolds(heads, newReplica: newReplica)
            #expect(try copy.store.status().unsent == 3)
        }
        #expect(try copy.store.ownReplica().former.count == 1)
    }
}
