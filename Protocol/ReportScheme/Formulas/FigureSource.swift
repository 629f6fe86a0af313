import ReportModel

/// Where formulas find figures: a store's cells, or the totals over them.
package protocol FigureSource {
    /// What a cell holds; `missing` when nothing does.
    func value(at address: CellAddress) throws -> CellValue
}

/// The cells of a dictionary.
package struct CellDictionary: FigureSource, Sendable {
    /// What the cells hold. A cell that is missing need not be there.
    package var values: [CellAddress: CellValue]

    package init(_ values: [CellAddress: CellValue] = [:]) {
        self.values = values
    }

    /// What a cell of the dictionary holds.
    package func value(at address: CellAddress) -> CellValue { self.values[address] ?? .missing }
}
