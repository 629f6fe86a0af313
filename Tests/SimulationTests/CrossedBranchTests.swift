import ClientStore
import ReportModel
import ReportSession
import ReportStorage
import ReportWire
import ServerStore
import Simulation
import TestSupport
import Testing

/// Chains that went separate ways because stores were set up anew with their old ids: nobody's fault, and nothing lost.
@Suite("Crossed branches")
struct CrossedBranchTests {
    private static let scope = UnitCode("410728-01")!

    /// The chains of two replicas, of which the second begins when it has all of the first.
    private func chains(_ first: (ReplicaID, Int), _ second: (ReplicaID, Int), year: Int64) -> MemoryStore {
        var stores = [first, second].map { MemoryStore(replica: $0.0, scope: Self.scope) }
        for (index, count) in [first.1, second.1].enumerated() {
            for number in 0..<count {
                stores[index].write(
                    [Change.Write(SimulatedScheme.newer.cells[number % 2], .text("\(year) \(index) \(number)"))],
                    time: Timestamp(secondsSince1970: year * 31_557_600),
                    author: "clerk"
                )
            }
            if index == 0 { stores[0].send(to: &stores[1]) }
        }
        return stores[1]
    }

    @Test(
        "Each side is further on the chain that the other's changes build on",
        arguments: [(12, 5, 10, 7), (40, 20, 30, 35), (300, 50, 60, 400)]
    )
    func crossed(_ ownFirst: Int, _ ownSecond: Int, _ otherFirst: Int, _ otherSecond: Int) throws {
        let (a, b) = (ReplicaID(rawValue: 0xA), ReplicaID(rawValue: 0xB))
        let (client, server) = (try SimulatedClient(unit: UnitCode("410728")!, replica: 0xC), try SimulatedServer())
        // Here B's changes came first and A's build on them; there it was the other way round.
        for stored in self.chains((b, ownSecond), (a, ownFirst), year: 50).storedChanges {
            _ = try client.store.take(Batch(scope: Self.scope, changes: [stored]), now: .init(secondsSince1970: 0))
        }
        for stored in self.chains((a, otherFirst), (b, otherSecond), year: 54).storedChanges {
            try server.take(Batch(scope: Self.scope, changes: [stored]))
        }
        let time = VirtualTime()
        let pair = Pair(client, server, time: time, batchByteCountMax: 1)
        try pair.connect()
        #expect(try time.runUntilQuiet())
        #expect(pair.outcome == .ended(nil), "\(pair.transcript.joined(separator: "\n"))")
        let contents = try client.store.database.read { try StoreContents($0, scope: Self.scope) }
        let others = try server.store.database.read { try StoreContents($0, scope: Self.scope) }
        #expect(contents.differences(from: others) == [])
        #expect(contents.log.count == ownFirst + ownSecond + otherFirst + otherSecond)
    }
}
