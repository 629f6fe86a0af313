import ReportModel
import ReportWire

/// A batch that was sent and not yet receipted. Receipts come in the order of the batches.
struct SentBatch: Hashable, Sendable {
    let scope: UnitCode
    let chains: [Batch.Chain]

    init(_ batch: Batch) {
        self.scope = batch.scope
        self.chains = batch.chains
    }
}
