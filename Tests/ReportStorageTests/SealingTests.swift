import Crypto
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("A store that wants everything sealed")
struct SealingTests {
    private typealias Holder = SealedProvince.Holder

    @Test("takes what granted devices have sealed, and gives it on with their seals")
    func relayed() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 3)
        for round in 0..<3 {
            for office in offices { try office.edit(round + 1) }
            try offices[0].send(to: root)
            try offices[1].send(to: root)
            try root.send(to: offices[2])
            try offices[2].edit()
            try offices[2].send(to: root)
            for office in offices { try root.send(to: office) }
        }
        let expected = try root.contents
        for office in offices { #expect(try office.contents == expected) }
    }

    @Test("sends nothing before it is sealed, and then all of it, in batches of any size")
    func unsent() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 1)
        for _ in 0..<40 { try offices[0].edit(60) }
        #expect(try offices[0].batch(for: root.frontier) == nil)
        let sealCount = try offices[0].seal()
        #expect(sealCount > 1 && sealCount < 10, "\(sealCount)")
        #expect(try offices[0].seal() == 0)
        try offices[0].send(to: root, byteCountMax: 1)
        #expect(try root.contents == offices[0].contents)
        // What a whole log needs is one seal a run and batch.
        let batch = try #require(try root.batch(for: Frontier()))
        #expect(batch.chains.count == 2 && batch.chains.allSatisfy { $0.seal != nil })
    }

    @Test("seals what it wrote before and after it took something else apart, so that each can go alone")
    func interrupted() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try offices[1].edit(500)
        try offices[1].send(to: root)
        try offices[0].edit()
        try root.send(to: offices[0])
        // Sealed by then, as a sync begins with that; here it wrote once more before the next.
        try offices[0].edit()
        try offices[0].send(to: root, byteCountMax: 1)
        try root.send(to: offices[1], byteCountMax: 1)
        #expect(try offices[1].contents == offices[0].contents)
    }

    @Test("writes between a sync's seals and its end wait for the next sync")
    func writtenMeanwhile() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try offices[1].edit(300)
        try offices[1].send(to: root)
        try offices[0].edit()
        let batch = try #require(try root.batch(for: offices[0].frontier))
        #expect(try offices[0].take(batch).problem == nil)
        try offices[0].edit()
        #expect(try offices[0].seal() == 2, "the first stands before what was taken")
        try offices[0].send(to: root)
        #expect(try root.contents == offices[0].contents)
    }

    // MARK: - Attacks

    /// The batch in which an office sends its one change.
    private func oneChange() throws -> (root: Holder, office: Holder, other: Holder, batch: Batch) {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try offices[0].edit(3)
        try offices[0].seal()
        return (root, offices[0], offices[1], try #require(try offices[0].batch(for: root.frontier)))
    }

    private func expectRefused(
        _ batch: Batch,
        by store: Holder,
        _ problem: SealProblem,
        _ comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try store.contents
        let outcome = try store.take(batch)
        #expect(outcome.problem == problem, comment, sourceLocation: sourceLocation)
        #expect(outcome.takenCount == 0 && outcome.held.allSatisfy { $0 == nil }, sourceLocation: sourceLocation)
        #expect(try store.contents == before, sourceLocation: sourceLocation)
    }

    private func altered(_ batch: Batch, _ change: (inout Batch.Chain) -> Void) -> Batch {
        var chains = batch.chains
        for index in chains.indices { change(&chains[index]) }
        return Batch(scope: batch.scope, chains: chains, entries: batch.entries)
    }

    @Test("refuses what is not sealed, or sealed by somebody else, or altered after it was sealed")
    func forged() throws {
        let (root, office, other, batch) = try self.oneChange()
        let replica = batch.chains[0].replica
        try self.expectRefused(self.altered(batch) { $0.seal = nil }, by: root, .unsealed(replica))
        let signature = batch.chains[0].seal!.signature
        try self.expectRefused(
            self.altered(batch) { $0.seal = Seal(signer: other.key.publicKey.id, signature: signature) },
            by: root,
            .wrongSignature(other.key.publicKey.id)
        )
        var broken = signature
        broken[17] ^= 4
        try self.expectRefused(
            self.altered(batch) { $0.seal!.signature = broken },
            by: root,
            .wrongSignature(office.key.publicKey.id)
        )
        // Another figure under the same seal.
        var change = batch.entries[0].change
        change.writes[0].value = .number(Quantity(ExactDecimal(99)))
        let entry = Batch.Entry(chain: 0, change: change, canonicalBytes: change.canonicalBytes)
        try self.expectRefused(
            Batch(scope: batch.scope, chains: batch.chains, entries: [entry]),
            by: root,
            .wrongSignature(office.key.publicKey.id)
        )
        // Another scope: the hash is another one there, and the office is granted nothing.
        let elsewhere = Batch(scope: UnitCode("410729")!, chains: batch.chains, entries: batch.entries)
        #expect(try root.take(elsewhere).missing != nil, "not even the grant is there")
        #expect(try root.take(batch).takenCount == 1, "the batch itself is in order")
        #expect(try root.take(batch).duplicateCount == 1, "and harmless when it is replayed")
    }

    @Test("that has no authority takes no seal, which it could not check, and is as it was")
    func withoutAuthority() throws {
        let (root, _, _, batch) = try self.oneChange()
        let open = try ReportDatabase(inMemory: .server)
        try open.write { try $0.setOwnReplica(ReplicaID(rawValue: 9)) }
        let all = try #require(try root.batch(for: Frontier()))
        for sealed in [all, batch] {
            let outcome = try open.write { try $0.take(sealed, received: SealedProvince.time) }
            #expect(outcome.problem == .unexpected(sealed.chains[0].seal!.signer) && outcome.takenCount == 0)
        }
        #expect(try open.read { try $0.scopes() }.isEmpty && open.verify().firstProblem == nil)
    }

    @Test("refuses a device that was granted nothing, and keys that another device claims to grant")
    func ungranted() throws {
        let province = SealedProvince()
        let (root, offices) = try province.stage(officeCount: 1)
        let stranger = try province.holder()
        try root.send(to: stranger)
        try stranger.edit()
        try stranger.seal()
        let batch = try #require(try stranger.batch(for: root.frontier))
        try self.expectRefused(batch, by: root, .unknownSigner(stranger.key.publicKey.id))
        // A clerk writes a grant, as nobody but the authority may.
        try offices[0].grant(stranger.key.publicKey)
        try offices[0].send(to: root)
        try self.expectRefused(
            try #require(try stranger.batch(for: root.frontier)),
            by: root,
            .unknownSigner(stranger.key.publicKey.id)
        )
        // The authority does, in the same batch as what the device then wrote.
        try root.grant(stranger.key.publicKey)
        try root.send(to: stranger)
        try stranger.send(to: root)
        let newcomer = try province.holder()
        try root.send(to: newcomer)
        #expect(try newcomer.contents == root.contents)
    }

    @Test("refuses a change that goes on with another's chain, whoever seals it")
    func continued() throws {
        let (root, office, other, batch) = try self.oneChange()
        #expect(try root.take(batch).takenCount == 1)
        try root.send(to: other)
        let hash = try #require(try office.contents.log.last { $0.name.replica == batch.chains[0].replica }).name.hash
        let change = Change(time: SealedProvince.time, author: "b", writes: batch.entries[0].change.writes)
        let place = Seal.Place(
            scope: batch.scope,
            replica: batch.chains[0].replica,
            sequence: 2,
            hash: hash.next(change.canonicalBytes)
        )
        let chain = Batch.Chain(
            replica: place.replica,
            firstSequence: 2,
            predecessorTag: hash.tag,
            seal: try other.key.seal(place)
        )
        let entry = Batch.Entry(chain: 0, change: change, canonicalBytes: change.canonicalBytes)
        try self.expectRefused(
            Batch(scope: batch.scope, chains: [chain], entries: [entry]),
            by: root,
            .anothersChain(other.key.publicKey.id, place.replica)
        )
    }

    @Test("takes a chain although another device has sealed the same bytes in its place before")
    func sealedByAnother() throws {
        let (root, office, other, batch) = try self.oneChange()
        // The office's change reached the other by the province, which was then restored from a backup.
        let restored = try Holder(copyOf: root)
        #expect(try root.take(batch).takenCount == 1)
        try root.send(to: other)
        let hash = try #require(try office.contents.log.last { $0.name.replica == batch.chains[0].replica }).name.hash
        func sealedByOther(_ hash: ChainHash) throws -> Batch {
            let place = Seal.Place(scope: batch.scope, replica: batch.chains[0].replica, sequence: 1, hash: hash)
            let seal = try other.key.seal(place)
            return self.altered(batch) { $0.seal = seal }
        }
        for store in [root, restored] {
            try self.expectRefused(try sealedByOther(hash), by: store, .wrongSignature(other.key.publicKey.id))
        }
        // Sealed as what it is, it is a change of the other's own, and beside the true one.
        let start = ChainHash(startOf: batch.chains[0].replica, in: batch.scope, sealedBy: other.key.publicKey.id)
        let own = try sealedByOther(start.next(batch.entries[0].canonicalBytes))
        #expect(try restored.take(own).takenCount == 1)
        try office.edit()
        try office.seal()
        let all = try #require(try office.batch(for: Frontier()))
        #expect(try restored.take(all).takenCount == 2, "the true chain, and what follows it")
        #expect(try restored.contents.log.count == office.contents.log.count + 1)
        #expect(try restored.database.verify().firstProblem == nil)
    }

    @Test("keeps a chain that a device began under another's replica apart, as that device's own")
    func borrowedReplica() throws {
        let (root, office, other, batch) = try self.oneChange()
        var forged = batch
        let change = Change(
            time: SealedProvince.time,
            author: "b",
            contextDifference: batch.entries[0].change.contextDifference,
            writes: batch.entries[0].change.writes
        )
        let replica = batch.chains[0].replica
        let hash = ChainHash(startOf: replica, in: batch.scope, sealedBy: other.key.publicKey.id)
            .next(change.canonicalBytes)
        let place = Seal.Place(scope: batch.scope, replica: replica, sequence: 1, hash: hash)
        forged = Batch(
            scope: batch.scope,
            chains: [
                Batch.Chain(replica: replica, firstSequence: 1, predecessorTag: 0, seal: try other.key.seal(place))
            ],
            entries: [Batch.Entry(chain: 0, change: change, canonicalBytes: change.canonicalBytes)]
        )
        #expect(try root.take(forged).takenCount == 1)
        #expect(try root.take(batch).takenCount == 1)
        let signers = try root.database.read { try $0.chains(in: batch.scope).lines.filter { $0.replica == replica } }
            .map(\.signer)
        #expect(signers == [other.key.publicKey.id, office.key.publicKey.id])
    }
}
