import ReportModel
import ReportWire
import TestSupport
import Testing

@Suite("Frames")
struct FrameTests {
    private static let two = [
        Frame(kind: 3, flags: .critical, payload: Array(0..<40)),
        Frame(kind: 200, flags: [], payload: []),
    ]
    private static let bytes = two.flatMap(\.encoded)

    @Test("are length, kind, flags, payload and checksum")
    func layout() {
        // The checksum is that of any other CRC-32, such as Python's zlib.crc32(b"\x07\x01").
        let done = [0, 0, 0, 6, 7, 1, 0x79, 0x9F, 0xB4, 0xAE] as [UInt8]
        #expect(Message.done.frame.encoded == done)
        #expect(Message.done.frame.encodedByteCount == 10)
    }

    @Test("come out whole when the stream is cut at any byte")
    func cutAnywhere() throws {
        for cut in 0...Self.bytes.count {
            var parser = FrameParser()
            var frames: [Frame] = []
            for piece in [Self.bytes[..<cut], Self.bytes[cut...]] {
                parser.append(piece)
                while let frame = try parser.next() { frames.append(frame) }
            }
            #expect(frames == Self.two, "cut at \(cut)")
        }
    }

    @Test("come out whole byte by byte, and two at once")
    func otherCuts() throws {
        var parser = FrameParser()
        var frames: [Frame] = []
        for byte in Self.bytes {
            parser.append([byte])
            while let frame = try parser.next() { frames.append(frame) }
        }
        #expect(frames == Self.two)
        #expect(try Frame.all(in: Self.bytes) == Self.two)
    }

    @Test("that are not whole yet are waited for")
    func truncated() throws {
        for count in 0..<Self.two[0].encodedByteCount {
            #expect(try Frame.all(in: Array(Self.bytes[..<count])) == [])
        }
    }

    @Test("are too short with a length of 0…5", arguments: UInt32(0)...5)
    func tooShort(length: UInt32) {
        #expect(throws: ProtocolError.frameTooShort(length)) { try Self.parse(length: length) }
    }

    @Test(
        "are too long above 64 KiB, up to 4 GiB: the length alone decides",
        arguments: [65_537, 1 << 24, .max] as [UInt32]
    )
    func tooLong(length: UInt32) {
        // Only the four bytes of the length are there: nothing of the frame was waited for, or given a place.
        #expect(throws: ProtocolError.frameTooLarge(length)) { try Self.parse(length: length) }
    }

    @Test("may have exactly 64 KiB after their length")
    func longest() throws {
        let frame = Frame(kind: 200, flags: [], payload: Array(repeating: 7, count: Limits.frameByteCountMax - 6))
        #expect(try Frame.all(in: frame.encoded) == [frame])
        #expect(try Self.parse(length: UInt32(Limits.frameByteCountMax)) == nil)
    }

    @Test("with any bit of kind, flags, payload or checksum flipped are refused")
    func checksum() {
        let bytes = Self.two[0].encoded
        for index in bytes.indices.dropFirst(4) {
            for bit in 0..<8 {
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(bit)
                let error = #expect(throws: ProtocolError.self) { try Frame.all(in: flipped) }
                #expect(error?.knownCode == .checksumMismatch)
            }
        }
    }

    @Test("of noise end in an error or wait; nothing traps", arguments: UInt64(0)..<200)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        if random.oneIn(2) { bytes.insert(contentsOf: [0, 0, 0], at: 0) }
        _ = try? Frame.all(in: bytes).map { try Message($0) }
    }

    private static func parse(length: UInt32) throws -> Frame? {
        var parser = FrameParser()
        var writer = ByteWriter()
        writer.fixed(length)
        parser.append(writer.bytes)
        return try parser.next()
    }
}
