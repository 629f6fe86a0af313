import ReportWire

/// In which pieces a parcel is written. Of smaller ones damage takes less, and the file is longer.
package struct ParcelPieces: Hashable, Sendable {
    /// The most canonical bytes of a batch.
    package let batchByteCountMax: Int
    /// The bytes of frames with which a record takes no further one.
    package let recordFullByteCount: Int

    package init(batchByteCountMax: Int, recordFullByteCount: Int) {
        self.batchByteCountMax = batchByteCountMax
        self.recordFullByteCount = recordFullByteCount
    }

    /// Those of the programs.
    package static let standard = ParcelPieces(
        batchByteCountMax: Limits.batchCanonicalByteCountMax,
        recordFullByteCount: Limits.parcelRecordFullByteCount
    )
}
