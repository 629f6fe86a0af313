import ReportModel
import TestSupport
import Testing

@Suite("Primitive shapes")
struct BytesTests {
    private func bytes(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }

    static let varints: [(UInt64, [UInt8])] = [
        (0, [0]), (1, [1]), (127, [0x7F]), (128, [0x80, 0x01]), (300, [0xAC, 0x02]), (16_383, [0xFF, 0x7F]),
        (16_384, [0x80, 0x80, 0x01]), (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
    ]

    @Test("A varint has one encoding", arguments: varints)
    func varint(_ number: UInt64, _ encoded: [UInt8]) throws {
        #expect(self.bytes { $0.varint(number) } == encoded)
        var reader = ByteReader(encoded)
        #expect(try reader.varint() == number)
        #expect(reader.isAtEnd)
    }

    static let refusedVarints: [([UInt8], String)] = [
        ([], "one more byte"), ([0x80], "one more byte"), ([0xFF, 0xFF], "one more byte"),
        ([0x80, 0x00], "a number without needless bytes"), ([0x81, 0x80, 0x00], "a number without needless bytes"),
        (Array(repeating: 0xFF, count: 9) + [0x02], "a number of at most 64 bits"),
        (Array(repeating: 0x80, count: 9) + [0x80, 0x01], "a number of at most 64 bits"),
        (Array(repeating: 0xFF, count: 40), "a number of at most 128 bits"),
        (Array(repeating: 0x80, count: 18) + [0x04], "a number of at most 128 bits"),
    ]

    @Test("A cut, needlessly long or too large varint is refused", arguments: refusedVarints)
    func refusedVarint(_ encoded: [UInt8], _ expected: String) throws {
        let error = try #require(throws: MalformedBytes.self) {
            var reader = ByteReader(encoded)
            _ = try reader.varint()
        }
        #expect(error.expected == expected)
    }

    static let signedNumbers: [(Int64, [UInt8])] = [
        (0, [0]), (-1, [1]), (1, [2]), (-64, [0x7F]), (64, [0x80, 0x01]),
        (.max, [0xFE] + Array(repeating: 0xFF, count: 8) + [0x01]), (.min, Array(repeating: 0xFF, count: 9) + [0x01]),
    ]

    @Test("A signed number is zig-zag, the same at 64 and 128 bits", arguments: signedNumbers)
    func signed(_ number: Int64, _ encoded: [UInt8]) throws {
        #expect(self.bytes { $0.signed(number) } == encoded)
        #expect(self.bytes { $0.signed(Int128(number)) } == encoded)
        var (reader, longReader) = (ByteReader(encoded), ByteReader(encoded))
        #expect(try reader.signed() == number)
        #expect(try longReader.signed128() == Int128(number))
    }

    @Test("Numbers of up to 128 bits reach both ends, and not beyond")
    func ends() throws {
        for number in [Int128.max, .min, Int128(Int64.max) + 1, Int128(Int64.min) - 1] {
            let encoded = self.bytes { $0.signed(number) }
            var reader = ByteReader(encoded)
            #expect(try reader.signed128() == number)
            #expect(reader.isAtEnd)
            #expect(throws: MalformedBytes.self) {
                var short = ByteReader(encoded)
                _ = try short.signed()
            }
        }
        #expect(self.bytes { $0.signed(Int128.min) } == Array(repeating: 0xFF, count: 18) + [0x03])
    }

    @Test("Fixed numbers are big-endian")
    func fixed() throws {
        let encoded = self.bytes { writer in
            writer.fixed(UInt8(1))
            writer.fixed(UInt16(0x0203))
            writer.fixed(UInt32(0x0405_0607))
            writer.fixed(UInt64(0x0809_0A0B_0C0D_0E0F))
        }
        #expect(encoded == Array(1...15))
        var reader = ByteReader(encoded)
        #expect(try reader.fixed(UInt8.self) == 1)
        #expect(try reader.fixed(UInt16.self) == 0x0203)
        #expect(reader.offset == 3 && reader.remaining == 12)
        #expect(try reader.fixed(UInt32.self) == 0x0405_0607)
        #expect(try reader.fixed(UInt64.self) == 0x0809_0A0B_0C0D_0E0F)
        #expect(throws: MalformedBytes(offset: 15, expected: "4 more bytes")) { try reader.fixed(UInt32.self) }
    }

    @Test("Text is UTF-8 of a stated length, kept byte for byte")
    func text() throws {
        for text in ["", "roads", "起重", "e\u{301}", "\u{E9}", "\u{FEFF}\u{0}"] {
            var reader = ByteReader(self.bytes { $0.string(text) })
            #expect(Array(try reader.string(upTo: 6).utf8) == Array(text.utf8))
        }
        let refused: [[UInt8]] = [
            [7, 0, 0, 0, 0, 0, 0, 0], [2, 65], [1, 0xFF], [2, 0xC0, 0x80], [3, 0xED, 0xA0, 0x80],
        ]
        for encoded in refused {
            #expect(throws: MalformedBytes.self, "\(encoded)") {
                var reader = ByteReader(encoded)
                _ = try reader.string(upTo: 6)
            }
        }
    }

    @Test("A count over its limit is refused before anything is read, and a reader of a slice counts from its start")
    func limits() throws {
        var counted = ByteReader([9, 1, 4, 2][1...])
        #expect(try counted.byte() == 1)
        #expect(throws: MalformedBytes(offset: 1, expected: "at most 3 things, not 4")) {
            try counted.count(upTo: 3, of: "things")
        }
        var blob = ByteReader([2, 7, 8, 9])
        #expect(try Array(blob.blob(upTo: 2)) == [7, 8])
        #expect(throws: MalformedBytes(offset: 3, expected: "the end, not 1 more bytes")) { try blob.requireEnd() }
        #expect(throws: MalformedBytes.self) { try blob.raw(-1) }
        #expect(throws: MalformedBytes.self) { try blob.raw(.max) }
    }

    @Test("Any mixture is read back", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let shift = Int.random(in: 0..<64, using: &random)
        let number = UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64(shift)
        let signed = Int64.random(in: .min ... .max, using: &random) >> Int64(shift)
        let long = Int128.random(in: .min ... .max, using: &random) >> Int128(shift)
        let encoded = self.bytes { writer in
            writer.varint(number)
            writer.signed(signed)
            writer.signed(long)
            writer.blob([1, 2, 3])
        }
        var reader = ByteReader(encoded)
        #expect(try reader.varint() == number, "replay with seed \(seed)")
        #expect(try reader.signed() == signed, "replay with seed \(seed)")
        #expect(try reader.signed128() == long, "replay with seed \(seed)")
        #expect(try Array(reader.blob(upTo: 3)) == [1, 2, 3], "replay with seed \(seed)")
        try reader.requireEnd()
    }
}
