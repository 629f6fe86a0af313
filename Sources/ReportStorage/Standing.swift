import ReportModel

extension StoreReader {
    /// How far the store has got in `scope`; an empty frontier and tip 0 where it holds nothing.
    package func standing(in scope: UnitCode) throws -> ScopeStanding {
        let chains = try self.chains(in: scope)
        return ScopeStanding(scope: scope, frontier: chains.frontier, tip: chains.tip?.high ?? 0)
    }
}
