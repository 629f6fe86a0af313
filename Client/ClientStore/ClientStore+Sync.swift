import ReportModel
import ReportScheme
import ReportStorage

// What a sync asks of the store. Each method is one durable transaction.

extension ClientStore {
    /// Where the store stands in every scope of this office, and what the province has receipted of it (`nil` when that
    /// is everything). The office's own unit comes first, then those the scheme knows, then others that are held.
    package func standings(scheme: Scheme) throws -> [(standing: ScopeStanding, delivered: Frontier?)] {
        try self.database.read { reader in
            let known = scheme.unitAndBelow(self.identity.unit).map(\.code)
            let others = Set(try reader.scopes()).subtracting(known).subtracting([self.identity.unit]).sorted()
            let own = known.isEmpty ? [self.identity.unit] : known
            return try (own + others).map { scope in
                (try reader.standing(in: scope), try reader.deliveredFrontier(in: scope))
            }
        }
    }

    /// Seals what was written since the last sync, so that it can be sent.
    package func sealOwnChanges(with key: SealingKey) throws {
        _ = try self.database.write { try $0.sealOwnChanges(with: key) }
    }

    /// What a peer with this standing lacks of a scope, as much as fits, in causal order.
    package func changes(in scope: UnitCode, lackedBy peer: PeerStanding, byteCountMax: Int) throws -> LoadedChanges {
        try self.database.read { try $0.changes(in: scope, lackedBy: peer, byteCountMax: byteCountMax) }
    }

    /// Takes what the province sent. It holds what it sends, so that is delivered.
    ///
    /// - Parameter newReplica: the id to take where this store's own seals prove that it was restored or copied.
    /// - Returns: The outcome, and the scope's frontier now.
    package func take(
        _ batch: Batch,
        now: Timestamp,
        newReplica: @autoclosure () -> ReplicaID = ReplicaID.random()
    ) throws -> (TakeOutcome, Frontier) {
        try self.database.write { writer in
            let outcome = try writer.take(batch, received: now, newReplica: newReplica())
            try writer.markDelivered(outcome.held.compactMap(\.self), in: batch.scope)
            return (outcome, try writer.chains(in: batch.scope).frontier)
        }
    }

    /// Notes that the province has receipted these changes, and all before them in their chains.
    package func markDelivered(_ references: [Reference], in scope: UnitCode) throws {
        try self.database.write { try $0.markDelivered(references, in: scope) }
    }

    /// Notes that the province holds exactly this much of a scope; what it no longer holds is unsent again. Where it holds
    /// changes of this store's own that are missing here, the store goes on under a new id; a store that seals does so when it
    /// takes them.
    ///
    /// - Parameter newReplica: the id to take then, drawn at random.
    package func noteProvinceHolds(
        _ frontier: Frontier,
        in scope: UnitCode,
        now: Timestamp,
        newReplica: ReplicaID
    ) throws {
        try self.database.write { writer in
            try writer.setDelivered(frontier, in: scope)
            try writer.noteShown(frontier.heads, in: scope, now: now, newReplica: newReplica)
        }
    }

    /// Works by this scheme from now on: the province's.
    package func replaceScheme(with source: SchemeSource) throws {
        try self.database.write { try $0.replaceSchemeFiles(with: source.files.map { ($0.name, $0.text) }) }
    }

    /// Notes why the province refused a sync, so that `status` can tell it until one goes well.
    package func noteRefusal(_ refusal: SyncRefusal) throws {
        try self.database.write { try $0.set(Setting.refusal, to: refusal.text) }
    }

    /// - Parameter skewSeconds: how far the province's clock is ahead of this device's.
    package func noteSync(at now: Timestamp, skewSeconds: Int64?) throws {
        try self.database.write { writer in
            try writer.set(Setting.lastSync, to: String(now.secondsSince1970))
            try writer.set(Setting.refusal, to: "")
            if let skewSeconds { try writer.set(Setting.skewSeconds, to: String(skewSeconds)) }
            // What answers a parcel of before is older than what the province says now.
            try Self.noteAnswered(Self.parcelNumber(Setting.parcelsMade, writer.reader), writer)
        }
    }
}
