import ReportModel

extension StoreReader {
    /// The frontier and tip of a scope, and what the province has of it.
    package func standing(in scope: UnitCode) throws -> (frontier: Frontier, tip: ChainHash?) {
        let chains = try self.chains(in: scope)
        return (chains.frontier, chains.tip)
    }

    /// Whether `frontier` names changes that are not held here.
    package func hasUnknownHeads(_ frontier: Frontier, in scope: UnitCode) throws -> Bool {
        let chains = try self.chains(in: scope)
        return try frontier.heads.contains { try chains.position(of: $0, hash: self.hash) == nil }
    }
}
