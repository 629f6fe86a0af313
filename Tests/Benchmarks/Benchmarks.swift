import BundledScheme
import Foundation
import ReportModel

/// `make bench`: prints the figures of the README's table. Ratios are against a limit measured in the same run.
@main
enum Benchmarks {
    static func main() async throws {
        try self.wireBytes()
        try await self.throughput()
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
            let directory = NSTemporaryDirectory() + "huiliu-bench-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let measured = Throughput(source: BundledScheme.source, directory: directory)
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

    private static func decimal(_ number: Double) -> String { String(format: "%.2f", number) }

    private static func say(_ line: String) {
        print(line)
    }
}
