import ClientStore
import ReportModel
import ReportSession
import ReportStorage
import ReportWire
import ServerStore
import TestSupport
import Testing

/// One small sync, cut at every byte in turn: the next one makes good whatever was lost.
@Suite("A line that is cut")
struct CutTests {
    private static let scopes = ["410728", "410728-01"].map { UnitCode($0)! }

    /// A client and a province that each hold changes which the other lacks, and one cell that both wrote.
    private struct Scene {
        let client: SimulatedClient
        let server: SimulatedServer
        let time = VirtualTime()

        init() throws {
            self.client = try SimulatedClient(unit: World.county, replica: 0xA1)
            self.server = try SimulatedServer()
            var colleague = MemoryStore(replica: ReplicaID(rawValue: 0xB2), scope: CutTests.scopes[1])
            for number in 0..<2 {
                colleague.write(
                    [Change.Write(World.cells[number], .text("colleague \(number)"))],
                    time: Timestamp(secondsSince1970: 1_700_000_000),
                    author: "colleague"
                )
            }
            _ = try self.server.store.take(
                Batch(scope: CutTests.scopes[1], changes: colleague.storedChanges),
                now: Timestamp(secondsSince1970: 1_700_000_000)
            )
            for (number, scope) in [CutTests.scopes[0], CutTests.scopes[1], CutTests.scopes[1]].enumerated() {
                let edit = Edit(CellAddress(World.cells[number % 2], in: scope), .text("clerk \(number)"))
                _ = try self.client.store.write([edit], now: Timestamp(secondsSince1970: 1_700_000_060))
            }
        }

        func sync(_ faults: VirtualLine.Faults) throws -> Pair {
            let pair = Pair(self.client, self.server, time: self.time, faults: faults, batchByteCountMax: 1)
            try pair.connect()
            #expect(try self.time.runUntilQuiet())
            return pair
        }

        func contents() throws -> [[StoreContents]] {
            try [self.client.store.database, self.server.store.database].map { database in
                try database.read { reader in try CutTests.scopes.map { try StoreContents(reader, scope: $0) } }
            }
        }
    }

    /// Nothing but the time it takes is left to chance.
    private static let wire = VirtualLine.Faults(delayMillisecondsMax: 10, pieceByteCountMax: 65_536)

    @Test(
        "Cut at any byte, in either direction, nothing is lost or doubled",
        arguments: [VirtualLine.End.client, .server]
    )
    func everyByte(from end: VirtualLine.End) throws {
        let whole = try Scene()
        let pair = try whole.sync(Self.wire)
        #expect(pair.outcome == .ended(nil))
        let expected = try whole.contents()
        #expect(expected[0] == expected[1] && expected[0].map(\.log.count) == [1, 4])

        let byteCount = try #require(pair.line.byteCounts[end])
        #expect(byteCount > 100)
        for cut in 0..<byteCount {
            let scene = try Scene()
            var faults = Self.wire
            faults.cut = .init(from: end, byteCount: cut)
            let first = try scene.sync(faults)
            // The last word may be lost when all is done.
            #expect(first.outcome == .ended(.connectionLost) || first.outcome == .ended(nil), "cut at byte \(cut)")
            try self.expectDeliveredIsHeld(scene, cut)
            let second = try scene.sync(Self.wire)
            #expect(second.outcome == .ended(nil), "cut at byte \(cut)")
            #expect(try scene.contents() == expected, "cut at byte \(cut)")
            #expect(try scene.client.store.status().unsent == 0, "cut at byte \(cut)")
            let received = (first.tally?.changesReceived ?? 0) + (second.tally?.changesReceived ?? 0)
            #expect(received == 2, "cut at byte \(cut)")
        }
    }

    private func expectDeliveredIsHeld(_ scene: Scene, _ cut: Int) throws {
        for scope in Self.scopes {
            let delivered = try scene.client.store.database.read { try $0.deliveredNames(in: scope) }
            let held = try scene.server.store.database.read { try $0.names(in: scope) }
            #expect(delivered.isSubset(of: held), "cut at byte \(cut)")
        }
    }

    @Test("What a process had committed when it died is not done again", arguments: 1...3)
    func crashes(after count: Int) throws {
        for crashes in [
            Pair.Crashes(clientAfterCommit: count), Pair.Crashes(serverAfterCommit: count),
            Pair.Crashes(clientOnReceipt: count),
        ] {
            let scene = try Scene()
            let first = Pair(scene.client, scene.server, time: scene.time, crashes: crashes, batchByteCountMax: 1)
            try first.connect()
            #expect(try scene.time.runUntilQuiet())
            let second = try scene.sync(.none)
            #expect(second.outcome == .ended(nil), "\(crashes)")
            let contents = try scene.contents()
            #expect(contents[0] == contents[1] && contents[0].map(\.log.count) == [1, 4], "\(crashes)")
            #expect(try scene.client.store.status().unsent == 0, "\(crashes)")
        }
    }
}
