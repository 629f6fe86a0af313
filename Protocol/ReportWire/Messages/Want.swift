import ReportModel

/// "On this chain we have parted; of it I hold these changes, among others." The other side sends what follows the
/// highest of them that it knows, and says where it stands on the chain itself.
package struct Want: Hashable, Sendable {
    package var scope: UnitCode
    package var marks: ChainMarks

    package init(scope: UnitCode, marks: ChainMarks) {
        self.scope = scope
        self.marks = marks
    }

    func write(to writer: inout ByteWriter) {
        writer.unit(self.scope)
        writer.fixed(self.marks.replica.rawValue)
        writer.varint(self.marks.references.count)
        for reference in self.marks.references {
            writer.varint(reference.sequence)
            writer.fixed(reference.tag)
        }
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.scope = try reader.unit()
        let replica = ReplicaID(rawValue: try reader.fixed(UInt64.self))
        let count = try reader.count(upTo: ChangeLimits.markCountMax, of: "marks")
        var references: [Reference] = []
        for _ in 0..<count {
            let sequence = try reader.varint()
            let reference = Reference(replica: replica, sequence: sequence, tag: try reader.fixed(UInt32.self))
            guard sequence > 0, references.last.map({ $0 < reference }) ?? true else {
                throw reader.malformed("marks in order")
            }
            references.append(reference)
        }
        self.marks = ChainMarks(replica: replica, references: references)
    }
}
