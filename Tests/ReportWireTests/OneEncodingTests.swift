import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("One encoding only: bytes that were tampered with are refused, or are the one encoding of something else")
struct OneEncodingTests {
    @Test("Every bit of every vector", arguments: GoldenMessage.all)
    func everyBit(_ golden: GoldenMessage) throws {
        let frame = golden.message.plainFrame
        var accepted: [Int] = []
        for index in frame.payload.indices {
            for bit in 0..<8 {
                var flipped = frame
                flipped.payload[index] ^= 1 << UInt8(bit)
                if !self.isRefusedOrTrue(flipped) { accepted.append(index) }
            }
        }
        #expect(accepted.isEmpty, "bytes that were flipped")
    }

    @Test("Every truncation of every vector, and a byte more", arguments: GoldenMessage.all)
    func everyLength(_ golden: GoldenMessage) throws {
        let frame = golden.message.plainFrame
        for count in frame.payload.indices {
            var cut = frame
            cut.payload = Array(frame.payload[..<count])
            #expect(throws: ProtocolError.self, "\(count) bytes") { try Message(cut) }
        }
        var longer = frame
        longer.payload.append(0)
        #expect(throws: ProtocolError.self) { try Message(longer) }
    }

    @Test("Random bytes of random messages", arguments: UInt64(0)..<150)
    func randomly(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let message = Message.random(using: &random)
        for _ in 0..<60 {
            var frame = message.plainFrame
            guard !frame.payload.isEmpty else { return }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: frame.payload.indices, using: &random)
                frame.payload[index] = UInt8.random(in: 0...255, using: &random)
            }
            if random.oneIn(3) {
                frame.payload.removeSubrange(Int.random(in: frame.payload.indices, using: &random)...)
            }
            #expect(self.isRefusedOrTrue(frame), "replay with seed \(seed)")
        }
    }

    @Test("Random bytes as every kind", arguments: UInt64(0)..<150)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            random.oneIn(2) ? UInt8.random(in: 0...3, using: &random) : UInt8.random(in: 0...255, using: &random)
        }
        for kind in Message.Kind.allCases {
            let frame = Frame(kind: kind.rawValue, flags: .critical, payload: payload)
            #expect(self.isRefusedOrTrue(frame), "replay with seed \(seed)")
            let sealed = Frame(kind: kind.rawValue, flags: [.critical, .sealed], payload: payload)
            #expect(self.isRefusedOrTrue(sealed), "replay with seed \(seed)")
        }
    }

    @Test("A deflated batch with flipped bits", arguments: UInt64(0)..<10)
    func deflated(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let frame = Message.batch(.random(using: &random)).frame
        guard frame.flags.contains(.deflated) else { return }
        for index in frame.payload.indices {
            var flipped = frame
            flipped.payload[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            guard let batch = try? Batch(flipped) else { continue }
            #expect(Message.batch(batch).spelling == flipped.spelling, "replay with seed \(seed)")
        }
    }

    @Test("A change that writes nothing")
    func emptyChange() throws {
        let scope = UnitCode("410728")!
        var chain = ChainWriter(replica: 1, in: scope)
        let empty = chain.write(Change(time: Timestamp(secondsSince1970: 0), author: "", writes: []))
        #expect(throws: ProtocolError.self) {
            try Batch(Message.batch(Batch(scope: scope, changes: [empty])).frame)
        }
    }

    @Test("Chains of a batch that no change uses, or that come out of order")
    func unusedChains() throws {
        let golden = try #require(GoldenMessage.all.first { $0.name == "batch-chains" })
        guard case .batch(let batch) = golden.message else { return #expect(Bool(false), "no batch") }
        let unused = Batch(
            scope: batch.scope,
            chains: batch.chains + [Batch.Chain(replica: batch.chains[0].replica, firstSequence: 9, predecessorTag: 9)],
            entries: batch.entries
        )
        let reversed = Batch(
            scope: batch.scope,
            chains: batch.chains.reversed(),
            entries: batch.entries.map {
                Batch.Entry(
                    chain: batch.chains.count - 1 - $0.chain,
                    change: $0.change,
                    canonicalBytes: $0.canonicalBytes
                )
            }
        )
        for wrong in [unused, reversed] {
            #expect(throws: ProtocolError.self) { try Batch(Message.batch(wrong).frame) }
        }
    }

    private func isRefusedOrTrue(_ frame: Frame) -> Bool {
        guard let message = try? Message(frame) else { return true }
        return message.plainFrame == frame
    }
}
