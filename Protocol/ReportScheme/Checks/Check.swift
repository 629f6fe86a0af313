import ReportModel

/// A check 审核: what must be so in every report, and how grave it is when it is not.
package struct Check: Sendable {
    /// How grave a contradiction is.
    package enum Level: String, Sendable, CaseIterable, Comparable {
        /// Cannot be true: the report is not submitted.
        case error
        /// Is hardly true: whoever reports it says why, and the words travel with the report.
        case warning
        /// Is worth knowing.
        case information

        package static func < (left: Self, right: Self) -> Bool {
            Self.allCases.firstIndex(of: left)! < Self.allCases.firstIndex(of: right)!
        }
    }

    /// Stable over all versions of the scheme.
    package let code: Code
    /// What must be so, in plain words.
    package let name: Bilingual
    package let level: Level
    /// As it was written, for whoever has to explain it.
    package let text: String
    let content: Content
    let agreement: Agreement
    /// The units it is for; `nil` = all.
    let units: Set<UnitCode>?
    /// The kinds of period it is for; `nil` = all.
    let periods: Set<Period.Kind>?

    /// What is tried.
    enum Content: Sendable {
        /// A rule, tried where the condition is so, or wherever the figures are.
        case rule(Condition, condition: Condition?)
        /// The same for each of these items, or for all it makes sense for.
        case kind(CheckKind, items: [ItemReference]?)
    }

    func applies(to context: FormulaContext) -> Bool {
        self.units?.contains(context.unit) != false && self.periods?.contains(context.period.kind) != false
    }
}

/// A figure that is worked out from others, never stored: a share, a growth, a completion.
package struct DerivedFormula: Hashable, Sendable {
    package let expression: Expression
    /// As it was written.
    package let text: String
    /// Digits after the point when it is printed, half-up.
    package let decimals: Int
}

/// A check that found something.
package struct Finding: Hashable, Sendable {
    package let check: Code
    package let level: Check.Level
    package let unit: UnitCode
    package let period: Period
    /// The cells that hold the figures, in the order in which the text names them.
    package let cells: [CellAddress]
    /// What the figure should be, with its unit of measure; `nil` where no single figure is compared.
    package let expected: String?
    package let found: String?
    /// `found − expected`.
    package let difference: String?
    /// One sentence that names both figures, both places and the difference.
    package let text: Bilingual
}
