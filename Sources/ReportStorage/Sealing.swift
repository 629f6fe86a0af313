import Foundation
import GRDB
import ReportModel

private enum Setting {
    /// The province's public key.
    static let authority = "authority"
    /// The public key of the one who seals what this store writes.
    static let signer = "signer"
}

extension StoreReader {
    /// The public key of the province's authority; `nil` in a store without identity, in which nothing is sealed.
    package func authority() throws -> DeviceKey? {
        try self.key(Setting.authority)
    }

    /// The public key by which this store's own changes are sealed.
    package func signer() throws -> DeviceKey? {
        try self.key(Setting.signer)
    }

    private func key(_ setting: String) throws -> DeviceKey? {
        guard let text = try self.setting(setting) else { return nil }
        guard let key = DeviceKey(text) else {
            throw MalformedBytes(offset: 0, expected: "a key in setting \(setting)")
        }
        return key
    }
}

extension StoreReader {
    /// Whether something that this store wrote under its present key has no seal yet.
    package func hasUnsealedChanges() throws -> Bool {
        guard let signer = try self.signer()?.id else { return false }
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM line WHERE signer = ?
                AND head_sequence > coalesce((SELECT max(sequence) FROM seal WHERE seal.line = line.number), 0))
                """
        )
        return try Bool.fetchOne(statement, arguments: [Data(signer.bytes)]) ?? false
    }
}

extension StoreWriter {
    /// From now on this store wants everything sealed, up to this authority.
    ///
    /// - Parameter signer: seals what the store itself writes: the authority itself at the province.
    package func setIdentity(authority: DeviceKey, signer: DeviceKey) throws {
        self.knownAuthority = nil
        try self.set(Setting.authority, to: authority.description)
        try self.set(Setting.signer, to: signer.description)
    }

    /// Keeps a seal that was proven.
    func keep(_ seal: Seal, of reference: Reference, in scope: UnitCode) throws {
        guard let position = try self.chains(in: scope).position(of: reference, hash: self.reader.hash) else {
            preconditionFailure("a change that was taken is held")
        }
        try self.keep(seal, at: position)
    }

    private func keep(_ seal: Seal, at position: ScopeChains.Position) throws {
        try self.database.executeCached(
            sql: "INSERT INTO seal VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [position.line, Int64(position.sequence), Data(seal.signature)]
        )
    }

    /// Seals what this store wrote and has not sealed, so that it can be sent: the last change of each run of its own
    /// changes in a scope's log, and some before it, so that what stands between two seals always fits a batch.
    ///
    /// - Parameter scopes: `nil` for all.
    /// - Returns: How many seals were made.
    @discardableResult
    package func sealOwnChanges(with key: SealingKey, in scopes: [UnitCode]? = nil) throws -> Int {
        try self.saveLines()
        var count = 0
        for scope in try scopes ?? self.reader.scopes() {
            for line in try self.chains(in: scope).lines where line.signer == key.publicKey.id {
                let unsealed = try self.unsealed(of: line)
                var byteCount = 0
                for (index, change) in unsealed.enumerated() {
                    byteCount += change.byteCount
                    let next = index + 1 < unsealed.count ? unsealed[index + 1] : nil
                    if let next, byteCount + next.byteCount <= ChangeLimits.sealedRunByteCountMax,
                        try !self.isInterrupted(between: change, next, on: line)
                    {
                        continue
                    }
                    byteCount = 0
                    count += 1
                    let place = Seal.Place(
                        scope: scope,
                        replica: line.replica,
                        sequence: change.sequence,
                        hash: change.hash
                    )
                    let position = ScopeChains.Position(line: line.number, sequence: change.sequence)
                    try self.keep(try key.seal(place), at: position)
                }
            }
        }
        return count
    }

    /// A change of this store's own, as sealing sees it.
    private struct UnsealedChange {
        let position: Int64
        let sequence: UInt64
        let hash: ChainHash
        let byteCount: Int
    }

    private func unsealed(of line: ScopeChains.Line) throws -> [UnsealedChange] {
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT position, sequence, hash, length(bytes) AS byte_count FROM change
                WHERE line = ? AND sequence > coalesce((SELECT max(sequence) FROM seal WHERE line = ?), 0)
                ORDER BY sequence
                """
        )
        return try Row.fetchAll(statement, arguments: [line.number, line.number]).map { row in
            UnsealedChange(
                position: try row.integer("position"),
                sequence: try row.count("sequence"),
                hash: try row.chainHash("hash"),
                byteCount: Int(try row.count("byte_count"))
            )
        }
    }

    /// Whether something else of the scope stands between two changes of a line in the log.
    private func isInterrupted(
        between first: UnsealedChange,
        _ second: UnsealedChange,
        on line: ScopeChains.Line
    ) throws -> Bool {
        guard second.position > first.position + 1 else { return false }
        let statement = try self.database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM change JOIN line ON line.number = change.line
                WHERE position > ? AND position < ?
                AND line.scope = (SELECT scope FROM line WHERE number = ?))
                """
        )
        return try Bool.fetchOne(statement, arguments: [first.position, second.position, line.number]) ?? false
    }
}
