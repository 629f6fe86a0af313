import ReportModel

// Random parts of the model, valid by construction. The small ranges are on purpose: equal parts are the interesting
// ones.

extension ExactDecimal {
    /// Of any length a person may type, of either sign.
    package static func random(using random: inout some RandomNumberGenerator) -> ExactDecimal {
        let bitCount = Int128(Int.random(in: 0...79, using: &random))
        let magnitude = Int128.random(in: 0...(1 << bitCount), using: &random) % 1_000_000_000_000_000_000_000_000
        return ExactDecimal(
            mantissa: Bool.random(using: &random) ? magnitude : -magnitude,
            scale: Int.random(in: 0...ExactDecimal.scaleMax, using: &random)
        )!
    }
}

extension Quantity {
    /// Plain, with a qualifier, or a range.
    package static func random(using random: inout some RandomNumberGenerator) -> Quantity {
        let number = ExactDecimal.random(using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            return Quantity(number, qualifier: random.pick(Qualifier.allCases))
        case 1:
            let other = ExactDecimal.random(using: &random)
            return Quantity(min(number, other), upper: max(number, other))
        default:
            return Quantity(number)
        }
    }
}

extension CellValue {
    /// Of any state.
    package static func random(using random: inout some RandomNumberGenerator) -> CellValue {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: .missing
        case 1: .notApplicable
        case 2: .withheld
        case 3: .boolean(Bool.random(using: &random))
        case 4: .date(.random(using: &random))
        case 5: .text(random.pick(["", "note", "起重 蒲西", "\u{0}\u{FEFF}", "e\u{301}\u{E9}", "近200\n🏗️"]))
        case 6: .choice(random.pick(["submitted", "returned", ""]))
        default: .number(.random(using: &random))
        }
    }

    /// One of a handful, so that two people often write the same: two of them are equal, 1.0 and 1.00.
    package static func ofFew(using random: inout some RandomNumberGenerator) -> CellValue {
        random.pick([
            .number(Quantity(ExactDecimal("1.0")!)), .number(Quantity(ExactDecimal("1.00")!)),
            .number(Quantity(ExactDecimal("2")!)), .number(Quantity(ExactDecimal("2")!, qualifier: .near)),
            .missing, .text("2"),
        ])
    }
}

extension CalendarDate {
    package static func random(using random: inout some RandomNumberGenerator) -> CalendarDate {
        CalendarDate(
            year: Int.random(in: 1...9999, using: &random),
            month: Int.random(in: 1...12, using: &random),
            day: Int.random(in: 1...28, using: &random)
        )!
    }
}

extension Period {
    /// Any period of one of a few years, or none.
    package static func random(using random: inout some RandomNumberGenerator) -> Period {
        let year = random.pick(["0001", "2023", "2024", "9999"])
        let month = random.pick(["01", "07", "12"])
        return Period(
            random.pick([
                "-", year, year + "-H1", year + "-H2", year + "-Q1", year + "-Q4", "\(year)-\(month)",
                "\(year)-\(month)A", "\(year)-\(month)B", "\(year)-\(month)-1", "\(year)-\(month)-3",
            ])
        )!
    }
}

extension AddressInScope {
    package static func random(using random: inout some RandomNumberGenerator) -> AddressInScope {
        AddressInScope(
            form: random.pick(["infrastructure", "land", "projects", "_devices"]),
            period: .random(using: &random),
            row: random.pick([.empty, .empty, "P0012", "0f3a"]),
            item: random.pick(["roads", "roads_plan", "quota", "A", "Z-9"])
        )
    }
}

extension Timestamp {
    /// From 1970 to the end of 2099.
    package static func random(using random: inout some RandomNumberGenerator) -> Timestamp {
        Timestamp(secondsSince1970: Int64.random(in: 0...4_102_444_799, using: &random))
    }
}

extension Reference {
    /// One of a few replicas and a short chain.
    package static func random(using random: inout some RandomNumberGenerator) -> Reference {
        Reference(
            replica: ReplicaID(rawValue: UInt64.random(in: 0...3, using: &random) << 61),
            sequence: random.pick([1, 2, 127, 128, UInt64.max]),
            tag: UInt32.random(in: 0...UInt32.max, using: &random)
        )
    }
}

extension Change {
    /// A change with any kind of values and up to `writeCountMax` writes, and a context of no real chain.
    package static func random(
        writeCountMax: Int = 8,
        using random: inout some RandomNumberGenerator
    ) -> Change {
        var values: [AddressInScope: CellValue] = [:]
        var writes: [Write] = []
        for _ in 0..<Int.random(in: 1...writeCountMax, using: &random) {
            let address = AddressInScope.random(using: &random)
            guard values.updateValue(.missing, forKey: address) == nil else { continue }
            writes.append(Write(address, .random(using: &random)))
        }
        let references = (0..<Int.random(in: 0...3, using: &random)).map { _ in Reference.random(using: &random) }
        return Change(
            time: random.oneIn(8)
                ? Timestamp(secondsSince1970: random.pick([.min, .max, -1])) : .random(using: &random),
            author: random.pick(["", "张三", "li"]),
            contextDifference: Frontier(references).heads,
            writes: writes
        )
    }
}
