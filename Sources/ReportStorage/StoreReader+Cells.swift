import GRDB
import ReportModel

/// A cell as a store shows it: its versions, and who wrote them.
package struct CellState: Hashable, Sendable {
    package let address: CellAddress
    /// In shown order: the first is the provisional one.
    package let versions: [AuthoredVersion]

    package init(address: CellAddress, versions: [AuthoredVersion]) {
        self.address = address
        self.versions = versions
    }

    /// The value shown; `missing` when the cell was never written.
    package var value: CellValue { self.versions.first?.version.value ?? .missing }
    package var isConflict: Bool { self.versions.map(\.version).isConflict }
    package var seen: SeenToken { SeenToken(self.versions.map(\.version)) }
}

/// A version with who wrote it, and on which device.
package struct AuthoredVersion: Hashable, Sendable {
    package let version: Version
    package let author: PersonID
    /// The name of the device, where it is known.
    package let device: String?
}

/// A cell of a form and period without its history, for sums over many units.
package struct CellSummary: Sendable {
    package let unit: UnitCode
    package let row: Code
    package let item: Code
    package let value: CellValue
    package let isConflict: Bool
}

extension StoreReader {
    /// One cell with all its versions. An empty list of versions for a cell never written.
    package func cell(_ address: CellAddress) throws -> CellState {
        guard let key = try self.key(of: address) else { return CellState(address: address, versions: []) }
        let versions = try self.versions(of: key)
        // Most cells that are about to be written hold nothing yet.
        guard !versions.isEmpty else { return CellState(address: address, versions: []) }
        return try self.state(of: versions, at: address, in: self.chains(in: address.unit))
    }

    /// All cells of a unit's form and period, in the order of rows and items.
    package func cells(of unit: UnitCode, form: Code, period: Period) throws -> [CellState] {
        guard let scope = try self.number(of: unit), let form = try self.number(of: form) else { return [] }
        return try self.states(
            in: unit,
            where: "form = ? AND period = ? AND scope = ?",
            [form, Int64(period.wireNumber), scope]
        )
    }

    /// Every cell of a scope, the system's own included.
    package func cells(of scope: UnitCode) throws -> [CellState] {
        guard let number = try self.number(of: scope) else { return [] }
        return try self.states(in: scope, where: "scope = ?", [number])
    }

    /// The cells in conflict, by unit and address. Two values of the authority's own, as a restored province may leave in its
    /// records, are nobody's to decide.
    package func conflicts(in scope: UnitCode) throws -> [CellState] {
        guard let number = try self.number(of: scope) else { return [] }
        return try self.states(in: scope, where: Self.isConflict, [number])
    }

    /// How many cells of a scope are in conflict.
    package func conflictCount(in scope: UnitCode) throws -> Int {
        guard let number = try self.number(of: scope) else { return 0 }
        return try Int.fetchOne(
            self.database,
            sql: "SELECT count(*) FROM cell WHERE \(Self.isConflict)",
            arguments: [number]
        ) ?? 0
    }

    /// Found by way of the few cells that have further versions, so that the many need no index.
    private static let isConflict = """
        others = 2 AND (cell.form, cell.period, cell.scope, cell.row, cell.item) IN
            (SELECT form, period, scope, row, item FROM version WHERE scope = ?)
        AND cell.form NOT IN (SELECT number FROM code WHERE text IN (\(rootForms)))
        """

    private static let rootForms = SystemForm.rootForms.map { "'\($0)'" }.sorted().joined(separator: ", ")

    /// Reported cells of a scope, without the system's own.
    package func cellCount(in scope: UnitCode) throws -> Int {
        guard let number = try self.number(of: scope) else { return 0 }
        return try Int.fetchOne(
            self.database,
            sql: """
                SELECT count(*) FROM cell JOIN code ON code.number = cell.form
                WHERE scope = ? AND substr(code.text, 1, 1) <> '_'
                """,
            arguments: [number]
        ) ?? 0
    }

