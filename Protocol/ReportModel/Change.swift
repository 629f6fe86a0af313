/// The name under which a person's edits appear, such as 张三.
package typealias PersonID = String

/// One transaction of one person on one replica in one scope: writes that are applied together. Immutable.
///
/// The change does not carry its own name: its place in the chain gives replica, sequence and hash.
package struct Change: Hashable, Sendable {
    /// The author's own clock, as it was.
    package var time: Timestamp
    package var author: PersonID
    /// What the author's frontier in this scope had gained since the change before in this chain, apart from that
    /// change itself. See ``Frontier/difference(from:)``.
    package var contextDifference: [Reference]
    /// In canonical order (``AddressInScope``), each cell at most once.
    package var writes: [Write]

    /// One cell, and what it holds from now on.
    package struct Write: Hashable, Sendable {
        package var address: AddressInScope
        package var value: CellValue

        package init(_ address: AddressInScope, _ value: CellValue) {
            self.address = address
            self.value = value
        }
    }

    /// - Parameter writes: in any order; sorted here. No cell may occur twice.
    package init(time: Timestamp, author: PersonID, contextDifference: [Reference] = [], writes: [Write]) {
        self.time = time
        self.author = author
        self.contextDifference = contextDifference
        self.writes = writes.sorted { $0.address < $1.address }
    }

    /// For decoders, which have checked the order already.
    package init(time: Timestamp, author: PersonID, contextDifference: [Reference], sortedWrites: [Write]) {
        self.time = time
        self.author = author
        self.contextDifference = contextDifference
        self.writes = sortedWrites
    }
}

/// A change with its place in its chain: what is stored, sent and taken.
package struct ChainedChange: Hashable, Sendable {
    package var replica: ReplicaID
    package var sequence: UInt64
    /// The first 4 bytes of the predecessor's hash; 0, and not sent, where ``sequence`` is 1.
    package var predecessorTag: UInt32
    package var change: Change

    package init(replica: ReplicaID, sequence: UInt64, predecessorTag: UInt32, change: Change) {
        precondition(sequence > 0)
        self.replica = replica
        self.sequence = sequence
        self.predecessorTag = predecessorTag
        self.change = change
    }

    /// `nil` for the first change of a chain.
    package var predecessor: Reference? {
        self.sequence == 1
            ? nil : Reference(replica: self.replica, sequence: self.sequence - 1, tag: self.predecessorTag)
    }
}

/// Limits of a change; see `Limits` in ReportWire for those of the wire.
package enum ChangeLimits {
    /// The longest canonical encoding of one change: 48 KiB, so that any change fits a 64 KiB frame uncompressed.
    package static let canonicalByteCountMax = 48 * 1024
    /// The most cells one change writes; longer imports become several changes.
    package static let writeCountMax = 500
    /// The longest text of one cell, in UTF-8.
    package static let textByteCountMax = 16 * 1024
    /// The most canonical bytes of changes between two seals of a chain, if they are more than one: 16 KiB, a third of what a
    /// batch may have, so that a batch is rarely cut much shorter than it could be.
    package static let sealedRunByteCountMax = 16 * 1024
    /// The longest author name, in UTF-8.
    package static let authorByteCountMax = 96
    /// The most heads that a context difference lists: more replicas than ever share a scope.
    package static let contextDifferenceCountMax = 1024
    /// The most marks of one chain (``ChainMarks``): with steps that grow by an eighth, enough for four branches of a
    /// million changes each.
    package static let markCountMax = 512
}
