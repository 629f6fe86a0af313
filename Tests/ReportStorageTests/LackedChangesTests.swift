import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// What a store sends to a peer with some frontier.
@Suite("Changes that a peer lacks")
struct LackedChangesTests {
    private static let scope = GeneratedHistory.scope

    @Test("They come in causal order, in parts that keep the limit, and each once", arguments: UInt64(0)..<40)
    func parts(seed: UInt64) throws {
        let history = GeneratedHistory(seed: seed)
        var random = SplitMix64(seed: ~seed)
        let database = try ReportDatabase.holding(history.stored)
        let peer = random.pick(history.participants).store
        // A change needs 13 bytes at least, so that every limit is reached.
        let byteCountMax = random.pick([1, 60, 200, 48 * 1024])
        var (taken, frontier) = (peer, peer.frontier)
        var sent: [StoredChange] = []
        for _ in 0...history.changes.count {
            let loaded = try database.read {
                try $0.changes(in: Self.scope, lackedBy: PeerStanding(frontier: frontier), byteCountMax: byteCountMax)
            }
            if loaded.changes.isEmpty { break }
            let byteCount = loaded.changes.reduce(0) { $0 + $1.canonicalBytes.count }
            #expect(byteCount <= byteCountMax || loaded.changes.count == 1, "replay with seed \(seed)")
            // The peer can take each when its turn comes, and holds none of them yet.
            for change in loaded.changes { #expect(taken.take(change.chained) == .taken, "replay with seed \(seed)") }
            sent += loaded.changes
            frontier = loaded.frontier
        }
        #expect(Set(sent.map(ChangeName.init)).count == sent.count, "replay with seed \(seed)")
        #expect(sent.count == history.naive.allNames.count - peer.log.count, "replay with seed \(seed)")
        #expect(frontier == taken.frontier, "replay with seed \(seed)")
        let contents = try database.read { try StoreContents($0, scope: Self.scope) }
        #expect(StoreContents(taken).differences(from: contents) == [], "replay with seed \(seed)")
    }

    /// Three changes of A, then three of B that has seen them, one after the other.
    private func twoChains() -> MemoryStore {
        var (first, second) = (
            MemoryStore(replica: ReplicaID(rawValue: 0xA), scope: Self.scope),
            MemoryStore(replica: ReplicaID(rawValue: 0xB), scope: Self.scope)
        )
        let cell = AddressInScope(form: "land", period: .none, item: "quota")
        for number in 1...3 {
            first.write(
                [Change.Write(cell, .text("A\(number)"))],
                time: Timestamp(secondsSince1970: 1),
                author: "clerk"
            )
            first.send(to: &second)
            second.write(
                [Change.Write(cell, .text("B\(number)"))],
                time: Timestamp(secondsSince1970: 2),
                author: "clerk"
            )
        }
        return second
    }

    @Test("What the peer holds is not even read")
    func costsNothing() throws {
        let directory = try TemporaryDirectory()
        let stored = self.twoChains().storedChanges
        let store = try ReportDatabase(kind: .client, directory: directory.path, access: .create)
        _ = try store.write {
            try $0.take(Batch(scope: Self.scope, changes: stored), received: Timestamp(secondsSince1970: 1))
        }
        try store.close()
        // Four of them are no longer readable. They are not asked for.
        let queue = try DatabaseQueue(path: directory.path + "/client.sqlite")
        try queue.write { try $0.execute(sql: "UPDATE change SET bytes = x'FF' WHERE position <= 4") }
        try queue.close()
        let opened = try ReportDatabase(kind: .client, directory: directory.path, access: .read)
        let peer = PeerStanding(frontier: Frontier([stored[2].reference, stored[3].reference]))
        let loaded = try opened.read { try $0.changes(in: Self.scope, lackedBy: peer, byteCountMax: 48 * 1024) }
        #expect(loaded.changes == Array(stored[4...]))
        #expect(!loaded.hasUnknownHeads)
        // They would be missed.
        #expect(throws: StoreError.self) {
            try opened.read {
                try $0.changes(in: Self.scope, lackedBy: PeerStanding(frontier: Frontier()), byteCountMax: 48 * 1024)
            }
        }
    }

    @Test("A chain on which the peer shows an unknown head waits; where it must have branched, marks are asked for")
    func unknownHeads() throws {
        let stored = self.twoChains().storedChanges
        let database = try ReportDatabase.holding(stored)
        let (first, second) = (ReplicaID(rawValue: 0xA), ReplicaID(rawValue: 0xB))
        let all = Array(0...5)
        let table: [(peer: [Reference], sent: [Int], wanted: [ReplicaID])] = [
            ([], all, []),
            // Of one that is further it is not known which it is; of one that is not, it is.
            ([Reference(replica: first, sequence: 9, tag: 1)], [1, 3, 5], []),
            ([Reference(replica: first, sequence: 4, tag: 1)], [1, 3, 5], []),
            ([Reference(replica: first, sequence: 3, tag: 1)], [], [first]),
            ([Reference(replica: first, sequence: 2, tag: 1)], [], [first]),
            ([Reference(replica: first, sequence: 2, tag: 1), stored[4].reference], [], [first]),
            (
                [Reference(replica: first, sequence: 9, tag: 1), Reference(replica: second, sequence: 4, tag: 1)], [],
                []
            ),
            (
                [Reference(replica: first, sequence: 1, tag: 1), Reference(replica: second, sequence: 1, tag: 1)], [],
                [first, second]
            ),
            ([Reference(replica: ReplicaID(rawValue: 0xC), sequence: 9, tag: 1)], all, []),
        ]
        for (peer, sent, wanted) in table {
            let loaded = try database.read {
                try $0.changes(
                    in: Self.scope,
                    lackedBy: PeerStanding(frontier: Frontier(peer)),
                    byteCountMax: 48 * 1024
                )
            }
            #expect(loaded.changes == sent.map { stored[$0] }, "\(peer)")
            #expect(loaded.hasUnknownHeads == peer.contains { $0.tag == 1 }, "\(peer)")
            #expect(loaded.wants.map(\.replica) == wanted, "\(peer)")
        }
    }

    @Test("What a peer says in its marks is sent from there, and answered with one's own marks")
    func marks() throws {
        let stored = self.twoChains().storedChanges
        let database = try ReportDatabase.holding(stored)
        let first = ReplicaID(rawValue: 0xA)
        // On another branch since A1: of A2 it has another.
        var peer = PeerStanding(
            frontier: Frontier([
                Reference(replica: first, sequence: 2, tag: 1), stored[0].reference, stored[1].reference,
            ])
        )
        peer.traced = [first]
        for told in [Set<ReplicaID>(), [first]] {
            peer.told = told
            let loaded = try database.read {
                try $0.changes(in: Self.scope, lackedBy: peer, byteCountMax: 48 * 1024)
            }
            #expect(loaded.changes == Array(stored[2...]))
            let own = [4, 2, 0].map { stored[$0].reference }
            #expect(loaded.wants == (told.isEmpty ? [ChainMarks(replica: first, references: own)] : []))
        }
    }
}
