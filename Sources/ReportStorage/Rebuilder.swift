import GRDB
import ReportModel

/// What was saved of a damaged store.
package struct Rebuilt: Sendable {
    /// A chain of which something is missing.
    package struct Loss: Sendable {
        /// `nil` where nothing told it.
        package let scope: UnitCode?
        package let replica: ReplicaID?
        /// The last change that was saved; 0 where none was.
        package let savedSequence: UInt64
        /// The last change that the store is known to have had.
        package let knownSequence: UInt64
    }

    package let changeCount: Int
    package let losses: [Loss]
    /// Where the damaged file is now.
    package internal(set) var damagedPath = ""
}

/// Proves what was found by its hashes, and takes it into a new store, in causal order.
final class Rebuilder {
    private let salvage: Salvage
    private let writer: StoreWriter
    private let replay: Replay
    /// Units that the scheme or the settings name: a chain may be of one of these if its own row is lost.
    private let units: Set<UnitCode>
    private let seals: SalvagedSeals?
    /// Up to where lines of the damaged store may be kept: see ``unprovenLimits()``.
    private let limits: [Int64: UInt64]
    private var lines: [Int64: Line] = [:]
    private var ownSeals = OwnSeals()
    private var changeCount = 0

    /// How far a line of the damaged store is proven.
    private struct Line {
        let scope: UnitCode
        let replica: ReplicaID
        let signer: DeviceID?
        var reached: ScopeChains.Position
        var hash: ChainHash
    }

    init(_ salvage: Salvage, into writer: StoreWriter, units: Set<UnitCode>, limits: [Int64: UInt64] = [:]) throws {
        self.seals = try SalvagedSeals(salvage, writer.reader)
        self.salvage = salvage
        self.writer = writer
        self.replay = Replay(writer: writer)
        self.units = units
        self.limits = limits
    }

    /// - Parameter isRoot: whether all that is held counts as delivered, because this is the province.
    func rebuild(isRoot: Bool) throws -> Rebuilt {
        // The order of the log is causal, unless a position was altered: then another round finds what was too early.
        var reached = -1
        while reached < self.changeCount {
            reached = self.changeCount
            var received: Timestamp?
            try self.salvage.forEachChange { found in
                // A time that was altered counts for nothing; the change before came about then.
                if found.isChecked { received = found.received }
                try self.take(found, received: received ?? found.received)
            }
        }
        try self.writer.saveLines()
        for (number, line) in self.lines {
            let delivered = try self.delivered(number, line, isRoot: isRoot)
            guard let delivered else { continue }
            try self.writer.database.execute(
                sql: "UPDATE line SET delivered_sequence = ? WHERE number = ?",
                arguments: [Int64(delivered), line.reached.line]
            )
        }
        return Rebuilt(changeCount: self.changeCount, losses: try self.losses())
    }

    /// What others wrote and could not be sent on any more, because seals are lost: for each line of the damaged store, up to
    /// where it may be kept. What is beyond comes back, with its seals, from whoever else holds it; kept as it is it never
    /// would, and nothing after it could be sent to whoever lacks it.
    func unprovenLimits() throws -> [Int64: UInt64] {
        guard let seals else { return [:] }
        var limits: [Int64: UInt64] = [:]
        for scope in try self.writer.reader.scopes() {
            for run in try self.writer.reader.unprovenRuns(in: scope, except: seals.own) {
                for (number, line) in self.lines
                where line.reached.line == run.line && line.reached.sequence >= run.firstSequence {
                    limits[number] = run.firstSequence - 1
                }
            }
        }
        return limits
    }

    /// `nil` where nothing is sure: the next sync settles it.
    private func delivered(_ number: Int64, _ line: Line, isRoot: Bool) throws -> UInt64? {
        if isRoot { return line.reached.sequence }
        guard let row = self.salvage.lines[number], row.headHash == line.hash,
            row.headSequence == line.reached.sequence, row.deliveredSequence <= row.headSequence,
            row.deliveredSequence >= row.fork?.sequence ?? 0,
            // Otherwise this line took another's place, of which less may be delivered.
            try self.writer.chains(in: line.scope)[line.reached.line].fork?.sequence == row.fork?.sequence
        else { return nil }
        return row.deliveredSequence
    }

    private func losses() throws -> [Rebuilt.Loss] {
        var known = try self.salvage.lastSequences()
        for (number, row) in self.salvage.lines { known[number] = max(known[number] ?? 0, row.headSequence) }
        return known.sorted { $0.key < $1.key }.compactMap { number, sequence in
            let (line, row) = (self.lines[number], self.salvage.lines[number])
            let saved = line?.reached.sequence ?? row?.fork?.sequence ?? 0
            guard saved < sequence else { return nil }
            return Rebuilt.Loss(
                scope: line?.scope ?? row.flatMap { self.salvage.units[$0.scope]?.min() },
                replica: line?.replica ?? row?.replica,
                savedSequence: saved,
                knownSequence: sequence
            )
        }
    }

    // MARK: - Proving

    private func take(_ found: Salvage.FoundChange, received: Timestamp) throws {
        if let limit = self.limits[found.line], found.sequence > limit { return }
        if let line = self.lines[found.line] {
            guard found.sequence == line.reached.sequence + 1 else { return }
            let before = Before(line.scope, line.replica, line.signer, line.reached, line.hash)
            try self.take(found, before, received)
        } else {
            for before in try self.beginnings(of: found) {
                if try self.take(found, before, received) { return }
            }
        }
    }

