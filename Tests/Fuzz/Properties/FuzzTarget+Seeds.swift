import Foundation
import ReportModel
import ReportWire
import TestSupport

// Where a fuzzer begins: what the repository has of each kind anyway, none of it kept twice.

extension FuzzTarget {
    /// Inputs to begin with, each at most ``inputByteCountMax`` long.
    package func seeds() throws -> [[UInt8]] {
        try self.allSeeds().filter { $0.count <= self.inputByteCountMax }
    }

    private func allSeeds() throws -> [[UInt8]] {
        switch self {
        case .frames: try Self.streams()
        case .message: try Self.frames().map { [$0.kind, $0.flags.rawValue] + $0.payload }
        case .batch: try Self.batches().compactMap { WireProperties.content(of: Message.batch($0).frame) }
        case .change: try Self.batches().flatMap(\.entries).map(\.canonicalBytes)
        case .parcel: try Self.parcels()
        case .server, .client: try Self.scripts()
        case .scheme: try Self.schemeFiles()
        case .formula: try Self.formulas()
        case .figures: try Self.tables()
        case .names: Self.typedNames.map { Array($0.utf8) }
        case .values: try Self.values()
        }
    }

    /// Words that mean something to a target; mutations put them in.
    package var words: [String] {
        switch self {
        case .frames, .message, .batch, .change, .parcel, .server, .client: []
        case .scheme:
            [
                "form: ", "items:\n  - {item: ", "units:\n  - {code: ", "measures:\n", "checks:\n", "schedule: ",
                "name: ",
                "name_en: ", "aliases: [", "periods: [", "reported_by: [", "half_month", "unit: ", "kind: cumulative",
                "point_in_time", "additive: false", "type: choice", "choices: [", "plan: ", "role: target", "formula: ",
                "decimals: ", "rule: ", "when: ", "level: warning", "from: \"2024-01-01\"", "until: ", "factor: 1e9",
                "each: ", "tolerance: ", "\"", "'", "|\n", ">-\n", "{", "}", "]", "&a", "*a", "<<: ", "!!", "? ", "%% ",
            ]
        case .formula:
            [
                "sum(", "min(", "max(", "abs(", "either(", "stated(", "number(", "share(", "intensity(", "growth(",
                "points(", "contribution(", "as_ratio(", "plan(", "completion(", "remainder(", "pace(", "elapsed()",
                "last(", "current(", "below(", "year_before(", "at_year(", "at_quarter(", "previous(", "in_year(2023, ",
                "at(county, ", "count(", "decimals(", "year()", "present(", "complete(", "same(", " and ", " or ",
                "not ",
                "==", "!=", "<=", ">=", "~=", "(", ")", "-", "0", "999999999999999999999999", "5亿元", "0.000000000001",
                "万元", "%", "revenue", "revenue_plan", "profit", "tax", "firms", "remark", "signed_on", "agreed",
                "stage",
                "output.", "\"甲\"", "2024-02-29",
            ]
        case .figures:
            ["unit,form,period,row,item,value", "单位,报表,报告期,行,指标,数值", "\"", "\r\n", ",", "410728", "2024-H1", "近200"]
        case .names: ["410728", "-01", "/", "2024-H1", "2024-07A", "2024-07-1", "-", "_devices", "24:00"]
        case .values:
            Qualifier.allCases.map(\.rawValue) + [
                "不适用", "××", "n/a", "-", "−", "～", "至", "，", ",000", "．", "是", "否", "2024-06-30", "亿元", " ", "\u{FEFF}",
                "999999999999999999999999", "0.000000000001",
            ]
        }
    }

    // MARK: - The wire

    /// The golden vectors, whole frames.
    private static func vectors() throws -> [[UInt8]] {
        let folder = "Tests/ReportWireTests/Vectors"
        return try FileManager.default.contentsOfDirectory(atPath: Repository.url(folder).path).sorted().map {
            try Hexadecimals.bytes(try Repository.text("\(folder)/\($0)"))
        }
    }

