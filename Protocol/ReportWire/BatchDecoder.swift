import ReportModel

struct BatchDecoder {
    private var reader: ByteReader
    private var contextReplicas: [ReplicaID] = []
    private var authors: [PersonID] = []
    private var codes: [Code] = []
    private var periods: [Period] = []
    private var memory = NumberMemory()
    /// Which columns are there although every entry might have been the usual one.
    private var unusual: UInt64 = 0

    init(_ bytes: [UInt8]) {
        self.reader = ByteReader(bytes)
    }

    // There are thousands of these while the columns are read, so they are small.

    /// Everything of a change but its writes.
    private struct Header {
        var chain: Int32 = 0
        /// Index in ``authors``.
        var author: Int32 = 0
        var contextCount: UInt16 = 0
        var writeCount: UInt16 = 0
        var time: Int64 = 0
        var context: [Reference] = []
    }

    /// What is known of a write while its columns are read: indices in ``codes`` and ``periods``, and the number.
    private struct Draft {
        var form: Int32 = 0
        var row: Int32 = 0
        var item: Int32 = 0
        var period: Int32 = 0
        var mantissa: Int128 = 0
        var scale: UInt8 = 0
        var head: UInt8 = 0
        var qualifier: Qualifier?
    }

    mutating func decode() throws(MalformedBytes) -> Batch {
        let scope = try self.reader.unit()
        let chains = try self.chains()
        try self.dictionaries()
        let headers = try self.headers(chainCount: chains.count)
        let drafts = try self.drafts(count: headers.reduce(0) { $0 + Int($1.writeCount) })
        var entries: [Batch.Entry] = []
        entries.reserveCapacity(headers.count)
        var start = 0
        var canonicalByteCount = 0
        for header in headers {
            let end = start + Int(header.writeCount)
            let change = Change(
                time: Timestamp(secondsSince1970: header.time),
                author: self.authors[Int(header.author)],
                contextDifference: header.context,
                sortedWrites: try self.writes(drafts[start..<end])
            )
            start = end
            let canonicalBytes = change.canonicalBytes
            canonicalByteCount += canonicalBytes.count
            guard canonicalByteCount <= Limits.batchCanonicalByteCountMax else {
                throw self.reader.malformed("at most \(Limits.batchCanonicalByteCountMax) bytes of changes")
            }
            entries.append(Batch.Entry(chain: Int(header.chain), change: change, canonicalBytes: canonicalBytes))
        }
        try self.reader.requireEnd()
        return Batch(scope: scope, chains: chains, entries: entries)
    }

    // MARK: - Dictionaries

    private mutating func chains() throws(MalformedBytes) -> [Batch.Chain] {
        let count = try self.reader.count(upTo: Limits.batchChainCountMax, of: "chains")
        var chains: [Batch.Chain] = []
        for _ in 0..<count {
            let replica = ReplicaID(rawValue: try self.reader.fixed(UInt64.self))
            let first = try self.reader.varint()
            guard first > 0, first < UInt64(Int64.max) - UInt64(Limits.batchChangeCountMax) else {
                throw self.reader.malformed("a sequence from 1")
            }
            chains.append(
                Batch.Chain(
                    replica: replica,
                    firstSequence: first,
                    predecessorTag: first > 1 ? try self.reader.fixed(UInt32.self) : 0
                )
            )
        }
        return chains
    }

    private mutating func dictionaries() throws(MalformedBytes) {
        for _ in 0..<(try self.reader.count(upTo: Limits.batchInflatedByteCountMax / 8, of: "replicas")) {
            self.contextReplicas.append(ReplicaID(rawValue: try self.reader.fixed(UInt64.self)))
        }
        for _ in 0..<(try self.reader.count(upTo: Limits.batchChangeCountMax, of: "authors")) {
            self.authors.append(try self.reader.string(upTo: ChangeLimits.authorByteCountMax))
        }
        for _ in 0..<(try self.reader.count(upTo: 3 * Limits.batchWriteCountMax, of: "codes")) {
            self.codes.append(try self.reader.code())
        }
        for _ in 0..<(try self.reader.count(upTo: Limits.batchWriteCountMax, of: "periods")) {
            self.periods.append(try self.reader.period())
        }
    }

    // MARK: - Columns

