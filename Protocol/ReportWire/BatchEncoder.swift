import ReportModel

struct BatchEncoder {
    /// By their bytes: Swift takes é in one and in two code points for the same string, the chain hash does not.
    private var authors = Numbering<[UInt8]>()
    private var replicas = Numbering<ReplicaID>()
    private var codes = Numbering<Code>()
    private var periods = Numbering<Period>()

    // One a change.
    private var chainColumn = ByteWriter()
    private var timeColumn = ByteWriter()
    private var authorColumn = ByteWriter()
    private var contextCountColumn = ByteWriter()
    private var writeCountColumn = ByteWriter()
    // One a reference of a context.
    private var contextColumn = ByteWriter()
    // One a write.
    private var formColumn = ByteWriter()
    private var periodColumn = ByteWriter()
    private var rowColumn = ByteWriter()
    private var itemColumn = ByteWriter()
    private var headColumn = ByteWriter()
    // As the heads announce.
    private var qualifierColumn = ByteWriter()
    private var scaleColumn = ByteWriter()
    private var numberColumn = ByteWriter()
    private var otherColumn = ByteWriter()

    private var memory = NumberMemory()
    private var previousItem = 0

    mutating func encode(_ batch: Batch) -> [UInt8] {
        for chain in batch.chains { _ = self.replicas.number(of: chain.replica) }
        var previousTime: Int64 = 0
        for entry in batch.entries {
            let change = entry.change
            self.chainColumn.varint(entry.chain)
            self.timeColumn.signed(change.time.secondsSince1970 &- previousTime)
            previousTime = change.time.secondsSince1970
            self.authorColumn.varint(self.authors.number(of: Array(change.author.utf8)))
            self.contextCountColumn.varint(change.contextDifference.count)
            for reference in change.contextDifference {
                self.contextColumn.varint(self.replicas.number(of: reference.replica))
                self.contextColumn.varint(reference.sequence)
                self.contextColumn.fixed(reference.tag)
            }
            self.writeCountColumn.varint(change.writes.count)
            for write in change.writes { self.append(write) }
        }
        return self.assembled(batch)
    }

    private mutating func append(_ write: Change.Write) {
        let address = write.address
        let form = self.codes.number(of: address.form)
        let row = self.codes.number(of: address.row)
        let item = self.codes.number(of: address.item)
        self.formColumn.varint(form)
        self.periodColumn.varint(self.periods.number(of: address.period))
        self.rowColumn.varint(row)
        self.itemColumn.signed(Int64(item - self.previousItem))
        self.previousItem = item
        self.headColumn.byte(write.value.wireHead)
        switch write.value {
        case .number(let quantity):
            self.append(quantity, in: NumberMemory.Series(form: form, row: row, item: item))
        case .text(let text), .choice(let text):
            self.otherColumn.string(text)
        case .date(let date):
            self.otherColumn.varint(date.wireNumber)
        case .missing, .notApplicable, .withheld, .boolean:
            break
        }
    }

    private mutating func append(_ quantity: Quantity, in series: NumberMemory.Series) {
        if let qualifier = quantity.qualifier { self.qualifierColumn.byte(qualifier.wireNumber) }
        let number = quantity.number
        self.scaleColumn.byte(UInt8(number.scale))
        self.numberColumn.signed(number.mantissa - self.memory.base(of: series, scale: number.scale))
        self.memory.remember(number, in: series)
        if let upper = quantity.upper {
            self.otherColumn.byte(UInt8(upper.scale))
            self.otherColumn.signed(upper.mantissa)
        }
    }

    /// The dictionaries first, then the columns, whose lengths follow from the counts before them.
    private func assembled(_ batch: Batch) -> [UInt8] {
        var writer = ByteWriter(reserving: 4096)
        writer.unit(batch.scope)
        writer.varint(batch.chains.count)
        writer.varint(self.replicas.values.count)
        for replica in self.replicas.values { writer.fixed(replica.rawValue) }
        for chain in batch.chains {
            writer.varint(self.replicas.values.firstIndex(of: chain.replica)!)
            writer.varint(chain.firstSequence)
            if chain.firstSequence > 1 { writer.fixed(chain.predecessorTag) }
        }
        writer.varint(self.authors.values.count)
        for author in self.authors.values { writer.blob(author) }
        writer.varint(self.codes.values.count)
        for code in self.codes.values { writer.string(code.description) }
        writer.varint(self.periods.values.count)
        for period in self.periods.values { writer.varint(period.wireNumber) }
        writer.varint(batch.entries.count)
        let columns = [
            self.chainColumn, self.timeColumn, self.authorColumn, self.contextCountColumn, self.writeCountColumn,
            self.contextColumn, self.formColumn, self.periodColumn, self.rowColumn, self.itemColumn, self.headColumn,
            self.qualifierColumn, self.scaleColumn, self.numberColumn, self.otherColumn,
        ]
        for column in columns { writer.raw(column.bytes) }
        return writer.bytes
    }
}
