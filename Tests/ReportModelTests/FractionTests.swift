import BigInt
import ReportModel
import TestSupport
import Testing

@Suite struct FractionTests {
    /// A fraction in `Int128`, so small that nothing overflows.
    private struct Small {
        let numerator: Int128
        let denominator: Int128

        init(_ random: inout SplitMix64) {
            self.numerator = Int128(Int.random(in: -999_999...999_999, using: &random))
            self.denominator = Int128(Int.random(in: 1...999_999, using: &random))
        }

        var fraction: Fraction { (Fraction(Int(self.numerator)) / Fraction(Int(self.denominator)))! }
    }

    private static func isEqual(_ fraction: Fraction, _ numerator: Int128, _ denominator: Int128) -> Bool {
        fraction.numerator * BigInt(denominator) == BigInt(numerator) * fraction.denominator
    }

    @Test func arithmeticAgreesWithIntegers() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let (a, b) = (Small(&random), Small(&random))
            let (left, right) = (a.fraction, b.fraction)
            let (an, ad, bn, bd) = (a.numerator, a.denominator, b.numerator, b.denominator)
            #expect(Self.isEqual(left + right, an * bd + bn * ad, ad * bd), "replay with seed \(seed)")
            #expect(Self.isEqual(left - right, an * bd - bn * ad, ad * bd), "replay with seed \(seed)")
            #expect(Self.isEqual(left * right, an * bn, ad * bd), "replay with seed \(seed)")
            #expect(Self.isEqual(-left, -an, ad), "replay with seed \(seed)")
            if let quotient = left / right {
                #expect(bn != 0 && Self.isEqual(quotient, an * bd, ad * bn), "replay with seed \(seed)")
                #expect(quotient.denominator > 0 && quotient * right == left, "replay with seed \(seed)")
            } else {
                #expect(right.isZero)
            }
            #expect((left < right) == (an * bd < bn * ad), "replay with seed \(seed)")
            #expect((left == right) == (an * bd == bn * ad), "replay with seed \(seed)")
            #expect((left + right - right).hashValue == left.hashValue, "replay with seed \(seed)")
        }
    }

    /// Numbers on both sides of 128 bits, where another way of keeping them begins.
    @Test func whereNumbersOutgrowTheirBitsNothingChanges() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        func number() -> Fraction {
            (0..<Int.random(in: 1...4, using: &random)).reduce(Fraction(1)) { product, _ in
                let part = Int.random(in: 1...Int.max, using: &random) >> Int.random(in: 0...62, using: &random)
                let factor = Fraction(Bool.random(using: &random) ? -part - 1 : part + 1)
                return Bool.random(using: &random) ? product * factor : (product / factor)!
            }
        }
        for _ in 0..<5_000 {
            let (a, b) = (number(), number())
            let (an, ad, bn, bd) = (a.numerator, a.denominator, b.numerator, b.denominator)
            func isEqual(_ fraction: Fraction, _ numerator: BigInt, _ denominator: BigInt) -> Bool {
                fraction.denominator > 0 && fraction.numerator * denominator == numerator * fraction.denominator
            }
            #expect(isEqual(a + b, an * bd + bn * ad, ad * bd), "replay with seed \(seed)")
            #expect(isEqual(a - b, an * bd - bn * ad, ad * bd), "replay with seed \(seed)")
            #expect(isEqual(a * b, an * bn, ad * bd), "replay with seed \(seed)")
            #expect(isEqual((a / b)!, an * bd, ad * bn), "replay with seed \(seed)")
            #expect((a < b) == (an * bd < bn * ad) && (a == b) == (an * bd == bn * ad), "replay with seed \(seed)")
            for same in [a + b - b, a * b / b, -(-a)] {
                #expect(same == a && same?.hashValue == a.hashValue, "replay with seed \(seed)")
            }
            #expect(a.isNegative == (an < 0) && a.magnitude.numerator == abs(an), "replay with seed \(seed)")
            #expect(a.floor <= a && a < a.floor + Fraction(1), "replay with seed \(seed)")
        }
    }

    @Test func everyDecimalIsReadBack() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let digitCount = Int.random(in: 1...ExactDecimal.digitCountMax, using: &random)
            let digits = (0..<digitCount).reduce(Int128(0)) { number, _ in
                number * 10 + Int128.random(in: 0...9, using: &random)
            }
            let mantissa = Bool.random(using: &random) ? digits : -digits
            let scale = Int.random(in: 0...ExactDecimal.scaleMax, using: &random)
            let decimal = try #require(ExactDecimal(mantissa: mantissa, scale: scale))
            let fraction = Fraction(decimal)
            #expect(fraction.exactDecimal == decimal, "replay with seed \(seed)")
            #expect(fraction.rounded(decimals: scale) == decimal, "replay with seed \(seed)")
            #expect(fraction.isNegative == decimal.isNegative && fraction.isZero == (mantissa == 0))
        }
    }

    @Test func roundingGoesToTheNextDecimalAndHalvesAwayFromZero() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let fraction = Small(&random).fraction
            let decimals = Int.random(in: 0...6, using: &random)
            let rounded = try #require(fraction.rounded(decimals: decimals))
            #expect(rounded.scale == decimals)
            let unit = Fraction("1/1" + String(repeating: "0", count: decimals))!
            let error = (Fraction(rounded) - fraction).magnitude
            #expect(error + error <= unit, "replay with seed \(seed)")
            if error + error == unit { #expect(Fraction(rounded).magnitude > fraction.magnitude) }
        }
    }

    @Test(arguments: [
        ("1/8", 2, "0.13"), ("-1/8", 2, "-0.13"), ("5/2", 0, "3"), ("-5/2", 0, "-3"), ("1/3", 4, "0.3333"),
        ("2/3", 0, "1"), ("10000/15", 2, "666.67"), ("0", 3, "0.000"), ("-0.04", 1, "0.0"),
    ])
    func roundedAsByHand(text: String, decimals: Int, expected: String) throws {
        #expect(try #require(Fraction(text)).rounded(decimals: decimals)?.description == expected)
    }

    @Test(arguments: [
        ("1/8", "0.125"), ("3/1.5", "2"), ("-7/20", "-0.35"), ("1/3", nil), ("1/8192", nil),
        ("1/4096", "0.000244140625"),
        ("999999999999999999999999", "999999999999999999999999"), ("999999999999999999999999/0.1", nil),
    ])
    func onlyFiniteDecimalsWithinTheLimitsAreExact(text: String, expected: String?) throws {
        #expect(try #require(Fraction(text)).exactDecimal?.description == expected)
    }

    @Test(arguments: ["", "/", "1/", "/2", "1/0", "1/2/3", "a", "1e5", "+1", "1 / 2"])
    func anyOtherTextIsNoFraction(text: String) {
        #expect(Fraction(text) == nil)
    }

    @Test func whatIsTooLongIsNotPrintedAndLongSumsStayShort() {
        var product = Fraction(10)
        for _ in 0..<40 { product = product * Fraction(10) }
        #expect(product.exactDecimal == nil && product.rounded(decimals: 0) == nil)
        #expect(Fraction(1).rounded(decimals: -1) == nil && Fraction(1).rounded(decimals: 13) == nil)
        #expect(Fraction(1) / .zero == nil)
        let third = Fraction("1/3")!
        let sum = (0..<3_000).reduce(Fraction.zero) { sum, index in sum + third * Fraction("1/\(index % 7 + 1)")! }
        #expect(sum.denominator.bitWidth < 200)
    }
}