    /// The next entry of a column of numbers; the usual one where the column is left out.
    private mutating func entry(of column: BatchColumn) throws(MalformedBytes) -> UInt64 {
        if let usual = column.usual, self.unusual & 1 << column.rawValue == 0 { return usual }
        return try self.reader.varint()
    }

    private mutating func index(
        in column: BatchColumn,
        below count: Int,
        _ what: String
    ) throws(MalformedBytes) -> Int {
        let number = try self.entry(of: column)
        guard number < UInt64(max(count, 0)) else { throw self.reader.malformed(what) }
        return Int(number)
    }

    // MARK: - Changes

    private mutating func headers(chainCount: Int) throws(MalformedBytes) -> [Header] {
        let count = try self.reader.count(upTo: Limits.batchChangeCountMax, of: "changes")
        self.unusual = try self.reader.varint()
        guard self.unusual < 1 << BatchColumn.allCases.count else { throw self.reader.malformed("a mask of columns") }
        // Every change takes at least a byte, for its time; so a count beyond that is a lie.
        guard count <= self.reader.remaining else { throw self.reader.malformed("columns of \(count) changes") }
        var headers = [Header](repeating: Header(), count: count)
        var usedCount = 0
        for index in headers.indices {
            let chain = try self.index(in: .chain, below: min(usedCount + 1, chainCount), "a chain's number")
            usedCount = max(usedCount, chain + 1)
            headers[index].chain = Int32(chain)
        }
        guard usedCount == chainCount else { throw self.reader.malformed("a change of every chain") }
        var times = [Int64](repeating: 0, count: chainCount)
        for index in headers.indices {
            let chain = Int(headers[index].chain)
            times[chain] &+= Int64(bitPattern: try self.entry(of: .time))
            headers[index].time = times[chain]
        }
        for index in headers.indices {
            headers[index].author = Int32(
                try self.index(in: .author, below: self.authors.count, "an author's number")
            )
        }
        for index in headers.indices {
            headers[index].contextCount = UInt16(
                try self.index(
                    in: .contextCount,
                    below: ChangeLimits.contextDifferenceCountMax + 1,
                    "a count of references"
                )
            )
        }
        for index in headers.indices {
            headers[index].writeCount = UInt16(
                try self.index(in: .writeCount, below: ChangeLimits.writeCountMax + 1, "a count of writes")
            )
            guard headers[index].writeCount > 0 else { throw self.reader.malformed("at least one write") }
        }
        for index in headers.indices { headers[index].context = try self.context(Int(headers[index].contextCount)) }
        return headers
    }

    private mutating func context(_ count: Int) throws(MalformedBytes) -> [Reference] {
        var references: [Reference] = []
        for _ in 0..<count {
            let reference = Reference(
                replica: self.contextReplicas[
                    try self.index(in: .context, below: self.contextReplicas.count, "a replica's number")
                ],
                sequence: try self.reader.varint(),
                tag: try self.reader.fixed(UInt32.self)
            )
            guard reference.sequence > 0 else { throw self.reader.malformed("a sequence from 1") }
            if let last = references.last, !(last < reference) {
                throw self.reader.malformed("references in ascending order")
            }
            references.append(reference)
        }
        return references
    }

    // MARK: - Writes

    private mutating func drafts(count: Int) throws(MalformedBytes) -> [Draft] {
        guard count <= Limits.batchWriteCountMax else {
            throw self.reader.malformed("at most \(Limits.batchWriteCountMax) writes, not \(count)")
        }
        var drafts = [Draft](repeating: Draft(), count: count)
        for index in drafts.indices {
            drafts[index].form = Int32(try self.index(in: .form, below: self.codes.count, "a form"))
        }
        for index in drafts.indices {
            drafts[index].period = Int32(try self.index(in: .period, below: self.periods.count, "a period"))
        }
        for index in drafts.indices {
            drafts[index].row = Int32(try self.index(in: .row, below: self.codes.count, "a row"))
        }
        var item = Int64(BatchColumn.firstPreviousItem)
        for index in drafts.indices {
            item &+= ZigZag.decoded(try self.entry(of: .item))
            guard item >= 0, item < Int64(self.codes.count) else { throw self.reader.malformed("an item") }
            drafts[index].item = Int32(item)
        }
        for index in drafts.indices {
            drafts[index].head = UInt8(try self.index(in: .head, below: 256, "the head of a value"))
        }
        for index in drafts.indices where drafts[index].head == WireHead.number | WireHead.qualified {
            drafts[index].qualifier = Qualifier(wireNumber: try self.reader.byte())
            guard drafts[index].qualifier != nil else { throw self.reader.malformed("a qualifier") }
        }
        for index in drafts.indices where drafts[index].head & WireHead.number != 0 {
            drafts[index].scale = UInt8(try self.index(in: .scale, below: ExactDecimal.scaleMax + 1, "a scale"))
        }
        for index in drafts.indices where drafts[index].head & WireHead.number != 0 {
            drafts[index].mantissa = try self.mantissa(of: drafts[index])
        }
        self.memory = NumberMemory()
        try self.requireUse(of: self.codes, in: drafts)
        return drafts
    }

