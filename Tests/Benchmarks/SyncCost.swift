import ClientStore
import ClientSync
import Logging
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ReportWire
import ServerStore
import TestSupport

/// What it costs to sync 100 changes, with so many cells stored already: 180 zones that reported for some periods, one of
/// which goes on.
struct SyncCost {
    let cellCount: Int
    private let scheme: Scheme
    private let server: ServerProcess
    private let client: ClientStore
    private let unit: UnitCode
    private let forms: [Form]

    /// - Parameter cellsPerZone: as many as the zones have reported so far, whole periods one after another.
    init(in directory: String, cellsPerZone: Int, seed: UInt64) async throws {
        let source = ProvinceStore.source
        self.scheme = try Scheme.parse(source)
        self.forms = self.scheme.forms
        let zones = self.scheme.units.filter { $0.level == .zone }.map(\.code)
        self.unit = zones[0]
        self.cellCount = zones.count * cellsPerZone
        let store = try ServerStore.create(in: directory + "/server", replica: ReplicaID(rawValue: 1), scheme: source)
        try Self.fill(store, zones, self.forms, cellsPerZone: cellsPerZone, seed: seed)
        try store.database.close()
        self.server = try ServerProcess(store: directory + "/server", commitStepCountMax: 64)
        self.client = try ClientStore.office(in: directory + "/client", unit: self.unit, scheme: source)
        try await self.sync()
    }

    /// One device reported for every zone, in changes of at most 500 cells: the same figures everywhere, so that they are
    /// made only once.
    private static func fill(
        _ store: ServerStore,
        _ zones: [UnitCode],
        _ forms: [Form],
        cellsPerZone: Int,
        seed: UInt64
    ) throws {
        var random = SplitMix64(seed: seed)
        let addresses = ProvinceStore.periods.flatMap { period in
            forms.flatMap { form in
                form.items.map { AddressInScope(form: form.code, period: period, item: $0.code) }
            }
        }
        var office = MemoryStore(replica: ReplicaID(rawValue: 3), scope: zones[0])
        var rest = addresses.prefix(cellsPerZone)
        while !rest.isEmpty {
            let writes = rest.prefix(500).map { Change.Write($0, Self.figure(using: &random)) }
            office.write(writes, time: Workday.time, author: "李四")
            rest = rest.dropFirst(500)
        }
        for zone in zones {
            _ = try store.commit([.take(Batch(scope: zone, changes: office.storedChanges))], now: Workday.time)
        }
    }

    private static func figure(using random: inout SplitMix64) -> CellValue {
        .number(Quantity(ExactDecimal(mantissa: Int128(Int.random(in: 20...90_000, using: &random)), scale: 2)!))
    }

    /// What is filled in here: the year after.
    static let periods = Period.all(of: .halfMonth, in: 2025)

    /// The zone's office fills in a hundred cells of its reports of `period`, one after another, and syncs.
    ///
    /// - Returns: How many milliseconds the sync took.
    func measure(_ period: Period, seed: UInt64) async throws -> Double {
        var random = SplitMix64(seed: seed)
        for form in self.forms.prefix(5) {
            for item in form.items {
                let address = CellAddress(unit: self.unit, form: form.code, period: period, item: item.code)
                _ = try self.client.write([Edit(address, Self.figure(using: &random))], now: Workday.time)
            }
        }
        let clock = ContinuousClock()
        let start = clock.now
        try await self.sync()
        return (clock.now - start) / .milliseconds(1)
    }

    private func sync() async throws {
        _ = try await Synchronizer(
            store: self.client,
            scheme: self.scheme,
            server: HostPort(host: "127.0.0.1", port: self.server.port),
            waitSeconds: 60,
            logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() },
            now: { Workday.time }
        ).run()
    }

    func stop() throws {
        try self.server.stop()
        try self.client.database.close()
    }
}