    /// Each vector in pieces of one length and of another, and all of them in one stream.
    private static func streams() throws -> [[UInt8]] {
        let vectors = try self.vectors()
        let all: [UInt8] = [0] + vectors.joined()
        return vectors.map { [0] + $0 } + vectors.map { [6] + $0 } + [all]
    }

    private static func frames() throws -> [Frame] {
        try self.vectors().map { try Frame(body: Array($0[4...])) } + self.batches().map { Message.batch($0).frame }
    }

    /// Kind, flags and payload of a frame.
    private static func content(of frame: [UInt8]) -> [UInt8] { Array(frame[4..<frame.count - 4]) }

    private static func batches() throws -> [Batch] {
        let recorded = try self.vectors().compactMap { bytes -> Batch? in
            guard case .batch(let batch)? = try Message(Frame(body: Array(bytes[4...]))) else { return nil }
            return batch
        }
        return recorded
            + zip(MessageScript.scopes, MessageScript.histories).map { Batch(scope: $0, changes: $1) }
            + self.crowdedBatches()
    }

    /// As many writes as a batch may have, and as many changes: what takes the most memory.
    private static func crowdedBatches() -> [Batch] {
        let scope = MessageScript.scopes[1]
        let letters = "abcdefghijklmnopqrstuvwxyz"
        let items = letters.flatMap { first in letters.map { Code(String([first, $0]))! } }
        return [(changeCount: 12, writeCount: ChangeLimits.writeCountMax), (Limits.batchChangeCountMax, 1)].map {
            shape in
            var store = MemoryStore(replica: ReplicaID(rawValue: 1), scope: scope)
            for number in 0..<shape.changeCount {
                store.write(
                    items.prefix(shape.writeCount).map { item in
                        Change.Write(AddressInScope(form: "f", period: .none, item: item), .number(.init(.zero)))
                    },
                    time: Timestamp(secondsSince1970: Int64(number)),
                    author: ""
                )
            }
            return Batch(scope: scope, changes: store.storedChanges)
        }
    }

    /// Scripts of messages: whole syncs, the golden vectors one after the other, and any bytes.
    private static func scripts() throws -> [[UInt8]] {
        var random = SplitMix64(seed: 5)
        var any: [[UInt8]] = []
        for index in 0..<40 { any.append((0..<40 + 8 * index).map { _ in UInt8(truncatingIfNeeded: random.next()) }) }
        let recorded = try self.vectors().map { bytes -> [UInt8] in
            let payload = self.content(of: bytes).dropFirst(2)
            let head: [UInt8] = [0, bytes[4], bytes[5], UInt8(payload.count >> 8), UInt8(payload.count & 255)]
            return head + payload
        }
        // As a server: holds nothing, some, all; a hello of one scope and one of three. As a client it is others.
        let hello: [UInt8] = [1, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 2, 0]
        let welcome: [UInt8] = [2, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 16, 1, 0]
        let have: [UInt8] = [3, 0, 0, 0, 0, 0]
        let batch: [UInt8] = [4, 0, 0, 255]
        let receipt: [UInt8] = [6, 1, 1, 0]
        let talk = have + batch + receipt + batch + receipt + [7]
        let all = Array(recorded.joined())
        let talks: [[UInt8]] = [hello + talk, welcome + talk, hello + all, welcome + all, hello + talk + talk]
        return any + talks.map { [0, 0, 0] + $0 } + talks.map { [3, 5, 7] + $0 }
    }

    /// Frames in records, several to a record and one in each, with an opening before them and without, and the end.
    private static func parcels() throws -> [[UInt8]] {
        let vectors = try self.vectors().filter { $0.count < 1000 }
        let records = [vectors.prefix(3).flatMap { $0 }] + vectors
        let contents = records.map { [1] + $0 } + [[2]]
        let script = contents.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
        return [[1] + script, [0] + script, [1, 0, 1, 2], [1, 0, 1, 0]]
    }

