import ReportModel

// A batch as a frame: columns, deflated where that helps (Protocol/README.md, "Batches").

extension Batch {
    /// `changes` in as few batches as fit frames. Their canonical bytes together are those of one batch at most.
    package static func batches(of changes: [StoredChange], in scope: UnitCode) -> [Batch] {
        let batch = Batch(scope: scope, changes: changes)
        if changes.count < 2 || batch.fitsFrame { return [batch] }
        let inner = changes.partings.filter { $0 < changes.count }
        let nearest = inner.min { abs($0 * 2 - changes.count) < abs($1 * 2 - changes.count) }
        guard let middle = nearest else { return [batch] }
        return self.batches(of: Array(changes[..<middle]), in: scope)
            + self.batches(of: Array(changes[middle...]), in: scope)
    }

    /// Whether the batch is within the limits of its receiver. One change always is.
    private var fitsFrame: Bool {
        let writeCount = self.entries.reduce(0) { $0 + $1.change.writes.count }
        guard self.chains.count <= Limits.batchChainCountMax, self.entries.count <= Limits.batchChangeCountMax,
            writeCount <= Limits.batchWriteCountMax
        else { return false }
        // Columns cost at most 11 bytes a write, 16 a change, 24 a chain and 84 a seal more than canonical bytes, where every
        // code, time, replica and signer is another; only then is the frame measured.
        let byteCount = self.entries.reduce(0) { $0 + $1.canonicalBytes.count }
        let byteCountMax = Limits.frameByteCountMax - 1024
        if byteCount + 11 * writeCount + 16 * self.entries.count + (24 + 84) * self.chains.count < byteCountMax {
            return true
        }
        let columns = BatchColumns.encode(self)
        let sealByteCount = SealSection.bytes(of: self.chains).count
        return columns.count <= Limits.batchInflatedByteCountMax
            && Self.payload(of: columns).bytes.count + sealByteCount < byteCountMax
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
    ///   stream inflates to another size, and when the columns are not the one encoding of a batch.
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
