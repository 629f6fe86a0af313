import ReportModel

/// A number while a formula is worked out: exact, and how far the truth may lie from it.
///
/// Why intervals, and not a tolerance: what was printed as 31 % is anything from 30.5 to 31.5, and 近200 is a little below
/// 200. Two printed figures contradict each other when no truth fits both (Protocol/Decisions/0008-what-contradicts.md).
package struct Figure: Hashable, Sendable {
    /// The number as it stands, worked out exactly.
    package let value: Fraction
    /// `nil` when it is exact.
    let spread: Spread?

    /// The bounds within which the truth lies; `nil` = no bound.
    struct Spread: Hashable, Sendable {
        var low: Fraction?
        var high: Fraction?
    }

    init(_ value: Fraction, spread: Spread? = nil) {
        self.value = value
        self.spread = spread
    }

    var low: Fraction? { self.spread.map { $0.low } ?? self.value }
    var high: Fraction? { self.spread.map { $0.high } ?? self.value }
    var isExact: Bool { self.spread == nil }

    /// How far below or about a number 近 and 约 reach: a tenth. Who writes 近200 means more than 180.
    private static let nearness = Fraction(ExactDecimal(mantissa: 1, scale: 1)!)

    /// How a figure that was printed is read.
    enum Reading: Hashable {
        /// As it stands; only its qualifier or range makes it inexact.
        case stated
        /// The last digit was rounded, unless it counts whole things.
        case printed
    }

    /// A reported quantity, times `factor`.
    init(_ quantity: Quantity, factor: Fraction, isCounted: Bool, reading: Reading) {
        let number = Fraction(quantity.number)
        var spread: Spread?
        if let upper = quantity.upper {
            spread = Spread(low: number, high: Fraction(upper))
        } else if let qualifier = quantity.qualifier {
            let reach = number.magnitude * Self.nearness
            spread =
                switch qualifier.direction {
                case .below: Spread(low: number - reach, high: number)
                case .above, .atLeast: Spread(low: number, high: nil)
                case .around: Spread(low: number - reach, high: number + reach)
                }
        }
        if reading == .printed, !isCounted {
            let half = Self.halfDigit(of: quantity.number)
            spread = Spread(
                low: (spread.map { $0.low } ?? number).map { $0 - half },
                high: (spread.map { $0.high } ?? number).map { $0 + half }
            )
        }
        self.value = number * factor
        self.spread = spread.map { Spread(low: $0.low.map { $0 * factor }, high: $0.high.map { $0 * factor }) }
    }

    /// Half of the last digit that was printed.
    static func halfDigit(of number: ExactDecimal) -> Fraction {
        Fraction(ExactDecimal(mantissa: 1, scale: number.scale)!) * Fraction(ExactDecimal(mantissa: 5, scale: 1)!)
    }

    /// The same number, taken as exact.
    var stated: Figure { Figure(self.value) }
}

// MARK: - Arithmetic

extension Figure {
    static prefix func - (a: Figure) -> Figure {
        Figure(-a.value, spread: a.spread.map { Spread(low: $0.high.map { -$0 }, high: $0.low.map { -$0 }) })
    }

    static func + (a: Figure, b: Figure) -> Figure {
        guard a.spread != nil || b.spread != nil else { return Figure(a.value + b.value) }
        return Figure(
            a.value + b.value,
            spread: Spread(low: Self.both(a.low, b.low, +), high: Self.both(a.high, b.high, +))
        )
    }

    static func - (a: Figure, b: Figure) -> Figure { a + (-b) }

    static func * (a: Figure, b: Figure) -> Figure {
        guard a.spread != nil || b.spread != nil else { return Figure(a.value * b.value) }
        return Figure(a.value * b.value, spread: Self.product(a, b))
    }

    /// - Returns: `nil` when `b` is zero: there is no such number.
    static func / (a: Figure, b: Figure) -> Figure? {
        guard let value = a.value / b.value else { return nil }
        guard a.spread != nil || b.spread != nil else { return Figure(value) }
        guard let inverse = b.inverse else { return Figure(value, spread: Spread()) }
        return Figure(value, spread: Self.product(a, inverse))
    }

    var magnitude: Figure {
        guard let spread else { return Figure(self.value.magnitude) }
        if let low = spread.low, !low.isNegative { return self }
        if let high = spread.high, high.isNegative || high.isZero { return -self }
        let high = Self.both(spread.low, spread.high) { Swift.max(-$0, $1) }
        return Figure(self.value.magnitude, spread: Spread(low: Fraction(0), high: high))
    }

    static func smallest(_ a: Figure, _ b: Figure) -> Figure { -Self.largest(-a, -b) }

    static func largest(_ a: Figure, _ b: Figure) -> Figure {
        let value = Swift.max(a.value, b.value)
        guard a.spread != nil || b.spread != nil else { return Figure(value) }
        let low = a.low.map { low in b.low.map { Swift.max(low, $0) } ?? low } ?? b.low
        return Figure(value, spread: Spread(low: low, high: Self.both(a.high, b.high, Swift.max)))
    }

    private static func both(_ a: Fraction?, _ b: Fraction?, _ join: (Fraction, Fraction) -> Fraction) -> Fraction? {
        guard let a, let b else { return nil }
        return join(a, b)
    }

    /// The bounds of a product. Where a bound is missing, only figures that are not negative keep one.
    private static func product(_ a: Figure, _ b: Figure) -> Spread {
        if let aLow = a.low, let aHigh = a.high, let bLow = b.low, let bHigh = b.high {
            let corners = [aLow * bLow, aLow * bHigh, aHigh * bLow, aHigh * bHigh]
            return Spread(low: corners.min(), high: corners.max())
        }
        guard let aLow = a.low, let bLow = b.low, !aLow.isNegative, !bLow.isNegative else { return Spread() }
        return Spread(low: aLow * bLow, high: nil)
    }

    /// `nil` when the truth may be zero.
    private var inverse: Figure? {
        let one = Fraction(1)
        guard let value = one / self.value else { return nil }
        if let low = self.low, low > Fraction(0) {
            return Figure(value, spread: Spread(low: self.high.map { (one / $0)! } ?? Fraction(0), high: one / low))
        }
        if let high = self.high, high.isNegative {
            return Figure(value, spread: Spread(low: one / high, high: self.low.map { (one / $0)! } ?? Fraction(0)))
        }
        return nil
    }
}

// MARK: - What can be true

extension Figure {
    /// Whether some truth fits both.
    func canEqual(_ other: Figure) -> Bool {
        if self.isExact, other.isExact { return self.value == other.value }
        return self.canBe(atMost: other) && other.canBe(atMost: self)
    }

    func canBe(atMost other: Figure) -> Bool {
        guard let low = self.low, let high = other.high else { return true }
        return low <= high
    }

    func canBe(below other: Figure) -> Bool {
        guard let low = self.low, let high = other.high else { return true }
        return low < high
    }
}
