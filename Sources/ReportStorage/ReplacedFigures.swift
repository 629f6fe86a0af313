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

/// What others have replaced in a part of the log.
package struct ReplacedFigures: Sendable {
    /// By cell.
    package let figures: [ReplacedFigure]
    /// Up to which place of the log they were looked for.
    package let arrival: Int64
    /// Whether nothing is left open. A conflict that stands where something written here stood may end without another
    /// write, when one of its sides turns out not to count.
    package let isSettled: Bool
}

extension StoreReader {
    /// The place of the newest change in the order of arrival; 0 in an empty store.
    package func lastArrival() throws -> Int64 {
        try self.database.cachedStatement(sql: "SELECT max(position) FROM change").fetchOneInt64([]) ?? 0
    }

    /// The figures written here that others have replaced with changes that arrived after this place. What is in conflict
    /// is not replaced.
    ///
    /// - Parameter replicas: every id under which this store has written.
    /// - Complexity: nothing where nothing arrived; else the log of the scopes in which this store has written.
    package func replacedFigures(after arrival: Int64, of replicas: Set<ReplicaID>) throws -> ReplacedFigures {
        let last = try self.lastArrival()
        guard last > arrival else { return ReplacedFigures(figures: [], arrival: last, isSettled: true) }
        var isSettled = true
        let figures = try self.scopes().flatMap { scope -> [ReplacedFigure] in
            let own = Set(try self.chains(in: scope).lines.map(\.replica)).intersection(replicas)
            guard !own.isEmpty else { return [] }
            let news = try self.log(of: scope, after: arrival, notBy: own)
            let candidates = Set(news.flatMap { $0.stored.chained.change.writes.map(\.address) })
                .filter { !$0.form.isSystem }
            guard !candidates.isEmpty else { return [] }
            return try self.histories(of: candidates, in: scope).compactMap { address, events in
                let ours = events.last { own.contains($0.authored.version.replica) && $0.discounts.isEmpty }
                guard let ours, !ours.supersededBy.isEmpty else { return nil }
                let cell = try self.cell(CellAddress(address, in: scope))
                if cell.isConflict { isSettled = false }
                guard !cell.isConflict, let present = cell.versions.first, !own.contains(present.version.replica),
                    present.version.value != ours.authored.version.value
                else { return nil }
                return ReplacedFigure(address: cell.address, own: ours.authored.version.value, present: present)
            }
        }.sorted { $0.address < $1.address }
        return ReplacedFigures(figures: figures, arrival: last, isSettled: isSettled)
    }
}
