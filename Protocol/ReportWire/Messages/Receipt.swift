import ReportModel

/// "These are durable here": the last change of each chain of a batch, after they were committed to disk.
///
/// A receipt for a change is one for its whole chain up to it.
package struct Receipt: Hashable, Sendable {
    package var scope: UnitCode
    /// Ascending, without duplicates.
    package var references: [Reference]

    package init(scope: UnitCode, references: [Reference]) {
        self.scope = scope
        self.references = Set(references).sorted()
    }

    func write(to writer: inout ByteWriter) {
        writer.unit(self.scope)
        writer.references(self.references)
    }

    init(from reader: inout ByteReader) throws(MalformedBytes) {
        self.scope = try reader.unit()
        self.references = try reader.references(upTo: Limits.receiptReferenceCountMax)
    }
}
