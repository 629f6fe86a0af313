import ReportModel

/// "This much of your batch is durable here", said after it was committed to disk.
///
/// Every batch is answered by one receipt, in the order in which they came, so a receipt needs no names of its own: it
/// says for each chain of that batch how many of its changes are held, and the hash of the last of them. A receipt for a
/// change is one for its whole chain up to it.
package struct Receipt: Hashable, Sendable {
    /// One for each chain of the batch, in its order; none when the batch's scope is not served.
    package var held: [Held]

    /// How much of one chain's run is durable.
    package struct Held: Hashable, Sendable {
        /// How many changes of the run are durable; 0 when its first one lacks what it builds on.
        package var count: UInt64
        /// The first 4 bytes of the hash of the last of them; 0 when there is none.
        package var tag: UInt32

        package init(count: UInt64, tag: UInt32) {
            self.count = count
            self.tag = tag
        }
    }

    package init(held: [Held]) {
        self.held = held
    }

    /// The receipt for a batch that was taken.
    package init(_ batch: Batch, _ outcome: TakeOutcome) {
        self.held = zip(batch.chains, outcome.held).map { chain, last in
            last.map { Held(count: $0.sequence - chain.firstSequence + 1, tag: $0.tag) } ?? Held(count: 0, tag: 0)
        }
    }

    /// The changes that this receipt names, when it answers a batch of `chains`.
    ///
    /// - Throws: `ProtocolError` when it cannot be an answer to that batch.
    package func references(for chains: [Batch.Chain]) throws(ProtocolError) -> [Reference] {
        guard self.held.count == chains.count || self.held.isEmpty else { throw .unexpected("receipt") }
        return zip(chains, self.held).compactMap { chain, held in
            held.count == 0
                ? nil
                : Reference(
                    replica: chain.replica,
                    sequence: chain.firstSequence &+ held.count &- 1,
                    tag: held.tag
                )
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.varint(self.held.count)
        for held in self.held {
            writer.varint(held.count)
            if held.count > 0 { writer.fixed(held.tag) }
        }
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        let count = try reader.count(upTo: Limits.batchChainCountMax, of: "chains")
        self.held = []
        for _ in 0..<count {
            let held = try reader.varint()
            guard held <= UInt64(Limits.batchChangeCountMax) else {
                throw reader.malformed("at most \(Limits.batchChangeCountMax) changes")
            }
            self.held.append(Held(count: held, tag: held > 0 ? try reader.fixed(UInt32.self) : 0))
        }
    }
}
