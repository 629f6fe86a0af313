/// Whether a batch may be taken by a store that wants everything sealed. A batch is taken whole or not at all there:
/// a part of a run would stand without its seal.
package enum BatchProof: Hashable, Sendable {
    case sound
    /// Something it builds on is not held.
    case gap(missing: Reference)
    case unsound(SealProblem)
}

/// Why a batch proves nothing. An honest sender never sends one.
package enum SealProblem: Hashable, Sendable {
    case unsealed(ReplicaID)
    /// A seal where there is no authority that could vouch for anybody.
    case unexpected(DeviceID)
    /// Neither the authority nor a device that it has granted something in this scope.
    case unknownSigner(DeviceID)
    case wrongSignature(DeviceID)
    /// A device went on with a chain that is another's.
    case anothersChain(DeviceID, ReplicaID)
}

extension ScopeChains {
    /// Checks every seal of a batch, and that nothing is missing.
    ///
    /// - Parameters:
    ///   - authority: the province's, which seals what the province itself writes.
    ///   - granted: the key of a device to which the authority has granted something in this scope; what the batch itself
    ///     brings of the authority's grants is added.
    ///   - hash, frontierAfter: as for ``placement(of:canonicalBytes:signer:hash:frontierAfter:)``.
    package func proof(
        of batch: Batch,
        authority: DeviceKey,
        granted: (DeviceID) throws -> DeviceKey?,
        hash: HashReader,
        frontierAfter: (Position) throws -> Frontier
    ) rethrows -> BatchProof {
        var chains = self
        // What the batch itself brings, which is in no store yet.
        var brought: [Position: Accepted] = [:]
        var ends: [(place: Seal.Place, seal: Seal)] = []
        var granting: [DeviceID: DeviceKey] = [:]
        for run in batch.chains {
            guard let seal = run.seal else { return .unsound(.unsealed(run.replica)) }
            let place = Seal.Place(
                scope: self.scope,
                replica: run.replica,
                sequence: run.firstSequence - 1,
                hash: ChainHash(high: UInt64(run.predecessorTag) << 32, low: 0)
            )
            ends.append((place, seal))
        }
        for entry in batch.entries {
            let (reached, seal) = ends[entry.chain]
            let chained = ChainedChange(
                replica: reached.replica,
                sequence: reached.sequence + 1,
                predecessorTag: reached.hash.tag,
                change: entry.change
            )
            let placement = try chains.placement(
                of: chained,
                canonicalBytes: entry.canonicalBytes,
                signer: seal.signer,
                hash: { try brought[$0]?.hash ?? hash($0) },
                frontierAfter: { try brought[$0]?.frontierAfter ?? frontierAfter($0) }
            )
            ends[entry.chain].place.sequence += 1
            switch placement {
            case .gap(let missing):
                return .gap(missing: missing)
            case .foreign:
                return .unsound(.anothersChain(seal.signer, reached.replica))
            case .duplicate(let position):
                let head = chains[position.line].head
                ends[entry.chain].place.hash =
                    head.sequence == position.sequence
                    ? head.hash : try brought[position]?.hash ?? hash(position)
            case .extends(let line, let accepted):
                chains.extend(line, with: accepted)
                brought[Position(line: line, sequence: accepted.sequence)] = accepted
                ends[entry.chain].place.hash = accepted.hash
            case .branches(let fork, let accepted):
                // No store has lines of such numbers.
                let line = -LineNumber(chains.lines.count) - 1
                chains.branch(line, from: fork, with: accepted)
                brought[Position(line: line, sequence: accepted.sequence)] = accepted
                ends[entry.chain].place.hash = accepted.hash
            }
            if seal.signer == authority.id {
                for (device, key) in entry.change.grantedKeys { granting[device] = key }
            }
        }
        // The authority's first: only what it has sealed grants anything.
        for isAuthority in [true, false] {
            for (place, seal) in ends where (seal.signer == authority.id) == isAuthority {
                let key = try isAuthority ? authority : granting[seal.signer] ?? granted(seal.signer)
                guard let key else { return .unsound(.unknownSigner(seal.signer)) }
                guard seal.isValid(for: place, by: key) else { return .unsound(.wrongSignature(seal.signer)) }
            }
        }
        return .sound
    }
}
