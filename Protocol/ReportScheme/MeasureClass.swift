/// What a unit of measure measures, as a product of base dimensions: `money^1 area^-1`. Only figures of one class may be
/// added, compared and converted into each other.
package struct MeasureClass: Hashable, Sendable {
    /// Never zero; a dimension that is not there has the exponent zero.
    private let exponents: [String: Int]

    private init(exponents: [String: Int]) {
        self.exponents = exponents.filter { $0.value != 0 }
    }

    /// One base dimension, or the own class of a measure that says nothing of a class.
    init(dimension: String) {
        self.init(exponents: [dimension: 1])
    }

    /// Numbers without dimension: %, 成, 倍, and every quotient of two figures of one class.
    package static let ratio = MeasureClass(exponents: [:])

    /// Percentage points 百分点: the difference of two ratios, which is no ratio itself.
    package static let points = MeasureClass(dimension: "points")

    /// Reads base dimensions joined by `*` and `/`, such as `money` or `money/area`, `ratio` for none. A dimension is
    /// named in small letters and underscores; what follows a `/` divides, up to the next sign.
    ///
    /// - Returns: `nil` for any other text.
    package init?(_ text: String) {
        var product = MeasureClass.ratio
        var divides = false
        var rest = Substring(text)
        while true {
            let name = rest.prefix { ("a"..."z").contains($0) || $0 == "_" }
            guard !name.isEmpty, name.first != "_" else { return nil }
            let factor = name == "ratio" ? .ratio : MeasureClass(dimension: String(name))
            product = divides ? product / factor : product * factor
            rest = rest.dropFirst(name.count)
            guard let sign = rest.popFirst() else { break }
            guard sign == "*" || sign == "/" else { return nil }
            divides = sign == "/"
        }
        self = product
    }

    /// The class of a product: money/area × area = money.
    package static func * (left: MeasureClass, right: MeasureClass) -> MeasureClass {
        MeasureClass(exponents: left.exponents.merging(right.exponents) { $0 + $1 })
    }

    /// The class of a quotient; two figures of one class give a ratio.
    package static func / (left: MeasureClass, right: MeasureClass) -> MeasureClass {
        left * MeasureClass(exponents: right.exponents.mapValues { -$0 })
    }
}

extension MeasureClass: CustomStringConvertible {
    /// `area^-1 money`, in the order of the names; `ratio` for no dimension.
    package var description: String {
        guard !self.exponents.isEmpty else { return "ratio" }
        return self.exponents.sorted { $0.key < $1.key }
            .map { $0.value == 1 ? $0.key : "\($0.key)^\($0.value)" }.joined(separator: " ")
    }
}
