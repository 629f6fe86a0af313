import ReportModel

/// Puts what a rule found into one sentence that names both figures, both places and the difference.
struct FindingWriter {
    let rule: CheckPlan.Rule
    let context: FormulaContext

    func write<Source>(_ evaluator: inout Evaluator<Source>) throws -> Finding {
        let failing = try self.failingComparison(self.rule.rule, &evaluator)
        let cells = try self.cells(&evaluator)
        guard case .compare(let comparison, let left, let right)? = failing,
            let a = try evaluator.figure(left, .stated), let b = try evaluator.figure(right, .stated)
        else {
            let facts = try self.facts(&evaluator)
            return self.finding(cells, nil, nil, nil, self.sentence(facts, evaluator.scheme))
        }
        let unit = evaluator.unit(of: left) ?? evaluator.unit(of: right) ?? .plain
        let decimals = comparison == .agrees ? try self.printedDecimals(left, &evaluator) : nil
        let expected = Self.shown(b.value, unit, decimals: decimals, unlike: a.value)
        let found = Self.shown(a.value, unit, decimals: nil, unlike: b.value)
        // What a printed figure should be is printed too, and their difference is that of the prints.
        let gap =
            comparison == .agrees
            ? (try? found.subtracting(expected))?.normalized
            : Self.shown(a.value - b.value, unit, decimals: nil, unlike: Fraction(0)).normalized
        let leftWords = try evaluator.words(left, home: self.home())
        let rightWords = try evaluator.words(right, home: self.home())
        let expectedText = "\(expected)\(unit.label)"
        let gapText = unit.difference(
            gap.map { $0.isNegative ? String($0.description.dropFirst()) : $0.description } ?? ""
        )
        let isTold =
            rightWords.chinese.hasSuffix(expectedText) || right.isPlain && rightWords.chinese.contains(expectedText)
        let result = isTold ? "" : " = \(expectedText)"
        let leftResult = left.isPlain ? "" : " = \(found)\(unit.label)"
        let relation = comparison.words(gapText)
        let facts = Bilingual(
            leftWords.chinese + leftResult + relation.chinese.before + rightWords.chinese + result
                + relation.chinese.after,
            leftWords.english + leftResult + relation.english.before + rightWords.english + result
                + relation.english.after
        )
        return self.finding(
            cells,
            expectedText,
            "\(found)\(unit.label)",
            gap.map { "\($0)\(unit.label == "%" ? "百分点" : unit.label)" },
            self.sentence(
                try self.withParts(facts, left, right, &evaluator),
                evaluator.scheme
            )
        )
    }

    private func finding(
        _ cells: [CellAddress],
        _ expected: String?,
        _ found: String?,
        _ difference: String?,
        _ text: Bilingual
    ) -> Finding {
        Finding(
            check: self.rule.check.code,
            level: self.rule.check.level,
            unit: self.context.unit,
            period: self.context.period,
            cells: cells,
            expected: expected,
            found: found,
            difference: difference,
            text: text
        )
    }

    /// 单位 报告期：应当如何。事实。
    private func sentence(_ facts: Bilingual, _ scheme: Scheme) -> Bilingual {
        let unit = scheme.unit(self.context.unit)?.name
        let name = self.rule.check.name
        let code = self.context.unit.description
        return Bilingual(
            "\(unit?.chinese ?? code) \(self.context.period)：\(name.chinese)。\(facts.chinese)。",
            "\(unit?.english ?? code) \(self.context.period): \(name.english). \(facts.english)."
        )
    }

    /// A figure of another form than the first one's is told with its form.
    private func home<Source>() -> Evaluator<Source>.Home {
        Evaluator<Source>.Home(context: self.context, form: self.rule.rule.references.first?.reference.form)
    }

    // MARK: - What failed

    /// The first comparison that is not so; `nil` where the rule is of another make.
    private func failingComparison<Source>(
        _ condition: Condition,
        _ evaluator: inout Evaluator<Source>
    ) throws -> Condition? {
        switch condition {
        case .compare:
            return try evaluator.isTrue(condition, self.rule.check.agreement) == false ? condition : nil
        case .and(let a, let b):
            return try self.failingComparison(a, &evaluator) ?? self.failingComparison(b, &evaluator)
        default: return nil
        }
    }

