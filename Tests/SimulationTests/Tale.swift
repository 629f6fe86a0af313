import ClientStore
import ReportModel
import ReportSession
import ReportStorage
import ServerStore
import Simulation
import TestSupport
import Testing

/// Offices and a province over good lines, told step by step.
struct Tale {
    static let county = UnitCode("410728")!
    static let zone = UnitCode("410728-01")!
    static let cells = SimulatedScheme.newer.cells

    let time = VirtualTime()
    let server: SimulatedServer

    init(scheme: SimulatedScheme = .newer) throws {
        self.server = try SimulatedServer(scheme: scheme)
    }

    func office(_ replica: UInt64, scheme: SimulatedScheme = .newer, skewSeconds: Int64 = 0) throws -> SimulatedClient {
        try SimulatedClient(unit: Self.county, replica: replica, scheme: scheme, skewSeconds: skewSeconds)
    }

    /// A person writes one cell, and it is taken.
    func write(_ value: CellValue, in cell: Int, of scope: UnitCode = Tale.zone, at office: SimulatedClient) throws {
        let edit = Edit(CellAddress(Self.cells[cell], in: scope), value)
        let now = self.time.now(skewSeconds: office.skewSeconds)
        let outcome = try office.store.write([edit], now: now)
        #expect(outcome[0].isWritten, "\(outcome)")
    }

    /// A sync that comes to its end.
    @discardableResult
    func sync(_ office: SimulatedClient, with server: SimulatedServer? = nil) throws -> Pair {
        let pair = Pair(office, server ?? self.server, time: self.time)
        try pair.connect()
        #expect(try self.time.runUntilQuiet())
        #expect(pair.outcome == .ended(nil), "\(pair.transcript.joined(separator: "\n"))")
        return pair
    }

    func contents(_ database: ReportDatabase, of scope: UnitCode = Tale.zone) throws -> StoreContents {
        try database.read { try StoreContents($0, scope: scope) }
    }

    /// Everybody has synced twice and holds the same, with nothing left to send.
    func settle(_ offices: [SimulatedClient]) throws {
        for _ in 0..<2 {
            for office in offices { try self.sync(office) }
        }
        let province = try self.contents(self.server.store.database)
        for office in offices {
            #expect(try self.contents(office.store.database).differences(from: province) == [])
            #expect(try office.store.status().unsent == 0)
            let pair = try self.sync(office)
            #expect(pair.tally?.changesSent == 0 && pair.tally?.changesReceived == 0)
        }
    }

    /// The values of a cell at the province, the one shown first.
    func values(_ cell: Int, of scope: UnitCode = Tale.zone) throws -> [CellValue] {
        try self.contents(self.server.store.database, of: scope).cells[Self.cells[cell], default: []].map(\.value)
    }

    func passDays(_ days: Int64) {
        self.time.pass(milliseconds: days * 86_400_000)
    }
}

extension CellValue {
    static func figure(_ text: String) -> CellValue { .number(Quantity(ExactDecimal(text)!)) }
}
