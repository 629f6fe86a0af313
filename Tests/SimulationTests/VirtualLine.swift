import ReportModel
import TestSupport

/// A line between two ends: bytes arrive late, in pieces, in order, and up to where the line is cut.
///
/// Everything about it comes from one seed.
final class VirtualLine {
    enum End: Hashable {
        case client, server

        var other: End { self == .client ? .server : .client }
    }

    /// What is wrong with a line.
    struct Faults: Hashable, Sendable {
        /// The line goes down when this end has sent so many bytes; no byte more arrives.
        var cut: Cut?
        var delayMillisecondsMax: Int64 = 200
        /// The network cuts the stream into pieces of at most so many bytes, wherever that is.
        var pieceByteCountMax = 1500

        struct Cut: Hashable, Sendable {
            var from: End
            var byteCount: Int
        }

        /// A line that only takes its time.
        static let none = Faults()
    }

    private let time: VirtualTime
    private let faults: Faults
    private var random: SplitMix64
    private var lastArrival: [End: Int64] = [:]
    /// How many bytes each end has sent, whether they arrive or not.
    private(set) var byteCounts: [End: Int] = [.client: 0, .server: 0]
    private(set) var isCut = false

    var arrived: (End, [UInt8]) throws -> Void = { _, _ in }
    /// The line is down, or the other end hung up; nothing arrives after that.
    var ended: (End) throws -> Void = { _ in }

    init(time: VirtualTime, faults: Faults, random: SplitMix64) {
        self.time = time
        self.faults = faults
        self.random = random
    }

    /// Drawn from the line's seed, as a driver draws it at random.
    func newReplica() -> ReplicaID {
        ReplicaID(rawValue: self.random.next())
    }

    func send(_ bytes: [UInt8], from end: End) {
        guard !self.isCut else { return }
        var rest = bytes[...]
        if let cut = self.faults.cut, cut.from == end {
            let left = cut.byteCount - self.byteCounts[end]!
            if left < rest.count {
                rest = rest.prefix(max(0, left))
                self.isCut = true
            }
        }
        self.byteCounts[end]! += rest.count
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 1...self.faults.pieceByteCountMax, using: &self.random)))
            rest = rest.dropFirst(piece.count)
            self.time.at(self.arrival(at: end.other)) { try self.arrived(end.other, piece) }
        }
        if self.isCut {
            self.hangUp(from: end)
            // The sender learns of it later, and may by then have lost what is on its way to it.
            let delay = Int64.random(in: 0...self.faults.delayMillisecondsMax, using: &self.random)
            self.time.at(self.time.milliseconds + delay) { try self.ended(end) }
        }
    }

    /// `end` has nothing more to say; what it said still arrives.
    func hangUp(from end: End) {
        self.time.at(self.arrival(at: end.other)) { try self.ended(end.other) }
    }

    private func arrival(at end: End) -> Int64 {
        let delay = Int64.random(in: 0...self.faults.delayMillisecondsMax, using: &self.random)
        let arrival = max(self.lastArrival[end] ?? 0, self.time.milliseconds + delay)
        self.lastArrival[end] = arrival
        return arrival
    }
}
