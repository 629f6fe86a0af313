import BundledScheme
import Foundation
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore
import ServerSummary
import TestSupport

/// `make bench`: prints the figures of the README's table. Ratios are against a limit measured in the same run.
@main
enum Benchmarks {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == Processes.argument { Processes.measureAndExit(Array(arguments.dropFirst())) }
        if arguments.first == ServerProcess.argument {
            return try await ServerProcess.serve(Array(arguments.dropFirst()))
        }
        for (name, measure) in self.parts where arguments.isEmpty || arguments.contains(name) { try await measure() }
    }

    /// Any of them can be asked for by name; all is what the table states.
    private static let parts: [(name: String, measure: @Sendable () async throws -> Void)] = [
        ("wire", { try Self.wireBytes() }), ("throughput", { try await Self.throughput() }),
        ("local", { try Self.localWrites() }),
        ("stored", { try await Self.syncCost() }), ("security", { try await Self.security() }),
        ("decoding", { try Self.decoding() }), ("connections", { try await Self.connections() }),
        ("checking", { try Self.checking() }), ("scheme", { try Self.scheme() }), ("county", { try Self.county() }),
        ("province", { try Self.province() }),
    ]

    private static func wireBytes() throws {
        var workload = Workload(seed: 1)
        let cases: [(String, [Change.Write], Int)] = [
            ("1,000 cells in two changes", workload.cells(1000), 500),
            ("50 cells in one change", workload.cells(50, startingAtPeriod: 20), 500),
            ("ten changes of one cell", workload.cells(10, startingAtPeriod: 30), 1),
        ]
        for (name, cells, cellsPerChange) in cases {
            let wire = try WireBytes(scheme: BundledScheme.source, unit: UnitCode("410728-02")!)
            let sync = try wire.bytes(of: cells, cellsPerChange: cellsPerChange)
            self.say(
                "\(name): \(self.decimal(Double(sync.batchAndReceiptBytes) / Double(cells.count))) bytes a cell "
                    + "in batches and receipts; \(sync.otherBytes) bytes of hello, welcome, have and done; "
                    + "\(sync.roundTrips) round trips"
            )
        }
        for unit in ["410728-02", "410728-01"] {
            let wire = try WireBytes(scheme: BundledScheme.source, unit: UnitCode(unit)!)
            let sync = try wire.sync()
            self.say("nothing to do, unit \(unit): \(sync.otherBytes) bytes both ways, \(sync.roundTrips) round trip")
        }
    }

    private static func throughput() async throws {
        var workload = Workload(seed: 2)
        let count = Workload.periods.count * 120
        let writes = workload.cells(count)
        var ratios: [Double] = []
        for _ in 0..<5 {
            let directory = try TemporaryDirectory()
            let measured = Throughput(source: BundledScheme.source, directory: directory.path)
            let plain = PlainSQLite(directory: directory.path).upsert(writes, rowsPerTransaction: 10_000)
            let synced = try await measured.sync(writes: writes)
            ratios.append(synced / plain)
            self.say(
                "\(count) writes: \(Int(synced)) a second from client to durable, \(Int(plain)) as plain SQLite upserts, "
                    + "ratio \(self.decimal(synced / plain))"
            )
        }
        ratios.sort()
        self.say(
            "ratio: median \(self.decimal(ratios[2])), from \(self.decimal(ratios[0])) to \(self.decimal(ratios[4]))"
        )
    }

    private static func localWrites() throws {
        var workload = Workload(seed: 9)
        let writes = workload.cells(10_000)
        for cellsPerChange in [1, 50] {
            var measured: [LocalWrites] = []
            for _ in 0..<5 {
                let directory = try TemporaryDirectory()
                measured.append(
                    try LocalWrites(
                        writes,
                        cellsPerChange: cellsPerChange,
                        source: BundledScheme.source,
                        in: directory.path
                    )
                )
            }
            let times = measured.map(\.time).sorted()
            self.say(
                "\(writes.count) cells written at the client, \(cellsPerChange) in a change, every change durable: "
                    + "\(Int(measured.map(\.writesPerSecond).sorted()[2])) a second; "
                    + "\(self.decimal(times[2])) times as long as plain SQLite (\(self.decimal(times[0]))–\(self.decimal(times[4]))), "
                    + "a file \(self.decimal(measured[0].file)) times as large; goal: at most 1.5 both"
            )
        }
    }

    /// The two stores take turns, so that what else the machine does hurts both alike.
    private static func syncCost() async throws {
        let directory = try TemporaryDirectory()
        let small = try await SyncCost(in: directory.path + "/small", cellsPerZone: 56, seed: 10)
        let large = try await SyncCost(in: directory.path + "/large", cellsPerZone: 55_900, seed: 10)
        var milliseconds: [[Double]] = [[], []]
        for (round, period) in SyncCost.periods.enumerated() {
            for (index, cost) in [small, large].enumerated() {
                milliseconds[index].append(try await cost.measure(period, seed: UInt64(round)))
            }
        }
        try small.stop()
        try large.stop()
        let medians = zip([small, large], milliseconds).map { cost, milliseconds in
            let timing = Timing(milliseconds: milliseconds, processor: milliseconds)
            self.say("syncing 100 changes with \(cost.cellCount) cells stored: \(timing.median) ms")
            return timing.median
        }
        self.say("ratio: \(self.decimal(medians[1] / medians[0])); goal: from 0.90 to 1.10")
    }

    /// 500 cells under 300 rules; then the same with the months beside it, kept true while one cell changes.
    private static func checking() throws {
        let checking = try Checking(seed: 3)
        let plan = CheckPlan(checking.scheme)
        let today = CalendarDate("2024-08-05")!
        let cells = checking.report.merging(checking.earlier) { first, _ in first }
        let source = CellDictionary(cells)
        var found = 0
        let checked = try Timing(50) {
            found = try plan.findings(about: checking.report.keys, today: today, source: source).count
        }
        self.say(
            "checking \(checking.report.count) cells under \(checking.scheme.checks.count) rules, \(found) findings: "
                + checked.text(goal: 50)
        )
        let opened = try Timing(20) { _ = try CheckBook(plan, today: today, cells: cells) }
        self.say("all findings over \(cells.count) cells of three months, to be kept true: \(opened.text)")
        var book = try CheckBook(plan, today: today, cells: cells)
        var random = SplitMix64(seed: 4)
        let addresses = checking.report.keys.sorted()
        let edited = try Timing(2_000) {
            let figure = ExactDecimal(Int.random(in: 1...90_000, using: &random))
            try book.set(addresses.randomElement(using: &random)!, to: .number(Quantity(figure)))
        }
        self.say("… after one edit: \(edited.text)")
    }

    private static func scheme() throws {
        let source = BundledScheme.source
        let byteCount = source.files.reduce(0) { $0 + $1.text.utf8.count }
        let scheme = try Scheme.parse(source)
        self.say(
            "parsing the bundled scheme, \(source.files.count) files of \(byteCount) bytes, \(scheme.forms.count) forms, "
                + "\(scheme.checks.count) checks: \(try Timing(30) { _ = try Scheme.parse(source) }.text)"
        )
        self.say("making its plan of checks: \(Timing(30) { _ = CheckPlan(scheme) }.text)")
    }

    /// Commands of a county office with five years stored, as processes.
    private static func county() throws {
        let directory = try TemporaryDirectory()
        let county = try CountyStore(BundledScheme.source, in: directory.path + "/county", seed: 5)
        self.say("a county's five years: \(county.cellCount) cells")
        for arguments in [["status"], ["show"] + CountyStore.report, ["check"] + CountyStore.report] {
            let run = try Processes(20, "huiliu-client", arguments + ["--store", county.directory])
            self.say("huiliu-client \(arguments.joined(separator: " ")): \(run.text(goal: 50, mebibytes: 60))")
        }
    }

    /// Totals of one form and period out of 10 million cells.
    private static func province() throws {
        let directory = try TemporaryDirectory()
        let province = try ProvinceStore(in: directory.path + "/province", seed: 6)
        let store = try ServerStore(in: province.directory, access: .read)
        let form = province.scheme.form(ProvinceStore.form)!
        var rows = 0
        let computed = try Timing(30) {
            let totals = try Totals.compute(
                scheme: province.scheme,
                form: form,
                period: ProvinceStore.period,
                today: CalendarDate("2025-02-01")!
            ) { form, period in
                try store.summaries(form: form, period: period).map {
                    ReportedCell(unit: $0.unit, item: $0.item, value: $0.value, isInConflict: $0.isConflict)
                }
            }
            rows = totals.rows.count
        }
        self.say(
            "totals of 180 zones and 20 items, \(rows) rows, out of \(province.cellCount) cells: "
                + computed.text(goal: 50)
        )
        let arguments = ["totals", ProvinceStore.form.description, ProvinceStore.period.description, "--json"]
        let run = try Processes(20, "huiliu-server", arguments + ["--store", province.directory])
        self.say("huiliu-server \(arguments.joined(separator: " ")): \(run.text(goal: 50))")
    }

    private static func decimal(_ number: Double) -> String { String(format: "%.2f", number) }

    static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
