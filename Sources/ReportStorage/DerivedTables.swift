import GRDB
import ReportModel

/// A table that holds nothing but what the log implies.
struct DerivedTable {
    let name: String
    let key: [Column]
    let values: [Column]
    let missing: StoreProblem.Kind
    let wrong: StoreProblem.Kind
    let extra: StoreProblem.Kind

    /// What a column's number stands for: numbers are a store's own.
    enum Column {
        case code(String)
        case scope
        case line
        case plain(String)

        var name: String {
            switch self {
            case .code(let name), .plain(let name): name
            case .scope: "scope"
            case .line: "line"
            }
        }
    }

    private static let cellKey: [Column] = [.code("form"), .plain("period"), .scope, .code("row"), .code("item")]

    static let cell = DerivedTable(
        name: "cell",
        key: cellKey,
        values: [.line, .plain("sequence"), .plain("others"), .plain("value")],
        missing: .cellMissing,
        wrong: .cellWrong,
        extra: .cellExtra
    )
    static let version = DerivedTable(
        name: "version",
        key: cellKey + [.line, .plain("sequence")],
        values: [.plain("value")],
        missing: .versionMissing,
        wrong: .versionWrong,
        extra: .versionExtra
    )
    static let granted = DerivedTable(
        name: "granted",
        key: [.scope, .plain("device")],
        values: [.plain("key")],
        missing: .grantMissing,
        wrong: .grantWrong,
        extra: .grantExtra
    )
    static let act = DerivedTable(
        name: "act",
        key: [.scope, .plain("device"), .line, .plain("sequence")],
        values: [.plain("is_end"), .plain("seen")],
        missing: .actMissing,
        wrong: .actWrong,
        extra: .actExtra
    )
    static let discounted = DerivedTable(
        name: "discounted",
        key: [.line, .plain("sequence"), .plain("write_index"), .plain("reason")],
        values: [],
        missing: .discountMissing,
        wrong: .discountExtra,
        extra: .discountExtra
    )
    static let filing = DerivedTable(
        name: "filing",
        key: [.code("form"), .plain("period"), .scope, .plain("is_submission")],
        values: [.plain("filled"), .plain("received")],
        missing: .filingMissing,
        wrong: .filingWrong,
        extra: .filingExtra
    )
}

/// Compares the derived tables of a store with those of its replay: every row of one must be in the other, and there
/// must be as many.
final class DerivedTables {
    private let store: Numbers
    private let replay: Numbers
    /// From the store's line numbers to the replay's.
    private let lines: [Int64: Int64]

    init(_ store: Database, _ replay: Database, lines: [Int64: Int64]) {
        self.store = Numbers(store)
        self.replay = Numbers(replay)
        self.lines = lines
    }

    /// - Throws: A ``StoreProblem``.
    func check(_ table: DerivedTable) throws {
        try self.requireRows(of: table, from: self.store, in: self.replay, self.lines) {
            $0 ? table.wrong : table.extra
        }
        let count = "SELECT count(*) FROM \(table.name)"
        let counts = try [self.store, self.replay].map { try Int.fetchOne($0.database, sql: count) }
        guard counts[0] != counts[1] else { return }
        let back = Dictionary(uniqueKeysWithValues: self.lines.map { ($1, $0) })
        try self.requireRows(of: table, from: self.replay, in: self.store, back) { _ in table.missing }
    }

    /// - Parameter kind: told whether there is a row with that key.
    private func requireRows(
        of table: DerivedTable,
        from: Numbers,
        in other: Numbers,
        _ lines: [Int64: Int64],
        _ kind: (Bool) -> StoreProblem.Kind
    ) throws {
        let columns = table.key + table.values
        let rows = try Row.fetchCursor(
            from.database,
            sql: "SELECT \(columns.map(\.name).joined(separator: ", ")) FROM \(table.name)"
        )
        func condition(_ columns: [DerivedTable.Column]) -> String {
            columns.map { "\($0.name) = ?" }.joined(separator: " AND ")
        }
        let same = try other.database.makeStatement(sql: "SELECT 1 FROM \(table.name) WHERE \(condition(columns))")
        let alike = try other.database.makeStatement(sql: "SELECT 1 FROM \(table.name) WHERE \(condition(table.key))")
        while let row = try rows.next() {
            let values = try columns.enumerated().map { index, column in
                try self.translated(row[index], column, from: from, to: other, lines)
            }
            if try Int.fetchOne(same, arguments: StatementArguments(values)) != nil { continue }
            let key = StatementArguments(values.prefix(table.key.count))
            let hasKey = try Int.fetchOne(alike, arguments: key) != nil
            throw try self.problem(kind(hasKey), row, of: table, in: from)
        }
    }