    /// The value shown of every cell of a form and period, over all units.
    ///
    /// - Complexity: those cells only, however many the store holds: they lie together.
    package func summaries(form: Code, period: Period) throws -> [CellSummary] {
        guard let form = try self.number(of: form) else { return [] }
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT scope, row, item, others, value FROM cell WHERE form = ? AND period = ?
                """
        )
        var result: [CellSummary] = []
        // There are many more cells than units and items: each name is read and checked once.
        var units: [Int64: UnitCode?] = [:]
        var codes: [Int64: Code?] = [:]
        let rows = try Row.fetchCursor(statement, arguments: [form, Int64(period.wireNumber)])
        while let row = try rows.next() {
            guard let unit = try self.unit(numbered: row.integer(at: 0), &units),
                let rowCode = try self.code(numbered: row.integer(at: 1), &codes),
                let item = try self.code(numbered: row.integer(at: 2), &codes)
            else { continue }
            result.append(
                CellSummary(
                    unit: unit,
                    row: rowCode,
                    item: item,
                    value: try Self.value(row.withUnsafeData(atIndex: 4) { $0.map { [UInt8]($0) } ?? [] }),
                    isConflict: try row.integer(at: 3) == 2
                )
            )
        }
        return result
    }

    private func unit(numbered number: Int64, _ known: inout [Int64: UnitCode?]) throws -> UnitCode? {
        if let known = known[number] { return known }
        let statement = try self.database.cachedStatement(sql: "SELECT unit FROM scope WHERE number = ?")
        let unit = try String.fetchOne(statement, arguments: [number]).flatMap { UnitCode($0) }
        known[number] = .some(unit)
        return unit
    }

    private func code(numbered number: Int64, _ known: inout [Int64: Code?]) throws -> Code? {
        if let known = known[number] { return known }
        let statement = try self.database.cachedStatement(sql: "SELECT text FROM code WHERE number = ?")
        let code = try String.fetchOne(statement, arguments: [number]).flatMap { Code($0) }
        known[number] = .some(code)
        return code
    }

    /// The name of the device that a replica's store was given, where it has written in `scope`; where that does not count, the
    /// name under which the device was granted something.
    package func deviceName(of replica: ReplicaID, in scope: UnitCode) throws -> String? {
        try self.memo.deviceName(of: replica, in: scope) {
            if let name = try self.systemText(SystemForm.deviceName(of: replica), in: scope) { return name }
            let signer = try self.chains(in: scope).lines.first { $0.replica == replica }?.signer
            return try signer.flatMap { try self.grantedDevice($0, in: scope)?.name }
        }
    }

    /// As whom a replica's store wrote before, where it has written in `scope` and says so.
    func deviceContinued(by replica: ReplicaID, in scope: UnitCode) throws -> ReplicaID? {
        try self.systemText(SystemForm.deviceContinues(of: replica), in: scope).flatMap { ReplicaID($0) }
    }

    private func systemText(_ address: AddressInScope, in scope: UnitCode) throws -> String? {
        guard let key = try self.key(of: CellAddress(address, in: scope)),
            case .text(let text)? = try self.versions(of: key).first?.value
        else { return nil }
        return text
    }
}

// MARK: - Rows

extension StoreReader {
    func number(of code: Code) throws -> Int64? {
        if code.isEmpty { return 0 }
        return try self.memo.number(of: code) {
            try self.database.cachedStatement(sql: "SELECT number FROM code WHERE text = ?")
                .fetchOneInt64([code.description])
        }
    }

    func key(of address: CellAddress) throws -> CellKey? {
        guard let form = try self.number(of: address.form), let scope = try self.number(of: address.unit),
            let row = try self.number(of: address.row), let item = try self.number(of: address.item)
        else { return nil }
        return CellKey(form: form, period: Int64(address.period.wireNumber), scope: scope, row: row, item: item)
    }

    /// The versions of a cell as its rows tell them; the one shown first.
    func versions(of key: CellKey) throws -> [CellVersion] {
        let one = try self.database.cachedStatement(
            sql: """
                SELECT line, sequence, value, others FROM cell
                WHERE form = ? AND period = ? AND scope = ? AND row = ? AND item = ?
                """
        )
        guard let row = try Row.fetchOne(one, arguments: key.arguments) else { return [] }
        let shown = try Self.cellVersion(row)
        guard try row.integer("others") > 0 else { return [shown] }
        let more = try self.database.cachedStatement(
            sql: """
                SELECT line, sequence, value FROM version
                WHERE form = ? AND period = ? AND scope = ? AND row = ? AND item = ?
                """
        )
        return [shown] + (try Row.fetchAll(more, arguments: key.arguments).map(Self.cellVersion))
    }

    /// A version with what the log tells about it.
    func version(_ version: CellVersion, in chains: ScopeChains) throws -> Version {
        let header = try self.header(at: version.position, in: chains)
        return Version(
            time: header.time,
            replica: try chains.held(version.position.line).replica,
            sequence: version.position.sequence,
            hash: header.hash,
            value: version.value
        )
    }

    private func authored(_ version: CellVersion, in chains: ScopeChains) throws -> AuthoredVersion {
        let replica = try chains.held(version.position.line).replica
        return AuthoredVersion(
            version: try self.version(version, in: chains),
            author: try self.header(at: version.position, in: chains).author,
            device: try self.deviceName(of: replica, in: chains.scope)
        )
    }

    /// Who wrote a change and when. The cells of a form were often written by one change, so it is read once.
    private func header(at position: ScopeChains.Position, in chains: ScopeChains) throws -> ReaderMemo.Header {
        try self.memo.header(at: position) {
            let stored = try self.change(at: position, in: chains)
            return ReaderMemo.Header(
                time: stored.chained.change.time,
                author: stored.chained.change.author,
                hash: stored.hash
            )
        }
    }

    private func state(
        of versions: [CellVersion],
        at address: CellAddress,
        in chains: ScopeChains
    ) throws -> CellState {
        let versions = try versions.map { try self.authored($0, in: chains) }
        return CellState(address: address, versions: versions.sorted { $0.version > $1.version })
    }

    private func states(
        in scope: UnitCode,
        where condition: String,
        _ arguments: StatementArguments
    ) throws -> [CellState] {
        let chains = try self.chains(in: scope)
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT cell.form, cell.period, cell.scope, cell.row, cell.item,
                    form.text AS form_text, row.text AS row_text, item.text AS item_text
                FROM cell
                JOIN code form ON form.number = cell.form
                JOIN code row ON row.number = cell.row
                JOIN code item ON item.number = cell.item
                WHERE \(condition)
                ORDER BY form.text, cell.period, row.text, item.text
                """
        )
        let rows = try Row.fetchAll(statement, arguments: arguments)
        return try rows.map { row in
            guard let form = Code(try row.text("form_text")), let rowCode = Code(try row.text("row_text")),
                let item = Code(try row.text("item_text")),
                let period = try row.period("period")
            else { throw MalformedBytes(offset: 0, expected: "the address of a cell") }
            let key = CellKey(
                form: try row.integer("form"),
                period: try row.integer("period"),
                scope: try row.integer("scope"),
                row: try row.integer("row"),
                item: try row.integer("item")
            )
            return try self.state(
                of: self.versions(of: key),
                at: CellAddress(unit: scope, form: form, period: period, row: rowCode, item: item),
                in: chains
            )
        }
    }

    private static func cellVersion(_ row: Row) throws -> CellVersion {
        CellVersion(
            position: try row.position(),
            value: try self.value(try row.bytes("value"))
        )
    }

    static func value(_ bytes: [UInt8]) throws -> CellValue {
        var reader = ByteReader(bytes)
        let value = try reader.value()
        try reader.requireEnd()
        return value
    }
}

