import ReportModel
import ReportStorage
import TestSupport

extension ReportDatabase {
    /// A store in memory that took these changes, in batches of any size.
    static func holding(
        _ changes: [StoredChange],
        in scope: UnitCode = GeneratedHistory.scope,
        batchChangeCount: Int = .max
    ) throws -> ReportDatabase {
        let database = try ReportDatabase(inMemory: .client)
        var rest = changes[...]
        while !rest.isEmpty {
            let batch = Batch(scope: scope, changes: Array(rest.prefix(batchChangeCount)))
            rest = rest.dropFirst(batchChangeCount)
            _ = try database.write { try $0.take(batch, received: Timestamp(secondsSince1970: 1)) }
        }
        return database
    }
}

extension GeneratedHistory {
    /// Every change ever written, as a store would send it, in causal order.
    var stored: [StoredChange] {
        var store = self.observer
        for chained in self.changes { store.take(chained) }
        return store.storedChanges
    }
}
