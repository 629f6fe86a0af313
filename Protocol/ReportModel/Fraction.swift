import BigInt

/// An exact rational number of any size: what figures become while something is computed from them. Nothing is rounded
/// before the result is printed (``rounded(decimals:)``).
package struct Fraction: Sendable {
    private let storage: Storage

    private enum Storage: Sendable {
        /// Nearly every figure: a step costs nanoseconds and allocates nothing. Not in lowest terms, for reducing after
        /// every step would cost more than it saves. The numerator is never `Int128.min`, which has no opposite.
        case small(Int128, over: Int128)
        /// In lowest terms, and even so too long for the above: no number can be kept in both ways.
        case large(BigInt, over: BigInt)
    }

    private init(storage: Storage) {
        self.storage = storage
    }

    /// Brings to lowest terms what outgrew 128 bits; mostly it has room there again.
    private init(reducing numerator: BigInt, over denominator: BigInt) {
        let divisor = numerator.greatestCommonDivisor(with: denominator)
        let (numerator, denominator) = (numerator / divisor, denominator / divisor)
        if let small = Self.int128(numerator.magnitude), let below = Self.int128(denominator.magnitude) {
            self.storage = .small(numerator.sign == .minus ? -small : small, over: below)
        } else {
            self.storage = .large(numerator, over: denominator)
        }
    }

    /// A step in 128 bits.
    ///
    /// - Returns: `nil` when one of both outgrew them.
    private init?(
        _ numerator: (partialValue: Int128, overflow: Bool),
        over denominator: (partialValue: Int128, overflow: Bool)
    ) {
        guard !numerator.overflow, !denominator.overflow, numerator.partialValue != .min else { return nil }
        self.storage = .small(numerator.partialValue, over: denominator.partialValue)
    }

    package var numerator: BigInt {
        switch self.storage {
        case .small(let numerator, _):
            BigInt(sign: numerator < 0 ? .minus : .plus, magnitude: BigUInt(numerator.magnitude))
        case .large(let numerator, _): numerator
        }
    }

    /// Always above zero.
    package var denominator: BigInt {
        switch self.storage {
        case .small(_, let denominator): BigInt(sign: .plus, magnitude: BigUInt(denominator.magnitude))
        case .large(_, let denominator): denominator
        }
    }

    package init(_ integer: Int) {
        self.storage = .small(Int128(integer), over: 1)
    }

    package init(_ decimal: ExactDecimal) {
        // `Int128.min` has more digits than any decimal that is typed, but not than every result of arithmetic.
        guard decimal.mantissa != .min else {
            let mantissa = BigInt(sign: .minus, magnitude: BigUInt(decimal.mantissa.magnitude))
            self.init(reducing: mantissa, over: BigInt(10).power(decimal.scale))
            return
        }
        self.init(storage: .small(decimal.mantissa, over: ExactDecimal.power(decimal.scale)))
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

    package static let zero = Fraction(0)

    package var isZero: Bool {
        // What is zero is small.
        if case .small(0, _) = self.storage { true } else { false }
    }

    package var isNegative: Bool {
        switch self.storage {
        case .small(let numerator, _): numerator < 0
        case .large(let numerator, _): numerator.sign == .minus
        }
    }

    /// The same number in lowest terms.
    package var reduced: Fraction {
        guard case .small(let numerator, let denominator) = self.storage else { return self }
        var (divisor, rest) = (denominator.magnitude, numerator.magnitude)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        // It divides the denominator, so it is no longer than that.
        return Fraction(storage: .small(numerator / Int128(divisor), over: denominator / Int128(divisor)))
    }
}

// MARK: - Arithmetic

extension Fraction {
    /// The exact sum.
    package static func + (left: Fraction, right: Fraction) -> Fraction {
        if case .small(let a, let b) = left.storage, case .small(let c, let d) = right.storage {
            if b == d, let sum = Fraction(a.addingReportingOverflow(c), over: (b, false)) { return sum }
            let (first, second) = (a.multipliedReportingOverflow(by: d), c.multipliedReportingOverflow(by: b))
            if !first.overflow, !second.overflow,
                let sum = Fraction(
                    first.partialValue.addingReportingOverflow(second.partialValue),
                    over: b.multipliedReportingOverflow(by: d)
                )
            {
                return sum
            }
        }
        return Fraction(
            reducing: left.numerator * right.denominator + right.numerator * left.denominator,
            over: left.denominator * right.denominator
        )
    }

    /// The exact difference.
    package static func - (left: Fraction, right: Fraction) -> Fraction { left + -right }

    /// The exact product.
    package static func * (left: Fraction, right: Fraction) -> Fraction {
        if case .small(let a, let b) = left.storage, case .small(let c, let d) = right.storage,
            let product = Fraction(a.multipliedReportingOverflow(by: c), over: b.multipliedReportingOverflow(by: d))
        {
            return product
        }
        return Fraction(reducing: left.numerator * right.numerator, over: left.denominator * right.denominator)
    }

    /// - Returns: `nil` when `right` is zero.
    package static func / (left: Fraction, right: Fraction) -> Fraction? {
        switch right.storage {
        case .small(0, _): nil
        case .small(let numerator, let denominator):
            left * Fraction(storage: .small(numerator < 0 ? -denominator : denominator, over: abs(numerator)))
        case .large(let numerator, let denominator):
            left
                * Fraction(
                    storage: .large(numerator.sign == .minus ? -denominator : denominator, over: abs(numerator))
                )
        }
    }

    package static prefix func - (fraction: Fraction) -> Fraction {
        switch fraction.storage {
        case .small(let numerator, let denominator): Fraction(storage: .small(-numerator, over: denominator))
        case .large(let numerator, let denominator): Fraction(storage: .large(-numerator, over: denominator))
        }
    }

    /// The distance from zero.
    package var magnitude: Fraction { self.isNegative ? -self : self }
}

extension Fraction: Comparable, Hashable {
    package static func == (left: Fraction, right: Fraction) -> Bool {
        left.compared(to: right) {
            $0 == $1
        } inBig: {
            $0 == $1
        }
    }

    package static func < (left: Fraction, right: Fraction) -> Bool {
        left.compared(to: right) {
            $0 < $1
        } inBig: {
            $0 < $1
        }
    }

    /// Compares both numerators over a common denominator.
    private func compared(
        to other: Fraction,
        _ compare: (Int128, Int128) -> Bool,
        inBig compareBig: (BigInt, BigInt) -> Bool
    ) -> Bool {
        if case .small(let a, let b) = self.storage, case .small(let c, let d) = other.storage {
            if b == d { return compare(a, c) }
            let (left, right) = (a.multipliedReportingOverflow(by: d), c.multipliedReportingOverflow(by: b))
            if !left.overflow, !right.overflow { return compare(left.partialValue, right.partialValue) }
        }
        return compareBig(self.numerator * other.denominator, other.numerator * self.denominator)
    }

    package func hash(into hasher: inout Hasher) {
        switch self.reduced.storage {
        case .small(let numerator, let denominator):
            hasher.combine(numerator)
            hasher.combine(denominator)
        case .large(let numerator, let denominator):
            hasher.combine(numerator)
            hasher.combine(denominator)
        }
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
        return Fraction(reducing: remainder.sign == .minus && !remainder.isZero ? quotient - 1 : quotient, over: 1)
    }

    /// The distance from zero times a power of ten, cut off to a whole number, and what was cut off.
    private func scaled(_ exponent: Int) -> (quotient: BigUInt, remainder: BigUInt) {
        (self.numerator.magnitude * BigUInt(10).power(exponent))
            .quotientAndRemainder(dividingBy: self.denominator.magnitude)
    }

    /// `magnitude` with this number's sign.
    private func mantissa(_ magnitude: BigUInt) -> Int128? {
        Self.int128(magnitude).map { self.isNegative ? -$0 : $0 }
    }

    /// (`Int128(_: BigInt)` gets negative numbers wrong.)
    private static func int128(_ magnitude: BigUInt) -> Int128? {
        guard magnitude.bitWidth < Int128.bitWidth else { return nil }
        return magnitude.words.reversed().reduce(Int128(0)) { $0 << UInt.bitWidth | Int128($1) }
    }
}

extension Fraction: CustomStringConvertible {
    /// `3/4`, in lowest terms; a whole number alone.
    package var description: String {
        let reduced = self.reduced
        return reduced.denominator == 1 ? "\(reduced.numerator)" : "\(reduced.numerator)/\(reduced.denominator)"
    }
}
