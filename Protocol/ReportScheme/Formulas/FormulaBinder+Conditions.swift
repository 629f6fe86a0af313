import ReportModel

extension FormulaBinder {
    func condition(_ syntax: FormulaSyntax) throws(FormulaMistake) -> Condition {
        switch syntax {
        case .binary(.and, let a, let b, _): return .and(try self.condition(a), try self.condition(b))
        case .binary(.or, let a, let b, _): return .or(try self.condition(a), try self.condition(b))
        case .not(let inner, _): return .not(try self.condition(inner))
        case .binary(let sign, let left, let right, let at):
            guard let comparison = Condition.Comparison(rawValue: sign.rawValue) else {
                throw FormulaMistake(.wantsCondition, at: at)
            }
            return try self.comparison(comparison, left, right, at: at)
        case .call(let name, let arguments, let at): return try self.test(name, arguments, at: at)
        case .name: return .isTrue(try self.item(syntax, of: .boolean, for: "and or not").reference)
        case .number, .text, .date, .negated: throw FormulaMistake(.wantsCondition, at: syntax.position)
        }
    }

    private func comparison(
        _ comparison: Condition.Comparison,
        _ left: FormulaSyntax,
        _ right: FormulaSyntax,
        at: Int
    ) throws(FormulaMistake) -> Condition {
        if case .text(let text, _) = right {
            let symbol = try self.item(left, of: .text, for: comparison.rawValue)
            switch comparison {
            case .equal: return .textEquals(symbol.reference, text)
            case .notEqual: return .not(.textEquals(symbol.reference, text))
            default: throw FormulaMistake(.wantsNumber, at: right.position)
            }
        }
        if self.isDate(left) || self.isDate(right) {
            guard comparison != .agrees else { throw FormulaMistake(.wantsNumber, at: at) }
            return .compareDates(comparison, try self.date(left), try self.date(right))
        }
        let (a, b) = (try self.number(left), try self.number(right))
        guard a.measureClass == b.measureClass else {
            throw FormulaMistake(.classesDiffer(a.measureClass.description, b.measureClass.description), at: at)
        }
        if comparison == .agrees {
            guard case .item = a.expression else { throw FormulaMistake(.agreesWithoutItem, at: left.position) }
        }
        return .compare(comparison, a.expression, b.expression)
    }

    private func test(_ name: String, _ arguments: [FormulaSyntax], at: Int) throws(FormulaMistake) -> Condition {
        func require(_ count: Int) throws(FormulaMistake) {
            guard arguments.count == count else {
                throw FormulaMistake(
                    .argumentCount(function: name, expected: "\(count)", found: arguments.count),
                    at: at
                )
            }
        }
        func list(_ index: Int) throws(FormulaMistake) -> ItemReference {
            try self.item(arguments[index], of: .text, for: name).reference
        }
        func numberItem(_ index: Int) throws(FormulaMistake) -> FormulaSymbols.Symbol {
            try self.item(arguments[index], of: .number, for: name)
        }
        switch name {
        case "present":
            try require(1)
            return .present(try self.anyItem(arguments[0]))
        case "between":
            try require(3)
            return .and(
                try self.comparison(.greaterOrEqual, arguments[0], arguments[1], at: at),
                try self.comparison(.lessOrEqual, arguments[0], arguments[2], at: at)
            )
        case "within":
            try require(2)
            return .within(try list(0), try list(1))
        case "same_list":
            try require(2)
            return .sameList(try list(0), try list(1))
        case "without_gaps":
            try require(1)
            return .withoutGaps(try list(0))
        case "complete":
            try require(1)
            return .complete(try numberItem(0).reference)
        case "whole_exists":
            try require(2)
            let share = try numberItem(1)
            guard share.measureClass == .ratio else {
                throw FormulaMistake(
                    .classNotAllowed(function: name, share.measureClass.description),
                    at: arguments[1].position
                )
            }
            return .wholeExists(part: try numberItem(0).reference, share: share.reference)
        default:
            guard FormulaFunction(rawValue: name) == nil, name != "today" else {
                throw FormulaMistake(.wantsCondition, at: at)
            }
            throw FormulaMistake(.unknownFunction(name.shortened), at: at)
        }
    }

    /// `present` takes an item of any type, or a number that is worked out.
    private func anyItem(_ syntax: FormulaSyntax) throws(FormulaMistake) -> Expression {
        for type in [ValueType.text, .date, .boolean] {
            if let symbol = try? self.item(syntax, of: type, for: "present") { return .item(symbol.reference) }
        }
        return try self.number(syntax).expression
    }

    // MARK: - Dates

    private func isDate(_ syntax: FormulaSyntax) -> Bool {
        switch syntax {
        case .date: true
        case .call(let name, _, _): ["today", "period_start", "period_end"].contains(name)
        case .name: (try? self.item(syntax, of: .date, for: "")) != nil
        default: false
        }
    }

    private func date(_ syntax: FormulaSyntax) throws(FormulaMistake) -> DateExpression {
        switch syntax {
        case .date(let date, _): return .constant(date)
        case .call("today", let arguments, _) where arguments.isEmpty: return .today
        case .call("period_start", let arguments, _) where arguments.isEmpty: return .periodStart
        case .call("period_end", let arguments, _) where arguments.isEmpty: return .periodEnd
        case .name: return .item(try self.item(syntax, of: .date, for: "date").reference)
        default: throw FormulaMistake(.wantsDate, at: syntax.position)
        }
    }
}
