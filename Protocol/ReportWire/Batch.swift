import ReportModel

/// Changes of one scope in causal order, as they travel: columns, deflated where that helps.
///
/// A batch is wrapping. What is hashed and stored are the canonical bytes of each change, so a batch may be cut
/// anywhere between two changes.
package struct Batch: Hashable, Sendable {
    package var scope: UnitCode
    /// The chains of which the batch carries a run.
    package private(set) var chains: [Chain]
    package private(set) var entries: [Entry]

    /// Where a run of changes begins in its chain.
    package struct Chain: Hashable, Sendable {
        package var replica: ReplicaID
        package var firstSequence: UInt64
        /// The first 4 bytes of the hash before the first change of the run; 0 where ``firstSequence`` is 1.
        package var predecessorTag: UInt32

        package init(replica: ReplicaID, firstSequence: UInt64, predecessorTag: UInt32) {
            self.replica = replica
            self.firstSequence = firstSequence
            self.predecessorTag = predecessorTag
        }
    }

    /// One change: the next of its chain.
    package struct Entry: Hashable, Sendable {
        /// Index in ``Batch/chains``.
        package var chain: Int
        package var change: Change

        package init(chain: Int, change: Change) {
            self.chain = chain
            self.change = change
        }
    }

    /// - Parameter entries: each chain occurs, in order of first appearance.
    package init(scope: UnitCode, chains: [Chain], entries: [Entry]) {
        self.scope = scope
        self.chains = chains
        self.entries = entries
    }

    /// - Parameter changes: in causal order, each with the first 4 bytes of its own hash.
    package init(scope: UnitCode, changes: [(change: ChainedChange, tag: UInt32)]) {
        self.init(scope: scope, chains: [], entries: [])
        var chainEnding: [Reference: Int] = [:]
        for (chained, tag) in changes {
            let continued = chained.predecessor.flatMap { chainEnding.removeValue(forKey: $0) }
            let chain = continued ?? self.chains.count
            if continued == nil {
                self.chains.append(
                    Chain(
                        replica: chained.replica, firstSequence: chained.sequence,
                        predecessorTag: chained.sequence == 1 ? 0 : chained.predecessorTag))
            }
            self.entries.append(Entry(chain: chain, change: chained.change))
            chainEnding[Reference(replica: chained.replica, sequence: chained.sequence, tag: tag)] = chain
        }
    }

    /// The frame payload, and whether it is deflated.
    package var payload: (bytes: [UInt8], deflated: Bool) {
        let columns = BatchColumns.encode(self)
        guard columns.count >= Limits.deflateByteCountMin,
            let deflated = Deflate.deflate(columns, dictionary: PresetDictionary.bytes)
        else { return (columns, false) }
        var writer = ByteWriter(reserving: deflated.count + 4)
        writer.varint(columns.count)
        writer.raw(deflated)
        return (writer.bytes, true)
    }

    /// Reads the batch of a frame.
    ///
    /// - Throws: `ProtocolError` when the stated size is above the limit (before memory is taken for it), when the
    ///   stream inflates to another size, and when the columns are not the one encoding of a batch.
    package init(_ frame: Frame) throws(ProtocolError) {
        guard frame.flags.isSubset(of: [.critical, .deflated]) else {
            throw .malformed("batch", MalformedBytes(offset: 0, expected: "no flags but critical and deflated"))
        }
        let columns = frame.flags.contains(.deflated) ? try Self.inflated(frame.payload) : frame.payload
        do throws(MalformedBytes) {
            self = try BatchColumns.decode(columns)
        } catch {
            throw .malformed("batch", error)
        }
    }

    private static func inflated(_ payload: [UInt8]) throws(ProtocolError) -> [UInt8] {
        var reader = ByteReader(payload)
        let byteCount: Int
        let deflated: ArraySlice<UInt8>
        do throws(MalformedBytes) {
            byteCount = try reader.count(upTo: Limits.batchInflatedByteCountMax, of: "inflated bytes")
            deflated = try reader.raw(reader.remaining)
        } catch {
            throw .malformed("batch", error)
        }
        guard let columns = Deflate.inflate(deflated, to: byteCount, dictionary: PresetDictionary.bytes) else {
            throw .inflatesBeyondStatedSize(byteCount)
        }
        return columns
    }
}
