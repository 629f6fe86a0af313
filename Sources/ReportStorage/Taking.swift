import ReportModel

extension StoreWriter {
    /// Takes what can be taken of `batch`, in its order. A change whose predecessor or context is not held is left, and
    /// what follows it in its chain with it; the rest goes on. Where there is an authority, a batch is taken whole, with
    /// its seals proven, or not at all.
    ///
    /// - Parameters:
    ///   - newReplica: the id to take where it brings sealed changes of this store's own that are not held.
    ///   - isNew: told every change that was not held before, once it is.
    package func take(
        _ batch: Batch,
        received: Timestamp,
        newReplica: @autoclosure () -> ReplicaID = ReplicaID.random(),
        isNew: (TakenChange) throws -> Void = { _ in }
    ) throws -> TakeOutcome {
        var outcome = TakeOutcome()
        if let authority = try self.reader.authority() {
            switch try self.proof(of: batch, authority: authority) {
            case .sound: break
            case .gap(let missing): outcome.missing = missing
            case .unsound(let problem): outcome.problem = problem
            }
        } else if let seal = batch.chains.lazy.compactMap(\.seal).first {
            // What nobody can check is no better than nothing, and would be passed on as if it were.
            outcome.problem = .unexpected(seal.signer)
        }
        guard outcome.missing == nil, outcome.problem == nil else {
            outcome.held = batch.chains.map { _ in nil }
            return outcome
        }
        let areOwn = try batch.chains.map(self.isOwn)
        var hasLackedOwn = false
        var reached = batch.chains.map { ChainReached(sequence: $0.firstSequence, tag: $0.predecessorTag) }
        for entry in batch.entries {
            let run = batch.chains[entry.chain]
            guard !reached[entry.chain].isBroken else { continue }
            let chained = ChainedChange(
                replica: run.replica,
                sequence: reached[entry.chain].sequence,
                predecessorTag: reached[entry.chain].tag,
                change: entry.change
            )
            let taken = try self.take(
                chained,
                canonicalBytes: entry.canonicalBytes,
                signer: run.seal?.signer,
                in: batch.scope,
                received: received
            )
            switch taken {
            case .foreign:
                throw MalformedBytes(offset: 0, expected: "one signer of the chain of \(run.replica)")
            case .gap(let missing):
                outcome.missing = outcome.missing ?? missing
                reached[entry.chain].isBroken = true
            case .held(let hash, let wasTaken):
                let name = Reference(replica: run.replica, sequence: chained.sequence, tag: hash.tag)
                reached[entry.chain].last = name
                if wasTaken {
                    outcome.takenCount += 1
                    hasLackedOwn = hasLackedOwn || areOwn[entry.chain]
                    try isNew(TakenChange(name: name, signer: run.seal?.signer, change: entry.change))
                } else {
                    outcome.duplicateCount += 1
                }
                reached[entry.chain].sequence += 1
                reached[entry.chain].tag = hash.tag
            }
        }
        outcome.held = reached.map(\.last)
        for (run, last) in zip(batch.chains, outcome.held) {
            if let seal = run.seal, let last { try self.keep(seal, of: last, in: batch.scope) }
        }
        if hasLackedOwn { try self.writeOn(as: newReplica(), now: received) }
        return outcome
    }

    private func proof(of batch: Batch, authority: DeviceKey) throws -> BatchProof {
        let chains = try self.chains(in: batch.scope)
        return try chains.proof(
            of: batch,
            authority: authority,
            granted: { try self.reader.grantedKey(of: $0, in: batch.scope) },
            hash: self.reader.hash,
            frontierAfter: { try self.frontier(after: $0, in: chains) }
        )
    }

    /// A change that a store holds from now on.
    package struct TakenChange: Sendable {
        package let name: Reference
        package let signer: DeviceID?
        package let change: Change
    }

    private struct ChainReached {
        /// Of the next change of the run.
        var sequence: UInt64
        /// Of the hash before it.
        var tag: UInt32
        var last: Reference?
        var isBroken = false
    }

    /// What became of one change.
    package enum Taken {
        case gap(missing: Reference)
        /// It goes on with a chain that somebody else seals; a batch that was proven has none.
        case foreign
        case held(ChainHash, isNew: Bool)
    }

    /// Takes one change: appends it to the log and applies its writes to the cells.
    @discardableResult
    package func take(
        _ chained: ChainedChange,
        canonicalBytes: [UInt8],
        signer: DeviceID? = nil,
        in scope: UnitCode,
        received: Timestamp
    ) throws -> Taken {
        let chains = try self.chains(in: scope)
        let placement = try chains.placement(
            of: chained,
            canonicalBytes: canonicalBytes,
            signer: signer,
            hash: self.reader.hash,
            frontierAfter: { try self.frontier(after: $0, in: chains) }
        )
        let (accepted, line, fork): (ScopeChains.Accepted, ScopeChains.LineNumber?, ScopeChains.Position?)
        switch placement {
        case .duplicate(let position):
            let isHead = chains[position.line].head.sequence == position.sequence
            return .held(isHead ? chains[position.line].head.hash : try self.reader.hash(at: position), isNew: false)
        case .gap(let missing):
            return .gap(missing: missing)
        case .foreign:
            return .foreign
        case .extends(let number, let acceptance):
            (accepted, line, fork) = (acceptance, number, nil)
        case .branches(let from, let acceptance):
            (accepted, line, fork) = (acceptance, nil, from)
        }
        let position = try self.append(
            accepted,
            to: line,
            fork: fork,
            in: scope,
            bytes: canonicalBytes,
            received: received
        )
        let counting = try self.counting(chained.change, accepted, at: position, in: scope)
        try self.cells.apply(counting, at: position, context: accepted.context, in: scope)
        try self.filings.note(counting, time: chained.change.time, in: scope, received: received, self)
        try self.obey(chained.change, accepted, at: position, in: scope)
        return .held(accepted.hash, isNew: true)
    }
}
