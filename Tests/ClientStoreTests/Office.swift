import ClientStore
import ReportModel
import ReportScheme
import ReportStorage
import TestSupport

/// A client's store, and short words for what is done with it.
struct Office {
    static let unit = UnitCode("410728")!
    static let scope = UnitCode("410728-01")!
    static let cell = Self.address("roads")

    let store: ClientStore

    /// - Parameter directory: where the store is made; `nil` for one in memory.
    init(_ replica: UInt64 = 0xA1, name: String = "office", in directory: String? = nil) throws {
        let identity = ClientStore.Identity(
            replica: ReplicaID(rawValue: replica),
            unit: Self.unit,
            server: "127.0.0.1:1",
            name: name,
            author: "clerk"
        )
        let scheme = SchemeSource([])
        self.store =
            try directory.map { try .create(in: $0, identity: identity, scheme: scheme) }
            ?? .inMemory(identity: identity, scheme: scheme)
    }

    init(reopening directory: String) throws {
        self.store = try ClientStore(in: directory, access: .write)
    }

    static func address(_ item: String, in scope: UnitCode = Self.scope) -> CellAddress {
        CellAddress(unit: scope, form: "infrastructure", period: Period("2024-H1")!, item: Code(item)!)
    }

    @discardableResult
    func write(
        _ value: CellValue,
        at address: CellAddress = Self.cell,
        _ basis: Edit.Basis = .present,
        second: Int64 = 1
    ) throws -> EditOutcome {
        try self.store.write(
            [Edit(address, value, basis: basis)],
            now: Timestamp(secondsSince1970: second)
        )[0]
    }

    func log(_ scope: UnitCode = Self.scope) throws -> [LogEntry] {
        try self.store.database.read { try $0.log(of: scope) }
    }

    func contents(_ scope: UnitCode = Self.scope) throws -> StoreContents {
        try self.store.database.read { try StoreContents($0, scope: scope) }
    }

    /// A sync told that the province holds this much.
    func provinceHolds(_ frontier: Frontier, newReplica: UInt64 = 0xE1) throws {
        try self.store.noteProvinceHolds(
            frontier,
            in: Self.scope,
            now: Timestamp(secondsSince1970: 9),
            newReplica: ReplicaID(rawValue: newReplica)
        )
    }

    /// Takes from another store all that is in its log.
    @discardableResult
    func take(from other: Office, upTo count: Int = .max) throws -> TakeOutcome {
        let changes = try other.log().prefix(count).map(\.stored)
        return try self.store.take(
            Batch(scope: Self.scope, changes: changes),
            now: Timestamp(secondsSince1970: 5)
        ).0
    }
}

extension CellValue {
    /// A number as typed.
    static func number(_ text: String) -> CellValue {
        .number(Quantity(ExactDecimal(text)!))
    }
}
