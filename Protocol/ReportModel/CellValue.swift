/// What a cell holds. Missing, not applicable and withheld are three different things, and none of them is zero.
package enum CellValue: Hashable, Sendable {
    case missing
    /// 不适用
    case notApplicable
    /// ××: known to the author and kept back.
    case withheld
    case number(Quantity)
    case text(String)
    case date(CalendarDate)
    case choice(String)
    case boolean(Bool)

    /// The stable name in JSON and in `show`.
    package var stateName: String {
        switch self {
        case .missing: "missing"
        case .notApplicable: "not_applicable"
        case .withheld: "withheld"
        case .number: "number"
        case .text: "text"
        case .date: "date"
        case .choice: "choice"
        case .boolean: "boolean"
        }
    }

    package var quantity: Quantity? {
        if case .number(let quantity) = self { quantity } else { nil }
    }
}

/// A number as it was reported: exact, with its qualifier, or a range.
package struct Quantity: Hashable, Sendable {
    package var number: ExactDecimal
    /// The upper bound of a range; never less than ``number``.
    package var upper: ExactDecimal?
    package var qualifier: Qualifier?

    /// - Parameter upper: not together with a qualifier.
    package init(_ number: ExactDecimal, upper: ExactDecimal? = nil, qualifier: Qualifier? = nil) {
        precondition(upper == nil || qualifier == nil, "a range has no qualifier")
        self.number = number
        self.upper = upper
        self.qualifier = qualifier
    }

    /// Whether the figure is not claimed to be exact.
    package var isApproximate: Bool { self.upper != nil || self.qualifier != nil }
}

extension CellValue: CustomStringConvertible {
    /// As typed and shown, without a unit of measure; empty for missing. `ValueText` reads it back.
    package var description: String {
        switch self {
        case .missing: ""
        case .notApplicable: "不适用"
        case .withheld: "××"
        case .number(let quantity): quantity.description
        case .text(let text), .choice(let text): text
        case .date(let date): date.description
        case .boolean(let boolean): boolean ? "是" : "否"
        }
    }
}

extension Quantity: CustomStringConvertible {
    package var description: String {
        if let upper { return "\(self.number)-\(upper)" }
        guard let qualifier else { return self.number.description }
        return qualifier.followsNumber ? "\(self.number)\(qualifier.rawValue)" : "\(qualifier.rawValue)\(self.number)"
    }

    /// With its unit of measure, as people say it: 近200万元, 30多家, but 20个以上.
    package func description(measure: String) -> String {
        switch self.qualifier {
        case .orMore?, .around?: "\(self.number)\(measure)\(self.qualifier!.rawValue)"
        default: self.description + measure
        }
    }
}
