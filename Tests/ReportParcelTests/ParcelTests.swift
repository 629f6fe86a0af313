import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportParcel
import ReportWire
import TestSupport
import Testing

@Suite("Parcels")
struct ParcelTests {
    private let both: Correspondence

    init() throws {
        self.both = try Correspondence()
    }

    @Test("give the reader what the writer put in, and who it was", arguments: UInt64(0)..<12)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let frames = (0..<Int.random(in: 0...30, using: &random)).map { _ in Frame.random(using: &random) }
        let atProvince = try self.both.read(self.both.parcel(frames))
        let isSame = atProvince.frames == frames
        #expect(isSame, "replay with seed \(seed)")
        #expect(atProvince.sender == self.both.certificate.id && atProvince.opening == Correspondence.opening)
        #expect(atProvince.refusal == nil && atProvince.damage == nil)
        let atOffice = try self.both.read(self.both.answer(frames), key: self.both.device)
        let isAnswered = atOffice.frames == frames && atOffice.sender == nil && atOffice.damage == nil
        #expect(isAnswered, "replay with seed \(seed)")
    }

    /// Three records of frames: a long one, two short ones, a long one.
    private static let frames: [Frame] = [
        Frame(kind: 200, flags: [], payload: [UInt8](repeating: 1, count: 65_000)),
        Frame(kind: 201, flags: [], payload: [1, 2, 3]),
        Frame(kind: 202, flags: [], payload: [UInt8](repeating: 2, count: 700)),
        Frame(kind: 203, flags: [], payload: [UInt8](repeating: 3, count: 65_000)),
    ]

    @Test("give everything before an altered byte, nothing after it, and say where")
    func alteredBytes() throws {
        let bytes = try self.both.parcel(Self.frames)
        // All of what stands before the long records and within their ends, and some of their middles.
        let places = Array(bytes.indices.prefix(1200)) + stride(from: 1200, to: bytes.count - 300, by: 997)
        for place in places + (bytes.count - 300..<bytes.count) {
            var altered = bytes
            altered[place] ^= 1 << UInt8(place % 8)
            let read = try self.both.read(altered)
            self.expectPrefix(read, "byte \(place)")
            if let damage = read.damage { #expect(damage.offset <= place, "byte \(place): \(damage)") }
        }
    }

    @Test("give everything before their end where they are cut off")
    func cutOff() throws {
        let bytes = try self.both.parcel(Self.frames)
        let places = Array(0..<1200) + stride(from: 1200, to: bytes.count - 300, by: 997)
        var counts: Set<Int> = []
        for place in places + (bytes.count - 300..<bytes.count) {
            let read = try self.both.read(Array(bytes[..<place]))
            self.expectPrefix(read, "the first \(place)")
            counts.insert(read.frames.count)
        }
        #expect(counts == [0, 1, 3, 4])
    }

    @Test("tell what stands behind their end, and lack nothing")
    func trailing() throws {
        let bytes = try self.both.parcel(Self.frames)
        let read = try self.both.read(bytes + [0])
        let isWhole = read.frames == Self.frames
        #expect(isWhole && read.damage == ParcelDamage(offset: bytes.count, .trailing))
    }

    @Test("give nothing of a record that was moved, doubled or left out")
    func rearranged() throws {
        let bytes = try self.both.parcel(Self.frames)
        let records = Self.records(bytes)
        #expect(records.count == 6, "header, opening, three of frames, end")
        for (name, order) in [
            ("doubled", [0, 1, 2, 2, 3, 4, 5]), ("left out", [0, 1, 3, 4, 5]), ("moved", [0, 1, 3, 2, 4, 5]),
            ("ended early", [0, 1, 2, 5]), ("without an opening", [0, 2, 3, 4, 5]),
        ] {
            self.expectPrefix(try self.both.read(order.flatMap { records[$0] }), "\(name)")
        }
    }

    /// The header and each record.
    private static func records(_ bytes: [UInt8]) -> [[UInt8]] {
        var rest = bytes[...]
        var records = [Array(rest.prefix(90))]
        rest = rest.dropFirst(90)
        while !rest.isEmpty {
            let byteCount = 4 + rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            records.append(Array(rest.prefix(byteCount)))
            rest = rest.dropFirst(byteCount)
        }
        return records
    }

    private func expectPrefix(_ read: Correspondence.Read, _ what: String) {
        #expect(read.refusal != nil || read.damage != nil, "\(what) goes unnoticed")
        // Not within the expectation, which would print every byte.
        let isPrefix = Self.frames.starts(with: read.frames)
        #expect(isPrefix, "\(what)")
        #expect(read.refusal == nil || read.frames.isEmpty, "\(what)")
    }

    // MARK: - Who

    @Test("are opened by their reader alone, and say for whom they are")
    func otherReader() throws {
        let parcel = try self.both.parcel(Self.frames)
        let answer = try self.both.answer(Self.frames)
        #expect(try self.both.read(parcel, key: self.both.device).refusal == .forProvince)
        let other = P256.Signing.PrivateKey()
        let reader = DeviceKey(self.both.device.publicKey).id
        #expect(try self.both.read(answer, key: other).refusal == .forOther(reader, isAtProvince: false))
        #expect(try self.both.read(answer).refusal == .forOther(reader, isAtProvince: true))
    }

    @Test("are not to be passed on to another reader as written to them")
    func readdressed() throws {
        let other = P256.Signing.PrivateKey()
        let otherID = DeviceKey(other.publicKey).id
        var answer = try self.both.answer(Self.frames)
        // The device opens the province's answer, and seals what it found to another device.
        let records = Self.records(answer)
        let own = DeviceKey(self.both.device.publicKey).id
        var recipient = try HPKE.Recipient(
            privateKey: P256.KeyAgreement.PrivateKey(rawRepresentation: self.both.device.rawRepresentation),
            ciphersuite: .P256_SHA256_AES_GCM_256,
            info: Data(Self.purpose + own.bytes),
            encapsulatedKey: Data(records[0].suffix(65))
        )
        var sender = try HPKE.Sender(
            recipientKey: P256.KeyAgreement.PublicKey(
                compressedRepresentation: other.publicKey.compressedRepresentation
            ),
            ciphersuite: .P256_SHA256_AES_GCM_256,
            info: Data(Self.purpose + otherID.bytes)
        )
        var forgery = Array(records[0].prefix(9)) + otherID.bytes + sender.encapsulatedKey
        for record in records.dropFirst() {
            let sealed = try sender.seal(try recipient.open(record.dropFirst(4)))
            forgery += withUnsafeBytes(of: UInt32(sealed.count).bigEndian) { Array($0) } + sealed
        }
        let read = try self.both.read(forgery, key: other)
        #expect(read.refusal == .forged && read.frames.isEmpty)
        // Another reader is only written over the first one.
        answer.replaceSubrange(9..<25, with: otherID.bytes)
        #expect(try self.both.read(answer, key: other).damage == ParcelDamage(offset: 90, .altered))
    }

    /// As the specification has it: a string.
    private static let purpose = [15] + Array("huiliu parcel 0".utf8)

    @Test("are refused when a key has signed that is not the certificate's")
    func otherSignature() throws {
        let thief = P256.Signing.PrivateKey()
        let parcel = try Correspondence.parcel(
            Self.frames,
            to: self.both.authority.publicKey,
            certificate: self.both.certificate,
            key: thief
        )
        let read = try self.both.read(parcel)
        #expect(read.refusal == .forged && read.frames.isEmpty)
        // Likewise what says that the province wrote it.
        let answer = try Correspondence.parcel(
            Self.frames,
            to: self.both.device.publicKey,
            certificate: nil,
            key: thief
        )
        #expect(try self.both.read(answer, key: self.both.device).refusal == .forged)
    }

    @Test("are refused with a certificate of another province, or with none")
    func otherCertificate() throws {
        let elsewhere = P256.Signing.PrivateKey()
        let foreign = try Correspondence.certificate(of: self.both.device, by: elsewhere)
        let authority = self.both.authority.publicKey
        let parcel = try Correspondence.parcel([], to: authority, certificate: foreign, key: self.both.device)
        #expect(try self.both.read(parcel).refusal == .sender(.otherAuthority))
        let bare = try Correspondence.parcel([], to: authority, certificate: nil, key: self.both.authority)
        #expect(try self.both.read(bare).refusal == .sender(.notCertificate))
        // A device is not answered by another one, though the province knows it.
        let other = P256.Signing.PrivateKey()
        let certificate = try Correspondence.certificate(of: other, by: self.both.authority)
        let reader = self.both.device.publicKey
        let answer = try Correspondence.parcel([], to: reader, certificate: certificate, key: other)
        #expect(try self.both.read(answer, key: self.both.device).refusal == .notFromProvince)
    }

    @Test("of another format, and files that are none, are told apart")
    func otherFormat() throws {
        var parcel = try self.both.parcel(Self.frames)
        parcel[8] = 1
        #expect(try self.both.read(parcel).refusal == .tooNew(version: 1))
        for bytes in [[], Array("单位,报表,报告期\n".utf8), [UInt8](repeating: 0, count: 5000)] {
            #expect(try self.both.read(bytes).refusal == .notParcel)
        }
    }

    @Test("tell nobody else who carried them")
    func hidden() throws {
        let parcel = try self.both.parcel(Self.frames)
        let names = [Array("办公室一".utf8), self.both.certificate.id.bytes, self.both.certificate.key.bytes]
        for name in names { #expect(parcel.ranges(of: name).isEmpty) }
        let again = try self.both.parcel(Self.frames)
        let common = zip(parcel, again).prefix { $0 == $1 }
        #expect(common.count < 30, "beyond mark, version and reader nothing is the same twice")
    }
}