    /// Codes that no write names would be found at the end, when the batch is encoded again; but by then they would have
    /// taken memory beside all that was decoded.
    private func requireUse(of codes: [Code], in drafts: [Draft]) throws(MalformedBytes) {
        var isUsed = [Bool](repeating: false, count: codes.count)
        for draft in drafts {
            isUsed[Int(draft.form)] = true
            isUsed[Int(draft.row)] = true
            isUsed[Int(draft.item)] = true
        }
        guard isUsed.allSatisfy(\.self) else { throw self.reader.malformed("codes that are used") }
    }

    private mutating func mantissa(of draft: Draft) throws(MalformedBytes) -> Int128 {
        let series = NumberMemory.Series(form: Int(draft.form), row: Int(draft.row), item: Int(draft.item))
        let scale = Int(draft.scale)
        let (mantissa, overflow) = try self.reader.signed128()
            .addingReportingOverflow(self.memory.base(of: series, scale: scale))
        guard !overflow, let number = ExactDecimal(mantissa: mantissa, scale: scale) else {
            throw self.reader.malformed("a number within the limits")
        }
        self.memory.remember(number, in: series)
        return mantissa
    }

    /// The writes of one change.
    private mutating func writes(_ drafts: ArraySlice<Draft>) throws(MalformedBytes) -> [Change.Write] {
        var writes: [Change.Write] = []
        writes.reserveCapacity(drafts.count)
        for draft in drafts {
            let address = try self.address(of: draft)
            if let last = writes.last, !(last.address < address) {
                throw self.reader.malformed("writes in ascending order")
            }
            writes.append(Change.Write(address, try self.value(of: draft)))
        }
        return writes
    }

    private func address(of draft: Draft) throws(MalformedBytes) -> AddressInScope {
        let (form, item) = (self.codes[Int(draft.form)], self.codes[Int(draft.item)])
        guard !form.isEmpty, !item.isEmpty else { throw self.reader.malformed("a form and an item") }
        return AddressInScope(
            form: form,
            period: self.periods[Int(draft.period)],
            row: self.codes[Int(draft.row)],
            item: item
        )
    }

    private mutating func value(of draft: Draft) throws(MalformedBytes) -> CellValue {
        switch draft.head {
        case WireHead.missing: return .missing
        case WireHead.notApplicable: return .notApplicable
        case WireHead.withheld: return .withheld
        case WireHead.no: return .boolean(false)
        case WireHead.yes: return .boolean(true)
        case WireHead.date:
            guard let date = CalendarDate(wireNumber: try self.reader.varint()) else {
                throw self.reader.malformed("a date")
            }
            return .date(date)
        case WireHead.text: return .text(try self.reader.string(upTo: ChangeLimits.textByteCountMax))
        case WireHead.choice: return .choice(try self.reader.string(upTo: ChangeLimits.textByteCountMax))
        case WireHead.number, WireHead.number | WireHead.qualified, WireHead.number | WireHead.ranged:
            // The mantissa was found to be within the limits when it was read.
            guard let number = ExactDecimal(mantissa: draft.mantissa, scale: Int(draft.scale)) else {
                throw self.reader.malformed("a number within the limits")
            }
            guard draft.head == WireHead.number | WireHead.ranged else {
                return .number(Quantity(number, qualifier: draft.qualifier))
            }
            let upper = try self.reader.decimal()
            guard number <= upper else { throw self.reader.malformed("a range from low to high") }
            return .number(Quantity(number, upper: upper))
        default: throw self.reader.malformed("the head of a value")
        }
    }
}
