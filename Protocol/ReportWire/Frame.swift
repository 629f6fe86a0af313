import CZlib
import ReportModel

/// The envelope of every message (Protocol/README.md, "Frames"):
/// `u32` length big-endian · `u8` kind · `u8` flags · payload · `u32` CRC-32 of kind, flags and payload.
package struct Frame: Hashable, Sendable {
    package var kind: UInt8
    package var flags: Flags
    package var payload: [UInt8]

    /// Bits beside the kind.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// A receiver that does not know the kind must end the connection instead of skipping the frame.
        package static let critical = Flags(rawValue: 1)
        /// The payload is its inflated size as varint, then a raw deflate stream.
        package static let deflated = Flags(rawValue: 2)
        /// Behind what the other flags say stand the seals of the batch (``SealSection``).
        package static let sealed = Flags(rawValue: 4)
    }

    package init(kind: UInt8, flags: Flags, payload: [UInt8]) {
        self.kind = kind
        self.flags = flags
        self.payload = payload
    }

    /// Bytes on the wire, length field included.
    package var encodedByteCount: Int { 4 + Limits.frameByteCountMin + self.payload.count }

    /// The whole frame as sent.
    package var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 10 + self.payload.count)
        writer.fixed(UInt32(Limits.frameByteCountMin + self.payload.count))
        writer.byte(self.kind)
        writer.byte(self.flags.rawValue)
        writer.raw(self.payload)
        writer.fixed(Checksum.crc32(writer.bytes[4...]))
        return writer.bytes
    }

    /// Reads the length field in the first 4 bytes.
    ///
    /// - Returns: How many bytes follow it, or `nil` when fewer than 4 bytes have arrived.
    /// - Throws: `ProtocolError` when the length is out of bounds; nothing has been allocated for the frame by then.
    package static func byteCount(peeking bytes: some Collection<UInt8>) throws(ProtocolError) -> Int? {
        let prefix = bytes.prefix(4)
        guard prefix.count == 4 else { return nil }
        let byteCount = prefix.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard byteCount <= Limits.frameByteCountMax else { throw .frameTooLarge(byteCount) }
        guard byteCount >= Limits.frameByteCountMin else { throw .frameTooShort(byteCount) }
        return Int(byteCount)
    }

    /// Reads what follows the length field.
    ///
    /// - Throws: `ProtocolError.checksumMismatch`.
    package init(body: [UInt8]) throws(ProtocolError) {
        precondition(body.count >= Limits.frameByteCountMin, "byteCount(peeking:) comes first")
        let expected = body.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let actual = Checksum.crc32(body.dropLast(4))
        guard expected == actual else { throw .checksumMismatch(expected: expected, actual: actual) }
        self.init(kind: body[0], flags: Flags(rawValue: body[1]), payload: Array(body[2..<body.count - 4]))
    }
}

/// zlib's CRC-32.
enum Checksum {
    static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(CZlib.crc32(0, $0.baseAddress, uInt($0.count))) }
    }
}

/// Cuts a stream of bytes into frames, wherever the network cut it. Holds at most one frame.
package struct FrameParser: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    package init() {}

    /// Takes what the network brought.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if self.start > 0 {
            self.buffer.removeFirst(self.start)
            self.start = 0
        }
        self.buffer.append(contentsOf: bytes)
    }

    /// - Returns: The next whole frame, or `nil` when more bytes are needed.
    /// - Throws: `ProtocolError`; the stream cannot be read any further.
    package mutating func next() throws(ProtocolError) -> Frame? {
        let rest = self.buffer[self.start...]
        guard let byteCount = try Frame.byteCount(peeking: rest), rest.count >= 4 + byteCount else { return nil }
        let body = rest.dropFirst(4).prefix(byteCount)
        self.start += 4 + byteCount
        return try Frame(body: Array(body))
    }
}
