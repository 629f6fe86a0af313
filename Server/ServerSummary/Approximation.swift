import ReportModel

/// How far a sum is claimed to be exact.
package enum Approximation: Hashable, Sendable {
    case exact
    /// All figures in it that are not exact are off on the same side.
    case towards(Qualifier.Direction)
    /// Ranges, or qualifiers that disagree.
    case mixed

    init(_ quantity: Quantity) {
        self = quantity.qualifier.map { .towards($0.direction) } ?? (quantity.upper == nil ? .exact : .mixed)
    }

    /// Of a sum of two sums: an exact part changes nothing.
    func joined(with other: Approximation) -> Approximation {
        if self == .exact || self == other { return other }
        return other == .exact ? self : .mixed
    }

    /// `nil` when the sum is exact, or off nobody knows on which side.
    package var direction: Qualifier.Direction? {
        if case .towards(let direction) = self { direction } else { nil }
    }

    /// What is printed before the number; nothing for an exact one.
    package var sign: String {
        switch self {
        case .exact: ""
        case .towards(.below): "<"
        case .towards(.above): ">"
        case .towards(.atLeast): "≥"
        case .towards(.around), .mixed: "≈"
        }
    }
}
