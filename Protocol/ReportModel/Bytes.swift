/// Writes the primitive shapes that every encoding here is made of (Protocol/README.md, "Primitive shapes").
package struct ByteWriter: Sendable {
    package private(set) var bytes: [UInt8]

    package init(reserving byteCount: Int = 0) {
        self.bytes = []
        self.bytes.reserveCapacity(byteCount)
    }

    /// Writes one byte.
    package mutating func byte(_ byte: UInt8) {
        self.bytes.append(byte)
    }

    /// Writes bytes as they are, without their count.
    package mutating func raw(_ bytes: some Sequence<UInt8>) {
        self.bytes.append(contentsOf: bytes)
    }

    /// Fixed-width, big-endian.
    package mutating func fixed(_ integer: some FixedWidthInteger & UnsignedInteger) {
        withUnsafeBytes(of: integer.bigEndian) { self.bytes.append(contentsOf: $0) }
    }

    /// LEB128: seven bits a byte, least significant first, no needless bytes.
    package mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Writes a count, which is never negative, as ``varint(_:)`` of its 64 bits.
    package mutating func varint(_ number: Int) {
        self.varint(UInt64(number))
    }

    /// Zig-zag, then LEB128: small numbers of either sign are short.
    package mutating func signed(_ number: Int64) {
        self.varint(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Zig-zag, then LEB128, for mantissas of up to 128 bits.
    package mutating func signed(_ number: Int128) {
        if let small = Int64(exactly: number) {
            self.signed(small)
            return
        }
        var rest = UInt128(bitPattern: number << 1 ^ number >> 127)
        while rest >= 0x80 {
            self.bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Length as varint, then UTF-8.
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            self.varint(utf8.count)
            self.bytes.append(contentsOf: utf8)
        }
    }

    /// Length as varint, then the bytes.
    package mutating func blob(_ bytes: some Collection<UInt8>) {
        self.varint(bytes.count)
        self.bytes.append(contentsOf: bytes)
    }
}

/// Bytes that are no encoding of what they should be. The other side's mistake, or a damaged store; never ours.
package struct MalformedBytes: Error, Equatable, CustomStringConvertible {
    /// Bytes from the start of the encoded value.
    package let offset: Int
    /// What was expected there, in a few English words.
    package let expected: String

    package init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }

    package var description: String { "at byte \(self.offset): expected \(self.expected)" }
}

/// Reads what ``ByteWriter`` writes, and nothing else: a number in needless bytes or text that is not UTF-8 is refused,
/// so that every value has one encoding.
package struct ByteReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    package init(_ bytes: [UInt8]) {
        self.init(bytes[...])
    }

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        self.index = bytes.startIndex
    }

    package var offset: Int { self.index - self.bytes.startIndex }
    package var remaining: Int { self.bytes.endIndex - self.index }
    package var isAtEnd: Bool { self.index == self.bytes.endIndex }

    /// The error for what stands at the present offset.
    package func malformed(_ expected: String) -> MalformedBytes {
        MalformedBytes(offset: self.offset, expected: expected)
    }

    /// Throws unless everything has been read.
    package func requireEnd() throws(MalformedBytes) {
        guard self.isAtEnd else { throw self.malformed("the end, not \(self.remaining) more bytes") }
    }

    /// Reads one byte.
    package mutating func byte() throws(MalformedBytes) -> UInt8 {
        guard self.index < self.bytes.endIndex else { throw self.malformed("one more byte") }
        defer { self.index += 1 }
        return self.bytes[self.index]
    }

    /// Reads `count` bytes, or throws when fewer are left; takes no memory for them.
    package mutating func raw(_ count: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
        guard count >= 0, count <= self.remaining else { throw self.malformed("\(count) more bytes") }
        defer { self.index += count }
        return self.bytes[self.index..<self.index + count]
    }

    /// Reads a big-endian number of the width of its type.
    package mutating func fixed<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type
    ) throws(MalformedBytes) -> Integer {
        try self.raw(MemoryLayout<Integer>.size).reduce(0) { $0 << 8 | Integer($1) }
    }

    /// Reads an unsigned varint in its shortest form.
    package mutating func varint() throws(MalformedBytes) -> UInt64 {
        let start = self.offset
        let number = try self.longVarint()
        guard let small = UInt64(exactly: number) else {
            throw MalformedBytes(offset: start, expected: "a number of at most 64 bits")
        }
        return small
    }

    /// A varint that is a count, length or index of at most `limit`.
    package mutating func count(upTo limit: Int, of what: String) throws(MalformedBytes) -> Int {
        let start = self.offset
        let number = try self.varint()
        guard number <= UInt64(limit) else {
            throw MalformedBytes(offset: start, expected: "at most \(limit) \(what), not \(number)")
        }
        return Int(number)
    }

    /// Reads a zig-zag varint.
    package mutating func signed() throws(MalformedBytes) -> Int64 {
        let zigzag = try self.varint()
        return Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    }

    /// Reads a zig-zag varint of up to 128 bits.
    package mutating func signed128() throws(MalformedBytes) -> Int128 {
        let zigzag = try self.longVarint()
        return Int128(bitPattern: zigzag >> 1) ^ -Int128(bitPattern: zigzag & 1)
    }

    /// Reads a count and so many bytes of UTF-8, or throws when they are more than `byteCountMax`.
    package mutating func string(upTo byteCountMax: Int) throws(MalformedBytes) -> String {
        let count = try self.count(upTo: byteCountMax, of: "bytes of text")
        let start = self.offset
        guard let text = String(validating: try self.raw(count), as: UTF8.self) else {
            throw MalformedBytes(offset: start, expected: "UTF-8")
        }
        return text
    }

    /// Reads a count and so many bytes, or throws when they are more than `byteCountMax`.
    package mutating func blob(upTo byteCountMax: Int) throws(MalformedBytes) -> ArraySlice<UInt8> {
        let count = try self.count(upTo: byteCountMax, of: "bytes")
        return try self.raw(count)
    }

    private mutating func longVarint() throws(MalformedBytes) -> UInt128 {
        let start = self.offset
        var number: UInt128 = 0
        var shift = 0
        while true {
            let byte = try self.byte()
            let bits = UInt128(byte & 0x7F)
            guard shift < 128, shift < 126 || bits < 4 else {
                throw MalformedBytes(offset: start, expected: "a number of at most 128 bits")
            }
            number |= bits << UInt128(shift)
            shift += 7
            guard byte >= 0x80 else {
                guard byte != 0 || shift == 7 else {
                    throw MalformedBytes(offset: start, expected: "a number without needless bytes")
                }
                return number
            }
        }
    }
}
