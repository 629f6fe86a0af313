/// The chains of one scope as a store holds them: one tree of changes for each replica, cut into *lines*.
///
/// A line is a run of changes without a branch. A replica nearly always has one line; when two copies of its store
/// went on, the second continuation begins a line of its own that forks from the first. A change is then named by
/// (line, sequence), which makes ancestry a comparison of two small numbers. Line numbers are a store's own and never
/// leave it; to others a change is named by a ``Reference``.
///
/// This value decides (what is a duplicate, what is a gap, what covers what); a store keeps it in rows and asks it.
package struct ScopeChains: Hashable, Sendable {
    package let scope: UnitCode
    package private(set) var lines: [Line]
    private let safeguards: Safeguards

    /// A run of one chain without a branch in it.
    package struct Line: Hashable, Sendable {
        package let number: LineNumber
        package let replica: ReplicaID
        /// The change that the line's first change follows; `nil` when that is the start of the chain.
        package let fork: Position?
        /// Who seals the line, from its first change to its last; `nil` where nobody seals.
        package let signer: DeviceID?
        package internal(set) var head: Head
        /// The author's frontier right after the head was written: the base of the next change's context difference.
        package internal(set) var frontierAtHead: Frontier

        /// - Parameter number: unique within the store.
        package init(
            number: LineNumber,
            replica: ReplicaID,
            fork: Position?,
            signer: DeviceID? = nil,
            head: Head,
            frontierAtHead: Frontier
        ) {
            self.number = number
            self.replica = replica
            self.fork = fork
            self.signer = signer
            self.head = head
            self.frontierAtHead = frontierAtHead
        }

        package var headReference: Reference {
            Reference(replica: self.replica, sequence: self.head.sequence, tag: self.head.hash.tag)
        }

        func holds(_ sequence: UInt64) -> Bool {
            (self.fork?.sequence ?? 0) < sequence && sequence <= self.head.sequence
        }
    }

    /// A line's number within its store.
    package typealias LineNumber = Int64

    /// A change that the store holds.
    package struct Position: Hashable, Sendable {
        package var line: LineNumber
        package var sequence: UInt64

        package init(line: LineNumber, sequence: UInt64) {
            self.line = line
            self.sequence = sequence
        }
    }

    /// The last change of a line.
    package struct Head: Hashable, Sendable {
        package var sequence: UInt64
        package var hash: ChainHash

        package init(sequence: UInt64, hash: ChainHash) {
            self.sequence = sequence
            self.hash = hash
        }
    }

    /// Reads the hash of a held change from wherever the store keeps it.
    package typealias HashReader = (Position) throws -> ChainHash

    package init(scope: UnitCode, lines: [Line] = [], safeguards: Safeguards = .all) {
        self.scope = scope
        self.lines = lines
        self.safeguards = safeguards
    }

    package subscript(_ number: LineNumber) -> Line {
        self.lines.first { $0.number == number }!
    }
}

// MARK: - Frontier and tip

extension ScopeChains {
    /// The heads of all lines, less those that a longer line of the same chain continues.
    private var headLines: [Line] {
        self.lines.filter(self.isHead)
    }

    package var frontier: Frontier {
        Frontier(self.headLines.map(\.headReference))
    }

    /// One hash for everything held in the scope: over its sorted heads, with their full hashes. `nil` when empty.
    package var tip: ChainHash? {
        let heads = self.headLines.sorted {
            ($0.replica, $0.head.sequence, $0.head.hash) < ($1.replica, $1.head.sequence, $1.head.hash)
        }
        guard !heads.isEmpty else { return nil }
        var writer = ByteWriter()
        for line in heads {
            writer.fixed(line.replica.rawValue)
            writer.varint(line.head.sequence)
            writer.raw(line.head.hash.bytes)
        }
        return ChainHash(digesting: writer.bytes)
    }
}

// MARK: - Where is it, what covers it

extension ScopeChains {
    /// Where the change with this name is, or `nil` when it is not held.
    package func position(of reference: Reference, hash: HashReader) rethrows -> Position? {
        for line in self.lines where line.replica == reference.replica && line.holds(reference.sequence) {
            let position = Position(line: line.number, sequence: reference.sequence)
            guard self.safeguards.contains(.hashInReference) else { return position }
            let tag = line.head.sequence == reference.sequence ? line.head.hash.tag : try hash(position).tag
            if tag == reference.tag { return position }
        }
        return nil
    }

    /// The positions of those heads of `frontier` that are held.
    package func positions(of frontier: Frontier, hash: HashReader) rethrows -> [Position] {
        try frontier.heads.compactMap { try self.position(of: $0, hash: hash) }
    }

    /// The positions of the context of a change that was taken, so that all of it is known to be held. Reads a hash only
    /// where a replica's chain has branched.
    package func positions(ofTaken context: Frontier, hash: HashReader) rethrows -> [Position] {
        try context.heads.compactMap { reference in
            let holders = self.lines.filter { $0.replica == reference.replica && $0.holds(reference.sequence) }
            guard holders.count == 1 else { return try self.position(of: reference, hash: hash) }
            return Position(line: holders[0].number, sequence: reference.sequence)
        }
    }

    /// Whether one of `heads` is the change at `position`, or comes after it in its chain.
    package func isCovered(_ position: Position, by heads: [Position]) -> Bool {
        heads.contains { head in
            var reached: Position? = head
            while let current = reached {
                if current.line == position.line { return position.sequence <= current.sequence }
                reached = self[current.line].fork
            }
            return false
        }
    }

