import ReportModel
import ReportScheme
import ReportStorage

/// The province's store.
package final class ServerStore: Sendable {
    package let database: ReportDatabase

    /// Makes a new store.
    ///
    /// - Throws: `StoreError`.
    ///
    /// - Parameter authority: the province's public key; `nil` for a province without identity, in which nothing is sealed.
    package static func create(
        in directory: String,
        replica: ReplicaID,
        scheme: SchemeSource,
        authority: DeviceKey? = nil
    ) throws -> ServerStore {
        let database = try ReportDatabase(kind: .server, directory: directory, access: .create) { writer in
            try self.fill(writer, replica: replica, scheme: scheme, authority: authority)
        }
        return ServerStore(opened: database)
    }

    /// A store in memory, for tests.
    package static func inMemory(
        replica: ReplicaID,
        scheme: SchemeSource,
        authority: DeviceKey? = nil,
        safeguards: Safeguards = .all
    ) throws -> ServerStore {
        let database = try ReportDatabase(inMemory: .server, safeguards: safeguards)
        try database.write { try self.fill($0, replica: replica, scheme: scheme, authority: authority) }
        return ServerStore(opened: database)
    }

    /// A copy in memory of a store as it is now, as a copied file would be; for tests.
    package convenience init(inMemoryCopyOf other: ServerStore) throws {
        try self.init(ReportDatabase(inMemoryCopyOf: other.database))
    }

    static func fill(
        _ writer: StoreWriter,
        replica: ReplicaID,
        scheme: SchemeSource,
        authority: DeviceKey?
    ) throws {
        try writer.setOwnReplica(replica)
        if let authority { try writer.setIdentity(authority: authority, signer: authority) }
        try self.replaceScheme(with: scheme, writer)
    }

    /// Opens a store.
    ///
    /// - Throws: `StoreError`.
    package convenience init(in directory: String, access: ReportDatabase.Access) throws {
        try self.init(ReportDatabase(kind: .server, directory: directory, access: access))
    }

    private convenience init(_ database: ReportDatabase) throws {
        guard try database.read({ try $0.ownReplica() }) != nil else {
            throw StoreError.damaged(path: database.path, detail: "no replica")
        }
        self.init(opened: database)
    }

    private init(opened database: ReportDatabase) {
        self.database = database
    }
}

extension ServerStore {
    /// The value shown of every cell of a form and period, over all units.
    package func summaries(form: Code, period: Period) throws -> [CellSummary] {
        try self.database.read { try $0.summaries(form: form, period: period) }
    }

    /// What is held of every unit's report in a form and period: when it came to be there, and what is there now.
    package func reports(form: Code, period: Period) throws -> [UnitCode: FiledReport] {
        try self.database.read { try $0.reports(form: form, period: period) }
    }

    /// Every replica that has said hello, by unit and name.
    package func devices() throws -> [Device] {
        try self.database.read { try $0.devices() }
    }

    /// As whom this store writes.
    package func ownReplica() throws -> OwnReplica {
        try self.database.read { reader in
            guard let replica = try reader.ownReplica() else {
                throw MalformedBytes(offset: 0, expected: "the store's replica in its settings")
            }
            return replica
        }
    }

    // MARK: - What a sync asks

    /// What is served to a client: its unit and all below it, and what it asks for that a former scheme had: whatever is
    /// held of units that are gone is still passed on.
    ///
    /// - Parameters:
    ///   - asked: the units of the client's hello, its own first.
    ///   - device: of units that are gone it gets those in which it was granted something; `nil` where nobody is.
    package func scopes(
        servedTo asked: [UnitCode],
        by scheme: Scheme,
        on device: DeviceID? = nil
    ) throws -> [UnitCode] {
        let known = scheme.unitAndBelow(asked[0]).map(\.code)
        let gone = asked.filter { scheme.unit($0) == nil }
        guard !gone.isEmpty else { return known }
        return try self.database.read { reader in
            let held = Set(try reader.scopes())
            return try known
                + gone.filter { unit in
                    guard held.contains(unit) else { return false }
                    return try device.map { try reader.grantedKey(of: $0, in: unit) != nil } ?? true
                }
        }
    }

    /// Where this store stands in each scope, in the same order.
    package func standings(in scopes: [UnitCode]) throws -> [ScopeStanding] {
        try self.database.read { reader in try scopes.map { try reader.standing(in: $0) } }
    }

    /// What a peer with this standing lacks of a scope, as much as fits, in causal order.
    package func changes(in scope: UnitCode, lackedBy peer: PeerStanding, byteCountMax: Int) throws -> LoadedChanges {
        try self.database.read { try $0.changes(in: scope, lackedBy: peer, byteCountMax: byteCountMax) }
    }

    /// A client holds these changes of the province's own. Where one is missing here, the province was restored from a
    /// backup, and goes on under a new id. (A province that seals does so when it takes them.)
    ///
    /// - Parameter newReplica: the id to take then, drawn at random.
    package func noteOwnHeads(
        _ heads: [Reference],
        in scope: UnitCode,
        now: Timestamp,
        newReplica: ReplicaID
    ) throws {
        // Anybody could show a chain of a province that never wrote.
        guard try self.database.read({ try $0.hasWritten() }) else { return }
        _ = try self.database.write { try $0.noteShown(heads, in: scope, now: now, newReplica: newReplica) }
    }

    /// One thing that a connection wants durable.
    package enum Step: Sendable {
        /// Take what can be taken of the batch.
        case take(Batch)
        /// Note that a replica of this unit said hello.
        case note(ReplicaID, UnitCode)

        /// What became of a step.
        package enum Outcome: Sendable {
            /// What became of the batch, and its scope's frontier then.
            case taken(TakeOutcome, Frontier)
            case noted
        }
    }

    /// Makes the steps of many connections durable in one transaction: one sync of the disk serves them all.
    ///
    /// - Parameters:
    ///   - root: rules on what is taken, in the same transaction; `nil` where there is no authority.
    ///   - newReplica: the id to take where the province's own seals prove that it was restored from a backup.
    /// - Returns: The outcome of each step.
    package func commit(
        _ steps: [Step],
        now: Timestamp,
        root: Root? = nil,
        newReplica: @autoclosure () -> ReplicaID = ReplicaID.random()
    ) throws -> [Step.Outcome] {
        try self.database.write { writer in
            try steps.map { step in
                switch step {
                case .take(let batch):
                    var new: [StoreWriter.TakenChange] = []
                    var outcome = try writer.take(batch, received: now, newReplica: newReplica()) {
                        if root != nil { new.append($0) }
                    }
                    if let root { outcome.ruledOutCount = try root.rule(on: new, in: batch.scope, now: now, writer) }
                    // The province is the root: what it holds is delivered.
                    try writer.markDelivered(outcome.held.compactMap(\.self), in: batch.scope)
                    return .taken(outcome, try writer.chains(in: batch.scope).frontier)
                case .note(let replica, let unit):
                    try writer.noteDevice(replica, unit: unit, at: now)
                    return .noted
                }
            }
        }
    }
}
