import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ServerStore
import Simulation
import TestSupport
import Testing

/// What other systems lost data by, in the field. Tests/README.md lists each failure and all tests that keep it away.
@Suite("Failures known from the field")
struct FieldFailureTests {
    @Test("A number used again after a restore names another change, and nobody sees a conflict that is none")
    func countersAfterARestore() throws {
        let tale = try Tale()
        let office = try tale.office(0xA1)
        try tale.write(.figure("1"), in: 0, at: office)
        try tale.sync(office)
        try office.backUp()
        try tale.write(.figure("2"), in: 0, at: office)
        try tale.sync(office)

        try office.restore(from: office.backups[0])
        try tale.write(.figure("3"), in: 1, at: office)
        try tale.settle([office])
        #expect(try tale.values(0) == [.figure("2")])
        #expect(try tale.values(1) == [.figure("3")])
        let log = try tale.contents(tale.server.store.database).log.map(\.name)
        #expect(log.map(\.sequence) == [1, 2, 2] && Set(log.map(\.replica)).count == 1)
        // It goes on under another id, so that it does not happen again.
        try tale.write(.figure("4"), in: 1, at: office)
        try tale.settle([office])
        #expect(try office.store.ownReplica().former == [ReplicaID(rawValue: 0xA1)])
        #expect(try tale.values(1) == [.figure("4")])
    }

    @Test("A clone and a restore of one store, and of the province: all of it is there, and true conflicts only")
    func cloneAndRestore() throws {
        let tale = try Tale()
        let office = try tale.office(0xA1)
        try tale.write(.figure("1"), in: 0, at: office)
        try tale.write(.figure("1"), in: 1, at: office)
        try tale.sync(office)
        try tale.server.backUp()
        try office.backUp()
        let clone = try SimulatedClient(cloning: office, from: office.backups[0])

        try tale.write(.figure("2"), in: 0, at: office)
        try tale.sync(office)
        try tale.write(.figure("3"), in: 0, at: clone)
        try tale.write(.figure("5"), in: 1, at: clone)
        try tale.sync(clone)
        try tale.server.restore(from: tale.server.backups[0])
        try office.restore(from: office.backups[0])
        try tale.write(.figure("4"), in: 0, at: office)
        try tale.settle([office, clone])
        // The first machine's 2 is lost with it, unless the clone had received it: which it had.
        #expect(Set(try tale.values(0)) == [.figure("2"), .figure("3"), .figure("4")])
        #expect(try tale.values(1) == [.figure("5")])
    }

    @Test("A restored province gets everything back by ordinary syncs; nobody throws anything away")
    func noResync() throws {
        let tale = try Tale()
        let offices = try [tale.office(0xA1), tale.office(0xB2), tale.office(0xC3)]
        try tale.server.backUp()
        for round in 0..<3 {
            for (index, office) in offices.enumerated() {
                try tale.write(.figure("\(round)\(index)"), in: index, at: office)
                try tale.sync(office)
            }
        }
        try tale.settle(offices)
        let before = try tale.contents(tale.server.store.database)

        try tale.server.restore(from: tale.server.backups[0])
        #expect(try tale.contents(tale.server.store.database).log.isEmpty)
        // Any one that holds the scope gives all of it back, what others wrote too.
        let pair = try tale.sync(offices[1])
        #expect(pair.tally?.changesSent == before.log.count && pair.tally?.changesReceived == 0)
        #expect(try tale.contents(tale.server.store.database).differences(from: before) == [])
        try tale.settle(offices)
    }

