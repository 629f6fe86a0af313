import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("Messages")
struct MessageTests {
    @Test("read back as they were written", arguments: UInt64(0)..<300)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let message = Message.random(using: &random)
        let frames = try Frame.all(in: message.frame.encoded)
        #expect(frames == [message.frame], "replay with seed \(seed)")
        let read = try #require(try Message(frames[0]))
        #expect(read == message, "replay with seed \(seed)")
        #expect(read.spelling == message.spelling, "replay with seed \(seed)")
    }

    @Test("keep every change of a batch byte by byte", arguments: UInt64(0)..<300)
    func changes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let scope = UnitCode("410728-01")!
        let changes = StoredChange.several(in: scope, using: &random)
        let frame = Message.batch(Batch(scope: scope, changes: changes)).frame
        guard case .batch(let batch) = try Message(frame) else { return #expect(Bool(false), "no batch") }
        #expect(batch.entries.map(\.canonicalBytes) == changes.map(\.canonicalBytes), "replay with seed \(seed)")
        #expect(
            batch.entries.map(\.change.canonicalBytes) == changes.map(\.canonicalBytes),
            "replay with seed \(seed)"
        )
        let replicas = batch.entries.map { batch.chains[$0.chain].replica }
        #expect(replicas == changes.map(\.chained.replica), "replay with seed \(seed)")
    }

    @Test("of one author's name in two spellings stay two")
    func spellingsOfAuthors() throws {
        let scope = UnitCode("410728")!
        var chain = ChainWriter(replica: 1, in: scope)
        let changes = ["e\u{301}", "\u{E9}"].map { author in
            let write = Change.Write(AddressInScope(form: "f", period: .none, item: "i"), .missing)
            return chain.write(Change(time: Timestamp(secondsSince1970: 0), author: author, writes: [write]))
        }
        let batch = try Batch(Message.batch(Batch(scope: scope, changes: changes)).frame)
        #expect(batch.entries.map(\.change.canonicalBytes) == changes.map(\.canonicalBytes))
    }

    @Test("from a client of another version are told from garbage, whatever follows the versions")
    func otherVersions() {
        var payload = ByteWriter()
        payload.varint(UInt64(7))
        payload.varint(UInt64(9))
        payload.raw([0xFF, 0xFF, 0xFF])
        #expect(throws: ProtocolError.noCommonVersion(client: 7...9)) {
            try Message(Frame(kind: Message.Kind.hello.rawValue, flags: .critical, payload: payload.bytes))
        }
    }

    @Test("of an unknown kind are skipped unless they are critical")
    func unknownKinds() throws {
        let known = Set(Message.Kind.allCases.map(\.rawValue))
        for kind in UInt8.min...UInt8.max where !known.contains(kind) {
            for flags in [0, 2, 0xFE] as [UInt8] {
                let frame = Frame(kind: kind, flags: Frame.Flags(rawValue: flags), payload: [1, 2, 3])
                #expect(try Message(frame) == nil)
            }
            let error = ProtocolError.unknownCriticalKind(kind)
            #expect(throws: error) { try Message(Frame(kind: kind, flags: .critical, payload: [1, 2, 3])) }
        }
    }

    @Test(
        "of known kinds are refused unless they are critical, and take no flag of others",
        arguments: GoldenMessage.all
    )
    func flags(_ golden: GoldenMessage) throws {
        let frame = golden.message.frame
        for bit in 0..<8 as Range<UInt8> {
            var other = frame
            other.flags.formSymmetricDifference(Frame.Flags(rawValue: 1 << bit))
            // A batch is deflated or not; read the other way it is something else.
            #expect(throws: ProtocolError.self) { try Message(other) }
        }
    }

    @Test("of receipt name the changes of the batch that they answer, and answer no other")
    func receipts() throws {
        let chains = [
            Batch.Chain(replica: ReplicaID(rawValue: 1), firstSequence: 1, predecessorTag: 0),
            Batch.Chain(replica: ReplicaID(rawValue: 2), firstSequence: 7, predecessorTag: 9),
        ]
        let receipt = Receipt(held: [Receipt.Held(count: 0, tag: 0), Receipt.Held(count: 3, tag: 5)])
        let reference = Reference(replica: ReplicaID(rawValue: 2), sequence: 9, tag: 5)
        #expect(try receipt.references(for: chains) == [reference])
        #expect(try Receipt(held: []).references(for: chains) == [])
        #expect(throws: ProtocolError.unexpected("receipt")) { try receipt.references(for: [chains[0]]) }
    }

    @Test("of hello are at most 16 KiB")
    func longHello() throws {
        func hello(_ scopeCount: Int) -> Frame {
            let scope = Hello.Scope(unit: UnitCode("410728-01-01")!, tip: 1)
            return Message.hello(
                Hello(
                    replica: ReplicaID(rawValue: 1),
                    time: Timestamp(secondsSince1970: 0),
                    scheme: 0,
                    scopes: Array(repeating: scope, count: scopeCount)
                )
            ).frame
        }
        // All scopes but the first are one byte and a tip long.
        let fitting = 1 + (Limits.helloByteCountMax - hello(1).payload.count - 1) / 9
        #expect(Limits.helloByteCountMax - hello(fitting).payload.count < 9)
        #expect(try Message(hello(fitting)) != nil)
        #expect(throws: ProtocolError.self) { try Message(hello(fitting + 1)) }
    }

    @Test("of goodbye shorten words beyond their limit instead of failing")
    func longWords() throws {
        let words = String(repeating: "停", count: 2000)
        let frame = Message.goodbye(ProtocolError(rawCode: 13, words: Bilingual(words, words))).frame
        guard case .goodbye(let read) = try Message(frame) else { return #expect(Bool(false), "no goodbye") }
        #expect(read.words.chinese == String(repeating: "停", count: Limits.wordsByteCountMax / 3))
    }
}
