import BigInt

/// An exact rational number of any size: what figures become while something is computed from them. Nothing is rounded
/// before the result is printed (``rounded(decimals:)``).
package struct Fraction: Sendable {
    /// Not in lowest terms: reducing after every step would cost more than it saves.
    package let numerator: BigInt
    /// Always above zero.
    package let denominator: BigInt

    /// From this size of the denominator on, results are brought to lowest terms, so that long sums stay short.
    private static let denominatorBitCountMax = 128

    package init(_ integer: Int) {
        self.init(BigInt(integer), over: 1)
    }

    package init(_ decimal: ExactDecimal) {
        let magnitude = BigUInt(decimal.mantissa.magnitude)
        self.init(
            BigInt(sign: decimal.isNegative ? .minus : .plus, magnitude: magnitude),
            over: BigInt(10).power(decimal.scale)
        )
    }

    /// Reads an ``ExactDecimal``, or two of them as in `10000/15`.
    ///
    /// - Returns: `nil` for any other text, and when the second is zero.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = ExactDecimal(parts[0]) else { return nil }
        guard parts.count == 2 else {
            self.init(first)
            return
        }
        guard let second = ExactDecimal(parts[1]), let quotient = Fraction(first) / Fraction(second) else { return nil }
        self = quotient
    }

    private init(_ numerator: BigInt, over denominator: BigInt) {
        guard denominator.magnitude.bitWidth > Self.denominatorBitCountMax else {
            self.numerator = numerator
            self.denominator = denominator
            return
        }
        let divisor = numerator.greatestCommonDivisor(with: denominator)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    package static let zero = Fraction(0)

    package var isZero: Bool { self.numerator.isZero }

    package var isNegative: Bool { self.numerator.sign == .minus && !self.isZero }

    /// The same number in lowest terms.
    package var reduced: Fraction {
        let divisor = self.numerator.greatestCommonDivisor(with: self.denominator)
        return Fraction(self.numerator / divisor, over: self.denominator / divisor)
    }
}

// MARK: - Arithmetic

extension Fraction {
    /// The exact sum.
    package static func + (left: Fraction, right: Fraction) -> Fraction {
        guard left.denominator != right.denominator else {
            return Fraction(left.numerator + right.numerator, over: left.denominator)
        }
        return Fraction(
            left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator
        )
    }

    /// The exact difference.
    package static func - (left: Fraction, right: Fraction) -> Fraction { left + -right }

    /// The exact product.
    package static func * (left: Fraction, right: Fraction) -> Fraction {
        Fraction(left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    /// - Returns: `nil` when `right` is zero.
    package static func / (left: Fraction, right: Fraction) -> Fraction? {
        guard !right.isZero else { return nil }
        let (numerator, denominator) = (left.numerator * right.denominator, left.denominator * right.numerator)
        return right.isNegative ? Fraction(-numerator, over: -denominator) : Fraction(numerator, over: denominator)
    }

    package static prefix func - (fraction: Fraction) -> Fraction {
        Fraction(-fraction.numerator, over: fraction.denominator)
    }

    /// The distance from zero.
    package var magnitude: Fraction { self.isNegative ? -self : self }
}

extension Fraction: Comparable, Hashable {
    package static func == (left: Fraction, right: Fraction) -> Bool {
        left.numerator * right.denominator == right.numerator * left.denominator
    }

    package static func < (left: Fraction, right: Fraction) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    package func hash(into hasher: inout Hasher) {
        let reduced = self.reduced
        hasher.combine(reduced.numerator)
        hasher.combine(reduced.denominator)
    }
}

// MARK: - Decimals

extension Fraction {
    /// The same number as a decimal without trailing zeros; `nil` when its decimals never end, or when it has more
    /// digits than ``ExactDecimal`` keeps.
    package var exactDecimal: ExactDecimal? {
        let (scaled, remainder) = self.scaled(ExactDecimal.scaleMax)
        guard remainder.isZero, let mantissa = self.mantissa(scaled) else { return nil }
        return ExactDecimal(trimming: mantissa, scale: ExactDecimal.scaleMax)
    }

    /// The decimal next to this number with `decimals` digits after the point; halves go away from zero.
    ///
    /// - Returns: `nil` when that has more digits than ``ExactDecimal`` keeps.
    package func rounded(decimals: Int) -> ExactDecimal? {
        guard (0...ExactDecimal.scaleMax).contains(decimals) else { return nil }
        let (scaled, remainder) = self.scaled(decimals)
        let isUp = remainder * 2 >= self.denominator.magnitude
        return self.mantissa(isUp ? scaled + 1 : scaled).flatMap { ExactDecimal(mantissa: $0, scale: decimals) }
    }

    /// The largest whole number that is not above this one.
    package var floor: Fraction {
        let (quotient, remainder) = self.numerator.quotientAndRemainder(dividingBy: self.denominator)
        return Fraction(remainder.sign == .minus && !remainder.isZero ? quotient - 1 : quotient, over: 1)
    }

    /// The distance from zero times a power of ten, cut off to a whole number, and what was cut off.
    private func scaled(_ exponent: Int) -> (quotient: BigUInt, remainder: BigUInt) {
        (self.numerator.magnitude * BigUInt(10).power(exponent))
            .quotientAndRemainder(dividingBy: self.denominator.magnitude)
    }

    /// `magnitude` with this number's sign. (`Int128(_: BigInt)` gets negative numbers wrong.)
    private func mantissa(_ magnitude: BigUInt) -> Int128? {
        guard magnitude.bitWidth < Int128.bitWidth else { return nil }
        let mantissa = magnitude.words.reversed().reduce(Int128(0)) { $0 << UInt.bitWidth | Int128($1) }
        return self.isNegative ? -mantissa : mantissa
    }
}

extension Fraction: CustomStringConvertible {
    /// `3/4`, in lowest terms; a whole number alone.
    package var description: String {
        let reduced = self.reduced
        return reduced.denominator == 1 ? "\(reduced.numerator)" : "\(reduced.numerator)/\(reduced.denominator)"
    }
}
