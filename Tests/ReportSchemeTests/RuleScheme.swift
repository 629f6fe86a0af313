import ReportModel
import ReportScheme

/// A scheme with a county, two zones and the figures that rules are tried on.
enum RuleScheme {
    /// - Parameters:
    ///   - derived: further items of the form `f`, as YAML flow mappings.
    ///   - checks: entries of the list `checks`, as YAML flow mappings.
    static func source(derived: [String] = [], checks: [String] = []) -> SchemeSource {
        func item(_ code: String, _ unit: String, _ more: String = "kind: cumulative") -> String {
            "{item: \(code), name: \(code)名, name_en: \(code), unit: \"\(unit)\", \(more), "
                + "periods: [half_month, month, quarter, half, year], reported_by: [county, zone]}"
        }
        let items = [
            item("a", "亿元", "kind: cumulative, plan: a_plan"), item("a_plan", "亿元", "kind: cumulative, role: plan"),
            item("b", "万元"), item("flow", "亿元", "kind: current"), item("stock", "平方公里", "kind: point_in_time"),
            item("n", "个"), item("firms", "家"), item("share_a", "%", "kind: point_in_time, additive: false"),
            item("points", "百分点", "kind: point_in_time, additive: false"),
            item("only_zones", "个").replacing("[county, zone]", with: "[zone]"),
            "{item: list, name: 名单, name_en: list, type: text, periods: [year], reported_by: [zone]}",
            "{item: other_list, name: 另一名单, name_en: other list, type: text, periods: [year], reported_by: [zone]}",
            "{item: signed_on, name: 签订日期, name_en: signed on, type: date, periods: [year], reported_by: [zone]}",
            "{item: stage, name: 阶段, name_en: stage, type: choice, choices: [起草, 批准], periods: [year], reported_by: [zone]}",
            "{item: agreed, name: 一致, name_en: agreed, type: boolean, periods: [year], reported_by: [zone]}",
        ]
        let files = [
            "scheme.yaml": "scheme: rules\nname: 规则\nname_en: Rules\nversion: \"1\"\n",
            "units.yaml": """
            units:
              - {code: "410000", name: 省, name_en: province, level: province}
              - {code: "410100", name: 县, name_en: county, level: county, parent: "410000"}
              - {code: "410100-01", name: 甲区, name_en: zone 1, level: zone, parent: "410100"}
              - {code: "410100-02", name: 乙区, name_en: zone 2, level: zone, parent: "410100"}
            """,
            "measures.yaml": """
            measures:
              - {code: 亿元, name_en: 100 million yuan, class: money, factor: 100000000}
              - {code: 万元, name_en: 10 thousand yuan, class: money, factor: 10000}
              - {code: 平方公里, name_en: km2, class: area, factor: 1500}
              - {code: 亩, name_en: mu, class: area, factor: 1}
              - {code: 个, name_en: item, counted: true}
              - {code: 家, name_en: firm, counted: true}
              - {code: "%", name_en: percent, class: ratio, factor: 0.01}
              - {code: 百分点, name_en: points, class: points, factor: 0.01}
            """,
            "f.yaml": "form: f\nname: 表\nname_en: form\nitems:\n"
                + (items + derived).map { "  - \($0)\n" }.joined(),
            "g.yaml": "form: g\nname: 另表\nname_en: other form\nitems:\n  - \(item("a", "亿元"))\n",
        ]
        let all =
            checks.isEmpty
            ? files : files.merging(["checks.yaml": "checks:\n" + checks.map { "  - \($0)\n" }.joined()]) { $1 }
        return SchemeSource(all.map { SchemeSource.File(name: $0.key, text: $0.value) })
    }

    /// A scheme with one rule.
    static func scheme(rule: String, _ more: String = "") throws -> Scheme {
        try Scheme.parse(self.source(checks: [self.check(rule, more)]))
    }

    static func check(_ rule: String, _ more: String = "") -> String {
        let quoted = rule.replacing("'", with: "''")
        return
            "{check: R1, name: 应当如此, name_en: It must be so, level: error, rule: '\(quoted)'\(more.isEmpty ? "" : ", \(more)")}"
    }

    /// `zone 2024-H1 a` means the cell `410100-01/f/2024-H1/a`; `g.a` another form's item; `zone2` and `county` other units.
    static func address(_ text: String) -> CellAddress {
        let words = text.split(separator: " ").map(String.init)
        let unit = ["zone": "410100-01", "zone2": "410100-02", "county": "410100", "province": "410000"][words[0]]!
        let item = words[2].split(separator: ".").map(String.init)
        return CellAddress(
            unit: UnitCode(unit)!,
            form: Code(item.count == 2 ? item[0] : "f")!,
            period: Period(words[1])!,
            item: Code(item.last!)!
        )
    }

    /// Lines such as `zone 2024-H1 a = 4.6`.
    static func cells(_ text: String, in scheme: Scheme) throws -> [CellAddress: CellValue] {
        var cells: [CellAddress: CellValue] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks }
            let address = self.address(parts[0])
            cells[address] = try scheme.value(parts[1], for: scheme.cell(address).item)
        }
        return cells
    }

    static let today = CalendarDate("2030-01-01")!

    static func findings(_ scheme: Scheme, _ cells: String, today: CalendarDate = Self.today) throws -> [Finding] {
        let cells = try self.cells(cells, in: scheme)
        return try CheckPlan(scheme).findings(about: cells.keys, today: today, source: CellDictionary(cells))
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String { String(self).trimmingBlanks }
}
