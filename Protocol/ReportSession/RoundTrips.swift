import ReportModel
import ReportWire

/// Counts the round trips of a sync as a slow line feels them: messages that cross each other cost one together.
struct RoundTrips: Hashable, Sendable {
    private var have: [UnitCode: Int] = [:]
    private var batches: [Int] = []
    private var done: Int?

    mutating func askedByHave(_ scope: UnitCode, _ roundTrips: Int) {
        self.have[scope] = roundTrips
    }

    mutating func askedByBatch(_ roundTrips: Int) {
        self.batches.append(roundTrips)
    }

    mutating func askedByDone(_ roundTrips: Int) {
        self.done = roundTrips
    }

    /// - Returns: How many round trips have been made once `message` is here, when `so` had been before.
    mutating func reached(by message: Message, so far: Int) -> Int {
        let asked: Int? =
            switch message {
            case .welcome: 0
            case .batch(let batch): self.have[batch.scope]
            case .receipt: self.batches.isEmpty ? nil : self.batches.removeFirst()
            case .done: self.done
            default: nil
            }
        return max(far, asked.map { $0 + 1 } ?? far)
    }
}
