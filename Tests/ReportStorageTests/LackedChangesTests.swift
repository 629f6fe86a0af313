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
                try $0.changes(in: Self.scope, lackedBy: frontier, byteCountMax: byteCountMax)
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
        let peer = Frontier([stored[2].reference, stored[3].reference])
        let loaded = try opened.read { try $0.changes(in: Self.scope, lackedBy: peer, byteCountMax: 48 * 1024) }
        #expect(loaded.changes == Array(stored[4...]))
        #expect(!loaded.hasUnknownHeads)
        // They would be missed.
        #expect(throws: StoreError.self) {
            try opened.read { try $0.changes(in: Self.scope, lackedBy: Frontier(), byteCountMax: 48 * 1024) }
        }
    }

    @Test("A head that is not held says nothing, unless it is further on a chain: then that chain waits")
    func unknownHeads() throws {
        let stored = self.twoChains().storedChanges
        let database = try ReportDatabase.holding(stored)
        let (first, second) = (ReplicaID(rawValue: 0xA), ReplicaID(rawValue: 0xB))
        let table: [(peer: [Reference], sent: [Int])] = [
            ([], [0, 1, 2, 3, 4, 5]),
            ([Reference(replica: first, sequence: 2, tag: 1)], [0, 1, 2, 3, 4, 5]),
            ([Reference(replica: first, sequence: 9, tag: 1)], [1, 3, 5]),
            ([Reference(replica: first, sequence: 9, tag: 1), Reference(replica: second, sequence: 4, tag: 1)], []),
            ([Reference(replica: ReplicaID(rawValue: 0xC), sequence: 9, tag: 1)], [0, 1, 2, 3, 4, 5]),
        ]
        for (peer, sent) in table {
            let loaded = try database.read {
                try $0.changes(in: Self.scope, lackedBy: Frontier(peer), byteCountMax: 48 * 1024)
            }
            #expect(loaded.changes == sent.map { stored[$0] }, "\(peer)")
            #expect(loaded.hasUnknownHeads == !peer.isEmpty, "\(peer)")
        }
    }
}
