import ReportModel

/// Writes the changes of one replica, one after another, with their true hashes.
struct ChainWriter {
    let replica: ReplicaID
    private(set) var sequence: UInt64
    private(set) var hash: ChainHash

    init(replica: UInt64, in scope: UnitCode) {
        self.replica = ReplicaID(rawValue: replica)
        self.sequence = 0
        self.hash = ChainHash(startOf: self.replica, in: scope, sealedBy: nil)
    }

    mutating func write(_ change: Change) -> StoredChange {
        let chained = ChainedChange(
            replica: self.replica,
            sequence: self.sequence + 1,
            predecessorTag: self.sequence == 0 ? 0 : self.hash.tag,
            change: change
        )
        let bytes = change.canonicalBytes
        self.sequence += 1
        self.hash = self.hash.next(bytes)
        return StoredChange(chained: chained, hash: self.hash, canonicalBytes: bytes)
    }

    var reference: Reference { Reference(replica: self.replica, sequence: self.sequence, tag: self.hash.tag) }
}