    @Test("After 400 days amongst 300 replicas nothing was pruned: no figure comes back, no conflict is false")
    func prunedClocks() throws {
        let tale = try Tale()
        let (office, colleague) = try (tale.office(0xA1), tale.office(0xB2))
        for cell in 0..<3 { try tale.write(.figure("1"), in: cell, at: office) }
        try tale.settle([office, colleague])
        for replica in UInt64(1000)..<1300 {
            var store = MemoryStore(replica: ReplicaID(rawValue: replica), scope: Tale.zone)
            var cell = Tale.cells[0]
            cell.row = Code("r\(replica)")!
            store.write([.init(cell, .figure("7"))], time: tale.time.now(skewSeconds: 0), author: "clerk")
            try tale.server.take(Batch(scope: Tale.zone, changes: store.storedChanges))
        }
        // Without a line: one figure that nobody else touches, one that a colleague changes too.
        try tale.write(.figure("2"), in: 1, at: office)
        tale.passDays(400)
        try tale.sync(colleague)
        try tale.write(.figure("3"), in: 0, at: colleague)
        try tale.write(.figure("3"), in: 1, at: colleague)
        try tale.settle([colleague, office])
        let province = try tale.contents(tale.server.store.database)
        #expect(province.frontier.heads.count == 302)
        #expect(try tale.values(0) == [.figure("3")])
        #expect(Set(try tale.values(1)) == [.figure("2"), .figure("3")])
        #expect(try tale.values(2) == [.figure("1")])
        #expect(try office.store.status().conflictCount == 1)
    }

    @Test("A cleared figure does not come back with an office that still had it", arguments: [false, true])
    func deletes(isEditedMeanwhile: Bool) throws {
        let tale = try Tale()
        let (office, colleague) = try (tale.office(0xA1), tale.office(0xB2))
        try tale.write(.figure("5"), in: 0, at: office)
        try tale.settle([office, colleague])
        try tale.write(.missing, in: 0, at: colleague)
        try tale.sync(colleague)
        try tale.write(.figure("6"), in: isEditedMeanwhile ? 0 : 1, at: office)
        tale.passDays(400)
        try tale.settle([office, colleague])
        // Who edits what another clears at the same time disagrees with them, and a person decides.
        #expect(Set(try tale.values(0)) == (isEditedMeanwhile ? [.missing, .figure("6")] : [.missing]))
    }

    @Test("A clock at 1970 or 2099 is shown, and nothing is refused for it", arguments: [Int64(0), 4_070_908_800])
    func clockSkew(clock: Int64) throws {
        let tale = try Tale()
        let truth = tale.time.now(skewSeconds: 0).secondsSince1970
        let (office, colleague) = try (tale.office(0xA1, skewSeconds: clock - truth), tale.office(0xB2))
        try tale.write(.figure("1"), in: 0, at: office)
        try tale.settle([office, colleague])
        let skewSeconds = try #require(try office.store.status().skewSeconds)
        #expect(abs(skewSeconds - (truth - clock)) < 60)
        // Who was shown a value supersedes it, whatever the clocks say.
        try tale.write(.figure("2"), in: 0, at: colleague)
        try tale.settle([office, colleague])
        #expect(try tale.values(0) == [.figure("2")])
    }

    @Test("What the province's scheme does not have waits, and holds up nothing else")
    func oneBadItem() throws {
        let tale = try Tale(scheme: .older)
        let office = try tale.office(0xA1)
        let newZone = UnitCode("410728-02")!
        #expect(SimulatedScheme.older.scheme.unit(newZone) == nil)
        try tale.write(.figure("1"), in: 0, of: newZone, at: office)
        try tale.write(.figure("2"), in: 3, at: office)
        try tale.sync(office)
        // Neither form nor item is in the province's scheme; it keeps them, and passes them on.
        #expect(SimulatedScheme.older.cells.contains(Tale.cells[3]) == false)
        #expect(try tale.values(3) == [.figure("2")])
        #expect(try tale.values(0, of: newZone) == [])
        #expect(try office.store.status().unsent == 1)
        // The office has the province's scheme now, and still holds what that does not know.
        #expect(office.scheme.source == SimulatedScheme.older.source)
        try tale.server.use(.newer)
        try tale.settle([office])
        #expect(try tale.values(0, of: newZone) == [.figure("1")])
    }

    @Test("An office whose scheme lacks a form passes on what it holds of it")
    func unknownFormIsPassedOn() throws {
        let tale = try Tale(scheme: .older)
        let (newer, older) = try (tale.office(0xA1), tale.office(0xB2, scheme: .older))
        try tale.server.backUp()
        try tale.write(.figure("2"), in: 3, at: newer)
        try tale.sync(newer)
        try tale.sync(older)
        try tale.server.restore(from: tale.server.backups[0])
        try tale.sync(older)
        #expect(try tale.values(3) == [.figure("2")])
    }