    // MARK: - Schemes and figures

    private static let schemeFolder = "Protocol/Schemes/henan-zones"

    private static func schemeTexts() throws -> [(name: String, text: String)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.url(self.schemeFolder).path)
        return try names.filter { $0.hasSuffix(".yaml") }.sorted().map {
            ($0, try Repository.text("\(self.schemeFolder)/\($0)"))
        }
    }

    /// Each file of the bundled scheme alone: much of it names what is not there, which is an input too.
    private static func schemeFiles() throws -> [[UInt8]] {
        let files = try self.schemeTexts().map { SchemeProperties.fileMark + $0.name + "\n" + $0.text }
        return ([SmallScheme.text] + files).map { Array($0.utf8) }
    }

    /// Every formula, rule and condition of the bundled scheme, and some over the items of the small one.
    private static func formulas() throws -> [[UInt8]] {
        var formulas = [
            "revenue - year_before(revenue) + 0亿元", "share(tax, revenue) > 5%", "growth(revenue) <= 0.2",
            "below(revenue) == revenue", "contribution(revenue, year_before(revenue), tax, year_before(tax))",
            "(revenue * 3 / firms) ~= 70亿元", "count(remark) == number(firms) or not agreed", "stage == \"起草\"",
            "signed_on < 2024-03-01 and present(tax)", "pace(revenue) > 0百分点", "max(tax, 3万元, -profit)",
        ]
        for (_, text) in try self.schemeTexts() {
            for match in text.matches(of: /(?:formula|rule|when): (?:"([^"\n]*)"|([^\n}]*))/) {
                formulas.append(String(match.output.1 ?? match.output.2 ?? ""))
            }
        }
        // A check names an item with its form.
        let items = /\b(?:revenue|revenue_plan|profit|tax|firms|remark|signed_on|agreed|stage)\b/
        return Set(formulas).sorted().flatMap { formula in
            let named = formula.contains(".") ? formula : formula.replacing(items) { "output." + $0.output }
            return ["d" + formula, "r" + named, "w" + named].map { Array($0.utf8) }
        }
    }

    /// The heads of the example files, with some of their rows.
    private static func tables() throws -> [[UInt8]] {
        let folder = "\(self.schemeFolder)/examples"
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.url(folder).path)
        return try names.filter { $0.hasSuffix(".csv") }.sorted().flatMap { name -> [[UInt8]] in
            let lines = try Repository.text("\(folder)/\(name)").split(separator: "\n")
            return stride(from: 1, to: lines.count, by: 60).prefix(4).map { start in
                Array((lines[..<1] + lines[start...].prefix(12)).joined(separator: "\n").utf8)
            }
        }
    }

    // MARK: - Texts

    private static let typedNames = [
        "410728-01/infrastructure/2024-H1/roads", "410728-01/task_table/2014/P-07/state", "410728", "410728-01-02",
        "2024", "2024-H1", "2024-Q3", "2024-07", "2024-07A", "2024-07-1", "-", "2024-02-29", "24:00", "08:30",
        "a1a1a1a1a1a1a1a1", "_devices", "410728/_devices/-/a1a1a1a1a1a1a1a1/name",
        // Numbers of a unit, a period and a date, as the wire has them.
        "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0F}\u{22}\u{08}", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{1F}\u{7F}\u{5D}",
    ]

    private static func values() throws -> [[UInt8]] {
        let typed = [
            "近200", "1000多家", "1,234.5亿元", "4000亩以上", "5-7公里", "5～7", "-5--3", "5至7", "2024-06-30", "是", "n/a", "××",
            "", "１２．５", "−3.50", "0.10 -0.2", "999999999999999999999999 0.000000000001",
        ]
        let reported = try self.tables().flatMap { table in
            String(decoding: table, as: UTF8.self).split(separator: "\n").dropFirst().compactMap {
                $0.split(separator: ",").last.map(String.init)
            }
        }
        return Set(typed + reported).sorted().map { Array($0.utf8) }
    }
}
