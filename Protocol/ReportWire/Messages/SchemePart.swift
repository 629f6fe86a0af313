import ReportModel

/// A piece of the server's scheme, in order; the client has the whole when it holds ``totalByteCount`` bytes.
package struct SchemePart: Hashable, Sendable {
    /// Bytes of all parts together: the deflated scheme.
    package var totalByteCount: Int
    /// Bytes of the scheme after inflation.
    package var inflatedByteCount: Int
    package var bytes: [UInt8]

    package init(totalByteCount: Int, inflatedByteCount: Int, bytes: [UInt8]) {
        self.totalByteCount = totalByteCount
        self.inflatedByteCount = inflatedByteCount
        self.bytes = bytes
    }

    func write(to writer: inout ByteWriter) {
        writer.varint(self.totalByteCount)
        writer.varint(self.inflatedByteCount)
        writer.blob(self.bytes)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.totalByteCount = try reader.count(upTo: Limits.schemeByteCountMax, of: "bytes of scheme")
        self.inflatedByteCount = try reader.count(
            upTo: Limits.schemeInflatedByteCountMax,
            of: "bytes of inflated scheme"
        )
        self.bytes = Array(try reader.blob(upTo: Limits.schemePartByteCountMax))
    }

    /// All parts of a scheme text.
    package static func parts(of scheme: [UInt8]) -> [SchemePart] {
        // A text that does not shrink is longer than its deflated form could be; then it is sent as it is.
        let deflated = Deflate.deflate(scheme, dictionary: []) ?? scheme
        return stride(from: 0, to: deflated.count, by: Limits.schemePartByteCountMax).map { start in
            SchemePart(
                totalByteCount: deflated.count,
                inflatedByteCount: scheme.count,
                bytes: Array(deflated[start..<min(start + Limits.schemePartByteCountMax, deflated.count)])
            )
        }
    }
}

/// Puts scheme parts together again. Holds at most `Limits.schemeByteCountMax` bytes.
package struct SchemeAssembly: Hashable, Sendable {
    private var bytes: [UInt8] = []

    package init() {}

    /// - Returns: The scheme text once the last part has come.
    /// - Throws: `ProtocolError` when the parts do not fit together.
    package mutating func append(_ part: SchemePart) throws(ProtocolError) -> [UInt8]? {
        self.bytes += part.bytes
        guard self.bytes.count <= part.totalByteCount, !part.bytes.isEmpty else {
            throw .malformed(
                "scheme",
                MalformedBytes(offset: self.bytes.count, expected: "\(part.totalByteCount) bytes")
            )
        }
        guard self.bytes.count == part.totalByteCount else { return nil }
        if part.totalByteCount == part.inflatedByteCount { return self.bytes }
        guard let scheme = Deflate.inflate(self.bytes[...], to: part.inflatedByteCount, dictionary: []) else {
            throw .inflatesBeyondStatedSize(part.inflatedByteCount)
        }
        return scheme
    }
}