    /// NULL, which equals nothing, for what the other store has no number of.
    private func translated(
        _ value: DatabaseValue,
        _ column: DerivedTable.Column,
        from: Numbers,
        to other: Numbers,
        _ lines: [Int64: Int64]
    ) throws -> DatabaseValue {
        if case .plain = column { return value }
        guard let number = Int64.fromDatabaseValue(value) else { return .null }
        let translated: Int64? =
            switch column {
            case .plain: nil
            case .line: lines[number]
            case .code: try from.code(number).flatMap { try other.number(ofCode: $0) }
            case .scope: try from.scope(number).flatMap { try other.number(ofScope: $0) }
            }
        return translated?.databaseValue ?? .null
    }

    private func problem(
        _ kind: StoreProblem.Kind,
        _ row: Row,
        of table: DerivedTable,
        in store: Numbers
    ) throws -> StoreProblem {
        var problem = StoreProblem(kind)
        var parts: [String] = []
        for (index, column) in table.key.enumerated() where column.name != "line" && column.name != "sequence" {
            let value: DatabaseValue = row[index]
            let number = Int64.fromDatabaseValue(value)
            switch column {
            case .code: parts.append(try number.flatMap(store.code) ?? "?")
            case .scope:
                let unit = try number.flatMap(store.scope) ?? "?"
                problem.scope = UnitCode(unit)
                parts.insert(unit, at: 0)
            case .plain("period"):
                let period = number.flatMap { UInt64(exactly: $0) }.flatMap { Period(wireNumber: $0) }
                parts.append(period?.description ?? "?")
            case .plain, .line: break
            }
        }
        problem.place = parts.filter { !$0.isEmpty }.joined(separator: "/")
        guard row.hasColumn("line"), let line = Int64.fromDatabaseValue(row["line"]),
            let sequence = Int64.fromDatabaseValue(row["sequence"])
        else { return problem }
        problem.sequence = UInt64(exactly: sequence)
        let wrote = try Row.fetchOne(
            store.database,
            sql: """
                SELECT replica, hash FROM change JOIN line ON line.number = change.line
                WHERE change.line = ? AND sequence = ?
                """,
            arguments: [line, sequence]
        )
        problem.replica = try wrote.map { ReplicaID(storedAs: try $0.integer("replica")) }
        problem.hash = try? wrote?.chainHash("hash")
        return problem
    }

    /// The codes and scopes of a store, by number and back; each is read once.
    private final class Numbers {
        let database: Database
        private var codes: [Int64: String?] = [:]
        private var scopes: [Int64: String?] = [:]
        private var codeNumbers: [String: Int64?] = [:]
        private var scopeNumbers: [String: Int64?] = [:]

        init(_ database: Database) {
            self.database = database
        }

        func code(_ number: Int64) throws -> String? {
            try self.remembered(&self.codes, number, "SELECT text FROM code WHERE number = ?")
        }

        func scope(_ number: Int64) throws -> String? {
            try self.remembered(&self.scopes, number, "SELECT unit FROM scope WHERE number = ?")
        }

        func number(ofCode text: String) throws -> Int64? {
            try self.remembered(&self.codeNumbers, text, "SELECT number FROM code WHERE text = ?")
        }

        func number(ofScope unit: String) throws -> Int64? {
            try self.remembered(&self.scopeNumbers, unit, "SELECT number FROM scope WHERE unit = ?")
        }

        private func remembered<Key: DatabaseValueConvertible & Hashable, Value: DatabaseValueConvertible>(
            _ known: inout [Key: Value?],
            _ key: Key,
            _ sql: String
        ) throws -> Value? {
            if let value = known[key] { return value }
            let value = try Value.fetchOne(self.database.cachedStatement(sql: sql), arguments: [key])
            known[key] = .some(value)
            return value
        }
    }
}
