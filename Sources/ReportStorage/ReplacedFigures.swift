import GRDB
import ReportModel

/// A figure that was written here and in whose place somebody else, who had seen it, has put another.
package struct ReplacedFigure: Hashable, Sendable {
    package let address: CellAddress
    /// What was written here last.
    package let own: CellValue
    /// What is shown now.
    package let present: AuthoredVersion
}

extension StoreReader {
    /// The place of the newest change in the order of arrival; 0 in an empty store.
    package func lastArrival() throws -> Int64 {
        try self.database.cachedStatement(sql: "SELECT max(position) FROM change").fetchOneInt64([]) ?? 0
    }

    /// The figures written here that others have replaced with changes that arrived after this place, by cell. What is in
    /// conflict is not replaced.
    ///
    /// - Parameter formerDevices: those that the store was of before it was enrolled anew.
    /// - Complexity: nothing where nothing arrived; else the log of the scopes in which this store has written.
    package func replacedFigures(
        after arrival: Int64,
        formerDevices: Set<DeviceID> = []
    ) throws -> [ReplacedFigure] {
        guard let replicas = try self.ownReplica()?.all, try self.lastArrival() > arrival else { return [] }
        return try self.scopes().flatMap { scope -> [ReplacedFigure] in
            let own = Set(
                try self.chains(in: scope).lines.filter { line in
                    replicas.contains(line.replica) || line.signer.map(formerDevices.contains) ?? false
                }.map(\.replica)
            )
            guard !own.isEmpty else { return [] }
            let news = try self.log(of: scope, after: arrival, notBy: own)
            let candidates = Set(news.flatMap { $0.stored.chained.change.writes.map(\.address) })
                .filter { !$0.form.isSystem }
            guard !candidates.isEmpty else { return [] }
            return try self.histories(of: candidates, in: scope).compactMap { address, events in
                let ours = events.last { own.contains($0.authored.version.replica) && $0.discounts.isEmpty }
                guard let ours, !ours.supersededBy.isEmpty else { return nil }
                let cell = try self.cell(CellAddress(address, in: scope))
                guard !cell.isConflict, let present = cell.versions.first, !own.contains(present.version.replica),
                    present.version.value != ours.authored.version.value
                else { return nil }
                return ReplacedFigure(address: cell.address, own: ours.authored.version.value, present: present)
            }
        }.sorted { $0.address < $1.address }
    }
}
