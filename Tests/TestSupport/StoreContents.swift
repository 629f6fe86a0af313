import ReportModel

/// All that two stores of the same changes must agree on, whatever way the changes came.
package struct StoreContents: Hashable, Sendable {
    package let tip: ChainHash?
    package let frontier: Frontier
    /// The canonical bytes of each change, sorted by name.
    package let log: [LogLine]
    package let cells: [AddressInScope: [Version]]

    package struct LogLine: Hashable, Sendable {
        package let name: ChangeName
        package let bytes: [UInt8]
    }

    package init(_ store: MemoryStore) {
        self.tip = store.tip
        self.frontier = store.frontier
        self.log = store.log.map { LogLine(name: $0.name, bytes: $0.canonicalBytes) }.sorted { $0.name < $1.name }
        self.cells = Dictionary(uniqueKeysWithValues: store.writtenCells.map { ($0, store.versions(of: $0)) })
    }

    /// Which parts differ, in one line for a failing test; empty when none does.
    package func differences(from other: StoreContents) -> [String] {
        var differences: [String] = []
        if self.tip != other.tip { differences.append("tip") }
        if self.frontier != other.frontier {
            differences.append("frontier: \(self.frontier.heads) and \(other.frontier.heads)")
        }
        if self.log != other.log { differences.append("log: \(self.log.count) and \(other.log.count) changes") }
        for cell in Set(self.cells.keys).union(other.cells.keys).sorted() where self.cells[cell] != other.cells[cell] {
            differences.append("\(cell.item): \(self.cells[cell] ?? []) and \(other.cells[cell] ?? [])")
        }
        return differences
    }
}
