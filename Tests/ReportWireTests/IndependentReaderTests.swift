import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("The independent reader")
struct IndependentReaderTests {
    @Test("says of every vector what this program says", arguments: GoldenMessage.all)
    func vectors(_ golden: GoldenMessage) throws {
        var hashes = KnownHashes()
        #expect(
            try IndependentReader.messages(golden.message.frame.encoded) == [golden.message.expectation(&hashes)]
        )
    }

    @Test("follows the chains of a whole sync")
    func sync() throws {
        var hashes = KnownHashes()
        let sync = WorkedSync.run()
        for side in [Flight.Direction.toServer, .toClient] {
            let messages = sync.flights.filter { $0.direction == side }.flatMap(\.messages)
            let expected = messages.map { $0.expectation(&hashes) }
            #expect(try IndependentReader.messages(messages.flatMap(\.frame.encoded)) == expected)
        }
    }

    @Test("agrees on random messages", arguments: UInt64(0)..<20)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let messages = (0..<20).map { _ in Message.random(using: &random) }
        var hashes = KnownHashes()
        let expected = messages.map { $0.expectation(&hashes) }
        let said = try IndependentReader.messages(messages.flatMap(\.frame.encoded))
        #expect(said.count == expected.count, "replay with seed \(seed)")
        for (said, expected) in zip(said, expected) { #expect(said == expected, "replay with seed \(seed)") }
    }

    @Test("skips a kind that it does not know")
    func unknownKind() throws {
        let frames = [Frame(kind: 200, flags: [], payload: [1, 2, 3]), Message.done.frame]
        let said = try IndependentReader.messages(frames.flatMap(\.encoded))
        #expect(said.count == 2)
        #expect(said.last == .object(["message": .string("done"), "critical": .boolean(true)]))
    }

    @Test("refuses a damaged frame")
    func damage() {
        var bytes = Message.done.frame.encoded
        bytes[bytes.count - 1] ^= 1
        #expect(throws: IndependentReader.Failed.self) { try IndependentReader.messages(bytes) }
    }
}
