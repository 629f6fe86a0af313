import Crypto
import Foundation
import ReportIdentity
import ReportModel
import ReportWire

/// Writes a parcel: the frames of a sync in a file, sealed to one reader and signed by its writer (Protocol/README.md,
/// "Parcels"). Holds at most one record.
package struct ParcelWriter {
    private var sender: HPKE.Sender
    private let pieces: ParcelPieces
    private let sink: ([UInt8]) throws -> Void
    private var frames: [UInt8] = []

    /// How many changes have been added.
    package private(set) var changeCount = 0
    /// How long the file is so far.
    package private(set) var byteCount = 0

    /// - Parameters:
    ///   - reader: who alone can open the parcel: the authority or, for its answers, a device.
    ///   - sender: the writer.
    ///   - key: the writer's.
    ///   - sink: takes the bytes of the file, piece by piece.
    /// - Throws: What `sink` throws, and what the library says where it cannot encrypt, which is never for keys that exist.
    package init(
        _ opening: ParcelOpening,
        to reader: DeviceKey,
        from sender: ParcelSender,
        key: P256.Signing.PrivateKey,
        pieces: ParcelPieces = .standard,
        sink: @escaping ([UInt8]) throws -> Void
    ) throws {
        self.sender = try HPKE.Sender(
            recipientKey: P256.KeyAgreement.PublicKey(compressedRepresentation: reader.bytes),
            ciphersuite: ParcelHeader.suite,
            info: ParcelHeader.information(for: reader.id)
        )
        self.pieces = pieces
        self.sink = sink
        let header = ParcelHeader(reader: reader.id, encapsulatedKey: self.sender.encapsulatedKey)
        let signed = try SignedOpening(opening, from: sender, header: header, key: key)
        try sink(header.bytes)
        self.byteCount = header.bytes.count
        try self.write(.opening, signed.bytes)
    }

    /// Adds a message, as its frame.
    package mutating func append(_ message: Message) throws {
        try self.append(message.frame)
    }

    /// Adds a frame.
    package mutating func append(_ frame: Frame) throws {
        if self.frames.count + frame.encodedByteCount > Limits.parcelFramesByteCountMax { try self.endRecord() }
        self.frames += frame.encoded
        if self.frames.count >= self.pieces.recordFullByteCount { try self.endRecord() }
    }

    /// Ends the parcel: without this it counts as cut off.
    package mutating func finish() throws {
        try self.endRecord()
        try self.write(.end, [])
    }

    /// Ends the present record, so that what was added so far can be read without what follows.
    package mutating func endRecord() throws {
        guard !self.frames.isEmpty else { return }
        try self.write(.frames, self.frames)
        self.frames.removeAll(keepingCapacity: true)
    }

    private mutating func write(_ record: ParcelRecord, _ content: [UInt8]) throws {
        let ciphertext = try self.sender.seal([record.rawValue] + content)
        var writer = ByteWriter(reserving: 4 + ciphertext.count)
        writer.fixed(UInt32(ciphertext.count))
        writer.raw(ciphertext)
        try self.sink(writer.bytes)
        self.byteCount += writer.bytes.count
    }
}

extension ParcelWriter {
    /// Adds what a reader with this frontier lacks of a scope.
    ///
    /// Of chains that have branched marks would tell where the two part, and nobody answers in a file: they are sent from
    /// their beginning.
    ///
    /// - Parameter load: reads from the store what a peer lacks, as on a line, with the most canonical bytes of a batch.
    /// - Throws: also `ParcelRefusal.unsendable(_:)`.
    package mutating func appendChanges(
        in scope: UnitCode,
        lackedBy frontier: Frontier,
        load: (PeerStanding, _ byteCountMax: Int) throws -> LoadedChanges
    ) throws {
        var peer = PeerStanding(frontier: frontier)
        while true {
            let loaded = try load(peer, self.pieces.batchByteCountMax)
            let parted = loaded.wants.map(\.replica)
            peer.traced.formUnion(parted)
            peer.told.formUnion(parted)
            guard !loaded.changes.isEmpty || !parted.isEmpty else { return }
            guard !loaded.changes.isEmpty else { continue }
            peer.frontier = loaded.frontier
            self.changeCount += loaded.changes.count
            let batches: [Batch]
            do {
                batches = try Batch.batches(of: loaded.changes, in: scope)
            } catch {
                throw ParcelRefusal.unsendable(error)
            }
            for batch in batches { try self.append(.batch(batch)) }
        }
    }
}
