import ReportModel

/// A unit of measure 计量单位. Its code is the text that is printed, such as 亿元; an alias means exactly the same size.
package struct Measure: Hashable, Sendable {
    package let code: String
    package let englishName: String
    package let aliases: [String]
    /// What it measures. One that gives no class has a class of its own, and mixes with nothing.
    package let measureClass: MeasureClass
    /// Its exact size in the base of its class; above zero.
    package let factor: Fraction
    /// Whether it counts whole things, so that its figures are exact when printed.
    package let isCounted: Bool
}

extension Measure {
    /// `number` of this measure in another one of the same class.
    ///
    /// The last digit keeps its place: 9000 万元 is 0.9000 亿元, not 0.9.
    ///
    /// - Returns: `nil` when the result is no decimal that `ExactDecimal` keeps.
    func converting(_ number: ExactDecimal, to other: Measure) -> ExactDecimal? {
        guard var ratio = self.factor / other.factor,
            let result = (Fraction(number) * ratio).exactDecimal
        else { return nil }
        let (one, ten) = (Fraction(1), Fraction(10))
        var scale = number.scale
        while ratio * ten <= one, scale < ExactDecimal.scaleMax {
            ratio = ratio * ten
            scale += 1
        }
        while ratio >= ten, scale > 0, let tenth = ratio / ten {
            ratio = tenth
            scale -= 1
        }
        return Fraction(result).rounded(decimals: max(scale, result.scale)) ?? result
    }
}

/// A figure that was typed in another unit of measure than its item's.
package struct Conversion: Hashable, Sendable {
    package let typed: Quantity
    package let typedMeasure: Measure
    package let result: Quantity
    package let measure: Measure
}

extension Conversion: CustomStringConvertible {
    /// `113.2亿元 = 1132000万元`
    package var description: String {
        self.typed.description(measure: self.typedMeasure.code) + " = "
            + self.result.description(measure: self.measure.code)
    }
}
