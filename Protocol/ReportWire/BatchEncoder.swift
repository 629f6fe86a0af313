import ReportModel

struct BatchEncoder {
    /// By their bytes: Swift takes é in one and in two code points for the same string, the chain hash does not.
    private var authors = Numbering<[UInt8]>()
    private var contextReplicas = Numbering<ReplicaID>()
    private var codes = Numbering<Code>()
    private var periods = Numbering<Period>()
    private var columns = BatchColumn.allCases.map { _ in ByteWriter() }
    /// Which columns have an entry that is not the column's usual one.
    private var unusual: UInt64 = 0

    private var memory = NumberMemory()
    private var previousItem = BatchColumn.firstPreviousItem

    mutating func encode(_ batch: Batch) -> [UInt8] {
        var previousTime = [Int64](repeating: 0, count: batch.chains.count)
        for entry in batch.entries {
            let change = entry.change
            self.put(entry.chain, in: .chain)
            let time = change.time.secondsSince1970
            self.put(UInt64(bitPattern: time &- previousTime[entry.chain]), in: .time)
            previousTime[entry.chain] = time
            self.put(self.authors.number(of: Array(change.author.utf8)), in: .author)
            self.put(change.contextDifference.count, in: .contextCount)
            for reference in change.contextDifference {
                self.put(self.contextReplicas.number(of: reference.replica), in: .context)
                self.columns[BatchColumn.context.rawValue].varint(reference.sequence)
                self.columns[BatchColumn.context.rawValue].fixed(reference.tag)
            }
            self.put(change.writes.count, in: .writeCount)
            for write in change.writes { self.append(write) }
        }
        return self.assembled(batch)
    }

    private mutating func put(_ number: Int, in column: BatchColumn) {
        self.put(UInt64(number), in: column)
    }

    private mutating func put(_ number: UInt64, in column: BatchColumn) {
        self.columns[column.rawValue].varint(number)
        if number != column.usual { self.unusual |= 1 << column.rawValue }
    }

    private mutating func append(_ write: Change.Write) {
        let address = write.address
        let form = self.codes.number(of: address.form)
        let row = self.codes.number(of: address.row)
        let item = self.codes.number(of: address.item)
        self.put(form, in: .form)
        self.put(self.periods.number(of: address.period), in: .period)
        self.put(row, in: .row)
        self.put(ZigZag.encoded(Int64(item - self.previousItem)), in: .item)
        self.previousItem = item
        self.put(UInt64(write.value.wireHead), in: .head)
        switch write.value {
        case .number(let quantity):
            self.append(quantity, in: NumberMemory.Series(form: form, row: row, item: item))
        case .text(let text), .choice(let text):
            self.columns[BatchColumn.other.rawValue].string(text)
        case .date(let date):
            self.columns[BatchColumn.other.rawValue].varint(date.wireNumber)
        case .missing, .notApplicable, .withheld, .boolean:
            break
        }
    }

    private mutating func append(_ quantity: Quantity, in series: NumberMemory.Series) {
        if let qualifier = quantity.qualifier {
            self.columns[BatchColumn.qualifier.rawValue].byte(qualifier.wireNumber)
        }
        let number = quantity.number
        self.put(number.scale, in: .scale)
        self.columns[BatchColumn.number.rawValue]
            .signed(number.mantissa - self.memory.base(of: series, scale: number.scale))
        self.memory.remember(number, in: series)
        if let upper = quantity.upper {
            self.columns[BatchColumn.other.rawValue].byte(UInt8(upper.scale))
            self.columns[BatchColumn.other.rawValue].signed(upper.mantissa)
        }
    }

    /// The chains and dictionaries first, then the columns, whose lengths follow from the counts before them.
    private func assembled(_ batch: Batch) -> [UInt8] {
        var writer = ByteWriter(reserving: 4096)
        writer.unit(batch.scope)
        writer.varint(batch.chains.count)
        for chain in batch.chains {
            writer.fixed(chain.replica.rawValue)
            writer.varint(chain.firstSequence)
            if chain.firstSequence > 1 { writer.fixed(chain.predecessorTag) }
        }
        writer.varint(self.contextReplicas.values.count)
        for replica in self.contextReplicas.values { writer.fixed(replica.rawValue) }
        writer.varint(self.authors.values.count)
        for author in self.authors.values { writer.blob(author) }
        writer.varint(self.codes.values.count)
        for code in self.codes.values { writer.string(code.description) }
        writer.varint(self.periods.values.count)
        for period in self.periods.values { writer.varint(period.wireNumber) }
        writer.varint(batch.entries.count)
        writer.varint(self.unusual)
        for column in BatchColumn.allCases where column.usual == nil || self.unusual & 1 << column.rawValue != 0 {
            writer.raw(self.columns[column.rawValue].bytes)
        }
        return writer.bytes
    }
}
