import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportParcel
import ReportWire
import TestSupport

/// Whatever stands in a parcel, its reader ends, and gives out frames that were written, in their order.
enum ParcelProperties {
    /// The input is a file; and it is the contents of records, each after its length in two bytes, since no fuzzer guesses
    /// their encryption. If its first byte is odd, a true opening stands before them.
    static func parcel(_ input: [UInt8]) throws {
        _ = try self.frames(of: input)
        var contents: [[UInt8]] = []
        var reader = ByteReader(input.dropFirst())
        while let length = try? reader.fixed(UInt16.self) {
            contents.append(Array((try? reader.raw(min(Int(length), reader.remaining))) ?? []))
        }
        let isOpened = input.first.map { $0 % 2 == 1 } ?? false
        let file = try self.file(contents, isOpened: isOpened)
        let frames = try self.frames(of: file)
        let written = contents.filter { $0.first == 1 }.flatMap { $0.dropFirst() }
        try require(written.starts(with: frames.flatMap(\.encoded)), "frames that are given out were written")
        try require(isOpened || frames.isEmpty, "nothing is given out of whom nobody knows")
    }

    private static func frames(of file: [UInt8]) throws -> [Frame] {
        let input = ByteInput(file)
        var frames: [Frame] = []
        do {
            var reader = try ParcelReader(key: Self.authority, authority: Self.authorityKey) { input.next($0) }
            while let frame = try reader.nextFrame() { frames.append(frame) }
        } catch is ParcelRefusal {
        } catch is ParcelDamage {
        }
        return frames
    }

    // MARK: - A writer that writes anything

    private static let authority = Self.key(1)
    private static let authorityKey = DeviceKey(Self.authority.publicKey)
    private static let device = Self.key(2)
    private static let certificate = Result {
        try DeviceCertificate.issue(
            for: DeviceKey(Self.device.publicKey),
            facts: DeviceFacts(name: "a", unit: UnitCode("410728")!, role: .clerk, person: "b"),
            authority: Self.authority,
            serial: [UInt8](repeating: 1, count: 16),
            validity: .year(from: Timestamp(secondsSince1970: 1_760_000_000))
        )
    }

    /// The private key with this number, which is in the range of the curve.
    private static func key(_ number: UInt8) -> P256.Signing.PrivateKey {
        try! P256.Signing.PrivateKey(rawRepresentation: [UInt8](repeating: 0, count: 31) + [number])
    }

    /// As Protocol/README.md, "Parcels", has it.
    private static func file(_ contents: [[UInt8]], isOpened: Bool) throws -> [UInt8] {
        var purpose = ByteWriter()
        purpose.string("huiliu parcel 0")
        var sender = try HPKE.Sender(
            recipientKey: P256.KeyAgreement.PublicKey(compressedRepresentation: self.authorityKey.bytes),
            ciphersuite: .P256_SHA256_AES_GCM_256,
            info: Data(purpose.bytes + self.authorityKey.id.bytes)
        )
        let mark: [UInt8] = [0x89, 0x48, 0x4C, 0x70, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = mark + [0] + self.authorityKey.id.bytes + sender.encapsulatedKey
        var file = ByteWriter()
        file.raw(header)
        var opening = ByteWriter()
        opening.raw([UInt8](repeating: 0, count: 18))
        opening.blob(try self.certificate.get().der)
        let signature = try self.device.signature(for: purpose.bytes + header + opening.bytes)
        let first = [0] + opening.bytes + signature.rawRepresentation
        for content in (isOpened ? [first] : []) + contents {
            let sealed = try sender.seal(content)
            file.fixed(UInt32(sealed.count))
            file.raw(sealed)
        }
        return file.bytes
    }
}