    /// For each line that `heads` do not wholly cover: the last sequence of it that they do cover.
    package func uncovered(by heads: [Position]) -> [(line: Line, after: UInt64)] {
        self.lines.compactMap { line in
            var after = line.fork?.sequence ?? 0
            for head in heads {
                var reached: Position? = head
                while let current = reached {
                    if current.line == line.number { after = max(after, current.sequence) }
                    reached = self[current.line].fork
                }
            }
            return after < line.head.sequence ? (line, after) : nil
        }
    }
}

// MARK: - Taking

extension ScopeChains {
    /// What a store does with a change that arrives.
    package enum Placement: Hashable, Sendable {
        /// Already held; nothing happens.
        case duplicate(Position)
        /// Its predecessor or something its context names is not held; it must not be stored.
        case gap(missing: Reference)
        /// It continues the line whose head it follows.
        case extends(LineNumber, Accepted)
        /// It follows a change that has a successor already (or begins a chain anew): a line of its own.
        case branches(from: Position?, Accepted)
        /// It goes on with a chain that somebody else seals; it must not be stored.
        case foreign
    }

    /// What a store learns about a change by placing it.
    package struct Accepted: Hashable, Sendable {
        package var sequence: UInt64
        package var replica: ReplicaID
        package var hash: ChainHash
        package var signer: DeviceID?
        /// Everything the author had been shown: the heads of the frontier, the predecessor included.
        package var context: Frontier
        package var frontierAfter: Frontier
    }

    /// Decides what to do with `chained`; ``take(_:as:)`` carries it out.
    ///
    /// - Parameters:
    ///   - signer: who seals it; `nil` where nobody seals. What the seal is worth was proven before (``BatchProof``).
    ///   - frontierAfter: the author's frontier after a held change that is no head of a line. Asked only when a chain
    ///     branches, so it may be slow.
    package func placement(
        of chained: ChainedChange,
        canonicalBytes: [UInt8],
        signer: DeviceID? = nil,
        hash: HashReader,
        frontierAfter: (Position) throws -> Frontier
    ) rethrows -> Placement {
        var predecessor: Position?
        var hashBefore = ChainHash(startOf: chained.replica, in: self.scope, sealedBy: signer)
        var base = Frontier()
        var extended: Line?
        if let reference = chained.predecessor {
            guard let position = try self.position(of: reference, hash: hash) else { return .gap(missing: reference) }
            let line = self[position.line]
            guard line.signer == signer else { return .foreign }
            extended = line.head.sequence == position.sequence ? line : nil
            hashBefore = try extended?.head.hash ?? hash(position)
            predecessor = position
        }
        let ownHash = hashBefore.next(canonicalBytes)
        let name = Reference(replica: chained.replica, sequence: chained.sequence, tag: ownHash.tag)
        if let held = try self.position(of: name, hash: hash) {
            return self[held.line].signer == signer ? .duplicate(held) : .foreign
        }
        for reference in chained.change.contextDifference where self.safeguards.contains(.causalClosure) {
            guard try self.position(of: reference, hash: hash) != nil else { return .gap(missing: reference) }
        }
        if let predecessor {
            base = try extended?.frontierAtHead ?? frontierAfter(predecessor)
        }
        let (context, after) = Self.frontiers(of: chained, named: name, base: base)
        let accepted = Accepted(
            sequence: chained.sequence,
            replica: chained.replica,
            hash: ownHash,
            signer: signer,
            context: context,
            frontierAfter: after
        )
        if let extended, !self.lines.contains(where: { $0.fork == predecessor }) {
            return .extends(extended.number, accepted)
        }
        return .branches(from: predecessor, accepted)
    }

    /// The full context of a change and the author's frontier after it, from the frontier after its predecessor.
    package static func frontiers(
        of chained: ChainedChange,
        named name: Reference,
        base: Frontier
    ) -> (context: Frontier, after: Frontier) {
        var context = base.applying(chained.change.contextDifference)
        if let predecessor = chained.predecessor { context.advance(nil, to: predecessor) }
        var after = context
        after.advance(chained.predecessor, to: name)
        return (context, after)
    }

    /// Records that the change was stored.
    package mutating func extend(_ number: LineNumber, with accepted: Accepted) {
        let index = self.lines.firstIndex { $0.number == number }!
        self.lines[index].head = Head(sequence: accepted.sequence, hash: accepted.hash)
        self.lines[index].frontierAtHead = accepted.frontierAfter
    }

    /// Records that the change was stored as the first of a new line.
    package mutating func branch(_ number: LineNumber, from fork: Position?, with accepted: Accepted) {
        precondition(!self.lines.contains { $0.number == number })
        self.lines.append(
            Line(
                number: number,
                replica: accepted.replica,
                fork: fork,
                signer: accepted.signer,
                head: Head(sequence: accepted.sequence, hash: accepted.hash),
                frontierAtHead: accepted.frontierAfter
            )
        )
    }
}

// MARK: - For people

extension ScopeChains {
    /// How many changes are held.
    package var changeCount: Int {
        self.lines.reduce(0) { $0 + Int($1.head.sequence - ($1.fork?.sequence ?? 0)) }
    }

    /// Whether no other line goes on from the end of this one.
    package func isHead(_ line: Line) -> Bool {
        !self.lines.contains { $0.fork == Position(line: line.number, sequence: line.head.sequence) }
    }

    /// The change before the one at `position`; `nil` for the first of a chain.
    package func predecessor(of position: Position) -> Position? {
        let line = self[position.line]
        return position.sequence - 1 > line.fork?.sequence ?? 0
            ? Position(line: position.line, sequence: position.sequence - 1) : line.fork
    }

    /// The name of a change as people see it: `replica:sequence`, with `~hash` where its replica's chain has branched.
    package func dot(of stored: StoredChange) -> String {
        let replica = stored.chained.replica
        return self.lines.count { $0.replica == replica } > 1
            ? stored.reference.description : "\(replica):\(stored.chained.sequence)"
    }
}