    /// Every figure that the rule names, once.
    private func facts<Source>(_ evaluator: inout Evaluator<Source>) throws -> Bilingual {
        var words: [Bilingual] = []
        for named in self.rule.rule.references + (self.rule.condition?.references ?? []) {
            let expression: Expression =
                switch named.look {
                case .here: .item(named.reference)
                case .earlier, .current: .last(named.reference)
                case .below: .below(named.reference)
                }
            let whole = named.shift.reversed().reduce(expression) { .shifted($1, $0) }
            let text = try evaluator.words(whole, home: self.home())
            if !text.chinese.isEmpty, !words.contains(text) { words.append(text) }
        }
        words += try self.amiss(self.rule.rule, &evaluator)
        if case .sameDay(let item) = self.rule.rule { words += try self.others(than: item, &evaluator) }
        if case .complete(let item) = self.rule.rule, let below = try evaluator.below(item, .stated) {
            let direct = Set(below.parts.map(\.unit))
            let names = below.missing.filter(direct.contains).compactMap { evaluator.scheme.unit($0)?.name }
            words.append(
                Bilingual(
                    "缺 \(names.map(\.chinese).joined(separator: "、"))",
                    "missing: \(names.map(\.english).joined(separator: ", "))"
                )
            )
        }
        if case .wholeExists(let part, let share) = self.rule.rule,
            let nearest = try self.nearest(part, share, &evaluator)
        {
            words.append(nearest)
        }
        return Bilingual(
            words.map(\.chinese).joined(separator: "；"),
            words.map(\.english).joined(separator: "; ")
        )
    }

    /// What other periods that end on the same day have instead: 道路 15公里（2024-06），相差 2公里.
    private func others<Source>(than item: ItemReference, _ evaluator: inout Evaluator<Source>) throws -> [Bilingual] {
        guard let own = try evaluator.figure(.item(item), .stated) else { return [] }
        let unit = evaluator.unit(of: .item(item)) ?? .plain
        return try (evaluator.sameDay(item) ?? []).filter { !$0.agrees }.map { other in
            let context = FormulaContext(unit: self.context.unit, period: other.period)
            let words = try evaluator.moved(to: context) { evaluator in
                try evaluator.words(.item(item), home: self.home())
            }
            let number = Evaluator<Source>.decimal(
                ((own.value - other.figure.value).magnitude / unit.factor)!,
                decimals: nil
            )
            let gap = unit.difference(number.description)
            return Bilingual(
                "\(words.chinese)，相差 \(gap.chinese)",
                "\(words.english), a difference of \(gap.english)"
            )
        }
    }

    /// What the nearest whole would print instead: 29 ÷ 34 = 85.3%，相差 0.1%.
    private func nearest<Source>(
        _ part: ItemReference,
        _ share: ItemReference,
        _ evaluator: inout Evaluator<Source>
    ) throws -> Bilingual? {
        guard let counted = try evaluator.value(part)?.quantity?.number,
            let printed = try evaluator.value(share)?.quantity?.number,
            let whole = (Fraction(counted) / (Fraction(printed) * share.factor))?.rounded(decimals: 0),
            let exact = Fraction(counted) / (Fraction(whole) * share.factor),
            let nearest = exact.rounded(decimals: printed.scale)
        else { return nil }
        let unit = evaluator.unit(of: .item(share)) ?? .plain
        let gap = unit.difference(
            Evaluator<Source>.decimal((Fraction(nearest) - Fraction(printed)).magnitude, decimals: nil).description
        )
        let sum = "\(counted) ÷ \(whole) = \(nearest)\(unit.label)"
        return Bilingual("最接近的是 \(sum)，相差 \(gap.chinese)", "the nearest is \(sum), a difference of \(gap.english)")
    }

    /// What is amiss with a list: the entries that the other list lacks, the numbers that are left out.
    private func amiss<Source>(_ condition: Condition, _ evaluator: inout Evaluator<Source>) throws -> [Bilingual] {
        switch condition {
        case .and(let a, let b): return try self.amiss(a, &evaluator) + self.amiss(b, &evaluator)
        case .within(let inner, let outer):
            guard let entries = try evaluator.list(inner), let all = try evaluator.list(outer) else { return [] }
            let strangers = entries.filter { !all.contains($0) }
            guard !strangers.isEmpty else { return [] }
            return [
                Bilingual(
                    "不在其列：\(strangers.joined(separator: "、"))",
                    "not among them: \(strangers.joined(separator: ", "))"
                )
            ]
        case .withoutGaps(let item):
            let gaps = TextList.gaps(try evaluator.list(item) ?? []).map { gap in
                gap.count == 1 ? "\(gap.lowerBound)" : "\(gap.lowerBound)–\(gap.upperBound)"
            }
            return [Bilingual("缺 \(gaps.joined(separator: "、"))", "left out: \(gaps.joined(separator: ", "))")]
        default: return []
        }
    }

    private func cells<Source>(_ evaluator: inout Evaluator<Source>) throws -> [CellAddress] {
        evaluator.start(at: self.context)
        _ = try evaluator.isTrue(self.rule.rule, self.rule.check.agreement)
        var seen: Set<CellAddress> = []
        return try evaluator.looked.filter {
            try seen.insert($0).inserted && evaluator.source.value(at: $0) != .missing
        }
    }

