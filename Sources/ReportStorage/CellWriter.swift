import GRDB
import ReportModel

/// Applies writes to the cells: drops the versions that the new change's context covers, and adds its own.
///
/// Because the log is causally closed, nothing that was covered arrives later.
final class CellWriter {
    private unowned let store: StoreWriter
    /// Runs once a write, so it is not even looked up among the cached statements.
    private var insertion: Statement?
    /// Writes are sorted, so form and row are nearly always those of the write before.
    private var latest: (form: Code, formNumber: Int64, row: Code, rowNumber: Int64)?

    init(_ store: StoreWriter) {
        self.store = store
    }

    /// - Parameter position: where the change is in the log now.
    func apply(
        _ writes: [Change.Write],
        at position: ScopeChains.Position,
        context: Frontier,
        in scope: UnitCode
    ) throws {
        let scopeNumber = try self.store.number(of: scope)
        // Resolved only when some cell has a version of another line: most changes meet none.
        var covering: [ScopeChains.Position]?
        func isCovered(_ other: ScopeChains.Position) throws -> Bool {
            if other.line == position.line { return true }
            let chains = try self.store.chains(in: scope)
            let heads = try covering ?? chains.positions(ofTaken: context, hash: self.store.reader.hash)
            covering = heads
            return chains.isCovered(other, by: heads)
        }
        for write in writes {
            let key = try self.key(of: write.address, in: scopeNumber)
            let new = CellVersion(position: position, value: write.value)
            guard try !self.insert(new, key) else { continue }
            var kept = try self.store.reader.versions(of: key).filter { try !isCovered($0.position) }
            kept.append(new)
            try self.replace(with: kept, key, in: scope)
        }
    }

    /// Puts these versions, which are all that count, in the place of those that a cell has.
    func replace(with versions: [CellVersion], at address: AddressInScope, in scope: UnitCode) throws {
        let key = try self.key(of: address, in: self.store.number(of: scope))
        guard versions.isEmpty else { return try self.replace(with: versions, key, in: scope) }
        for table in ["cell", "version"] { try self.delete(key, from: table) }
    }

    private func delete(_ key: CellKey, from table: String) throws {
        let statement = try self.store.database.cachedStatement(
            sql: "DELETE FROM \(table) WHERE form = ? AND period = ? AND scope = ? AND row = ? AND item = ?"
        )
        key.bind(to: statement)
        try statement.step(in: self.store.database)
    }

    private func key(of address: AddressInScope, in scope: Int64) throws -> CellKey {
        if self.latest?.form != address.form || self.latest?.row != address.row {
            self.latest = (
                address.form, try self.store.number(of: address.form), address.row,
                try self.store.number(of: address.row)
            )
        }
        return CellKey(
            form: self.latest!.formNumber,
            period: Int64(address.period.wireNumber),
            scope: scope,
            row: self.latest!.rowNumber,
            item: try self.store.number(of: address.item)
        )
    }

    /// - Returns: `false` when the cell has a version already.
    private func insert(_ version: CellVersion, _ key: CellKey) throws -> Bool {
        let statement =
            try self.insertion
            ?? self.store.database.makeStatement(
                sql: "INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING"
            )
        self.insertion = statement
        key.bind(to: statement)
        statement.bind(6, version.position.line)
        statement.bind(7, Int64(version.position.sequence))
        statement.bind(8, version.encodedValue)
        return try statement.step(in: self.store.database) == 1
    }

    private func replace(with versions: [CellVersion], _ key: CellKey, in scope: UnitCode) throws {
        let database = self.store.database
        var shown = versions[0]
        var others: [CellVersion] = []
        if versions.count > 1 {
            let chains = try self.store.chains(in: scope)
            let ordered = try versions.map { version in
                (version, try self.store.reader.version(version, in: chains))
            }.sorted { $0.1 > $1.1 }
            shown = ordered[0].0
            others = ordered.dropFirst().map(\.0)
        }
        let isConflict = others.contains { $0.value != shown.value }
        let update = try database.cachedStatement(
            sql: """
                INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET line = excluded.line, sequence = excluded.sequence,
                    others = excluded.others, value = excluded.value
                """
        )
        key.bind(to: update)
        update.bind(6, shown.position.line)
        update.bind(7, Int64(shown.position.sequence))
        update.bind(8, isConflict ? 2 : others.isEmpty ? 0 : 1)
        update.bind(9, shown.encodedValue)
        try update.step(in: database)

        try self.delete(key, from: "version")
        for other in others {
            let insert = try database.cachedStatement(sql: "INSERT INTO version VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            key.bind(to: insert)
            insert.bind(6, other.position.line)
            insert.bind(7, Int64(other.position.sequence))
            insert.bind(8, other.encodedValue)
            try insert.step(in: database)
        }
    }
}

/// The key of a cell's row: small numbers, so that rows are dense and a form's period lies together.
struct CellKey: Hashable {
    var form: Int64
    var period: Int64
    var scope: Int64
    var row: Int64
    var item: Int64

    /// As the first five parameters.
    func bind(to statement: Statement) {
        statement.bind(1, self.form)
        statement.bind(2, self.period)
        statement.bind(3, self.scope)
        statement.bind(4, self.row)
        statement.bind(5, self.item)
    }

    var arguments: StatementArguments { [self.form, self.period, self.scope, self.row, self.item] }
}

/// A version as its row tells it; who and when are in the log.
struct CellVersion: Hashable {
    var position: ScopeChains.Position
    var value: CellValue

    var encodedValue: [UInt8] {
        var writer = ByteWriter(reserving: 8)
        writer.value(self.value)
        return writer.bytes
    }
}
