import ReportModel
import ReportScheme

/// A scheme of simulated stores: small, so that a store is quickly made. There are three, each of which lacks something
/// that another has.
package struct SimulatedScheme: Sendable {
    package let source: SchemeSource
    package let scheme: Scheme
    package let bytes: [UInt8]
    /// What a person whose store has this scheme can write.
    package let cells: [AddressInScope]

    /// Before a zone, a form and an item were added.
    package static let older = Self("1", zones: ["410728-01"], items: ["roads", "investment"])
    /// The one that has everything.
    package static let newer = Self(
        "2",
        zones: ["410728-01", "410728-02"],
        items: ["roads", "investment", "bridges"],
        landItems: ["area"]
    )
    /// One that has lost a zone and two items again.
    package static let other = Self("3", zones: ["410728-02"], items: ["roads"], landItems: ["area"])

    package static let all = [older, newer, other]

    /// The simulated scheme with this source; `nil` for any other.
    package static func of(_ source: SchemeSource) -> SimulatedScheme? {
        self.all.first { $0.source == source }
    }

    private init(_ version: String, zones: [String], items: [String], landItems: [String] = []) {
        var files = [
            "scheme.yaml": "scheme: simulated\nname: 模拟\nname_en: Simulated\nversion: \"\(version)\"\n",
            "units.yaml": Self.units
                + zones.map {
                    "  - {code: \"\($0)\", name: 区\($0), name_en: Zone \($0), level: zone, parent: \"410728\"}\n"
                }
                .joined(),
            "measures.yaml": "measures:\n  - {code: 公里, name_en: kilometre}\n",
            "infrastructure.yaml": Self.form("infrastructure", items),
        ]
        if !landItems.isEmpty { files["land.yaml"] = Self.form("land", landItems) }
        self.source = SchemeSource(files.map { SchemeSource.File(name: $0.key, text: $0.value) })
        self.scheme = try! Scheme.parse(self.source)
        self.bytes = self.source.encoded
        self.cells = [("infrastructure", items), ("land", landItems)].flatMap { form, items in
            items.map { item in
                AddressInScope(form: Code(form)!, period: Period("2024-H1")!, item: Code(item)!)
            }
        }
    }

    private static let units = """
        units:
          - {code: "410000", name: 河南省, name_en: Henan, level: province}
          - {code: "410700", name: 新乡市, name_en: Xinxiang, level: city, parent: "410000"}
          - {code: "410728", name: 长垣县, name_en: Changyuan, level: county, parent: "410700"}
          - {code: "410423", name: 鲁山县, name_en: Lushan, level: county, parent: "410000"}
          - {code: "410423-01", name: 鲁山区, name_en: Lushan zone, level: zone, parent: "410423"}

        """

    private static func form(_ code: String, _ items: [String]) -> String {
        "form: \(code)\nname: 表\(code)\nname_en: Form \(code)\nitems:\n"
            + items.map {
                "  - {item: \($0), name: 指标\($0), name_en: Item \($0), unit: 公里, kind: cumulative, periods: [half], "
                    + "reported_by: [county, zone]}\n"
            }.joined()
    }
}
