import ReportModel

/// What a device says instead of a hello while it has no certificate. The answer is a certificate.
package struct Enrol: Hashable, Sendable {
    /// The protocol versions the device speaks; where a hello has them.
    package var versions: ClosedRange<UInt64>
    /// The one-time code of the enrolment file, as it stands there.
    package var code: String
    /// The device's request for a certificate: PKCS#10 in DER.
    package var request: [UInt8]

    package init(versions: ClosedRange<UInt64> = Limits.versions, code: String, request: [UInt8]) {
        self.versions = versions
        self.code = code
        self.request = request
    }

    func write(to writer: inout ByteWriter) {
        writer.varint(self.versions.lowerBound)
        writer.varint(self.versions.upperBound)
        writer.string(self.code)
        writer.blob(self.request)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let (oldest, newest) = (try reader.varint(), try reader.varint())
        guard oldest <= newest else { throw reader.malformed("versions from old to new") }
        self.versions = oldest...newest
        self.code = try reader.string(upTo: Limits.enrolmentCodeByteCountMax)
        self.request = Array(try reader.blob(upTo: Limits.certificateByteCountMax))
    }
}
