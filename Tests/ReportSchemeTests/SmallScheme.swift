import ReportModel
import ReportScheme

/// A scheme of four files, small enough to change in a test.
enum SmallScheme {
    static let files: [String: String] = [
        "scheme.yaml": """
        scheme: small
        name: 小制度
        name_en: Small scheme
        version: "1"
        """,
        "units.yaml": """
        units:
          - {code: "410000", name: 河南省, name_en: Henan, level: province}
          - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410000", aliases: [长垣]}
          - {code: "410728-01", name: 长垣县产业集聚区, name_en: Zone, level: zone, parent: "410728"}
          - {code: "410728-02", name: 蒲城园区, name_en: Pucheng, level: zone, parent: "410728"}
        """,
        "measures.yaml": """
        measures:
          - {code: 公里, name_en: kilometre, aliases: [千米, km]}
          - {code: 亿元, name_en: 100 million yuan}
        """,
        "roads.yaml": """
        form: roads
        name: 道路
        name_en: Roads
        items:
          - item: length
            name: 道路长度
            name_en: Length
            aliases: [铺路]
            unit: 公里
            kind: cumulative
            plan: length_plan
            periods: [half, year]
            reported_by: [zone]
          - item: length_plan
            name: 道路计划
            name_en: Plan
            unit: km
            kind: cumulative
            role: plan
            periods: [year]
            reported_by: ["410728-01"]
          - item: surface
            name: 路面
            name_en: Surface
            type: choice
            choices: [沥青, 水泥]
            periods: [year]
            reported_by: [county, zone]
          - item: remark
            name: 备注
            name_en: Remark
            type: text
            periods: [half, year]
            reported_by: [zone]
        """,
    ]

    /// The scheme with `old` replaced by `new` in one of its files, or with a file added.
    static func source(_ file: String = "", replacing old: String = "", with new: String = "") -> SchemeSource {
        var files = self.files
        if let text = files[file], let range = text.firstRange(of: old) {
            files[file] = text[..<range.lowerBound] + new + text[range.upperBound...]
        } else if !file.isEmpty {
            files[file] = new
        }
        return SchemeSource(files.map { SchemeSource.File(name: $0.key, text: $0.value) })
    }

    static func parsed() throws -> Scheme { try Scheme.parse(self.source()) }
}
