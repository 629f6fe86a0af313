import ReportModel
import TestSupport
import Testing

@Suite("The canonical bytes of a change")
struct CanonicalChangeTests {
    @Test("A small change is these bytes")
    func vector() throws {
        let change = Change(
            time: Timestamp(secondsSince1970: 1),
            author: "li",
            contextDifference: [Reference(replica: ReplicaID(rawValue: 2), sequence: 3, tag: 0xA1B2_C3D4)],
            writes: [
                .init(AddressInScope(form: "f", period: .year(2024), item: "b"), .missing),
                .init(
                    AddressInScope(form: "f", period: .year(2024), item: "a"),
                    .number(Quantity(ExactDecimal("-6.0")!, qualifier: .near))
                ),
            ]
        )
        let bytes: [UInt8] = [
            2,  // time
            2, 0x6C, 0x69,  // author
            1, 0, 0, 0, 0, 0, 0, 0, 2, 3, 0xA1, 0xB2, 0xC3, 0xD4,  // context
            2,  // writes
            3, 1, 0x66, 0x80, 0xA0, 0x3F, 1, 0x61, 24, 1, 1, 119,  // f, 2024, a: number with qualifier 近, scale 1, -60
            0, 1, 0x62, 0,  // the same form and period, b: missing
        ]
        #expect(change.canonicalBytes == bytes)
        #expect(try Change(canonicalBytes: bytes) == change)
    }

    @Test("A random change is read back from its bytes, which are its only ones", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let change = Change.random(writeCountMax: 40, using: &random)
        let bytes = change.canonicalBytes
        let read = try Change(canonicalBytes: bytes)
        #expect(read == change, "replay with seed \(seed)")
        #expect(read.canonicalBytes == bytes, "replay with seed \(seed)")
        let shuffled = Change(
            time: change.time,
            author: change.author,
            contextDifference: change.contextDifference,
            writes: change.writes.shuffled(using: &random)
        )
        #expect(shuffled.canonicalBytes == bytes, "the order in which writes are given: replay with seed \(seed)")
    }

    @Test("A changed byte is refused or is another change with exactly these bytes", arguments: UInt64(0)..<200)
    func flips(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = Change.random(using: &random).canonicalBytes
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= UInt8.random(in: 1...255, using: &random)
            Self.expectOneEncoding(damaged, "byte \(index), replay with seed \(seed)")
            damaged[index] = bytes[index] ^ 1 << UInt8.random(in: 0...7, using: &random)
            Self.expectOneEncoding(damaged, "byte \(index), replay with seed \(seed)")
        }
    }

    @Test(
        "A cut, lengthened or spliced change is refused or is another with exactly these bytes",
        arguments: UInt64(0)..<200
    )
    func cuts(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let bytes = Change.random(using: &random).canonicalBytes
        for count in bytes.indices {
            #expect(throws: MalformedBytes.self, "cut to \(count), replay with seed \(seed)") {
                try Change(canonicalBytes: Array(bytes[..<count]))
            }
            let start = Int.random(in: 0...count, using: &random)
            Self.expectOneEncoding(
                Array(bytes[..<count] + bytes[start...]),
                "\(start) at \(count), replay with seed \(seed)"
            )
        }
        #expect(throws: MalformedBytes.self) { try Change(canonicalBytes: bytes + [0]) }
    }

    private static func expectOneEncoding(_ bytes: [UInt8], _ comment: Comment) {
        guard let change = try? Change(canonicalBytes: bytes) else { return }
        #expect(change.canonicalBytes == bytes, comment)
    }

    /// Encodings that say something valid in a second way, or something invalid: of the whole after time and author.
    static let refused: [(String, [UInt8])] = [
        ("references out of order", [2] + reference(2) + reference(1) + [0]),
        ("a reference twice", [2] + reference(1) + reference(1) + [0]),
        ("a reference to sequence 0", [1] + reference(0) + [0]),
        ("an unknown mask", [0, 1, 9, 1, 0x66, 1, 0x61, 0]),
        ("no form", [0, 1, 0, 1, 0x61, 0]),
        ("an empty form said", [0, 1, 1, 0, 1, 0x61, 0]),
        ("an empty item", [0, 1, 1, 1, 0x66, 0, 0]),
        ("a period of none said", [0, 1, 3, 1, 0x66, 0, 1, 0x61, 0]),
        ("an empty row said", [0, 1, 5, 1, 0x66, 0, 1, 0x61, 0]),
        ("a period that is none", [0, 1, 3, 1, 0x66, 1, 1, 0x61, 0]),
        ("a form with a space", [0, 1, 1, 1, 0x20, 1, 0x61, 0]),
        ("the same form said again", [0, 2, 1, 1, 0x66, 1, 0x61, 0, 1, 1, 0x66, 1, 0x62, 0]),
        ("a cell twice", [0, 2, 1, 1, 0x66, 1, 0x61, 0, 0, 1, 0x61, 0]),
        ("cells out of order", [0, 2, 1, 1, 0x66, 1, 0x62, 0, 0, 1, 0x61, 0]),
        ("more writes than there are", [0, 2, 1, 1, 0x66, 1, 0x61, 0]),
        ("too many writes", [0, 0xF5, 0x03]),
        ("an unknown head", write([7 + 2])),
        ("a qualifier without a number", write([16])),
        ("a qualifier and a range", write([56, 1, 0, 2, 0, 4])),
        ("qualifier 0", write([24, 0, 0, 2])),
        ("qualifier 13", write([24, 13, 0, 2])),
        ("a scale of 13", write([8, 13, 2])),
        ("25 digits", write([8, 0] + tooLarge)),
        ("a range from high to low", write([40, 0, 4, 0, 2])),
        ("a date that is none", write([5, 0])),
        ("text that is not UTF-8", write([6, 1, 0xFF])),
    ]

    private static func reference(_ sequence: UInt8) -> [UInt8] { [0, 0, 0, 0, 0, 0, 0, 1, sequence, 0, 0, 0, 0] }
    private static func write(_ value: [UInt8]) -> [UInt8] { [0, 1, 1, 1, 0x66, 1, 0x61] + value }
    /// 10 to the power of 24.
    private static let tooLarge: [UInt8] = {
        var writer = ByteWriter()
        writer.signed(Int128(1_000_000_000_000_000_000_000_000))
        return writer.bytes
    }()

    @Test("What the encoder never writes is refused", arguments: refused)
    func refusedBytes(_ what: String, _ rest: [UInt8]) {
        #expect(throws: MalformedBytes.self, "\(what)") { try Change(canonicalBytes: [0, 0] + rest) }
    }

    @Test("A change of more than 48 KiB is refused, one of 48 KiB is read")
    func byteCountMax() throws {
        func change(_ rest: Int) -> Change {
            let texts = [16 * 1024, 16 * 1024, rest].enumerated().map { index, count in
                Change.Write(
                    AddressInScope(form: "f", period: .none, item: Code("i\(index)")!),
                    .text(String(repeating: "x", count: count))
                )
            }
            return Change(time: Timestamp(secondsSince1970: 0), author: "", writes: texts)
        }
        let rest = ChangeLimits.canonicalByteCountMax - change(16_000).canonicalBytes.count + 16_000
        let longest = change(rest).canonicalBytes
        #expect(longest.count == ChangeLimits.canonicalByteCountMax)
        #expect(try Change(canonicalBytes: longest).canonicalBytes == longest)
        #expect(throws: MalformedBytes.self) { try Change(canonicalBytes: change(rest + 1).canonicalBytes) }
    }
}