    @Test("A tip is worked out from one's own log; a peer that claims another is not believed")
    func adoptedDigest() throws {
        let tale = try Tale()
        let (office, colleague) = try (tale.office(0xA1), tale.office(0xB2))
        try tale.write(.figure("1"), in: 0, at: office)
        try tale.sync(office)
        let tips = try tale.server.store.standings(in: [Tale.zone])
        let own = try tale.contents(colleague.store.database)
        // The colleague holds nothing, and its hello claims to hold what the province holds.
        let liar = Pair(colleague, tale.server, time: tale.time) { start in
            var start = start
            for index in start.scopes.indices where start.scopes[index].standing.scope == Tale.zone {
                start.scopes[index].standing.tip = tips[0].tip
            }
            return start
        }
        try liar.connect()
        #expect(try tale.time.runUntilQuiet())
        #expect(liar.outcome == .ended(nil) && liar.tally?.changesReceived == 0)
        #expect(try tale.contents(colleague.store.database) == own)
        try tale.settle([office, colleague])
        #expect(try tale.contents(colleague.store.database).log.count == 1)
    }

    @Test("Two provinces that met the branches of one chain in different order hold the same, and say the same")
    func differentOrder() throws {
        let tale = try Tale()
        let other = try SimulatedServer()
        let office = try tale.office(0xA1)
        try tale.write(.figure("1"), in: 0, at: office)
        try office.backUp()
        let clone = try SimulatedClient(cloning: office, from: office.backups[0])
        for number in 0..<3 {
            try tale.write(.figure("2\(number)"), in: number % 2, at: office)
            try tale.write(.figure("3\(number)"), in: number % 2, at: clone)
        }
        let (first, second) = try (
            SimulatedClient(cloning: office, from: self.copy(of: office)),
            SimulatedClient(cloning: clone, from: self.copy(of: clone))
        )
        try tale.sync(office)
        try tale.sync(clone)
        try tale.sync(second, with: other)
        try tale.sync(first, with: other)
        let (here, there) = try (
            tale.contents(tale.server.store.database), tale.contents(other.store.database)
        )
        #expect(here.log.count == 7 && here.frontier.heads(of: ReplicaID(rawValue: 0xA1)).count == 2)
        #expect(here.differences(from: there) == [])
        // And an office that is in step with one of them has nothing to say to the other.
        let pair = try tale.sync(clone, with: other)
        #expect(pair.tally?.changesSent == 0 && pair.tally?.changesReceived == 0 && pair.frameCount == 3)
    }

    private func copy(of client: SimulatedClient) throws -> SimulatedClient.Backup {
        try client.backUp()
        return client.backups.last!
    }

    @Test("A change that builds on what nobody has is never stored, and holds up nothing else")
    func unknownContext() throws {
        let tale = try Tale()
        let nobodys = Reference(replica: ReplicaID(rawValue: 0xDEAD), sequence: 3, tag: 7)
        let (bad, good) = (self.change(by: 1, context: [nobodys]), self.change(by: 2))
        let outcome = try tale.server.take(Batch(scope: Tale.zone, changes: [bad, good]))
        #expect(outcome.missing == nobodys && outcome.takenCount == 1)
        #expect(outcome.held == [nil, good.reference])
        let office = try tale.office(0xA1)
        try tale.write(.figure("1"), in: 0, at: office)
        try tale.settle([office])
        #expect(try tale.contents(tale.server.store.database).log.count == 2)
    }

    private func change(by replica: UInt64, context: [Reference] = []) -> StoredChange {
        let change = Change(
            time: Timestamp(secondsSince1970: 0),
            author: "clerk",
            contextDifference: context,
            writes: [.init(Tale.cells[1], .figure("\(replica)"))]
        )
        let replica = ReplicaID(rawValue: replica)
        return StoredChange(
            chained: ChainedChange(replica: replica, sequence: 1, predecessorTag: 0, change: change),
            hash: ChainHash(startOf: replica, in: Tale.zone, sealedBy: nil).next(change.canonicalBytes),
            canonicalBytes: change.canonicalBytes
        )
    }
}
