import Foundation
import Simulation
import Synchronization

/// `make soak SEEDS=… FIRST=…`: runs the simulation with one seed after another, on every core, and says what came of it.
/// With a third argument, such as `noCompareAndSet`, one safeguard is missing, to see how many seeds notice.
///
/// Exits with 1 when a promise was broken.
@main
enum Soak {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let fault = arguments.count == 3 ? Simulation.PlantedFault(rawValue: arguments[2]) : nil
        guard let (first, count) = self.range(arguments.prefix(2)), arguments.count == 2 || fault != nil else {
            let faults = Simulation.PlantedFault.allCases.map(\.rawValue).joined(separator: "|")
            self.say("usage: huiliu-soak FIRST COUNT [\(faults)]")
            exit(2)
        }
        let progress = Progress(first: first, count: count)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<ProcessInfo.processInfo.activeProcessorCount {
                group.addTask {
                    while let seed = progress.next() {
                        progress.add(Simulation.run(seed: seed, fault: fault), of: seed)
                    }
                }
            }
        }
        self.say(progress.summary)
        let failed = progress.failed
        // The first one in full; the others are likely to be the same.
        if fault == nil, let seed = failed.min(), let failure = Simulation.failure(of: seed) { self.say(failure) }
        exit(failed.isEmpty ? 0 : 1)
    }

    private static func range(_ arguments: ArraySlice<String>) -> (first: UInt64, count: UInt64)? {
        guard arguments.count == 2, let first = UInt64(arguments[0]), let count = UInt64(arguments[1]) else {
            return nil
        }
        return (first, count)
    }

    static func say(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}

/// What all cores share: which seed is next, and what came of those before.
final class Progress: Sendable {
    private struct State {
        var next: UInt64
        var done: UInt64 = 0
        var counts = Counts()
        var failed: [UInt64] = []
    }

    private let first: UInt64
    private let count: UInt64
    private let began = ContinuousClock.now
    private let state: Mutex<State>

    init(first: UInt64, count: UInt64) {
        self.first = first
        self.count = count
        self.state = Mutex(State(next: first))
    }

    /// - Returns: `nil` when there are no more seeds.
    func next() -> UInt64? {
        self.state.withLock { state in
            guard state.next < self.first + self.count else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    func add(_ result: Simulation.Result, of seed: UInt64) {
        let done = self.state.withLock { state in
            state.done += 1
            state.counts.add(result.counts)
            if let complaint = result.complaints.first {
                state.failed.append(seed)
                Soak.say("seed \(seed) FAILED: \(complaint)")
            }
            return state.done
        }
        if done % 5000 == 0 { Soak.say(self.line(done)) }
    }

    private func line(_ done: UInt64) -> String {
        let elapsed = ContinuousClock.now - self.began
        let seconds = max(1, Double(elapsed.components.seconds))
        return "\(done) of \(self.count) seeds, \(Int(Double(done) / seconds)) a second"
    }

    var failed: [UInt64] { self.state.withLock(\.failed) }

    var summary: String {
        let state = self.state.withLock { $0 }
        return """
            \(self.line(state.done))
            \(state.counts)
            failed: \(state.failed.isEmpty ? "none" : state.failed.sorted().map(String.init).joined(separator: " "))
            """
    }
}