/// What a reader has read already. But for the chains, to which a writer adds, it cannot change while it reads.
final class ReaderMemo {
    struct Header {
        let time: Timestamp
        let author: PersonID
        let hash: ChainHash
    }

    /// By scope. The rows of a transaction that writes are behind until its end, so nobody else may read them meanwhile.
    var chains: [UnitCode: ScopeChains] = [:]
    private var codeNumbers: [Code: Int64] = [:]
    private var scopeNumbers: [UnitCode: Int64] = [:]
    private var headers: [ScopeChains.Position: Header] = [:]
    private var deviceNames: [UnitCode: [ReplicaID: String?]] = [:]

    /// A number, once given, stays; that there is none may change.
    func number(of code: Code, read: () throws -> Int64?) rethrows -> Int64? {
        if let known = self.codeNumbers[code] { return known }
        let number = try read()
        self.codeNumbers[code] = number
        return number
    }

    func number(of scope: UnitCode, read: () throws -> Int64?) rethrows -> Int64? {
        if let known = self.scopeNumbers[scope] { return known }
        let number = try read()
        self.scopeNumbers[scope] = number
        return number
    }

    func header(at position: ScopeChains.Position, read: () throws -> Header) rethrows -> Header {
        if let known = self.headers[position] { return known }
        let header = try read()
        self.headers[position] = header
        return header
    }

    func deviceName(of replica: ReplicaID, in scope: UnitCode, read: () throws -> String?) rethrows -> String? {
        if let known = self.deviceNames[scope]?[replica] { return known }
        let name = try read()
        self.deviceNames[scope, default: [:]][replica] = name
        return name
    }
}
