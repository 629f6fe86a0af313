import ReportModel
import TestSupport
import Testing

/// Many offices, one province, bad lines, crashes and old copies: whatever happens, the promises hold.
@Suite("Simulation")
struct SimulationTests {
    @Test("Lines are cut and processes die, and everybody ends with the same", arguments: UInt64(0)..<100)
    func faults(seed: UInt64) throws {
        try self.run(seed, World.Options())
    }

    @Test("Stores are restored and cloned as well, and everybody ends with the same", arguments: UInt64(1000)..<1100)
    func copies(seed: UInt64) throws {
        try self.run(seed, World.Options(copiesStores: true))
    }

    @Test("Simulations are not dull: all that can happen does")
    func notDull() throws {
        var counts = World.Counts()
        for seed in UInt64(2000)..<2010 {
            let world = try World(seed: seed, options: World.Options(stepCount: 48, copiesStores: true))
            try world.settle()
            counts.add(world.counts)
        }
        let isDull =
            [counts.writes, counts.syncs, counts.cuts, counts.crashes, counts.conflicts].contains { $0 < 15 }
            || [counts.refusedInConflict, counts.resolved, counts.restores, counts.clones].contains { $0 < 2 }
            || counts.gapAnswers == 0
        #expect(!isDull, "\(counts)")
    }

    private func run(_ seed: UInt64, _ options: World.Options) throws {
        let world = try World(seed: seed, options: options)
        try world.settle()
        let complaints = world.complaints.prefix(3).joined(separator: "\n\n")
        #expect(world.complaints.isEmpty, "replay with seed \(seed):\n\(complaints)")
    }
}
