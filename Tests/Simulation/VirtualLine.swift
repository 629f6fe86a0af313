import TestSupport

/// A line between two ends: bytes arrive late, in pieces, in order, and up to where the line is cut.
///
/// Everything about it comes from one seed.
package final class VirtualLine {
    package enum End: Hashable, Sendable {
        case client, server

        var other: End { self == .client ? .server : .client }
    }

    /// What is wrong with a line.
    package struct Faults: Hashable, Sendable {
        /// The line goes down when this end has sent so many bytes; no byte more arrives.
        package var cut: Cut?
        /// This frame of this end arrives twice, as no honest network would have it.
        package var repeated: Repeat?
        package var delayMillisecondsMax: Int64
        /// The network cuts the stream into pieces of at most so many bytes, wherever that is.
        package var pieceByteCountMax: Int

        package struct Cut: Hashable, Sendable {
            package var from: End
            package var byteCount: Int

            package init(from: End, byteCount: Int) {
                self.from = from
                self.byteCount = byteCount
            }
        }

        package struct Repeat: Hashable, Sendable {
            package var from: End
            /// 0 for the first one.
            package var frame: Int

            package init(from: End, frame: Int) {
                self.from = from
                self.frame = frame
            }
        }

        package init(delayMillisecondsMax: Int64 = 200, pieceByteCountMax: Int = 1500) {
            self.delayMillisecondsMax = delayMillisecondsMax
            self.pieceByteCountMax = pieceByteCountMax
        }

        /// A line that only takes its time.
        package static let none = Faults()
    }

    private let time: VirtualTime
    private let faults: Faults
    private var random: SplitMix64
    private var lastArrival: [End: Int64] = [:]
    private var frameCounts: [End: Int] = [.client: 0, .server: 0]
    /// How many bytes each end has sent, whether they arrive or not.
    package private(set) var byteCounts: [End: Int] = [.client: 0, .server: 0]
    package private(set) var isCut = false
    package private(set) var hasRepeated = false

    /// Whose line it is; it lives as long as something is on the way.
    weak var pair: Pair?

    init(time: VirtualTime, faults: Faults, random: SplitMix64) {
        self.time = time
        self.faults = faults
        self.random = random
    }

    /// - Parameter frame: one whole frame.
    func send(_ frame: [UInt8], from end: End) {
        self.pass(frame, from: end)
        if let repeated = self.faults.repeated, repeated.from == end, repeated.frame == self.frameCounts[end]! {
            self.hasRepeated = true
            self.pass(frame, from: end)
        }
        self.frameCounts[end]! += 1
    }

    private func pass(_ bytes: [UInt8], from end: End) {
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
            self.time.at(self.arrival(at: end.other)) { [pair] in try pair?.arrived(piece, at: end.other) }
        }
        if self.isCut {
            self.hangUp(from: end)
            // The sender learns of it later, and may by then have lost what is on its way to it.
            let delay = Int64.random(in: 0...self.faults.delayMillisecondsMax, using: &self.random)
            self.time.at(self.time.milliseconds + delay) { [pair] in try pair?.lineEnded(at: end) }
        }
    }

    /// `end` has nothing more to say; what it said still arrives, and nothing after that.
    func hangUp(from end: End) {
        self.time.at(self.arrival(at: end.other)) { [pair] in try pair?.lineEnded(at: end.other) }
    }

    private func arrival(at end: End) -> Int64 {
        let delay = Int64.random(in: 0...self.faults.delayMillisecondsMax, using: &self.random)
        let arrival = max(self.lastArrival[end] ?? 0, self.time.milliseconds + delay)
        self.lastArrival[end] = arrival
        return arrival
    }
}
