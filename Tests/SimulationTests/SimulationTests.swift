import Foundation
import ReportModel
import Simulation
import Testing

/// Many offices, one province, and everything that goes wrong: whatever happens, the promises hold.
@Suite("Simulation")
struct SimulationTests {
    /// Those of every run; with `HUILIU_SEED` that one alone.
    static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["HUILIU_SEED"].flatMap { UInt64($0) }.map { [$0] }
        ?? Array(Simulation.testedSeeds)

    @Test("Everything goes wrong, and everybody ends with the same", arguments: seeds)
    func promises(seed: UInt64) {
        if let failure = Simulation.failure(of: seed) { Issue.record("\(failure)") }
    }

    @Test("A simulation without one safeguard fails", arguments: Simulation.PlantedFault.allCases)
    func planted(fault: Simulation.PlantedFault) {
        let found = Simulation.testedSeeds.first { !Simulation.run(seed: $0, fault: fault).complaints.isEmpty }
        #expect(found != nil, "\(fault) is not noticed")
    }

    @Test("A seed tells the same story again", arguments: UInt64(0)..<4)
    func replayed(seed: UInt64) {
        let (first, second) = (Simulation.run(seed: seed, isTold: true), Simulation.run(seed: seed, isTold: true))
        #expect(!first.story.isEmpty)
        #expect(first.story == second.story)
    }

    @Test("Simulations are not dull: all that can happen does")
    func notDull() throws {
        var counts = Counts()
        for seed in UInt64(0)..<60 { counts.add(Simulation.run(seed: seed).counts) }
        for event in Counts.Event.allCases { #expect(counts[event] >= 3, "\(event): \(counts)") }
    }
}
