import ReportModel
import ReportSession
import ReportWire
import TestSupport
import Testing

@Suite("Sealed changes that cannot be parted")
struct UnpartableBatchTests {
    private static let scope = UnitCode("410728-01")!

    /// Two changes of one chain with the same long text, of which only the second is sealed, and between them one sealed
    /// change each of other chains. zlib finds the text again only if it looks for it longer than we do.
    private static func changes(
        between count: Int,
        from replica: UInt64 = 1,
        textByteCount: Int = 14_000
    ) -> [StoredChange] {
        var random = SplitMix64(seed: replica)
        let letters = Array("abc")
        let text = String((0..<textByteCount).map { _ in random.pick(letters) })
        func change(_ value: CellValue) -> Change {
            let address = AddressInScope(form: "f", period: Period("2024")!, item: "i")
            return Change(time: Timestamp(secondsSince1970: 0), author: "", writes: [Change.Write(address, value)])
        }
        func sealed(_ stored: StoredChange, by signer: UInt8) -> StoredChange {
            var stored = stored
            stored.signer = DeviceID(bytes: [UInt8](repeating: signer, count: DeviceID.byteCount))
            let signature = (0..<Seal.signatureByteCount).map { _ in UInt8.random(in: 0...255, using: &random) }
            stored.seal = stored.signer.map { Seal(signer: $0, signature: signature) }
            return stored
        }
        var chain = ChainWriter(replica: replica, in: self.scope)
        var first = sealed(chain.write(change(.text(text))), by: 1)
        first.seal = nil
        let between = (0..<UInt64(count)).map { number in
            var other = ChainWriter(replica: replica + 1 + number, in: self.scope)
            return sealed(other.write(change(.missing)), by: 2)
        }
        return [first] + between + [sealed(chain.write(change(.text(text))), by: 1)]
    }

    /// The frame of a sender that tries as hard as zlib can.
    private static func frame(_ changes: [StoredChange]) throws -> Frame {
        let batch = Batch(scope: self.scope, changes: changes)
        let columns = batch.columns
        var writer = ByteWriter()
        writer.varint(columns.count)
        writer.raw(try #require(Deflate.deflate(columns, dictionary: PresetDictionary.bytes, level: 9)))
        return Frame(
            kind: Message.Kind.batch.rawValue,
            flags: [.critical, .deflated, .sealed],
            payload: SealSection.payload(writer.bytes, SealSection.bytes(of: batch.chains))
        )
    }

    private static let payloadByteCountMax = Limits.frameByteCountMax - Limits.frameByteCountMin

    /// The most changes between for which `changes` fit the frame of whoever deflates best.
    private static func countMax(_ changes: (Int) -> [StoredChange]) throws -> Int {
        var (fitting, tooMany) = (300, 900)
        while tooMany - fitting > 1 {
            let middle = (fitting + tooMany) / 2
            let isFitting = try self.frame(changes(middle)).payload.count <= self.payloadByteCountMax
            (fitting, tooMany) = isFitting ? (middle, tooMany) : (fitting, middle)
        }
        return fitting
    }

    @Test("are taken if they could be sent on, and refused if only a better zlib could")
    func received() throws {
        let count = try Self.countMax { Self.changes(between: $0) }
        let refused = try Self.frame(Self.changes(between: count))
        let error = #expect(throws: ProtocolError.self) { try Message(refused) }
        #expect(error?.knownCode == .malformedMessage)
        let fewer = Self.changes(between: count - 60)
        let taken = try Batch(Self.frame(fewer))
        #expect(taken.entries.count == fewer.count)
        let own = Message.batch(taken).frame
        #expect(own.payload.count <= Self.payloadByteCountMax)
        #expect(try Batch(own) == taken, "what was taken can be sent on")
    }

    @Test("are taken if the parts of the batch could be sent on, though the whole could not")
    func receivedTogether() throws {
        func changes(_ count: Int) -> [StoredChange] {
            [1, 10_000].flatMap { Self.changes(between: count / 2, from: $0, textByteCount: 8_500) }
        }
        let all = changes(try Self.countMax(changes))
        let taken = try Batch(Self.frame(all))
        #expect(Message.batch(taken).frame.payload.count > Self.payloadByteCountMax)
        #expect(try Batch.batches(of: all, in: Self.scope).map(\.entries.count) == [all.count / 2, all.count / 2])
    }

    @Test("and fit no frame are an error with words when they are to be sent, and no crash", arguments: [850, 1100])
    func sent(count: Int) throws {
        let changes = Self.changes(between: count)
        #expect(throws: ProtocolError.unsendable(in: Self.scope)) {
            try Batch.batches(of: changes, in: Self.scope)
        }
        let standing = ScopeStanding(scope: Self.scope, frontier: Frontier(changes.map(\.reference)), tip: 1)
        var session = ClientSession(
            ClientSession.Start(
                replica: ReplicaID(rawValue: 1),
                scheme: 1,
                scopes: [ClientSession.ClientScope(standing: standing, delivered: Frontier())]
            )
        )
        _ = session.connected(now: Timestamp(secondsSince1970: 0))
        let loaded = LoadedChanges(changes: changes, frontier: standing.frontier, hasUnknownHeads: false)
        let error = ProtocolError.unsendable(in: Self.scope)
        #expect(session.loaded(Self.scope, loaded) == [.send(.goodbye(error)), .close(error)])
    }

    @Test("and are short, but many, go in as many batches as their canonical bytes need")
    func canonicalBytes() throws {
        // Two runs of one chain that deflate to nothing, and are more than one batch may have together.
        let changes = Self.changes(between: 0) + Self.changes(between: 0, from: 9)
        #expect(changes.reduce(0) { $0 + $1.canonicalBytes.count } > Limits.batchCanonicalByteCountMax)
        let batches = try Batch.batches(of: changes, in: Self.scope)
        #expect(batches.map(\.entries.count) == [2, 2])
        for batch in batches { #expect(try Batch(Message.batch(batch).frame) == batch) }
    }
}
