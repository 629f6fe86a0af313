import Foundation

/// How long one thing took, over many runs, and how long the processor worked on it: on a machine where others work too,
/// the second changes less.
struct Timing {
    private let milliseconds: [Double]
    private let processor: [Double]

    /// - Parameters:
    ///   - milliseconds: of every run; not empty.
    ///   - processor: the same of the processor.
    init(milliseconds: [Double], processor: [Double]) {
        self.milliseconds = milliseconds.sorted()
        self.processor = processor.sorted()
    }

    /// Runs `body` once unmeasured, then `count` times.
    init(_ count: Int, _ body: () throws -> Void) rethrows {
        try body()
        let clock = ContinuousClock()
        var (milliseconds, processor): ([Double], [Double]) = ([], [])
        for _ in 0..<count {
            let (start, worked) = (clock.now, Self.processorMilliseconds)
            try body()
            milliseconds.append((clock.now - start) / .milliseconds(1))
            processor.append(Self.processorMilliseconds - worked)
        }
        self.init(milliseconds: milliseconds, processor: processor)
    }

    /// Of this process, up to now.
    private static var processorMilliseconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) * 1000 }

    var median: Double { self.milliseconds[self.milliseconds.count / 2] }

    /// What the processor worked, in milliseconds.
    var processorMedian: Double { self.processor[self.processor.count / 2] }

    /// `12.3 ms (11.9–40.2 in 20 runs; processor 11.8 ms)`: the median, the shortest and the longest.
    var text: String {
        "\(Self.decimal(self.median)) ms "
            + "(\(Self.decimal(self.milliseconds[0]))–\(Self.decimal(self.milliseconds[self.milliseconds.count - 1])) "
            + "in \(self.milliseconds.count) runs; processor \(Self.decimal(self.processorMedian)) ms)"
    }

    /// What was measured, with what is wanted of it.
    func text(goal: Double) -> String {
        "\(self.text); goal: at most \(Self.decimal(goal)) ms, \(self.median <= goal ? "met" : "missed")"
    }

    private static func decimal(_ number: Double) -> String {
        number < 1 ? String(format: "%.3f", number) : String(format: "%.1f", number)
    }
}
