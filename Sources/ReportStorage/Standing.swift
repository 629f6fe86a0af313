import ReportModel

extension StoreReader {
    /// How far the store has got in `scope`; an empty frontier and tip 0 where it holds nothing.
    package func standing(in scope: UnitCode) throws -> ScopeStanding {
        let chains = try self.chains(in: scope)
        return ScopeStanding(scope: scope, frontier: chains.frontier, tip: chains.tip?.high ?? 0)
    }

    /// Whether everything is held that a frontier covers.
    package func holds(_ frontier: Frontier, in scope: UnitCode) throws -> Bool {
        let chains = try self.chains(in: scope)
        return try frontier.heads.allSatisfy { try chains.position(of: $0, hash: self.hash) != nil }
    }
}
