import ClientStore
import Foundation
import ReportModel
import ReportScheme
import ReportStorage
import Testing

/// 100,000 writes of one office, prepared once: every round of a test works on copies of its stores.
struct LoadedOffice {
    static let writeCount = 100_000
    private static let itemCount = 100

    let scene: Scene
    /// The changes of the office by scope, in sequence: their hashes.
    let hashes: [String: [String]]

    var changeCount: Int { self.hashes.values.reduce(0) { $0 + $1.count } }

    /// The office's store, full and unsent.
    static let officeName = "office"
    /// Another office's store: its scheme is the province's, and it holds nothing.
    static let emptyOfficeName = "empty-office"
    /// The province's store without a change.
    static let provinceName = "province"

    init() async throws {
        self.scene = try Scene()
        let server = try await self.scene.province(
            scheme: try OwnScheme.write(in: self.scene, itemCount: Self.itemCount)
        )
        let office = try await self.scene.office(Self.officeName, server: server)
        let empty = try await self.scene.office(Self.emptyOfficeName, server: server)
        // The scheme comes by sync.
        try await office.sync()
        try await empty.sync()
        try await server.terminate()
        let file = try self.scene.write(Self.rows, to: "rows.csv")
        let imported = try await Command.client.json(
            ["import", file, "--store", office.store],
            timeLimitSeconds: 900
        )
        try #require(imported["new"].number == Self.writeCount)
        self.hashes = try await ShortLog.hashes(of: office.store)
    }

    /// 2 zones, 500 months, 100 items.
    private static var rows: String {
        var rows = "unit,form,period,row,item,value\n"
        var figure: UInt32 = 1
        for month in 0..<(self.writeCount / self.itemCount / 2) {
            let period = "\(2000 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)"
            for zone in ["410728-01", "410728-02"] {
                for item in 1...self.itemCount {
                    figure = figure &* 1_664_525 &+ 1_013_904_223
                    rows += "\(zone),figures,\(period),,\(OwnScheme.item(item)),\(figure >> 12).\(figure % 100)\n"
                }
            }
        }
        return rows
    }

    /// What the office believes to be durable at the province, by scope: sequence and beginning of the hash.
    func confirmed(by store: String) throws -> [String: (sequence: Int, tag: String)] {
        let opened = try ClientStore(in: store, access: .read)
        let standings = try opened.standings(scheme: try Scheme.parse(try opened.schemeSource()))
        var confirmed: [String: (sequence: Int, tag: String)] = [:]
        for (standing, delivered) in standings {
            let frontier = delivered ?? standing.frontier
            guard let head = frontier.heads.first else { continue }
            try #require(frontier.heads.count == 1, "one office, one head")
            confirmed[standing.scope.description] = (
                Int(head.sequence), Hexadecimal.text(head.tag, digitCount: 8)
            )
        }
        return confirmed
    }
}

/// The log of a store, as little of it as tells whether anything is lost or doubled.
struct ShortLog: Decodable {
    struct Change: Decodable {
        let scope: String
        let replica: String
        let sequence: Int
        let hash: String
    }

    let changes: [Change]

    static func of(_ store: String) async throws -> [Change] {
        let finished = try await Command.inspect.run(
            ["log", "--store", store, "--json"],
            timeLimitSeconds: 900
        )
        #expect(finished.exitCode == 0, "\(finished.errors)")
        return try JSONDecoder().decode(ShortLog.self, from: Data(finished.output.utf8)).changes
    }

    /// The hashes of each scope in sequence.
    ///
    /// - Throws: When the sequences are not 1, 2, 3 …, each once, of one replica.
    static func hashes(of store: String) async throws -> [String: [String]] {
        let changes = try await self.of(store)
        try #require(Set(changes.map(\.replica)).count == 1)
        return try Dictionary(grouping: changes, by: \.scope).mapValues { scope in
            let inSequence = scope.sorted { $0.sequence < $1.sequence }
            try #require(inSequence.map(\.sequence) == Array(1...inSequence.count), "a gap, or a change twice")
            return inSequence.map(\.hash)
        }
    }
}
