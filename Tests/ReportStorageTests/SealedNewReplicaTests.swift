import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("A restored or copied store that seals")
struct SealedNewReplicaTests {
    private typealias Holder = SealedProvince.Holder

    private func own(_ store: Holder) throws -> OwnReplica {
        try #require(try store.database.read { try $0.ownReplica() })
    }

    @Test(
        "goes on under a new id once it takes a change of its own that it did not hold, be it an office or the province"
    )
    func proven() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 1)
        for (original, peer) in [(offices[0], root), (root, offices[0])] {
            try original.edit()
            try original.send(to: peer)
            let restored = try Holder(copyOf: original)
            let former = try self.own(restored)
            // What it holds says nothing.
            let known = try #require(try peer.batch(for: Frontier()))
            #expect(try restored.take(known).takenCount == 0)
            #expect(try self.own(restored) == former)
            try original.edit()
            try original.send(to: peer)
            let lost = try #require(try peer.batch(for: restored.frontier))
            #expect(try restored.take(lost).takenCount == 1)
            let own = try self.own(restored)
            #expect(own.current == restored.newReplica && own.former == former.former + [former.current])
            #expect(try restored.take(lost).duplicateCount == 1)
            #expect(try self.own(restored) == own)
            try restored.edit()
            #expect(try restored.contents.log.contains { $0.name.replica == own.current })
            try restored.send(to: peer)
            try peer.send(to: original)
            #expect(try restored.contents == original.contents)
        }
    }

    @Test("is not made to take one by a head that somebody invents, or by another's chain under its number")
    func provoked() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        let (office, other) = (offices[0], offices[1])
        try office.edit()
        try office.send(to: root)
        let former = try self.own(office)
        let invented = Reference(replica: former.current, sequence: 99, tag: 7)
        let isTaken = try office.database.write {
            try $0.noteShown([invented], in: office.scope, now: SealedProvince.time, newReplica: office.newReplica)
        }
        #expect(try !isTaken && self.own(office) == former)
        try other.database.write { try $0.setOwnReplica(former.current) }
        try other.edit()
        try other.seal()
        let others = Frontier(try office.frontier.heads.filter { $0.replica != former.current })
        let forged = try #require(try other.batch(for: others))
        #expect(forged.chains.map(\.replica) == [former.current])
        #expect(try office.take(forged).takenCount == 1)
        #expect(try self.own(office) == former)
    }

    @Test("of the province is not taken to hold what it forgot, although its own chain is further")
    func otherBranch() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 1)
        let restored = try Holder(copyOf: root)
        try root.edit()
        try root.send(to: offices[0])
        for _ in 0..<3 { try restored.edit() }
        try restored.seal()
        try offices[0].database.write { try $0.setDelivered(restored.frontier, in: offices[0].scope) }
        let isDelivered = try offices[0].database.read { reader in
            try reader.log(of: offices[0].scope).last?.isDelivered
        }
        #expect(isDelivered == false)
    }
}
