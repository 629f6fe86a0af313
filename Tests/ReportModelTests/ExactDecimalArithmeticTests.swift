import ReportModel
import TestSupport
import Testing

@Suite("Exact decimals: sums and percentages")
struct ExactDecimalArithmeticTests {
    static let sums: [(String, String, String)] = [
        ("0", "0", "0"), ("1", "-1", "0"), ("0.1", "0.2", "0.3"), ("1", "0.05", "1.05"), ("1.50", "1.5", "3.00"),
        ("21.8", "-21.80", "0.00"),
        ("999999999999999999999999", "0.000000000001", "999999999999999999999999.000000000001"),
        ("-999999999999999999999999", "-1", "-1000000000000000000000000"),
    ]

    @Test("A sum is exact, at the larger scale, in either order", arguments: sums)
    func sum(_ left: String, _ right: String, _ expected: String) throws {
        let (a, b) = (try #require(ExactDecimal(left)), try #require(ExactDecimal(right)))
        #expect(try a.adding(b).description == expected)
        #expect(try b.adding(a).description == expected)
        #expect(try a.adding(b).subtracting(b) == a)
    }

    @Test("The planned area of the zone adds up: 21.8 + 8 + 4 + 4 + 3 = 40.8")
    func plannedArea() throws {
        let sum = try ["21.8", "8", "4", "4", "3"].map { ExactDecimal($0)! }.reduce(ExactDecimal.zero) {
            try $0.adding($1)
        }
        #expect(sum.description == "40.8")
    }

    /// Part, whole, digits after the point, percentage. The first three are the report's own.
    static let percentages: [(String, String, Int, String)] = [
        ("21", "47.6", 1, "44.1"), ("14", "60", 1, "23.3"), ("30.4", "66.2", 1, "45.9"),
        ("0", "7", 1, "0.0"), ("7", "7", 0, "100"), ("7", "7.000", 2, "100.00"), ("3", "2", 1, "150.0"),
        ("1", "8", 0, "13"), ("1", "8", 1, "12.5"), ("1", "200", 0, "1"), ("0.4999", "100", 0, "0"),
        ("0.5", "100", 0, "1"), ("1", "3", 12, "33.333333333333"), ("2", "3", 12, "66.666666666667"),
        ("-1", "8", 0, "-13"), ("1", "-8", 0, "-13"), ("-1", "-8", 0, "13"), ("-0.5", "100", 0, "-1"),
        ("-0.4999", "100", 0, "0"), ("0", "-7", 1, "0.0"),
        ("999999999999999999999999", "999999999999999999999999", 1, "100.0"),
        ("0.000000000001", "999999999999999999999999", 1, "0.0"),
    ]

    @Test("A percentage is rounded half-up, away from zero", arguments: percentages)
    func percentage(_ part: String, _ whole: String, _ decimals: Int, _ expected: String) throws {
        let (part, whole) = (try #require(ExactDecimal(part)), try #require(ExactDecimal(whole)))
        #expect(try part.percent(of: whole, decimals: decimals)?.description == expected)
    }

    @Test("Without a plan there is no percentage", arguments: ["0", "0.00", "-0"])
    func noWhole(_ whole: String) throws {
        #expect(try ExactDecimal(5).percent(of: #require(ExactDecimal(whole)), decimals: 1) == nil)
    }

    /// A number longer than anybody may type, as sums can be: of these digits, the last `scale` after the point.
    private func long(_ digits: String, scale: Int = 0) throws -> ExactDecimal {
        try digits.reduce(ExactDecimal(mantissa: 0, scale: scale)!) { number, digit in
            let ten = try (0..<9).reduce(number) { sum, _ in try sum.adding(number) }
            return try ten.adding(ExactDecimal(mantissa: Int128(digit.wholeNumberValue!), scale: scale)!)
        }
    }

    @Test("A result beyond 128 bits is an error, not a crash and not a wrong number")
    func overflow() throws {
        let largest = try self.long("\(Int128.max)")
        let smallest = try ExactDecimal(-1).subtracting(largest)
        let tenth = try #require(ExactDecimal("0.1"))
        #expect(largest.mantissa == .max && smallest.mantissa == .min)
        #expect(throws: DecimalOverflow()) { try largest.adding(ExactDecimal(1)) }
        #expect(throws: DecimalOverflow()) { try largest.adding(tenth) }
        #expect(throws: DecimalOverflow()) { try tenth.adding(smallest) }
        #expect(throws: DecimalOverflow()) { try ExactDecimal.zero.subtracting(smallest) }
        #expect(throws: DecimalOverflow()) { try largest.percent(of: tenth, decimals: 1) }
        #expect(throws: DecimalOverflow()) { try smallest.percent(of: ExactDecimal(1), decimals: 12) }
        #expect(try smallest.percent(of: smallest, decimals: 1)?.description == "100.0")
    }

    @Test("A percentage that only rounding lifts beyond 128 bits is an error too")
    func overflowByRounding() throws {
        // (43 × (2^128 − 1) + 35) / 100: a hundred of it divided by 43 is 2^128 − 1, and 35 over.
        let part = try self.long("146321417776003539289251081195660330926")
        #expect(throws: DecimalOverflow()) { try part.percent(of: ExactDecimal(43), decimals: 0) }
    }

    @Test("Results too long for the other's scale still compare by value")
    func orderOfLongResults() throws {
        // The same integer part: a comparison of integer parts alone would call neither the smaller.
        let more = try self.long("1701411834604692317316873038", scale: 1)
        let less = try self.long("\(Int128.max)", scale: 12)
        #expect(less < more && !(more < less) && less != more)
        let (minusMore, minusLess) = (try ExactDecimal.zero.subtracting(more), try ExactDecimal.zero.subtracting(less))
        #expect(minusMore < minusLess && !(minusLess < minusMore))
        #expect(minusMore < more && minusMore < less && minusLess < more)
    }

    @Test("Sums do not depend on their order, and a difference undoes them", arguments: UInt64(0)..<200)
    func sumsInAnyOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let numbers = (0..<10).map { _ in ExactDecimal.random(using: &random) }
        let sum = try numbers.reduce(ExactDecimal.zero) { try $0.adding($1) }
        let again = try numbers.shuffled(using: &random).reduce(ExactDecimal.zero) { try $0.adding($1) }
        #expect(sum == again && sum.scale == again.scale, "replay with seed \(seed)")
        #expect(try numbers.reduce(sum) { try $0.subtracting($1) } == .zero, "replay with seed \(seed)")
    }
}
