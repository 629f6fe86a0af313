import ReportModel
import TestSupport
import Testing

@Suite("Exact decimals: text, limits and order")
struct ExactDecimalTests {
    /// Text, mantissa, scale; printed as typed.
    static let texts: [(String, Int128, Int)] = [
        ("0", 0, 0), ("1", 1, 0), ("-1", -1, 0), ("1.0", 10, 1), ("1.00", 100, 2), ("0.5", 5, 1), ("-0.05", -5, 2),
        ("66.2", 662, 1), ("0.000000000001", 1, 12), ("0.000000000000", 0, 12),
        ("999999999999999999999999", 999_999_999_999_999_999_999_999, 0),
        ("-999999999999.999999999999", -999_999_999_999_999_999_999_999, 12),
    ]

    @Test("A number is read and printed with the digits that were typed", arguments: texts)
    func text(_ text: String, _ mantissa: Int128, _ scale: Int) throws {
        let decimal = try #require(ExactDecimal(text))
        #expect(decimal.mantissa == mantissa)
        #expect(decimal.scale == scale)
        #expect(decimal.description == text)
    }

    @Test(
        "Leading zeros and a negative zero are read, and printed in the usual form",
        arguments: [("007", "7"), ("-0", "0"), ("-0.00", "0.00"), ("00.50", "0.50"), ("-007.10", "-7.10")]
    )
    func unusual(_ text: String, _ printed: String) {
        #expect(ExactDecimal(text)?.description == printed)
    }

    @Test(
        "What is no plain decimal, or is beyond the limits, is refused",
        arguments: [
            "", "-", ".", "-.", ".5", "-.5", "5.", "-5.", "1..2", "1.2.3", "+1", "--1", "1-", "1e3", "1E3", "0x10",
            " 1", "1 ", "1,000", "1_000", "１", "٣", "½", "1.\u{301}", "NaN", "inf", "1.0000000000000",
            "1000000000000000000000000", "-1000000000000000000000000",
            "1000000000000.000000000000", String(repeating: "0", count: 37),
        ]
    )
    func refused(_ text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test("Mantissa and scale are refused just beyond their limits")
    func limits() {
        let most = Int128(999_999_999_999_999_999_999_999)
        #expect(ExactDecimal(mantissa: most, scale: 12) != nil)
        #expect(ExactDecimal(mantissa: -most, scale: 0) != nil)
        for (mantissa, scale) in [(most + 1, 0), (-most - 1, 0), (.min, 0), (.max, 12), (1, 13), (1, -1)] {
            #expect(ExactDecimal(mantissa: mantissa, scale: scale) == nil, "\(mantissa) at scale \(scale)")
        }
    }

    /// In ascending order; numbers on one line are equal.
    static let ascending: [[String]] = [
        ["-999999999999999999999999"], ["-100", "-100.000000000000"], ["-1.10", "-1.1"], ["-1.01"], ["-0.000000000001"],
        ["0", "-0", "0.00", "0.000000000000"], ["0.000000000001"], ["0.1", "0.10"], ["1", "1.0", "1.00"], ["1.01"],
        ["9.99"], ["10"], ["999999999999.999999999999"], ["999999999999999999999999"],
    ]

    @Test("Numbers compare by value, whatever their scale")
    func order() throws {
        let rows = try Self.ascending.map { try $0.map { try #require(ExactDecimal($0)) } }
        for (i, left) in rows.enumerated() {
            for (j, right) in rows.enumerated() {
                for a in left {
                    for b in right {
                        #expect((a == b) == (i == j), "\(a) and \(b)")
                        #expect((a < b) == (i < j), "\(a) and \(b)")
                        #expect(i != j || a.hashValue == b.hashValue, "\(a) and \(b)")
                    }
                }
            }
        }
    }

    @Test("Any number is read back from its text with its scale", arguments: UInt64(0)..<200)
    func roundTrip(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let decimal = ExactDecimal.random(using: &random)
            let read = ExactDecimal(decimal.description)
            #expect(read?.mantissa == decimal.mantissa && read?.scale == decimal.scale, "replay with seed \(seed)")
            #expect(decimal.normalized == decimal, "replay with seed \(seed)")
        }
    }
}
