import GRDB
import ReportModel

/// Checks every seal of a store back to its authority, once the log is known to be in order.
struct SealVerification {
    private let reader: StoreReader
    private let kind: StoreKind
    /// What the log's grants are, as the replay found them.
    private let replayed: StoreReader
    private let lines: [Int64: Line]

    /// A line as the store has it.
    struct Line {
        let scope: UnitCode
        let replica: ReplicaID
        let signer: DeviceID?
    }

    init(_ reader: StoreReader, kind: StoreKind, replayed: StoreReader, lines: [Int64: Line]) {
        self.reader = reader
        self.kind = kind
        self.replayed = replayed
        self.lines = lines
    }

    /// - Returns: How many seals there are.
    /// - Throws: A ``StoreProblem``.
    func check() throws -> Int {
        let authority = try self.reader.authority()
        for line in self.lines.values.sorted(by: { ($0.scope, $0.replica) < ($1.scope, $1.replica) })
        where (line.signer == nil) != (authority == nil) {
            throw self.problem(.unsealed, line)
        }
        let count = try self.checkSignatures(authority)
        if authority != nil { try self.checkRuns() }
        return count
    }

    private func checkSignatures(_ authority: DeviceKey?) throws -> Int {
        let rows = try Row.fetchCursor(
            self.reader.database,
            sql: """
                SELECT seal.line, seal.sequence, signature, hash FROM seal
                LEFT JOIN change ON change.line = seal.line AND change.sequence = seal.sequence
                ORDER BY seal.line, seal.sequence
                """
        )
        var keys: [UnitCode: [DeviceID: DeviceKey]] = [:]
        var count = 0
        while let row = try rows.next() {
            let position = try row.position()
            guard let line = self.lines[position.line], let signer = line.signer, let authority,
                let hash = try row.optionalBytes("hash").flatMap({ ChainHash(bytes: $0) })
            else { throw self.problem(.sealWrong, self.lines[position.line], position.sequence) }
            let key =
                try signer == authority.id
                ? authority
                : keys[line.scope]?[signer] ?? self.replayed.grantedKey(of: signer, in: line.scope)
            guard let key else { throw self.problem(.signerUnknown, line, position.sequence) }
            keys[line.scope, default: [:]][signer] = key
            let place = Seal.Place(scope: line.scope, replica: line.replica, sequence: position.sequence, hash: hash)
            let seal = Seal(signer: signer, signature: try row.bytes("signature"))
            guard seal.isValid(for: place, by: key) else {
                throw self.problem(.sealWrong, line, position.sequence, hash)
            }
            count += 1
        }
        return count
    }

    /// Everything can be sent on. Only what an office has written itself may wait for its seals: until its next sync.
    private func checkRuns() throws {
        let own = try self.kind == .client ? self.reader.signer()?.id : nil
        for scope in try self.reader.scopes() {
            guard let run = try self.reader.unprovenRuns(in: scope, except: own).first else { continue }
            let position = ScopeChains.Position(line: run.line, sequence: run.firstSequence)
            throw self.problem(.unsealed, self.lines[run.line], run.firstSequence, try self.reader.hash(at: position))
        }
    }

    private func problem(
        _ kind: StoreProblem.Kind,
        _ line: Line?,
        _ sequence: UInt64? = nil,
        _ hash: ChainHash? = nil
    ) -> StoreProblem {
        var problem = StoreProblem(kind, detail: line?.signer?.description)
        problem.scope = line?.scope
        problem.replica = line?.replica
        problem.sequence = sequence
        problem.hash = hash
        return problem
    }
}
