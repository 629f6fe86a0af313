import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("One encoding only: bytes that were tampered with are refused, or are the one encoding of something else")
struct OneEncodingTests {
    @Test("Every bit of every vector", arguments: GoldenMessage.all)
    func everyBit(_ golden: GoldenMessage) throws {
        let kind = golden.message.kind
        let payload = golden.message.spelling
        var accepted: [Int] = []
        for index in payload.indices {
            for bit in 0..<8 {
                var flipped = payload
                flipped[index] ^= 1 << UInt8(bit)
                if !self.isRefusedOrTrue(kind, flipped) { accepted.append(index) }
            }
        }
        #expect(accepted.isEmpty, "bytes that were flipped")
    }

    @Test("Every truncation of every vector, and a byte more", arguments: GoldenMessage.all)
    func everyLength(_ golden: GoldenMessage) throws {
        let payload = golden.message.spelling
        for count in payload.indices {
            #expect(throws: ProtocolError.self, "\(count) bytes") {
                try Message(
                    Frame(kind: golden.message.kind.rawValue, flags: .critical, payload: Array(payload[..<count]))
                )
            }
        }
        #expect(throws: ProtocolError.self) {
            try Message(Frame(kind: golden.message.kind.rawValue, flags: .critical, payload: payload + [0]))
        }
    }

    @Test("Random bytes of random messages", arguments: UInt64(0)..<150)
    func randomly(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let message = Message.random(using: &random)
        for _ in 0..<60 {
            var payload = message.spelling
            guard !payload.isEmpty else { return }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                payload[Int.random(in: payload.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if random.oneIn(3) { payload.removeSubrange(Int.random(in: payload.indices, using: &random)...) }
            #expect(self.isRefusedOrTrue(message.kind, payload), "replay with seed \(seed)")
        }
    }

    @Test("Random bytes as every kind", arguments: UInt64(0)..<150)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
            random.oneIn(2) ? UInt8.random(in: 0...3, using: &random) : UInt8.random(in: 0...255, using: &random)
        }
        for kind in Message.Kind.allCases {
            #expect(self.isRefusedOrTrue(kind, payload), "replay with seed \(seed)")
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
            #expect(batch.columns == flipped.spelling, "replay with seed \(seed)")
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

    private func isRefusedOrTrue(_ kind: Message.Kind, _ payload: [UInt8]) -> Bool {
        let frame = Frame(kind: kind.rawValue, flags: .critical, payload: payload)
        guard let message = try? Message(frame) else { return true }
        return message.kind == kind && message.spelling == payload
    }
}