    // MARK: - Numbers

    private func printedDecimals<Source>(
        _ printed: Expression,
        _ evaluator: inout Evaluator<Source>
    ) throws -> Int? {
        guard case .item(let item) = printed, let value = try evaluator.value(item)?.quantity else { return nil }
        // A whole percent is told with one decimal, so that 73 % is not taken for what was worked out.
        return max(value.number.scale, 1)
    }

    /// The number in its unit, with as many digits as it takes to see that it differs.
    private static func shown<Source>(
        _ value: Fraction,
        _ unit: Evaluator<Source>.Unit,
        decimals: Int?,
        unlike other: Fraction
    ) -> ExactDecimal {
        let inUnit = (value / unit.factor)!
        let first = Evaluator<Source>.decimal(inUnit, decimals: decimals)
        var shown = first
        while value != other, Fraction(shown) * unit.factor == other, shown.scale < ExactDecimal.scaleMax,
            let longer = inUnit.rounded(decimals: min(shown.scale + 2, ExactDecimal.scaleMax))
        {
            shown = longer
        }
        return shown
    }

    /// What each unit below would make of it, where the rule adds units up: whose share is it?
    private func withParts<Source>(
        _ facts: Bilingual,
        _ left: Expression,
        _ right: Expression,
        _ evaluator: inout Evaluator<Source>
    ) throws -> Bilingual {
        let items = (left.references + right.references).filter { $0.look == .below }.map(\.reference)
        guard let item = items.first, let below = try evaluator.below(item, .stated) else { return facts }
        let side = right.references.contains { $0.look == .below } ? right : left
        let unit = evaluator.unit(of: side) ?? .plain
        var parts: [Bilingual] = []
        for part in below.parts.prefix(Self.partCountMax) {
            let context = FormulaContext(unit: part.unit, period: self.context.period)
            let own = try evaluator.moved(to: context) { evaluator in
                try evaluator.figure(side.atOneUnit, .stated)
            }
            guard let own, let name = evaluator.scheme.unit(part.unit)?.name else { continue }
            let text = evaluator.text(own.value, unit)
            parts.append(Bilingual("\(name.chinese) \(text)", "\(name.english) \(text)"))
        }
        guard !parts.isEmpty else { return facts }
        return Bilingual(
            facts.chinese + "（其中 \(parts.map(\.chinese).joined(separator: "、"))）",
            facts.english + " (of which \(parts.map(\.english).joined(separator: ", ")))"
        )
    }

    /// The most units named in one sentence: a county's zones, a zone's subzones.
    private static let partCountMax = 8
}

extension Expression {
    /// Whether it is one item's figure, which needs no result behind it.
    fileprivate var isPlain: Bool {
        switch self {
        case .item, .constant, .yearOfPeriod, .elapsed, .count, .decimals, .last, .current, .below: true
        case .stated(let a), .aboveZero(let a), .shifted(_, let a), .quotient(let a, .constant(_, text: "")): a.isPlain
        case .either(let a, let b): a.isPlain && b.isPlain
        default: false
        }
    }

    /// The same for one of the units below: what is looked for below is looked for at it.
    fileprivate var atOneUnit: Expression {
        switch self {
        case .below(let item): .item(item)
        case .negated(let a): .negated(a.atOneUnit)
        case .absolute(let a): .absolute(a.atOneUnit)
        case .stated(let a): .stated(a.atOneUnit)
        case .aboveZero(let a): .aboveZero(a.atOneUnit)
        case .sum(let a, let b): .sum(a.atOneUnit, b.atOneUnit)
        case .difference(let a, let b): .difference(a.atOneUnit, b.atOneUnit)
        case .product(let a, let b): .product(a.atOneUnit, b.atOneUnit)
        case .quotient(let a, let b): .quotient(a.atOneUnit, b.atOneUnit)
        case .shifted(let shift, let a): .shifted(shift, a.atOneUnit)
        default: self
        }
    }
}

extension Condition.Comparison {
    /// What stands between both sides, and behind them.
    fileprivate func words(
        _ gap: Bilingual
    ) -> (chinese: (before: String, after: String), english: (before: String, after: String)) {
        switch self {
        case .equal: (("，而 ", "，相差 \(gap.chinese)"), (", but ", ": a difference of \(gap.english)"))
        case .agrees: (("，而按 ", " 计算，相差 \(gap.chinese)"), (", but it should be ", ": a difference of \(gap.english)"))
        case .notEqual: (("，与 ", " 相同"), (", the same as ", ""))
        case .less, .lessOrEqual: (("，大于 ", "，超出 \(gap.chinese)"), (", more than ", ", by \(gap.english)"))
        case .greater, .greaterOrEqual: (("，小于 ", "，少 \(gap.chinese)"), (", less than ", ", by \(gap.english)"))
        }
    }
}
