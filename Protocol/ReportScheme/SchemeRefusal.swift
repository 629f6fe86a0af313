import ReportModel

/// What the scheme does not allow in a cell, or does not know.
package enum SchemeRefusal: ExplainedError, Sendable {
    case unknownUnit(String), unknownForm(String), unknownItem(String, form: Code)
    case malformedPeriod(String), malformedRow(String), rowInFixedForm(Code, form: Code)
    case periodNotReported(Period, item: Item)
    case notInForm(Item, form: Form, period: Period)
    case notReportedBy(ReportingUnit, item: Item)
    case malformedValue(MalformedValue), notAChoice(String, item: Item)
    case unknownMeasure(String, item: Item)
    /// A unit of measure of another class; with the codes of both classes.
    case otherMeasure(Measure, alike: [String], item: Item, fitting: [String])
    /// A number that has no finite decimal, or too many digits, in the item's unit of measure.
    case inexactConversion(Quantity, Measure, item: Item)

    package var code: String {
        switch self {
        case .unknownUnit: "unknown_unit"
        case .unknownForm: "unknown_form"
        case .unknownItem: "unknown_item"
        case .malformedPeriod: "malformed_period"
        case .malformedRow: "malformed_row"
        case .rowInFixedForm: "row_in_fixed_form"
        case .periodNotReported: "period_not_reported"
        case .notInForm: "not_in_form_of_period"
        case .notReportedBy: "not_reported_by_unit"
        case .malformedValue(let error): error.code
        case .notAChoice: "not_a_choice"
        case .unknownMeasure: "unknown_unit_of_measure"
        case .otherMeasure: "other_unit_of_measure"
        case .inexactConversion: "inexact_conversion"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .unknownUnit(let name):
            Bilingual("制度中没有单位“\(name.shortened)”。", "The scheme has no unit “\(name.shortened)”.")
        case .unknownForm(let name):
            Bilingual("制度中没有报表“\(name.shortened)”。", "The scheme has no form “\(name.shortened)”.")
        case .unknownItem(let name, let form):
            Bilingual("报表 \(form) 没有指标“\(name.shortened)”。", "The form \(form) has no item “\(name.shortened)”.")
        case .malformedPeriod(let text):
            Bilingual("“\(text.shortened)”不是报告期。", "“\(text.shortened)” is no period.")
        case .malformedRow(let text):
            Bilingual("“\(text.shortened)”不是行标识。", "“\(text.shortened)” is no row.")
        case .rowInFixedForm(let row, let form):
            Bilingual("报表 \(form) 只有一行，不能写行“\(row)”。", "The form \(form) has one row only, and no row “\(row)”.")
        case .periodNotReported(let period, let item):
            Bilingual(
                "指标“\(item.name.chinese)”（\(item.code)）不按 \(period) 这种报告期填报。",
                "\(item.name.english) (\(item.code)) is not reported for periods such as \(period)."
            )
        case .notInForm(let item, let form, let period):
            Bilingual(
                "\(period) 的报表“\(form.name.chinese)”没有指标“\(item.name.chinese)”（\(item.code)）："
                    + "该指标的有效期为\(item.validity.words.chinese)。",
                "\(form.name.english) has no \(item.name.english) (\(item.code)) for \(period): "
                    + "the item is in the form \(item.validity.words.english)."
            )
        case .notReportedBy(let unit, let item):
            Bilingual(
                "\(unit.name.chinese)（\(unit.code)）不填报指标“\(item.name.chinese)”（\(item.code)）。",
                "\(unit.name.english) (\(unit.code)) does not report \(item.name.english) (\(item.code))."
            )
        case .malformedValue(let error): error.explanation
        case .notAChoice(let text, let item):
            Bilingual(
                "“\(text.shortened)”不是指标“\(item.name.chinese)”的可选值。",
                "“\(text.shortened)” is no choice of \(item.name.english) (\(item.code))."
            )
        case .unknownMeasure(let name, let item):
            Bilingual(
                "制度中没有计量单位“\(name.shortened)”（指标“\(item.name.chinese)”）。",
                "The scheme has no unit of measure “\(name.shortened)” (item \(item.code))."
            )
        case .otherMeasure(let measure, let alike, let item, let fitting):
            Bilingual(
                "指标“\(item.name.chinese)”（\(item.code)）按\(fitting.joined(separator: "、"))计量，"
                    + "\(alike.joined(separator: "、"))与它们不是同一类，不能混用：这里写的是\(measure.code)。",
                "\(item.name.english) (\(item.code)) is measured in \(fitting.joined(separator: ", ")); "
                    + "\(alike.joined(separator: ", ")) measure something else: here stands \(measure.code)."
            )
        case .inexactConversion(let quantity, let measure, let item):
            Bilingual(
                "\(quantity.description(measure: measure.code))换算成\(item.measure?.code ?? "")后小数除不尽或位数过多"
                    + "（指标“\(item.name.chinese)”）。",
                "\(quantity.description(measure: measure.code)) has no exact value in \(item.measure?.code ?? ""): its decimals do not end, "
                    + "or are too many (item \(item.code))."
            )
        }
    }

    package var advice: Bilingual {
        switch self {
        case .unknownUnit:
            Bilingual("请用单位代码、名称或别名，例如 410728-01。", "Name a unit by code, name or alias, such as 410728-01.")
        case .unknownForm:
            Bilingual("请用报表代码或名称，例如 infrastructure。", "Name a form by code or name, such as infrastructure.")
        case .unknownItem:
            Bilingual("请用该报表的指标代码、名称或别名。", "Name an item of that form by code, name or alias.")
        case .malformedPeriod:
            Bilingual(
                "请写成 2024、2024-H1、2024-Q3、2024-07、2024-07A 或 2024-07-1。",
                "Write 2024, 2024-H1, 2024-Q3, 2024-07, 2024-07A or 2024-07-1."
            )
        case .malformedRow, .rowInFixedForm: Bilingual("请将行留空。", "Leave the row empty.")
        case .periodNotReported(_, let item):
            Bilingual(
                "可用的报告期种类：\(Self.names(of: item.periods))。",
                "It is reported for these kinds of period: \(Self.names(of: item.periods))."
            )
        case .notInForm:
            Bilingual(
                "请核对报告期：以报告期的最后一天为准。",
                "Check the period: its last day decides which items its form has."
            )
        case .notReportedBy:
            Bilingual("请核对单位，或由填报该指标的单位填写。", "Check the unit; the units that report the item fill it in.")
        case .malformedValue(let error): error.advice
        case .notAChoice(_, let item):
            Bilingual(
                "可选值：\(item.choices.joined(separator: "、"))。",
                "Choose one of \(item.choices.joined(separator: ", "))."
            )
        case .inexactConversion(_, _, let item):
            Bilingual(
                "请按原始资料直接填写以\(item.measure?.code ?? "")为单位的数值；程序不替您四舍五入。",
                "Write the figure in \(item.measure?.code ?? "") as the source gives it; nothing is rounded for you."
            )
        case .otherMeasure(_, _, _, let fitting):
            Bilingual(
                "请核对指标，或按\(fitting.joined(separator: "、"))填写。",
                "Check the item, or write the figure in \(fitting.joined(separator: " or "))."
            )
        case .unknownMeasure(_, let item):
            if let measure = item.measure {
                Bilingual("请换算成\(measure.code)后填写。", "Convert the figure to \(measure.code) (\(measure.englishName)).")
            } else {
                Bilingual("请只写数字。", "Write the number alone.")
            }
        }
    }

    private static func names(of kinds: Set<Period.Kind>) -> String {
        Period.Kind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: ", ")
    }
}
