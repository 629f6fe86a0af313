import ReportModel

// The columns of a batch (Protocol/README.md, "Batches"). Alike things stand together, so that deflate finds them.

/// Reads and writes the columns of a batch. There is one encoding: what decodes encodes to the same bytes.
enum BatchColumns {
    static func encode(_ batch: Batch) -> [UInt8] {
        var encoder = BatchEncoder()
        return encoder.encode(batch)
    }

    /// - Throws: `MalformedBytes` when `bytes` are not the one encoding of any batch.
    static func decode(_ bytes: [UInt8]) throws(MalformedBytes) -> Batch {
        var decoder = BatchDecoder(bytes)
        let batch = try decoder.decode()
        // The simplest check for "one encoding only": whatever freedom the decoder grants by oversight ends here.
        guard self.encode(batch) == bytes else {
            throw MalformedBytes(offset: 0, expected: "the canonical encoding of this batch")
        }
        return batch
    }
}

/// The columns in their order. The raw value is the column's bit in the batch's mask.
enum BatchColumn: Int, CaseIterable {
    // One entry a change.
    case chain, time, author, contextCount, writeCount
    // One entry a reference of a context.
    case context
    // One entry a write.
    case form, period, row, item, head
    // As the heads announce.
    case qualifier, scale, number, other

    /// The number that all entries of most batches have. A column in which every entry is that is left out.
    var usual: UInt64? {
        switch self {
        case .chain, .author, .contextCount, .form, .period, .scale: 0
        case .writeCount: 1
        // In a batch of one fixed form, 0 is the form's number, 1 that of the empty row; items are counted up from 2.
        case .row: 1
        case .item: ZigZag.encoded(1)
        case .head: UInt64(WireHead.number)
        case .time, .context, .qualifier, .number, .other: nil
        }
    }

    /// What the first item is written as a difference from.
    static let firstPreviousItem = 1
}

/// Small numbers of either sign as small numbers.
enum ZigZag {
    static func encoded(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }
    static func decoded(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1) }
}

/// What both directions remember: the last number of each form, row and item, which the next one is likely near.
struct NumberMemory {
    /// A cell without its period, by the batch's own indices.
    struct Series: Hashable {
        var form: Int
        var row: Int
        var item: Int
    }

    private var last: [Series: ExactDecimal] = [:]

    /// The mantissa from which the next number of `series` is written as a difference: that of the number before when it
    /// had the same scale, else 0.
    func base(of series: Series, scale: Int) -> Int128 {
        guard let before = self.last[series], before.scale == scale else { return 0 }
        return before.mantissa
    }

    mutating func remember(_ number: ExactDecimal, in series: Series) {
        self.last[series] = number
    }
}

/// Distinct values, numbered in order of first appearance.
struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]
    private var latest: (value: Value, number: Int)?

    mutating func number(of value: Value) -> Int {
        // Runs are the rule: most writes have the form, period and row of the one before.
        if let latest, latest.value == value { return latest.number }
        let number = self.numbers[value] ?? self.values.count
        if number == self.values.count {
            self.numbers[value] = number
            self.values.append(value)
        }
        self.latest = (value, number)
        return number
    }
}
