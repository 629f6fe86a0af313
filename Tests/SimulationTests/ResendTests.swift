import ClientStore
import ReportModel
import ReportSession
import ReportStorage
import ReportWire
import ServerStore
import Simulation
import TestSupport
import Testing

/// An upload that the line cuts, and the next connection.
@Suite("An upload that was cut")
struct ResendTests {
    private static let scope = UnitCode("410728")!
    private static let changeCount = 10

    /// A clerk with 150 KiB to send that no compression makes shorter, so that batches fill their frames.
    private struct Scene {
        let client: SimulatedClient
        let server: SimulatedServer
        let time = VirtualTime()

        init() throws {
            self.client = try SimulatedClient(unit: ResendTests.scope, replica: 0xA1)
            self.server = try SimulatedServer()
            var random = SplitMix64(seed: 1)
            for number in 0..<ResendTests.changeCount {
                let text = String(
                    (0..<15_000).map { _ in Character(Unicode.Scalar(UInt8.random(in: 33...126, using: &random))) }
                )
                let edit = Edit(
                    CellAddress(SimulatedScheme.newer.cells[number % 2], in: ResendTests.scope),
                    .text(text)
                )
                _ = try self.client.store.write([edit], now: Timestamp(secondsSince1970: 1_700_000_000))
            }
        }

        /// - Returns: The connection, and the canonical bytes that came to the server although it held them before.
        func sync(_ faults: VirtualLine.Faults) throws -> (pair: Pair, doubledByteCount: Int) {
            let held = Set(
                try self.server.store.database.read { try $0.names(in: ResendTests.scope) }.map(\.sequence)
            )
            let pair = Pair(self.client, self.server, time: self.time, faults: faults)
            var doubledByteCount = 0
            pair.serverHears = { message in
                guard case .batch(let batch) = message else { return }
                for (sequence, entry) in zip(batch.chains[0].firstSequence..., batch.entries)
                where held.contains(sequence) {
                    doubledByteCount += entry.canonicalBytes.count
                }
            }
            try pair.connect()
            #expect(try self.time.runUntilQuiet())
            return (pair, doubledByteCount)
        }
    }

    private static let wire = VirtualLine.Faults(delayMillisecondsMax: 10, pieceByteCountMax: 65_536)

    /// All along what both say; what the server says is little.
    @Test(
        "sends at most one frame's worth again, wherever it was cut",
        arguments: [(VirtualLine.End.client, 9_973), (.server, 17)]
    )
    func resends(from end: VirtualLine.End, every step: Int) throws {
        let whole = try Scene()
        let byteCount = try #require(try whole.sync(Self.wire).pair.line.byteCounts[end])
        var doubledByteCountMax = 0
        for cut in stride(from: 0, to: byteCount, by: step) {
            let scene = try Scene()
            var faults = Self.wire
            faults.cut = .init(from: end, byteCount: cut)
            _ = try scene.sync(faults)
            let again = try scene.sync(Self.wire)
            #expect(again.pair.outcome == .ended(nil), "cut at byte \(cut)")
            #expect(again.doubledByteCount <= Limits.frameByteCountMax, "cut at byte \(cut)")
            doubledByteCountMax = max(doubledByteCountMax, again.doubledByteCount)
            let held = try scene.server.store.database.read { try $0.names(in: Self.scope) }
            #expect(held.count == Self.changeCount, "cut at byte \(cut)")
        }
        #expect(doubledByteCountMax > 0, "some cut falls between the commit and its receipt")
    }
}
