import ReportModel
import ReportScheme

/// A scheme that is parsed in no time, with an item of every kind, and some figures.
enum SmallScheme {
    /// - Parameters:
    ///   - derived: the formula of the derived item, as a YAML scalar.
    ///   - rule: that of the check.
    ///   - condition: when the check holds.
    static func source(derived: String?, rule: String?, condition: String?) -> SchemeSource {
        SchemeSource(
            self.files(
                derived ?? "\"share(tax, revenue)\"",
                rule ?? "output.tax <= output.revenue",
                condition ?? "present(output.revenue)"
            ).map { SchemeSource.File(name: $0, text: $1) }
        )
    }

    /// As an input of the target `scheme`.
    static var text: String {
        self.files("growth(revenue)", "output.revenue ~= output.profit + output.tax", "output.tax > 5万元")
            .map { name, text in SchemeProperties.fileMark + name + "\n" + text }.joined()
    }

    private static func item(_ code: String, _ more: String) -> String {
        "  - {item: \(code), name: \(code)名, name_en: \(code), \(more), "
            + "periods: [month, half, year], reported_by: [county, zone]}\n"
    }

    private static func files(_ derived: String, _ rule: String, _ condition: String) -> [(String, String)] {
        [
            (
                "scheme.yaml",
                """
                scheme: small
                name: 小制度
                name_en: Small
                version: "1"
                schedule: {half: {due: 10}}

                """
            ),
            (
                "units.yaml",
                """
                units:
                  - {code: "410000", name: 河南省, name_en: Henan, level: province}
                  - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000", aliases: [长垣]}
                  - {code: "410728-01", name: 一区, name_en: One, level: zone, parent: "410728"}
                  - {code: "410728-02", name: 二区, name_en: Two, level: zone, parent: "410728"}

                """
            ),
            (
                "measures.yaml",
                """
                measures:
                  - {code: 亿元, name_en: 100 million yuan, class: money, factor: 100000000}
                  - {code: 万元, name_en: 10 thousand yuan, class: money, factor: 10000}
                  - {code: 家, name_en: firm, counted: true}
                  - {code: "%", name_en: percent, class: ratio, factor: 0.01}
                  - {code: 百分点, name_en: points, class: points, factor: 0.01}

                """
            ),
            (
                "output.yaml",
                "form: output\nname: 产出\nname_en: Output\nwritten_by: [reviewer]\nitems:\n"
                    + self.item("revenue", "unit: 亿元, kind: cumulative, plan: revenue_plan")
                    + self.item("revenue_plan", "unit: 亿元, kind: cumulative, role: plan")
                    + self.item("profit", "unit: 亿元, kind: current") + self.item("tax", "unit: 万元, kind: cumulative")
                    + self.item("firms", "unit: 家, kind: point_in_time, written_by: [clerk, office]")
                    + self.item("remark", "type: text")
                    + self.item("signed_on", "type: date") + self.item("agreed", "type: boolean")
                    + self.item("stage", "type: choice, choices: [起草, 批准]")
                    + "  - {item: derived, name: 比重, name_en: share, unit: \"%\", decimals: 1, formula: \(derived), "
                    + "periods: [month, half, year]}\n"
            ),
            (
                "checks.yaml",
                """
                checks:
                  - {check: C-1, name: 应当如此, name_en: It must be so, level: error, rule: \(rule), when: \(condition)}

                """
            ),
        ]
    }

    /// Exact, approximate, a range, none; of both zones, the county and several periods.
    static let cells: [CellAddress: CellValue] = {
        let texts = [
            "410728-01/output/2024-H1/revenue": "210.5", "410728-02/output/2024-H1/revenue": "近200",
            "410728-01/output/2023-H1/revenue": "180", "410728-01/output/2024-06/revenue": "35",
            "410728/output/2024-H1/revenue": "410", "410728-01/output/2024/revenue_plan": "450",
            "410728-01/output/2024-H1/profit": "5-7", "410728-01/output/2024-H1/tax": "0",
            "410728-01/output/2023-H1/tax": "-3", "410728-01/output/2024-H1/firms": "30多",
        ]
        var cells: [CellAddress: CellValue] = [:]
        for (address, text) in texts { cells[try! CellAddress(address)] = try! ValueText.value(text, as: .number) }
        func set(_ item: String, _ value: CellValue) {
            cells[try! CellAddress("410728-01/output/2024-H1/\(item)")] = value
        }
        set("remark", .text("甲、乙、丙"))
        set("signed_on", .date(CalendarDate("2024-02-29")!))
        set("agreed", .boolean(true))
        set("stage", .choice("起草"))
        return cells
    }()
}
