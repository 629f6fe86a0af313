import FuzzProperties
import ReportModel
import TestSupport
import Testing

/// What `make fuzz` tries for minutes with libFuzzer, tried for a second: mutations of the seeds, the same every time.
@Suite("Fuzzing")
struct MutationTests {
    @Test("no input breaks a property", arguments: FuzzTarget.allCases)
    func mutations(_ target: FuzzTarget) throws {
        let seeds = try target.seeds()
        #expect(seeds.count > 1)
        for seed in seeds { #expect(throws: Never.self) { try target.check(seed) } }
        for seed in UInt64(0)..<Self.count(of: target) {
            var random = SplitMix64(seed: seed)
            let input = Mutation(seeds: seeds, words: target.words).input(target.inputByteCountMax, using: &random)
            do {
                try target.check(input)
            } catch {
                Issue.record("\(target), replay with seed \(seed): \(error)\n\(Hexadecimal.text(input))")
                return
            }
        }
    }

    /// As many as fit a second of a debug build, or a few.
    private static func count(of target: FuzzTarget) -> UInt64 {
        switch target {
        case .frames, .change, .names, .values: 3000
        case .message, .batch: 1000
        case .server, .client, .figures: 400
        case .scheme, .formula: 300
        case .parcel: 100
        }
    }

    @Test("inputs that once broke one", arguments: Self.inputs)
    func found(_ target: FuzzTarget, _ digits: String) throws {
        try target.check(Hexadecimals.bytes(digits))
    }

    /// As `make fuzz` prints them.
    private static let inputs: [(FuzzTarget, String)] = [
        // A hello that says it need not be known.
        (.message, "0100")
    ]
}
