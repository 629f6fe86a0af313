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
