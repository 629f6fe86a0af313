/// One write of a cell that no known change has superseded, with what decides the order in which versions are shown.
package struct Version: Hashable, Sendable {
    package var time: Timestamp
    package var replica: ReplicaID
    package var sequence: UInt64
    package var hash: ChainHash
    package var value: CellValue

    package init(time: Timestamp, replica: ReplicaID, sequence: UInt64, hash: ChainHash, value: CellValue) {
        self.time = time
        self.replica = replica
        self.sequence = sequence
        self.hash = hash
        self.value = value
    }
}

extension Version: Comparable {
    /// A total order, the same on every store: no two versions of a cell share replica, sequence and hash.
    package static func < (left: Self, right: Self) -> Bool {
        (left.time, left.replica, left.sequence, left.hash) < (right.time, right.replica, right.sequence, right.hash)
    }
}

extension Sequence<Version> {
    /// The order in which versions are listed and numbered from 1. The first is the one shown provisionally: the
    /// maximum of (time, replica, sequence, hash).
    package var inShownOrder: [Version] { self.sorted(by: >) }

    /// Two or more versions that are not all equal in value. 1.0 equals 1.00.
    package var isConflict: Bool {
        var first: CellValue?
        for version in self {
            if let first, first != version.value { return true }
            first = version.value
        }
        return false
    }
}

/// A token that names the versions a person was shown; a later write with it is refused if they have changed since.
package struct SeenToken: Hashable, Sendable, CustomStringConvertible {
    /// 16 hexadecimal digits; `0000000000000000` for an empty cell.
    package let description: String

    package init(_ versions: some Sequence<Version>) {
        var writer = ByteWriter()
        for version in versions.inShownOrder {
            writer.fixed(version.replica.rawValue)
            writer.varint(version.sequence)
            writer.raw(version.hash.bytes)
        }
        self.description = Hexadecimal.text(
            writer.bytes.isEmpty ? 0 : ChainHash(digesting: writer.bytes).high,
            digitCount: 16
        )
    }

    package init(_ text: String) {
        self.description = text
    }
}
