import ReportModel

/// "This is how far I have got in this scope": the sender's frontier there. The other side sends what it lacks.
package struct Have: Hashable, Sendable {
    package var scope: UnitCode
    /// How many batches of this scope the sender had received on this connection when it spoke. It tells a frontier
    /// that answers a batch from one that crossed it on the way.
    package var batchesSeen: UInt64
    package var frontier: Frontier

    package init(scope: UnitCode, batchesSeen: UInt64, frontier: Frontier) {
        self.scope = scope
        self.batchesSeen = batchesSeen
        self.frontier = frontier
    }

    func write(to writer: inout ByteWriter) {
        writer.unit(self.scope)
        writer.varint(self.batchesSeen)
        writer.references(self.frontier.heads)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.scope = try reader.unit()
        self.batchesSeen = try reader.varint()
        self.frontier = Frontier(try reader.references(upTo: Limits.frontierHeadCountMax))
    }
}
