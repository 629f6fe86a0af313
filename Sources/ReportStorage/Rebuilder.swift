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
    private var lines: [Int64: Line] = [:]
    private var changeCount = 0

    /// How far a line of the damaged store is proven.
    private struct Line {
        let scope: UnitCode
        let replica: ReplicaID
        var reached: ScopeChains.Position
        var hash: ChainHash
    }

    init(_ salvage: Salvage, into writer: StoreWriter, units: Set<UnitCode>) throws {
        self.seals = try SalvagedSeals(salvage, writer.reader)
        self.salvage = salvage
        self.writer = writer
        self.replay = Replay(writer: writer)
        self.units = units
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
        if let line = self.lines[found.line] {
            guard found.sequence == line.reached.sequence + 1 else { return }
            try self.take(found, Before(line.scope, line.replica, line.reached, line.hash), received)
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
        /// In the new store; `nil` at the start of a chain.
        let position: ScopeChains.Position?
        let hash: ChainHash

        init(_ scope: UnitCode, _ replica: ReplicaID, _ position: ScopeChains.Position?, _ hash: ChainHash) {
            (self.scope, self.replica, self.position, self.hash) = (scope, replica, position, hash)
        }
    }

    /// What the first change of a line may follow: what the line's row says, if there is one; else anything.
    private func beginnings(of found: Salvage.FoundChange) throws -> [Before] {
        let row = self.salvage.lines[found.line]
        guard found.sequence > 1 else {
            if let row, let units = self.salvage.units[row.scope] {
                let stated = units.map { Before($0, row.replica, nil, ChainHash(startOf: row.replica, in: $0)) }
                if let right = stated.first(where: { self.isProven(found, after: $0.hash) != nil }) { return [right] }
            }
            return try self.startOfUnknownChain(found).map { [$0] } ?? []
        }
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
            return Before(line.scope, line.replica, position, try self.replay.hash(at: position, in: line.scope))
        }
    }

    /// Where the row of a line is lost, its first change names its replica: it writes its device's name.
    private func startOfUnknownChain(_ found: Salvage.FoundChange) throws -> Before? {
        let change = try Change(canonicalBytes: found.bytes)
        let named = change.writes.filter { $0.address.form == SystemForm.devices }
            .compactMap { ReplicaID($0.address.row.description) }
        let units = self.units.union(self.salvage.units.values.joined()).sorted()
        for replica in named + self.salvage.replicas.sorted() {
            for unit in units {
                let start = ChainHash(startOf: replica, in: unit)
                if self.isProven(found, after: start) != nil { return Before(unit, replica, nil, start) }
            }
        }
        return nil
    }

    /// - Returns: The hash of the change if it follows the one with the hash before: it is as stored, or else the change
    ///   after it or its line's head was made with it, and what was stored is damaged.
    private func isProven(_ found: Salvage.FoundChange, after before: ChainHash) -> ChainHash? {
        let hash = before.next(found.bytes)
        if hash == found.hash { return hash }
        if let row = self.salvage.lines[found.line], row.headSequence == found.sequence, row.headHash == hash {
            return hash
        }
        let next = try? self.salvage.changes(ofLine: found.line, sequence: found.sequence + 1)
        return next?.contains { hash.next($0.bytes) == $0.hash } == true ? hash : nil
    }

    @discardableResult
    private func take(_ found: Salvage.FoundChange, _ before: Before, _ received: Timestamp) throws -> Bool {
        guard self.isProven(found, after: before.hash) != nil else { return false }
        let line = try self.seals?.line(found.line, of: before.replica, in: before.scope)
        if self.seals != nil, found.sequence > line?.lastSequence ?? 0 { return false }
        let step = try self.replay.take(
            Change(canonicalBytes: found.bytes),
            canonicalBytes: found.bytes,
            replica: before.replica,
            sequence: found.sequence,
            signer: line?.signer,
            after: before.position,
            in: before.scope,
            received: received
        )
        guard case .taken(let position, let hash) = step else { return false }
        self.lines[found.line] = Line(scope: before.scope, replica: before.replica, reached: position, hash: hash)
        self.changeCount += 1
        let place = Seal.Place(scope: before.scope, replica: before.replica, sequence: found.sequence, hash: hash)
        if let seal = self.seals?.seal(of: found.line, at: place) {
            let name = Reference(replica: before.replica, sequence: found.sequence, tag: hash.tag)
            try self.writer.keep(seal, of: name, in: before.scope)
        }
        return true
    }
}
