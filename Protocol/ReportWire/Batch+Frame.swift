import ReportModel

// A batch as a frame: columns, deflated where that helps (Protocol/README.md, "Batches").

extension Batch {
    /// The longest payload of a frame.
    private static var payloadByteCountMax: Int { Limits.frameByteCountMax - Limits.frameByteCountMin }

    /// How much longer than its columns a payload may be: what is deflated is shorter by one byte at least, and their number
    /// stands before it. So what fits with this much to spare need not be deflated to know it.
    private static let deflatedSpareByteCount = 2

    /// `changes` in as few batches as fit frames.
    ///
    /// - Throws: `ProtocolError.unsendable(in:)` where some that cannot be parted do not fit one. What was taken always
    ///   does, and what this store wrote; what a damaged store has saved without its seals may not.
    package static func batches(of changes: [StoredChange], in scope: UnitCode) throws(ProtocolError) -> [Batch] {
        let batch = Batch(scope: scope, changes: changes)
        if batch.fits(self.payloadByteCountMax - Limits.batchSpareByteCount) { return [batch] }
        let inner = changes.partings.filter { $0 < changes.count }
        let nearest = inner.min { abs($0 * 2 - changes.count) < abs($1 * 2 - changes.count) }
        guard let middle = nearest else {
            guard batch.fits(self.payloadByteCountMax) else { throw .unsendable(in: scope) }
            return [batch]
        }
        return try self.batches(of: Array(changes[..<middle]), in: scope)
            + self.batches(of: Array(changes[middle...]), in: scope)
    }

    /// Whether the batch is within the limits of its receiver, in a frame with this much payload. One change always is.
    private func fits(_ payloadByteCountMax: Int) -> Bool {
        let writeCount = self.entries.reduce(0) { $0 + $1.change.writes.count }
        let byteCount = self.entries.reduce(0) { $0 + $1.canonicalBytes.count }
        guard self.chains.count <= Limits.batchChainCountMax, self.entries.count <= Limits.batchChangeCountMax,
            writeCount <= Limits.batchWriteCountMax, byteCount <= Limits.batchCanonicalByteCountMax
        else { return false }
        // Columns cost at most 11 bytes a write, 16 a change, 24 a chain and 84 a seal more than canonical bytes, where every
        // code, time, replica and signer is another; only then is the frame measured.
        let bound = byteCount + 11 * writeCount + 16 * self.entries.count + (24 + 84) * self.chains.count
        if bound < payloadByteCountMax { return true }
        let columns = BatchColumns.encode(self)
        let sealByteCount = SealSection.byteCount(of: self.chains)
        guard columns.count <= Limits.batchInflatedByteCountMax else { return false }
        return columns.count + Self.deflatedSpareByteCount + sealByteCount <= payloadByteCountMax
            || Self.payload(of: columns).bytes.count + sealByteCount <= payloadByteCountMax
    }

    /// Whether all of it can be sent on by who takes it, though another may deflate better. Where chains are sealed, it can be
    /// parted only where the runs of all chains so far have ended.
    private var isSendable: Bool {
        guard self.chains.contains(where: { $0.seal != nil }), !self.fits(Self.payloadByteCountMax) else { return true }
        return self.parts.allSatisfy { $0.fits(Self.payloadByteCountMax) }
    }

    /// The smallest batches into which a sealed one can be parted.
    private var parts: [Batch] {
        var left = self.entries.reduce(into: [Int](repeating: 0, count: self.chains.count)) { $0[$1.chain] += 1 }
        var parts: [Batch] = []
        var (start, openCount) = (0, 0)
        var numbers: [Int: Int] = [:]
        for (index, entry) in self.entries.enumerated() {
            if numbers[entry.chain] == nil {
                numbers[entry.chain] = numbers.count
                openCount += 1
            }
            left[entry.chain] -= 1
            if left[entry.chain] == 0 { openCount -= 1 }
            guard openCount == 0 else { continue }
            parts.append(
                Batch(
                    scope: self.scope,
                    chains: numbers.sorted { $0.value < $1.value }.map { self.chains[$0.key] },
                    entries: self.entries[start...index].map { entry in
                        Entry(
                            chain: numbers[entry.chain, default: 0],
                            change: entry.change,
                            canonicalBytes: entry.canonicalBytes
                        )
                    }
                )
            )
            (start, numbers) = (index + 1, [:])
        }
        return parts
    }

    /// The frame payload, and whether it is deflated.
    package var payload: (bytes: [UInt8], deflated: Bool) {
        Self.payload(of: BatchColumns.encode(self))
    }

    private static func payload(of columns: [UInt8]) -> (bytes: [UInt8], deflated: Bool) {
        guard columns.count >= Limits.deflateByteCountMin,
            let deflated = Deflate.deflate(columns, dictionary: PresetDictionary.bytes)
        else { return (columns, false) }
        var writer = ByteWriter(reserving: deflated.count + 4)
        writer.varint(columns.count)
        writer.raw(deflated)
        return (writer.bytes, true)
    }

    /// Reads the batch of a frame.
    ///
    /// - Throws: `ProtocolError` when the stated size is above the limit (before memory is taken for it), when the
    ///   stream inflates to another size, when the columns are not the one encoding of a batch, and when what was deflated
    ///   better than here could not be sent on.
    package init(_ frame: Frame) throws(ProtocolError) {
        guard frame.flags.subtracting([.deflated, .sealed]) == .critical else {
            throw .malformed(
                "batch",
                MalformedBytes(offset: 0, expected: "the flag critical, and perhaps deflated and sealed")
            )
        }
        var (payload, section) = (frame.payload[...], ArraySlice<UInt8>())
        do throws(MalformedBytes) {
            if frame.flags.contains(.sealed) { (payload, section) = try SealSection.split(frame.payload) }
        } catch {
            throw .malformed("batch", error)
        }
        let columns = frame.flags.contains(.deflated) ? try Self.inflated(payload) : Array(payload)
        do throws(MalformedBytes) {
            let batch = try BatchColumns.decode(columns)
            guard frame.flags.contains(.sealed) else {
                self = batch
                return
            }
            let chains = try SealSection.sealed(batch.chains, by: section)
            self.init(scope: batch.scope, chains: chains, entries: batch.entries)
            guard
                columns.count + Self.deflatedSpareByteCount + section.count <= Self.payloadByteCountMax
                    || self.isSendable
            else {
                throw MalformedBytes(offset: 0, expected: "changes that fit a frame when they are sent on")
            }
        } catch {
            throw .malformed("batch", error)
        }
    }

    private static func inflated(_ payload: ArraySlice<UInt8>) throws(ProtocolError) -> [UInt8] {
        var reader = ByteReader(payload)
        let byteCount: Int
        let deflated: ArraySlice<UInt8>
        do throws(MalformedBytes) {
            byteCount = try reader.count(upTo: Limits.batchInflatedByteCountMax, of: "inflated bytes")
            deflated = try reader.raw(reader.remaining)
        } catch {
            throw .malformed("batch", error)
        }
        guard let columns = Deflate.inflate(deflated, to: byteCount, dictionary: PresetDictionary.bytes) else {
            throw .inflatesBeyondStatedSize(byteCount)
        }
        return columns
    }
}
