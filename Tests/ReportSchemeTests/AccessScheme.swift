import ReportModel
import ReportScheme

/// A scheme with an item for each thing that the rule of access tells apart, and a tree with a unit on each side of a
/// county.
enum AccessScheme {
    static let scheme = try! Scheme.parse(
        SchemeSource([
            .init(name: "scheme.yaml", text: "scheme: s\nname: 制度\nname_en: S\nversion: \"1\""),
            .init(name: "measures.yaml", text: "measures: [{code: 公里, name_en: kilometre}]"),
            .init(
                name: "units.yaml",
                text: """
                    units:
                      - {code: "410000", name: 河南省, name_en: Henan, level: province}
                      - {code: "410700", name: 新乡市, name_en: Xinxiang, level: city, parent: "410000"}
                      - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410700"}
                      - {code: "410728-01", name: 长垣区, name_en: Zone, level: zone, parent: "410728"}
                      - {code: "410728-01-01", name: 起重园, name_en: Park, level: subzone, parent: "410728-01"}
                      - {code: "410721", name: 新乡县, name_en: Xinxiang County, level: county, parent: "410700"}
                      - {code: "410721-01", name: 新乡区, name_en: Other zone, level: zone, parent: "410721"}
                    """
            ),
            // Nothing said of the form; items that say something.
            .init(
                name: "roads.yaml",
                text: Self.form("roads", "道路", "")
                    + Self.item("length", "unit: 公里, kind: cumulative")
                    + Self.item("paved_on", "type: date")
                    + Self.item("remark", "type: text")
                    + Self.item("surface", "type: choice, choices: [沥青, 水泥]")
                    + Self.item("is_open", "type: boolean")
                    + Self.item("stars", "unit: 公里, kind: current, written_by: [office]")
                    + Self.item("target", "unit: 公里, kind: current, written_by: [reviewer, office]")
                    + "  - {item: twice, name: 两倍, name_en: Twice, unit: 公里, formula: length * 2, periods: [year]}\n"
            ),
            // The form says something; an item says otherwise.
            .init(
                name: "plan.yaml",
                text: Self.form("plan", "方案", "written_by: [office]\n")
                    + Self.item("aim", "unit: 公里, kind: current")
                    + Self.item("proposal", "type: text, written_by: [clerk]")
            ),
            .init(
                name: "ruling.yaml",
                text: Self.form("ruling", "裁定", "written_by: [office]\n") + Self.item("words", "type: text")
            ),
        ])
    )

    private static func form(_ code: String, _ name: String, _ more: String) -> String {
        "form: \(code)\nname: \(name)\nname_en: \(code)\n\(more)items:\n"
    }

    private static func item(_ code: String, _ more: String) -> String {
        "  - {item: \(code), name: \(code)名, name_en: \(code), \(more), periods: [year],\n"
            + "     reported_by: [city, county, zone, subzone]}\n"
    }

    /// The rule's answer about one cell of `unit`.
    static func refusal(
        _ cell: String,
        _ value: CellValue,
        in unit: String,
        _ role: Role,
        of grantUnit: String,
        scheme: Scheme = Self.scheme
    ) throws -> AccessRefusal? {
        let grant = Grant(role: role, unit: UnitCode(grantUnit)!)
        return scheme.refusal(of: (try CellAddress("\(unit)/\(cell)"), value), under: grant)
    }
}

extension CellValue {
    static let five = CellValue.number(Quantity(ExactDecimal("5")!))
}
