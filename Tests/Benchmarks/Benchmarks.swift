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
        try self.wireBytes()
        try await self.throughput()
        try self.decoding()
        try await self.connections()
        try self.checking()
        try self.scheme()
        try self.county()
        try self.province()
    }

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
            let plain = try measured.plainSQLite(writes: writes)
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
    }
}
