import Crypto
import ReportIdentity
import ReportModel

/// What a parcel says of itself, in its first record.
package struct ParcelOpening: Hashable, Sendable {
    /// Of the store that wrote the parcel.
    package var replica: ReplicaID
    /// To the province: counted by the office, from 1. To an office: of the parcel that is answered.
    package var number: UInt64
    /// When it was written, by the writer's clock.
    package var time: Timestamp
    /// The first 8 bytes of the fingerprint of the writer's scheme.
    package var scheme: UInt64

    package init(replica: ReplicaID, number: UInt64, time: Timestamp, scheme: UInt64) {
        self.replica = replica
        self.number = number
        self.time = time
        self.scheme = scheme
    }
}

/// The content of the first record: the opening, with what shows who signs it, and the signature.
struct SignedOpening {
    let opening: ParcelOpening
    /// ``ParcelSender/der``.
    let sender: [UInt8]
    let signature: [UInt8]

    init(
        _ opening: ParcelOpening,
        from sender: ParcelSender,
        header: ParcelHeader,
        key: P256.Signing.PrivateKey
    ) throws {
        self.opening = opening
        self.sender = sender.der
        let message = Self.message(Self.content(opening, sender.der), header)
        self.signature = Array(try key.signature(for: message).rawRepresentation)
    }

    init(from bytes: ArraySlice<UInt8>) throws(MalformedBytes) {
        var reader = ByteReader(bytes)
        self.opening = ParcelOpening(
            replica: ReplicaID(rawValue: try reader.fixed(UInt64.self)),
            number: try reader.varint(),
            time: Timestamp(secondsSince1970: try reader.signed()),
            scheme: try reader.fixed(UInt64.self)
        )
        self.sender = Array(try reader.blob(upTo: bytes.count))
        self.signature = Array(try reader.raw(Seal.signatureByteCount))
        try reader.requireEnd()
    }

    var bytes: [UInt8] { Self.content(self.opening, self.sender) + self.signature }

    /// Whether `key` has signed this, for the reader that the header names.
    func isSigned(by key: DeviceKey, in header: ParcelHeader) -> Bool {
        key.isSignature(self.signature, of: Self.message(Self.content(self.opening, self.sender), header))
    }

    private static func content(_ opening: ParcelOpening, _ sender: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.fixed(opening.replica.rawValue)
        writer.varint(opening.number)
        writer.signed(opening.time.secondsSince1970)
        writer.fixed(opening.scheme)
        writer.blob(sender)
        return writer.bytes
    }

    /// What is signed. The header holds the parcel's own key, under which the records are encrypted: so the signature is for
    /// all of them, and for this reader alone.
    private static func message(_ content: [UInt8], _ header: ParcelHeader) -> [UInt8] {
        var writer = ByteWriter()
        writer.string("huiliu parcel \(ParcelHeader.version)")
        writer.raw(header.bytes)
        writer.raw(content)
        return writer.bytes
    }
}
