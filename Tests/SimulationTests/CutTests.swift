import ClientStore
import ReportModel
import ReportSession
import ReportStorage
import ReportWire
import ServerStore
import Simulation
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
            self.client = try SimulatedClient(unit: CutTests.scopes[0], replica: 0xA1)
            self.server = try SimulatedServer()
            var colleague = MemoryStore(replica: ReplicaID(rawValue: 0xB2), scope: CutTests.scopes[1])
            for number in 0..<2 {
                colleague.write(
                    [Change.Write(SimulatedScheme.newer.cells[number], .text("colleague \(number)"))],
                    time: Timestamp(secondsSince1970: 1_700_000_000),
                    author: "colleague"
                )
            }
            try self.server.take(Batch(scope: CutTests.scopes[1], changes: colleague.storedChanges))
            for (number, scope) in [CutTests.scopes[0], CutTests.scopes[1], CutTests.scopes[1]].enumerated() {
                let edit = Edit(
                    CellAddress(SimulatedScheme.newer.cells[number % 2], in: scope),
                    .text("clerk \(number)")
                )
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

    @Test("A frame that comes twice loses and doubles nothing", arguments: [VirtualLine.End.client, .server])
    func repeated(from end: VirtualLine.End) throws {
        var frame = 0
        var isRepeated = true
        while isRepeated {
            let scene = try Scene()
            var faults = Self.wire
            faults.repeated = .init(from: end, frame: frame)
            let first = try scene.sync(faults)
            isRepeated = first.line.hasRepeated
            try self.expectDeliveredIsHeld(scene, frame)
            try self.expectWhole(scene, "frame \(frame) came twice")
            frame += 1
        }
        #expect(frame > 4)
    }

    @Test(
        "Killed before or after any durable step, each side goes on from what was on its disk",
        arguments: [true, false]
    )
    func crashes(ofClient: Bool) throws {
        var moment = 0
        var hasDied = true
        while hasDied {
            let scene = try Scene()
            let steps = ofClient ? scene.client.steps : scene.server.steps
            steps.momentsLeft = moment
            let first = try scene.sync(Self.wire)
            hasDied = steps.momentsLeft == nil
            #expect(!hasDied || !ofClient || first.outcome == .crashed)
            steps.momentsLeft = nil
            try self.expectDeliveredIsHeld(scene, moment)
            try self.expectWhole(scene, "killed at moment \(moment)")
            moment += 1
        }
        // Two for each step: hello noted, three batches taken; or welcome noted, scopes learnt, receipts and batches.
        #expect(moment > 6)
    }

    /// The next sync brings both to the same, with nothing missing and nothing twice.
    private func expectWhole(_ scene: Scene, _ what: String) throws {
        let second = try scene.sync(Self.wire)
        #expect(second.outcome == .ended(nil), "\(what)")
        let contents = try scene.contents()
        #expect(contents[0] == contents[1] && contents[0].map(\.log.count) == [1, 4], "\(what)")
        #expect(try scene.client.store.status().unsent == 0, "\(what)")
    }
}
