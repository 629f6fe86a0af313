import ReportModel
import ReportWire

/// A batch that was sent and not yet receipted. Receipts come in the order of the batches.
struct SentBatch: Hashable, Sendable {
    let scope: UnitCode
    let chains: [Batch.Chain]
    /// Canonical bytes of its changes.
    let byteCount: Int

    init(_ batch: Batch) {
        self.scope = batch.scope
        self.chains = batch.chains
        self.byteCount = batch.entries.reduce(0) { $0 + $1.canonicalBytes.count }
    }
}

extension [SentBatch] {
    /// Whether one more batch may be sent before a receipt comes, besides `loadingCount` that are being read.
    func haveRoom(batchCountMax: Int, loadingCount: Int) -> Bool {
        self.count + loadingCount < batchCountMax
            && self.reduce(0) { $0 + $1.byteCount } + loadingCount * Limits.batchCanonicalByteCountMax
                < Limits.byteCountInFlightMax
    }
}
