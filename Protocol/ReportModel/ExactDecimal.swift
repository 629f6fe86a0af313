/// An exact decimal number: `mantissa × 10^-scale`. No binary floating point ever touches a figure.
///
/// Numbers compare by value (1.0 equals 1.00); the typed scale is kept for printing.
package struct ExactDecimal: Sendable {
    /// The most digits a figure may have. Two such numbers of different scale still add without overflow.
    package static let digitCountMax = 24
    /// The most digits after the point.
    package static let scaleMax = 12

    package let mantissa: Int128
    /// Digits after the point, 0…``scaleMax``.
    package let scale: Int

    /// - Returns: `nil` when `mantissa` or `scale` is beyond the limits above.
    package init?(mantissa: Int128, scale: Int) {
        guard (0...Self.scaleMax).contains(scale), mantissa.magnitude < Self.power(Self.digitCountMax).magnitude else {
            return nil
        }
        self.init(unchecked: mantissa, scale: scale)
    }

    /// The number without trailing zeros after the point.
    ///
    /// - Returns: `nil` when even then it is beyond the limits above.
    init?(trimming mantissa: Int128, scale: Int) {
        let trimmed = ExactDecimal(unchecked: mantissa, scale: scale).normalized
        self.init(mantissa: trimmed.mantissa, scale: trimmed.scale)
    }

    package init(_ integer: Int) {
        self.init(unchecked: Int128(integer), scale: 0)
    }

    /// For results of arithmetic, which may be longer than what a person may type.
    private init(unchecked mantissa: Int128, scale: Int) {
        self.mantissa = mantissa
        self.scale = scale
    }

    package static let zero = ExactDecimal(0)

    package var isNegative: Bool { self.mantissa < 0 }
}

/// A result with more digits than 128 bits hold; only sums of absurd figures get here.
package struct DecimalOverflow: ExplainedError, Equatable {
    package var code: String { "decimal_overflow" }
    package var explanation: Bilingual {
        Bilingual("计算结果超出可精确表示的位数。", "The result has more digits than can be kept exactly.")
    }
    package var advice: Bilingual {
        Bilingual("请检查参与计算的数值单位。", "Check the units of the figures that went into it.")
    }
    package init() {}
}

// MARK: - Text

extension ExactDecimal {
    /// Reads `-?digits[.digits]` in ASCII. Leading zeros are accepted; an exponent, a sign `+` or an empty part is not.
    package init?(_ text: some StringProtocol) {
        var mantissa: Int128 = 0
        var scale: Int?
        var digitCount = 0
        var bytes = text.utf8[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes = bytes.dropFirst() }
        guard text.last != ".", bytes.first != UInt8(ascii: ".") else { return nil }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digitCount += 1
                guard digitCount <= Self.digitCountMax + Self.scaleMax else { return nil }
                mantissa = mantissa * 10 + Int128(byte - UInt8(ascii: "0"))
                scale = scale.map { $0 + 1 }
            case UInt8(ascii: ".") where scale == nil:
                scale = 0
            default:
                return nil
            }
        }
        guard digitCount > 0 else { return nil }
        self.init(mantissa: negative ? -mantissa : mantissa, scale: scale ?? 0)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// The number with exactly ``scale`` digits after the point.
    package var description: String {
        var digits = String(self.mantissa.magnitude)
        if self.scale > 0 {
            if digits.utf8.count <= self.scale {
                digits = String(repeating: "0", count: self.scale + 1 - digits.utf8.count) + digits
            }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -self.scale))
        }
        return self.isNegative ? "-" + digits : digits
    }
}

// MARK: - Comparison

extension ExactDecimal: Comparable, Hashable {
    package static func == (left: Self, right: Self) -> Bool {
        let (a, b) = (left.normalized, right.normalized)
        return a.mantissa == b.mantissa && a.scale == b.scale
    }

    package static func < (left: Self, right: Self) -> Bool {
        let scale = max(left.scale, right.scale)
        // Only results of arithmetic can be too long for the larger scale. Such a number is further from zero than any
        // that has this scale already, so its sign alone decides.
        guard let a = left.mantissa(atScale: scale) else { return left.isNegative }
        guard let b = right.mantissa(atScale: scale) else { return !right.isNegative }
        return a < b
    }

    package func hash(into hasher: inout Hasher) {
        let normalized = self.normalized
        hasher.combine(normalized.mantissa)
        hasher.combine(normalized.scale)
    }

    /// The same number without trailing zeros after the point: `6.0` becomes `6`.
    package var normalized: ExactDecimal {
        var (mantissa, scale) = (self.mantissa, self.scale)
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        return ExactDecimal(unchecked: mantissa, scale: scale)
    }
}

// MARK: - Arithmetic

extension ExactDecimal {
    /// The exact sum, at the larger of both scales.
    package func adding(_ other: ExactDecimal) throws(DecimalOverflow) -> ExactDecimal {
        try self.combining(other) { $0.addingReportingOverflow($1) }
    }

    /// The exact difference, at the larger of both scales.
    package func subtracting(_ other: ExactDecimal) throws(DecimalOverflow) -> ExactDecimal {
        try self.combining(other) { $0.subtractingReportingOverflow($1) }
    }

    /// `self / whole × 100`, rounded half-up (away from zero) to `decimals` digits. Rounding happens only here, when
    /// printing; nothing is ever computed from the result.
    ///
    /// - Returns: `nil` when `whole` is zero: without a plan there is no ratio.
    package func percent(of whole: ExactDecimal, decimals: Int) throws(DecimalOverflow) -> ExactDecimal? {
        precondition((0...Self.scaleMax).contains(decimals))
        guard whole.mantissa != 0 else { return nil }
        let scale = max(self.scale, whole.scale)
        guard let part = self.mantissa(atScale: scale), let total = whole.mantissa(atScale: scale) else {
            throw DecimalOverflow()
        }
        let product = part.magnitude.multipliedFullWidth(by: Self.power(2 + decimals).magnitude)
        guard product.high < total.magnitude else { throw DecimalOverflow() }
        let (quotient, remainder) = total.magnitude.dividingFullWidth(product)
        let (rounded, overflow) = quotient.addingReportingOverflow(remainder >= total.magnitude - remainder ? 1 : 0)
        guard !overflow, let magnitude = Int128(exactly: rounded) else { throw DecimalOverflow() }
        let negative = self.isNegative != whole.isNegative
        return ExactDecimal(unchecked: negative ? -magnitude : magnitude, scale: decimals)
    }

    private func combining(
        _ other: ExactDecimal,
        _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) throws(DecimalOverflow) -> ExactDecimal {
        let scale = max(self.scale, other.scale)
        guard let a = self.mantissa(atScale: scale), let b = other.mantissa(atScale: scale) else {
            throw DecimalOverflow()
        }
        let (result, overflow) = operation(a, b)
        guard !overflow else { throw DecimalOverflow() }
        return ExactDecimal(unchecked: result, scale: scale)
    }

    private func mantissa(atScale scale: Int) -> Int128? {
        let (scaled, overflow) = self.mantissa.multipliedReportingOverflow(by: Self.power(scale - self.scale))
        return overflow ? nil : scaled
    }

    /// 10 to the power of `exponent`, which is at most ``digitCountMax`` + ``scaleMax``.
    static func power(_ exponent: Int) -> Int128 {
        self.powers[exponent]
    }

    private static let powers: [Int128] = (0...digitCountMax + scaleMax).reduce(into: []) { powers, _ in
        powers.append((powers.last ?? 0) == 0 ? 1 : powers[powers.count - 1] * 10)
    }
}
