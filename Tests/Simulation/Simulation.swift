import ReportModel

/// One run of the simulated world, from its seed to the end, with all promises looked at.
package enum Simulation {
    /// The seeds that `make test` runs, and within which every planted fault must be found.
    package static let testedSeeds: Range<UInt64> = 0..<200

    /// A safeguard that is missing. No program is like that; a simulation that does not notice it is worth nothing.
    package enum PlantedFault: String, CaseIterable, Sendable {
        case noCompareAndSet
        case noCausalClosure
        case noHashInReferences
        case receiptsBeforeCommit

        var safeguards: Safeguards {
            switch self {
            case .noCompareAndSet: .all.subtracting(.compareAndSet)
            case .noCausalClosure: .all.subtracting(.causalClosure)
            case .noHashInReferences: .all.subtracting(.hashInReference)
            case .receiptsBeforeCommit: .all
            }
        }
    }

    /// What came of a run.
    package struct Result: Sendable {
        package let counts: Counts
        /// What went against a promise; empty when all is well.
        package let complaints: [String]
        /// What happened, step by step, if it was asked for.
        package let story: [String]
    }

    /// - Parameter isTold: keeps the story, which takes longer.
    package static func run(seed: UInt64, fault: PlantedFault? = nil, isTold: Bool = false) -> Result {
        var world: World?
        var complaints: [String] = []
        do {
            let made = try World(seed: seed, fault: fault, isTold: isTold)
            world = made
            try made.live()
            try made.settle()
        } catch {
            complaints.append("an error came out: \(error)")
        }
        return Result(
            counts: world?.counts ?? Counts(),
            complaints: (world?.complaints ?? []) + complaints,
            story: world?.story ?? []
        )
    }

    /// Why the run of `seed` fails, with its story, in words; `nil` when it does not.
    package static func failure(of seed: UInt64) -> String? {
        let complaints = self.run(seed: seed).complaints
        guard !complaints.isEmpty else { return nil }
        let told = self.run(seed: seed, isTold: true)
        return """
            Seed \(seed) went wrong. Replay it with
                HUILIU_SEED=\(seed) swift test --filter SimulationTests.SimulationTests
                make soak SEEDS=1 FIRST=\(seed)
            \(told.story.joined(separator: "\n"))
            Complaints:
            \(complaints.prefix(5).joined(separator: "\n"))
            """
    }
}
