import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportWire

/// Reads a parcel, from its beginning to its end mark or to the first damage. What it has given out is proven to be the
/// writer's, in the writer's order, whatever comes after. Holds at most one record.
package struct ParcelReader {
    package let opening: ParcelOpening
    package let sender: ParcelSender
    /// The device that wrote the parcel; `nil` where the province did, or one that is not enrolled yet.
    package var certificate: DeviceCertificate? {
        guard case .device(let certificate) = self.sender else { return nil }
        return certificate
    }

    private var recipient: HPKE.Recipient
    private let source: (Int) throws -> [UInt8]
    /// What is left of the present record.
    private var frames: ArraySlice<UInt8> = []
    /// Where the present record begins, in bytes from the beginning of the file.
    private var offset = ParcelHeader.byteCount
    /// Where the next one begins.
    private var nextOffset: Int
    private var isAtEnd = false

    /// Reads the beginning of a parcel.
    ///
    /// - Parameters:
    ///   - key: the reader's: the authority's own for what devices have written, else the device's.
    ///   - authority: the province's public key. It has signed the certificate of the device that wrote to it, or the very
    ///     parcel.
    ///   - source: gives the next bytes of the file: as many as asked for, fewer only at its end. What it throws counts as
    ///     damage from there on.
    /// - Throws: `ParcelRefusal`, and `ParcelDamage` where the first record cannot be read. Nothing of the parcel can be used
    ///   then.
    package init(
        key: P256.Signing.PrivateKey,
        authority: DeviceKey,
        source: @escaping (Int) throws -> [UInt8]
    ) throws {
        let own = DeviceKey(key.publicKey)
        let beginning = try Self.read(ParcelHeader.byteCount, at: 0, source)
        let header = try ParcelHeader(beginning)
        guard header.reader == own.id else {
            throw header.reader == authority.id
                ? ParcelRefusal.forProvince
                : ParcelRefusal.forOther(header.reader, isAtProvince: own == authority)
        }
        self.source = source
        do {
            self.recipient = try HPKE.Recipient(
                privateKey: P256.KeyAgreement.PrivateKey(rawRepresentation: key.rawRepresentation),
                ciphersuite: ParcelHeader.suite,
                info: ParcelHeader.information(for: own.id),
                encapsulatedKey: Data(header.encapsulatedKey)
            )
        } catch {
            throw ParcelDamage(offset: 0, .altered)
        }
        let first = try Self.record(at: ParcelHeader.byteCount, &self.recipient, source)
        guard first.kind == .opening, let signed = try? SignedOpening(from: first.content) else {
            throw ParcelDamage(offset: ParcelHeader.byteCount, .altered)
        }
        self.opening = signed.opening
        self.sender = try Self.sender(of: signed, to: own, authority: authority)
        guard signed.isSigned(by: self.sender.key(authority: authority), in: header) else { throw ParcelRefusal.forged }
        self.nextOffset = ParcelHeader.byteCount + first.byteCount
    }

    /// Who is believed to have written what this reader opens: devices write to the province, and it to them.
    private static func sender(
        of signed: SignedOpening,
        to own: DeviceKey,
        authority: DeviceKey
    ) throws(ParcelRefusal) -> ParcelSender {
        guard own == authority else {
            guard signed.sender.isEmpty else { throw .notFromProvince }
            return .province
        }
        do {
            return try ParcelSender(device: signed.sender, authority: authority)
        } catch {
            throw .sender(error)
        }
    }

    // MARK: - Frames

    /// - Returns: The next message that this program knows; `nil` at the end of the parcel.
    /// - Throws: `ParcelDamage`; nothing more can be read.
    package mutating func nextMessage() throws(ParcelDamage) -> Message? {
        while let frame = try self.nextFrame() {
            do throws(ProtocolError) {
                if let message = try Message(frame) { return message }
            } catch {
                throw self.refusal(error)
            }
        }
        return nil
    }

    /// - Returns: The next frame; `nil` at the end of the parcel.
    /// - Throws: `ParcelDamage`; nothing more can be read.
    package mutating func nextFrame() throws(ParcelDamage) -> Frame? {
        while self.frames.isEmpty {
            guard !self.isAtEnd else { return nil }
            try self.readRecord()
        }
        do throws(ProtocolError) {
            guard let byteCount = try Frame.byteCount(peeking: self.frames), self.frames.count >= 4 + byteCount else {
                throw .malformed("parcel", MalformedBytes(offset: 0, expected: "whole frames"))
            }
            let frame = try Frame(body: Array(self.frames.dropFirst(4).prefix(byteCount)))
            self.frames = self.frames.dropFirst(4 + byteCount)
            return frame
        } catch {
            throw self.refusal(error)
        }
    }

    /// What the last message says is out of place, or cannot be taken.
    package func refusal(_ error: ProtocolError) -> ParcelDamage { ParcelDamage(offset: self.offset, .refused(error)) }

    private mutating func readRecord() throws(ParcelDamage) {
        self.offset = self.nextOffset
        let record = try Self.record(at: self.offset, &self.recipient, self.source)
        self.nextOffset = self.offset + record.byteCount
        switch record.kind {
        case .frames where !record.content.isEmpty:
            self.frames = record.content
        case .end where record.content.isEmpty:
            guard try Self.read(1, at: self.nextOffset, self.source).isEmpty else {
                throw ParcelDamage(offset: self.nextOffset, .trailing)
            }
            self.isAtEnd = true
        case .opening, .frames, .end:
            throw ParcelDamage(offset: self.offset, .altered)
        }
    }

    // MARK: - Records

    private struct Record {
        let kind: ParcelRecord
        let content: ArraySlice<UInt8>
        /// In the file, with its length.
        let byteCount: Int
    }

    private static func record(
        at offset: Int,
        _ recipient: inout HPKE.Recipient,
        _ source: (Int) throws -> [UInt8]
    ) throws(ParcelDamage) -> Record {
        let length = try self.read(4, at: offset, source)
        guard length.count == 4 else { throw ParcelDamage(offset: offset, .cutOff) }
        let byteCount = length.reduce(0) { $0 << 8 | Int($1) }
        guard byteCount <= Limits.parcelRecordByteCountMax else { throw ParcelDamage(offset: offset, .altered) }
        let ciphertext = try self.read(byteCount, at: offset, source)
        guard ciphertext.count == byteCount else { throw ParcelDamage(offset: offset, .cutOff) }
        guard let plain = try? recipient.open(ciphertext), let kind = plain.first.flatMap(ParcelRecord.init) else {
            throw ParcelDamage(offset: offset, .altered)
        }
        return Record(kind: kind, content: Array(plain)[1...], byteCount: 4 + byteCount)
    }

    private static func read(
        _ count: Int,
        at offset: Int,
        _ source: (Int) throws -> [UInt8]
    ) throws(ParcelDamage) -> [UInt8] {
        do {
            return try source(count)
        } catch {
            throw ParcelDamage(offset: offset, .unreadable("\(error)"))
        }
    }
}
