import Testing

/// A small scheme with checks of every level, within a form, across forms and across units.
enum CheckedScheme {
    /// Writes the scheme's files.
    ///
    /// - Returns: The path of their folder.
    static func write(in scene: Scene) throws -> String {
        for (name, text) in self.files { _ = try scene.write(text, to: "checked/\(name)") }
        return scene.path("checked")
    }

    private static func item(_ code: String, _ name: String, _ unit: String, _ kind: String = "cumulative") -> String {
        "  - {item: \(code), name: \(name), name_en: The \(code), unit: \(unit), kind: \(kind), "
            + "periods: [half, year], reported_by: [county, zone]}\n"
    }

    private static var files: [String: String] {
        [
            "scheme.yaml": "scheme: checked\nname: 审核试行\nname_en: Checked\nversion: \"1\"\n",
            "units.yaml": """
            units:
              - {code: "410000", name: 河南省, name_en: Henan, level: province}
              - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000"}
              - {code: "410728-01", name: 一区, name_en: Zone one, level: zone, parent: "410728"}
              - {code: "410728-02", name: 二区, name_en: Zone two, level: zone, parent: "410728"}

            """,
            "measures.yaml": """
            measures:
              - {code: 亿元, name_en: 100 million yuan, class: money, factor: 100000000}
              - {code: 万元, name_en: 10 thousand yuan, class: money, factor: 10000}
              - {code: 家, name_en: firms, counted: true}

            """,
            "output.yaml": "form: output\nname: 产出\nname_en: Output\nitems:\n"
                + self.item("revenue", "营业收入", "亿元") + self.item("profit", "利润", "亿元")
                + self.item("tax", "税收", "万元"),
            "firms.yaml": "form: firms\nname: 企业\nname_en: Firms\nitems:\n"
                + self.item("firms", "企业数", "家", "point_in_time"),
            "checks.yaml": """
            checks:
              - {check: CC-01, name: 利润不应大于营业收入, name_en: Profit is not above revenue,
                 level: error, rule: output.profit <= output.revenue}
              - {check: CC-02, name: 税收一般不大于利润, name_en: Tax is not usually above profit,
                 level: warning, rule: output.tax <= output.profit}
              - {check: CC-03, name: 有营业收入一般应有多家企业, name_en: Where there is revenue there are firms,
                 level: warning, rule: firms.firms >= 2家, when: present(output.revenue)}
              - {check: CC-04, name: 企业较少, name_en: Few firms, level: information, rule: firms.firms >= 5家}
              - {check: CC-05, name: 全县营业收入应等于各区之和, name_en: The county's revenue is its zones' sum,
                 level: error, rule: output.revenue == below(output.revenue), when: complete(output.revenue)}

            """,
        ]
    }
}

/// The province and an office that works by ``CheckedScheme``.
struct CheckedStage {
    let scene: Scene
    let server: RunningServer
    let office: Office

    init() async throws {
        self.scene = try Scene()
        self.server = try await self.scene.province(scheme: try CheckedScheme.write(in: self.scene))
        self.office = try await self.scene.office("办公室", server: self.server)
        try await self.office.sync()
    }
}
