import ReportModel
import ReportStorage

extension StoreContents {
    /// What a store on SQLite holds of `scope`.
    package init(_ reader: StoreReader, scope: UnitCode) throws {
        let chains = try reader.chains(in: scope)
        self.tip = chains.tip
        self.frontier = chains.frontier
        self.log = try reader.log(of: scope)
            .map { LogLine(name: ChangeName($0.stored), bytes: $0.stored.canonicalBytes) }
            .sorted { $0.name < $1.name }
        self.cells = Dictionary(
            uniqueKeysWithValues: try reader.cells(of: scope).map { cell in
                (cell.address.inScope, cell.versions.map(\.version))
            }
        )
    }
}

extension ChangeName {
    package init(_ stored: StoredChange) {
        self.init(replica: stored.chained.replica, sequence: stored.chained.sequence, hash: stored.hash)
    }
}
