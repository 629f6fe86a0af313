import ReportModel
import ReportStorage
import TestSupport
import Testing

/// The story of a cell: which write replaced which, because its author had seen it.
@Suite("The history of a cell")
struct CellHistoryTests {
    private static let cell = AddressInScope(form: "land", period: .none, item: "quota")

    private func history(_ store: MemoryStore) throws -> [CellEvent] {
        try ReportDatabase.holding(store.storedChanges).read {
            try $0.history(of: CellAddress(Self.cell, in: GeneratedHistory.scope))
        }
    }

    @Test("Two write at once, a third decides, and the story says so")
    func story() throws {
        var offices = [1, 2].map {
            MemoryStore(replica: ReplicaID(rawValue: $0), scope: GeneratedHistory.scope)
        }
        func write(_ office: Int, _ text: String) {
            offices[office].write(
                [Change.Write(Self.cell, .text(text))],
                time: Timestamp(secondsSince1970: 9),
                author: text
            )
        }
        write(0, "first")
        offices[0].send(to: &offices[1])
        write(0, "here")
        write(1, "there")
        offices[1].send(to: &offices[0])
        write(0, "decided")
        let (one, two) = (ReplicaID(rawValue: 1), ReplicaID(rawValue: 2))
        let events = try self.history(offices[0])
        #expect(events.map(\.dot) == ["\(one):1", "\(one):2", "\(two):1", "\(one):3"])
        #expect(events.map(\.supersedes) == [[], ["\(one):1"], ["\(one):1"], ["\(one):2", "\(two):1"]])
        #expect(events.map(\.supersededBy) == [["\(one):2", "\(two):1"], ["\(one):3"], ["\(one):3"], []])
        #expect(events.map(\.authored.author) == ["first", "here", "there", "decided"])
    }

    @Test("What nobody replaced is what the cell shows, in any history", arguments: UInt64(0)..<40)
    func current(seed: UInt64) throws {
        let history = GeneratedHistory(seed: seed)
        let database = try ReportDatabase.holding(history.stored)
        for cell in history.cells {
            let address = CellAddress(cell, in: GeneratedHistory.scope)
            let (events, state) = try database.read { (try $0.history(of: address), try $0.cell(address)) }
            let current = events.filter(\.supersededBy.isEmpty).map(\.authored.version)
            #expect(Set(current) == Set(state.versions.map(\.version)), "replay with seed \(seed)")
            // What one replaces says that it was replaced by that one, and nobody is its own ancestor.
            for event in events {
                for dot in event.supersedes {
                    let replaced = events.first { $0.dot == dot }
                    #expect(replaced?.supersededBy.contains(event.dot) == true, "replay with seed \(seed)")
                }
            }
            #expect(Set(events.map(\.dot)).count == events.count, "replay with seed \(seed)")
        }
    }
}