    /// What a change may follow.
    private struct Before {
        let scope: UnitCode
        let replica: ReplicaID
        /// Who seals the chain; `nil` where nobody seals.
        let signer: DeviceID?
        /// In the new store; `nil` at the start of a chain.
        let position: ScopeChains.Position?
        let hash: ChainHash

        init(
            _ scope: UnitCode,
            _ replica: ReplicaID,
            _ signer: DeviceID?,
            _ position: ScopeChains.Position?,
            _ hash: ChainHash
        ) {
            (self.scope, self.replica, self.signer) = (scope, replica, signer)
            (self.position, self.hash) = (position, hash)
        }

        init(startOf replica: ReplicaID, in scope: UnitCode, sealedBy signer: DeviceID?) {
            let hash = ChainHash(startOf: replica, in: scope, sealedBy: signer)
            self.init(scope, replica, signer, nil, hash)
        }
    }

    /// What the first change of a line may follow: what the line's row says, if there is one; else anything.
    private func beginnings(of found: Salvage.FoundChange) throws -> [Before] {
        let row = self.salvage.lines[found.line]
        guard found.sequence > 1 else { return try self.start(ofChainWith: found, stated: row).map { [$0] } ?? [] }
        // A branch: another line has what it follows. The one that its row names comes first, though the row may be what
        // is damaged; the hashes prove which it is.
        let others = self.lines.filter { number, line in
            number != found.line && line.reached.sequence >= found.sequence - 1
        }.sorted { left, right in
            (left.key == row?.fork?.line ? 0 : 1, left.key) < (right.key == row?.fork?.line ? 0 : 1, right.key)
        }
        return try others.map(\.value).compactMap { line in
            let position = ScopeChains.Position(line: line.reached.line, sequence: found.sequence - 1)
            let chains = try self.writer.chains(in: line.scope)
            guard
                chains.lines.contains(where: {
                    $0.number == position.line && $0.fork?.sequence ?? 0 < position.sequence
                })
            else { return nil }
            let hash = try self.replay.hash(at: position, in: line.scope)
            return Before(line.scope, line.replica, line.signer, position, hash)
        }
    }

    /// Where the row of a line is lost, its first change names its replica: it writes its device's name. Who seals the chain
    /// is part of its first hash, as the scope and the replica are.
    private func start(ofChainWith found: Salvage.FoundChange, stated row: Salvage.FoundLine?) throws -> Before? {
        let next = try self.salvage.changes(ofLine: found.line, sequence: found.sequence + 1)
        func right(_ starts: some Sequence<Before>) -> Before? {
            starts.first { self.isProven(found, after: $0.hash, before: next) != nil }
        }
        if let row, let units = self.salvage.units[row.scope],
            let stated = right(units.map { Before(startOf: row.replica, in: $0, sealedBy: row.signer) })
        {
            return stated
        }
        let named = try Change(canonicalBytes: found.bytes).writes.filter { $0.address.form == SystemForm.devices }
            .compactMap { ReplicaID($0.address.row.description) }
        let units = self.units.union(self.salvage.units.values.joined()).sorted()
        let signers = self.seals?.signers.map(Optional.some) ?? [nil]
        for replica in named + self.salvage.replicas.sorted() {
            for unit in units {
                let starts = signers.lazy.map { Before(startOf: replica, in: unit, sealedBy: $0) }
                if let start = right(starts) { return start }
            }
        }
        return nil
    }

    /// - Parameter next: what was found in the place of the change after it.
    /// - Returns: The hash of the change if it follows the one with the hash before: it is as stored, or else the change
    ///   after it or its line's head was made with it, and what was stored is damaged.
    private func isProven(
        _ found: Salvage.FoundChange,
        after before: ChainHash,
        before next: @autoclosure () -> [Salvage.FoundChange]
    ) -> ChainHash? {
        let hash = before.next(found.bytes)
        if hash == found.hash { return hash }
        if let row = self.salvage.lines[found.line], row.headSequence == found.sequence, row.headHash == hash {
            return hash
        }
        return next().contains { hash.next($0.bytes) == $0.hash } ? hash : nil
    }

    @discardableResult
    private func take(_ found: Salvage.FoundChange, _ before: Before, _ received: Timestamp) throws -> Bool {
        let hash = self.isProven(
            found,
            after: before.hash,
            before: (try? self.salvage.changes(ofLine: found.line, sequence: found.sequence + 1)) ?? []
        )
        guard let hash else { return false }
        let place = Seal.Place(scope: before.scope, replica: before.replica, sequence: found.sequence, hash: hash)
        let step = try self.replay.take(
            Change(canonicalBytes: found.bytes),
            canonicalBytes: found.bytes,
            replica: before.replica,
            sequence: found.sequence,
            signer: before.signer,
            after: before.position,
            in: before.scope,
            received: received
        )
        guard case .taken(let position, _) = step else { return false }
        self.lines[found.line] = Line(
            scope: before.scope,
            replica: before.replica,
            signer: before.signer,
            reached: position,
            hash: hash
        )
        self.changeCount += 1
        guard let seals, let signer = before.signer else { return true }
        let seal = seals.seal(ofLine: found.line, at: place, by: signer)
        let isKept = self.ownSeals.keepsSeal(
            at: position,
            in: before.scope,
            byteCount: found.bytes.count,
            isOwn: signer == seals.own,
            isSealed: seal != nil
        )
        if isKept, let seal {
            let name = Reference(replica: before.replica, sequence: found.sequence, tag: hash.tag)
            try self.writer.keep(seal, of: name, in: before.scope)
        }
        return true
    }
}
