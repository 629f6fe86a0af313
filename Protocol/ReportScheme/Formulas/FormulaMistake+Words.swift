import ReportModel

extension FormulaMistake.Reason {
    /// Names the mistake for programs.
    var code: String {
        switch self {
        case .unexpected, .endsEarly, .tooDeep, .tooManyParts: "formula_syntax"
        case .badNumber: "formula_bad_number"
        case .unknownMeasure: "formula_unknown_measure"
        case .unknownItem: "formula_unknown_item"
        case .unknownFunction: "formula_unknown_function"
        case .unknownLevel: "formula_unknown_level"
        case .argumentCount: "formula_argument_count"
        case .wantsItem, .wantsItemOf, .wantsNumber, .wantsCondition, .wantsDate: "formula_type"
        case .classesDiffer, .classNotAllowed: "formula_classes_differ"
        case .noPlan: "formula_no_plan"
        case .addsPeriods: "formula_adds_periods"
        case .notCumulative: "formula_not_cumulative"
        case .agreesWithoutItem: "formula_agrees_without_item"
        }
    }

    /// What is wrong, as part of a line that begins with the place.
    var words: Bilingual {
        switch self {
        case .unexpected(let text): Bilingual("公式中此处不应出现“\(text)”", "“\(text)” does not belong here in a formula")
        case .endsEarly: Bilingual("公式不完整", "the formula ends too early")
        case .tooDeep: Bilingual("公式括号嵌套过深", "parentheses lie too deep within each other")
        case .tooManyParts: Bilingual("公式中的数、名称和符号过多", "the formula has too many numbers, names and signs")
        case .badNumber(let text): Bilingual("“\(text)”不是可用的数", "“\(text)” is no number that can be used here")
        case .unknownMeasure(let name): Bilingual("没有计量单位“\(name)”", "there is no unit of measure “\(name)”")
        case .unknownItem(let name):
            Bilingual("没有指标“\(name)”；请写成 报表.指标", "there is no item “\(name)”; write form.item")
        case .unknownFunction(let name): Bilingual("没有函数“\(name)”", "there is no function “\(name)”")
        case .unknownLevel(let name):
            Bilingual(
                "“\(name)”不是级别：\(UnitLevel.allCases.map(\.rawValue).joined(separator: "、"))",
                "“\(name)” is no level: \(UnitLevel.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        case .argumentCount(let function, let expected, let found):
            Bilingual(
                "函数 \(function) 需要 \(expected) 个参数，这里有 \(found) 个",
                "\(function) takes \(expected) arguments, not \(found)"
            )
        case .wantsItem(let function): Bilingual("\(function) 这里只能写指标名", "\(function) takes the name of an item here")
        case .wantsItemOf(let type, let function):
            Bilingual(
                "\(function) 这里需要类型为 \(type.rawValue) 的指标",
                "\(function) takes an item of the type \(type.rawValue) here"
            )
        case .wantsNumber: Bilingual("这里需要数值", "a number is expected here")
        case .wantsCondition: Bilingual("这里需要条件，例如 a == b", "a condition such as a == b is expected here")
        case .wantsDate: Bilingual("这里需要日期", "a date is expected here")
        case .classesDiffer(let a, let b):
            Bilingual(
                "计量单位不属同一类：\(a) 与 \(b) 不能相加或比较",
                "units of measure of different classes, \(a) and \(b), do not mix"
            )
        case .classNotAllowed(let function, let found):
            Bilingual("\(function) 不能用于 \(found) 类的数值", "\(function) does not take figures of the class \(found)")
        case .noPlan(let item): Bilingual("指标 \(item) 没有计划", "\(item) has no plan")
        case .addsPeriods(let item):
            Bilingual(
                "\(item) 不是当期数，不同报告期的数不能相加",
                "\(item) is no figure of one period alone: its figures of different periods are never added"
            )
        case .notCumulative(let item): Bilingual("\(item) 不是累计数", "\(item) is not cumulative")
        case .agreesWithoutItem: Bilingual("~= 左边只能是一个指标", "the left side of ~= is one item, as it was printed")
        }
    }
}
