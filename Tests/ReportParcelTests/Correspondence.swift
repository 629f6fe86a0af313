import Crypto
import ReportIdentity
import ReportModel
import ReportParcel
import ReportWire
import TestSupport

/// A province and a device that write parcels to each other, with keys drawn anew in every test.
struct Correspondence {
    let authority = P256.Signing.PrivateKey()
    let device = P256.Signing.PrivateKey()
    let certificate: DeviceCertificate

    static let opening = ParcelOpening(
        replica: ReplicaID(rawValue: 0xA1),
        number: 300,
        time: Timestamp(secondsSince1970: 1_760_000_000),
        scheme: 0x0123_4567_89AB_CDEF
    )

    init() throws {
        self.certificate = try Self.certificate(of: self.device, by: self.authority)
    }

    static func certificate(
        of device: P256.Signing.PrivateKey,
        by authority: P256.Signing.PrivateKey
    ) throws -> DeviceCertificate {
        try .issue(
            for: DeviceKey(device.publicKey),
            facts: DeviceFacts(name: "办公室一", unit: UnitCode("410728")!, role: .clerk, person: "张三"),
            authority: authority,
            serial: [UInt8](repeating: 0xFF, count: 16),
            validity: .year(from: Timestamp(secondsSince1970: 1_760_000_000))
        )
    }

    /// A parcel of the device to the province.
    func parcel(_ frames: [Frame]) throws -> [UInt8] {
        try Self.parcel(frames, to: self.authority.publicKey, certificate: self.certificate, key: self.device)
    }

    /// An answer of the province to the device.
    func answer(_ frames: [Frame]) throws -> [UInt8] {
        try Self.parcel(frames, to: self.device.publicKey, certificate: nil, key: self.authority)
    }

    static func parcel(
        _ frames: [Frame],
        to reader: P256.Signing.PublicKey,
        certificate: DeviceCertificate?,
        key: P256.Signing.PrivateKey
    ) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try withoutActuallyEscaping({ bytes += $0 }) { sink in
            var writer = try ParcelWriter(
                self.opening,
                to: DeviceKey(reader),
                from: certificate.map { .device($0) } ?? .province,
                key: key,
                sink: sink
            )
            for frame in frames { try writer.append(frame) }
            try writer.finish()
        }
        return bytes
    }

    /// What a reader gets of a file.
    struct Read {
        var opening: ParcelOpening?
        var sender: DeviceID?
        var frames: [Frame] = []
        var refusal: ParcelRefusal?
        var damage: ParcelDamage?
    }

    /// - Parameter key: the reader's; the authority's own where there is none.
    func read(_ bytes: [UInt8], key: P256.Signing.PrivateKey? = nil) throws -> Read {
        var read = Read()
        let input = ByteInput(bytes)
        do {
            var reader = try ParcelReader(
                key: key ?? self.authority,
                authority: DeviceKey(self.authority.publicKey),
                source: { input.next($0) }
            )
            (read.opening, read.sender) = (reader.opening, reader.certificate?.id)
            while let frame = try reader.nextFrame() { read.frames.append(frame) }
        } catch let refusal as ParcelRefusal {
            read.refusal = refusal
        } catch let damage as ParcelDamage {
            read.damage = damage
        }
        return read
    }
}

extension Frame {
    /// Any frame, the longest and the shortest often.
    static func random(using random: inout SplitMix64) -> Frame {
        let longest = Limits.frameByteCountMax - Limits.frameByteCountMin
        let byteCount =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: 0
            case 1: random.pick([longest, longest - 1, longest / 2])
            default: Int.random(in: 0..<2000, using: &random)
            }
        let byte = UInt8(truncatingIfNeeded: random.next())
        return Frame(
            kind: UInt8(truncatingIfNeeded: random.next()),
            flags: Flags(rawValue: UInt8(truncatingIfNeeded: random.next())),
            payload: [UInt8](repeating: byte, count: byteCount)
        )
    }
}
