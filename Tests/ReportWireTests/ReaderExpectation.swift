import ReportModel
import ReportWire
import TestSupport

// What the independent reader must say of a message.

extension Message {
    /// - Parameter hashes: the hashes of the changes seen before, by scope and reference; those of a batch are added.
    func expectation(_ hashes: inout KnownHashes) -> JSON {
        var object: [String: JSON] = ["message": .string(self.name), "critical": .boolean(true)]
        object.merge(self.fields(&hashes)) { _, new in new }
        return .object(object)
    }

    private func fields(_ hashes: inout KnownHashes) -> [String: JSON] {
        switch self {
        case .hello(let hello):
            [
                "versions": .array([.integer(hello.versions.lowerBound), .integer(hello.versions.upperBound)]),
                "capabilities": .integer(hello.capabilities.rawValue), "replica": .string(hello.replica),
                "time": .integer(hello.time.secondsSince1970),
                "scheme": .hex(hello.scheme, 16),
                "scopes": .array(
                    hello.scopes.map { .object(["unit": .string($0.unit), "tip": .hex($0.tip, 16)]) }
                ),
            ]
        case .welcome(let welcome):
            [
                "version": .integer(welcome.version),
                "capabilities": .integer(welcome.capabilities.rawValue), "replica": .string(welcome.replica),
                "time": .integer(welcome.time.secondsSince1970), "scheme": .hex(welcome.scheme, 16),
                "batches_in_flight": .integer(welcome.batchesInFlightMax),
                "differing_scopes": .integer(welcome.differingScopeCount),
                "scopes": welcome.scopes.map { .array($0.map { .string($0) }) } ?? .null,
            ]
        case .have(let have):
            [
                "scope": .string(have.scope), "batches_seen": .integer(have.batchesSeen),
                "frontier": .references(have.frontier.heads),
            ]
        case .receipt(let receipt):
            [
                "held": .array(
                    receipt.held.map {
                        .object(["count": .integer($0.count), "tag": $0.count == 0 ? .null : .tag($0.tag)])
                    }
                )
            ]
        case .scheme(let part):
            [
                "total": .integer(part.totalByteCount), "inflated": .integer(part.inflatedByteCount),
                "piece": .string(Hexadecimal.text(part.bytes)),
            ]
        case .done: [:]
        case .want(let want):
            [
                "scope": .string(want.scope), "replica": .string(want.marks.replica),
                "marks": .references(want.marks.references),
            ]
        case .enrol(let enrol):
            [
                "versions": .array([.integer(enrol.versions.lowerBound), .integer(enrol.versions.upperBound)]),
                "code": .string(enrol.code), "request": .string(Hexadecimal.text(enrol.request)),
            ]
        case .certificate(let der): ["certificate": .string(Hexadecimal.text(der))]
        case .goodbye(let reason):
            [
                "code": .integer(reason.rawCode), "chinese": .string(reason.words.chinese),
                "english": .string(reason.words.english),
            ]
        case .batch(let batch): batch.fields(&hashes)
        }
    }
}

struct KnownHashes {
    private var hashes: [UnitCode: [Reference: ChainHash]] = [:]

    subscript(_ scope: UnitCode, _ reference: Reference) -> ChainHash? {
        get { self.hashes[scope]?[reference] }
        set { self.hashes[scope, default: [:]][reference] = newValue }
    }
}

extension Batch {
    fileprivate func fields(_ hashes: inout KnownHashes) -> [String: JSON] {
        var positions: [Int: (sequence: UInt64, before: ChainHash?)] = [:]
        var changes: [JSON] = []
        for entry in self.entries {
            // A chain may branch from another of the same batch, so it is looked at when its first change comes.
            let chain = self.chains[entry.chain]
            let (sequence, before) =
                positions[entry.chain] ?? (chain.firstSequence, hashes.before(chain, in: self.scope))
            let hash = before?.next(entry.canonicalBytes)
            if let hash {
                hashes[self.scope, Reference(replica: chain.replica, sequence: sequence, tag: hash.tag)] = hash
            }
            positions[entry.chain] = (sequence + 1, hash)
            changes.append(
                .object([
                    "replica": .string(chain.replica), "sequence": .integer(sequence),
                    "hash": hash.map { .string($0) } ?? .null,
                    "canonical": .string(Hexadecimal.text(entry.canonicalBytes)),
                    "time": .integer(entry.change.time.secondsSince1970), "author": .string(entry.change.author),
                    "context": .references(entry.change.contextDifference),
                    "writes": .array(
                        entry.change.writes.map {
                            .object(["cell": .string($0.address.text), "value": .value($0.value)])
                        }
                    ),
                ])
            )
        }
        return [
            "scope": .string(self.scope), "deflated": .boolean(self.payload.deflated), "changes": .array(changes),
            "chains": .array(
                self.chains.map { chain in
                    .object([
                        "replica": .string(chain.replica), "first": .integer(chain.firstSequence),
                        "predecessor": chain.firstSequence == 1 ? .null : .tag(chain.predecessorTag),
                        "seal": chain.seal.map { seal in
                            .object([
                                "signer": .string(seal.signer),
                                "signature": .string(Hexadecimal.text(seal.signature)),
                            ])
                        } ?? .null,
                    ])
                }
            ),
        ]
    }
}

extension KnownHashes {
    /// The hash before the first change of a run.
    fileprivate func before(_ chain: Batch.Chain, in scope: UnitCode) -> ChainHash? {
        chain.firstSequence == 1
            ? ChainHash(startOf: chain.replica, in: scope, sealedBy: chain.seal?.signer)
            : self[
                scope,
                Reference(replica: chain.replica, sequence: chain.firstSequence - 1, tag: chain.predecessorTag)
            ]
    }
}

extension AddressInScope {
    fileprivate var text: String {
        "\(self.form)/\(self.period)/\(self.row.isEmpty ? "" : "\(self.row)/")\(self.item)"
    }
}

extension JSON {
    fileprivate static func references(_ references: [Reference]) -> JSON {
        .array(references.map { .string($0) })
    }

    fileprivate static func value(_ value: CellValue) -> JSON {
        switch value {
        case .missing: .string("missing")
        case .notApplicable: .string("not_applicable")
        case .withheld: .string("withheld")
        case .boolean(let boolean): .boolean(boolean)
        case .date(let date): .object(["date": .string(date)])
        case .text(let text): .object(["text": .string(text)])
        case .choice(let choice): .object(["choice": .string(choice)])
        case .number(let quantity):
            .object([
                "number": .string(quantity.number),
                "upper": quantity.upper.map { .string($0) } ?? .null,
                "qualifier": quantity.qualifier.map { .string($0.rawValue) } ?? .null,
            ])
        }
    }
}
