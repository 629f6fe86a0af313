import Crypto
import Foundation
import ReportModel

/// What stands before the records of a parcel, for everybody to read: that it is one, of which format, and for whom
/// (Protocol/README.md, "Parcels"). Who wrote it stands in the records: whoever finds a stick learns nothing of that.
package struct ParcelHeader: Hashable, Sendable {
    /// The format that this program writes and reads. It may change freely until version 1 of the protocol is frozen.
    package static let version: UInt8 = 0
    /// Told from text by its first byte, and damaged where a program takes it for text: as in PNG (RFC 2083, 12.11).
    static let mark: [UInt8] = [0x89, 0x48, 0x4C, 0x70, 0x0D, 0x0A, 0x1A, 0x0A]
    /// The parcel's own public key, as a point of P-256 that is not compressed (RFC 9180, 7.1.1).
    static let encapsulatedKeyByteCount = 65
    /// Mark, version, reader and key.
    package static let byteCount = 8 + 1 + DeviceID.byteCount + Self.encapsulatedKeyByteCount

    /// Who alone can open the parcel: a device, or the authority.
    package let reader: DeviceID
    /// From which the reader derives the key of the records (RFC 9180, `enc`).
    let encapsulatedKey: [UInt8]

    init(reader: DeviceID, encapsulatedKey: Data) {
        self.reader = reader
        self.encapsulatedKey = Array(encapsulatedKey)
    }

    /// - Parameter bytes: the first ``byteCount`` of a file, or fewer where it is shorter.
    /// - Throws: `ParcelRefusal`; `ParcelDamage` where the file ends within the header.
    init(_ bytes: [UInt8]) throws {
        guard bytes.starts(with: Self.mark), bytes.count > Self.mark.count else { throw ParcelRefusal.notParcel }
        let version = bytes[Self.mark.count]
        guard version == Self.version else { throw ParcelRefusal.tooNew(version: version) }
        let rest = bytes.dropFirst(Self.mark.count + 1)
        guard bytes.count == Self.byteCount, let reader = DeviceID(bytes: rest.prefix(DeviceID.byteCount)) else {
            throw ParcelDamage(offset: 0, .cutOff)
        }
        self.reader = reader
        self.encapsulatedKey = Array(rest.dropFirst(DeviceID.byteCount))
    }

    var bytes: [UInt8] {
        Self.mark + [Self.version] + self.reader.bytes + self.encapsulatedKey
    }

    // MARK: - Encryption

    /// DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: the key with which a device signs opens its parcels too, so that
    /// there is one key a device (Protocol/Decisions/0014-parcels.md).
    static let suite = HPKE.Ciphersuite.P256_SHA256_AES_GCM_256

    /// What the key of the records is bound to, besides the two public keys.
    static func information(for reader: DeviceID) -> Data {
        var writer = ByteWriter()
        writer.string("huiliu parcel \(self.version)")
        writer.raw(reader.bytes)
        return Data(writer.bytes)
    }
}

/// A piece of a parcel: its length as u32, then HPKE's ciphertext of one byte that says what it is, and what it holds.
/// Records are numbered by HPKE: none can be left out, added or moved.
enum ParcelRecord: UInt8 {
    /// Who wrote the parcel, and when; always the first.
    case opening = 0
    /// Whole frames, one after another.
    case frames = 1
    /// There is nothing more. Empty; always the last.
    case end = 2

    /// What AES-GCM adds to what it encrypts.
    static let tagByteCount = 16
}
