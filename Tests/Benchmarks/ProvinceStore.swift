import Foundation
import GRDB
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore
import TestSupport

/// A province's store with 10 million cells: 180 zones report 13 forms of 20 items in every period of five years.
///
/// The cells are put into the table that the store made, by SQL: writing 10 million changes would take longer than all
/// other benchmarks. So the log, which totals do not read, is empty.
struct ProvinceStore {
    static let form: Code = "f06"
    static let period = Period("2023-07")!
    /// Ten million, with all zones and periods.
    private static let forms = 13
    private static let items = 20

    let directory: String
    let scheme: Scheme
    let cellCount: Int

    init(in directory: String, seed: UInt64) throws {
        self.directory = directory
        let source = Self.source
        let scheme = try Scheme.parse(source)
        self.scheme = scheme
        let store = try ServerStore.create(in: directory, replica: ReplicaID(rawValue: 1), scheme: source)
        try store.database.close()
        let queue = try DatabaseQueue(path: directory + "/" + StoreKind.server.fileName)
        self.cellCount = try queue.writeWithoutTransaction { database in
            // Nobody minds when this database is lost.
            try database.execute(sql: "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            try Self.fill(database, scheme, seed: seed)
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            return try Int.fetchOne(database, sql: "SELECT count(*) FROM cell")!
        }
        try queue.close()
    }

    private static func fill(_ database: Database, _ scheme: Scheme, seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        try database.inTransaction {
            try database.execute(
                sql: """
                    CREATE TEMP TABLE form (number INTEGER PRIMARY KEY);
                    CREATE TEMP TABLE period (number INTEGER PRIMARY KEY);
                    CREATE TEMP TABLE item (number INTEGER PRIMARY KEY);
                    CREATE TEMP TABLE figure (number INTEGER PRIMARY KEY, value BLOB);
                    """
            )
            for (index, code) in (scheme.forms.map(\.code) + scheme.forms[0].items.map(\.code)).enumerated() {
                let number = index + 1
                try database.execute(sql: "INSERT INTO code VALUES (?, ?)", arguments: [number, code.description])
                try database.execute(
                    sql: "INSERT INTO temp.\(index < Self.forms ? "form" : "item") VALUES (?)",
                    arguments: [number]
                )
            }
            for unit in scheme.units where unit.level == .zone {
                try database.execute(sql: "INSERT INTO scope (unit) VALUES (?)", arguments: [unit.code.description])
            }
            for period in Self.periods {
                try database.execute(sql: "INSERT INTO period VALUES (?)", arguments: [Int64(period.wireNumber)])
            }
            for number in 0..<1_000 {
                var writer = ByteWriter()
                let mantissa = Int128(Int.random(in: 20...90_000, using: &random))
                writer.value(.number(Quantity(ExactDecimal(mantissa: mantissa, scale: number % 3)!)))
                try database.execute(sql: "INSERT INTO figure VALUES (?, ?)", arguments: [number, Data(writer.bytes)])
            }
            // In the order of the table's key, as far as the loops go.
            try database.execute(
                sql: """
                    INSERT INTO cell
                    SELECT form.number, period.number, scope.number, 0, item.number, 1, 1, 0, figure.value
                    FROM temp.form CROSS JOIN temp.period CROSS JOIN scope CROSS JOIN temp.item CROSS JOIN temp.figure
                    WHERE figure.number =
                        (form.number * 7919 + period.number * 31 + scope.number * 613 + item.number * 17) % 1000
                    """
            )
            return .commit
        }
    }

    static let periods = (2020...2024).flatMap { year in
        [Period.Kind.halfMonth, .month, .quarter, .half, .year].flatMap { Period.all(of: $0, in: year) }
    }

    // MARK: - The scheme

    static var source: SchemeSource {
        let cities = (1...18).map { "41\(Self.digits($0))00" }
        let units = cities.flatMap { city in
            ["{code: \"\(city)\", name: 市\(city), name_en: city \(city), level: city, parent: \"410000\"}"]
                + (1...10).map { zone in
                    let code = "\(city)-\(Self.digits(zone))"
                    return "{code: \(code), name: 区\(code), name_en: zone \(code), level: zone, parent: \"\(city)\"}"
                }
        }
        let items = (0..<Self.items).map { index in
            // The last five are the plans of the first five.
            let plan = index < 5 ? ", plan: i\(Self.digits(index + 15))" : index < 15 ? "" : ", role: plan"
            return "{item: i\(Self.digits(index)), name: 指标\(index), name_en: item \(index), unit: 亿元, "
                + "kind: cumulative\(plan), periods: [half_month, month, quarter, half, year], reported_by: [zone]}"
        }
        func list(_ key: String, _ entries: [String]) -> String {
            "\(key):\n" + entries.map { "  - \($0)\n" }.joined()
        }
        let files =
            [
                ("scheme.yaml", "scheme: large\nname: 大省\nname_en: Large province\nversion: \"1\"\n"),
                ("measures.yaml", list("measures", ["{code: 亿元, name_en: 100 million yuan}"])),
                (
                    "units.yaml",
                    list("units", ["{code: \"410000\", name: 省, name_en: province, level: province}"] + units)
                ),
            ]
            + (1...Self.forms).map { number in
                let code = "f\(Self.digits(number))"
                return (
                    "\(code).yaml", "form: \(code)\nname: 表\(number)\nname_en: form \(number)\n" + list("items", items)
                )
            }
        return SchemeSource(files.map { SchemeSource.File(name: $0.0, text: $0.1) })
    }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
