import ReportModel

/// What was written here, still stands in its cell, and has not been receipted by the province.
package struct UndeliveredFigure: Sendable {
    package let address: CellAddress
    /// What was written here; where it is in conflict, another value may be shown.
    package let value: CellValue
    package let isInConflict: Bool
}

extension StoreReader {
    /// What these replicas wrote, still stands and has not been receipted by the province, by cell. Marks of reports and
    /// explanations are among them.
    ///
    /// What others wrote is not: where it is not known to be delivered, it is not this store that has to deliver it.
    ///
    /// - Complexity: the log of every scope, held in memory one after the other.
    package func undeliveredFigures(of own: Set<ReplicaID>) throws -> [UndeliveredFigure] {
        try self.scopes().flatMap { scope -> [UndeliveredFigure] in
            let undelivered = try self.log(of: scope).filter {
                !$0.isDelivered && own.contains($0.stored.chained.replica)
            }
            let hashes = Set(undelivered.map(\.stored.hash))
            let addresses = Set(undelivered.flatMap { $0.stored.chained.change.writes.map(\.address) })
            return try addresses.compactMap { address in
                let cell = try self.cell(CellAddress(address, in: scope))
                let standing = cell.versions.first { hashes.contains($0.version.hash) }
                return standing.map {
                    UndeliveredFigure(
                        address: cell.address,
                        value: $0.version.value,
                        isInConflict: cell.isConflict
                    )
                }
            }
        }.sorted { $0.address < $1.address }
    }
}
