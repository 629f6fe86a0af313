import CZlib
import ReportModel

/// Raw deflate (RFC 1951) through the system's zlib, with a preset dictionary and no state between calls.
package enum Deflate {
    /// Level 6: level 9 is half as fast and gains nothing on report-like data.
    package static let usualLevel: Int32 = 6

    /// - Parameter level: zlib's, 1 to 9.
    /// - Returns: The deflated bytes, or `nil` when they are not shorter than `bytes`.
    package static func deflate(
        _ bytes: [UInt8],
        dictionary: [UInt8],
        level: Int32 = Self.usualLevel
    ) -> [UInt8]? {
        guard !bytes.isEmpty else { return nil }
        var stream = z_stream()
        guard huiliu_deflate_init(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        guard deflateSetDictionary(&stream, dictionary, uInt(dictionary.count)) == Z_OK else { return nil }
        let written = [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
            var bytes = bytes
            let status = bytes.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                return CZlib.deflate(&stream, Z_FINISH)
            }
            // Anything but the end of the stream means that the output, as long as the input, was too short.
            count = status == Z_STREAM_END ? Int(stream.total_out) : 0
        }
        return written.isEmpty || written.count >= bytes.count ? nil : written
    }

    /// Inflates to exactly `byteCount` bytes. Stops there: a stream that goes on is an error, not more memory.
    ///
    /// - Returns: `nil` when `deflated` is damaged, or inflates to more or fewer bytes.
    package static func inflate(_ deflated: ArraySlice<UInt8>, to byteCount: Int, dictionary: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        guard huiliu_inflate_init(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        guard inflateSetDictionary(&stream, dictionary, uInt(dictionary.count)) == Z_OK else { return nil }
        var status = Z_OK
        // One byte more than stated, so that a stream that would go on is told from one that ends there.
        let inflated = [UInt8](unsafeUninitializedCapacity: byteCount + 1) { output, count in
            var deflated = Array(deflated)
            status = deflated.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = uInt(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(output.count)
                return CZlib.inflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
        guard status == Z_STREAM_END, stream.avail_in == 0, inflated.count == byteCount else { return nil }
        return inflated
    }
}
