import ReportModel
import TestSupport
import Testing

/// Promise (nothing silently replaced): a version goes only when a write that had been shown it takes its place.
@Suite("Nothing silently replaced")
struct SupersessionTests {
    @Test("The versions of every cell, on every store, are those of the plain rule", arguments: Histories.seeds)
    func asNaive(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.everybody {
            for cell in history.cells {
                let versions = participant.store.versions(of: cell)
                #expect(
                    Set(versions) == history.naive.versions(of: cell, amongst: participant.held),
                    history.replay
                )
                #expect(Set(versions).count == versions.count, history.replay)
                #expect(versions.map(\.value.description) == self.typed(versions, of: cell, history), history.replay)
            }
        }
    }

    /// The values as they were typed, with their scale, which the equality of values does not see.
    private func typed(_ versions: [Version], of cell: AddressInScope, _ history: GeneratedHistory) -> [String] {
        versions.map { version in
            let name = ChangeName(replica: version.replica, sequence: version.sequence, hash: version.hash)
            return history.naive[name].value(of: cell)!.description
        }
    }

    @Test("Every write held is current or has a write of that cell that had been shown it", arguments: Histories.seeds)
    func currentOrNamed(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.participants {
            let records = history.naive.records.filter { participant.held.contains($0.name) }
            for record in records {
                for write in record.chained.change.writes {
                    let current = participant.store.versions(of: write.address).contains {
                        $0.replica == record.name.replica && $0.sequence == record.name.sequence
                            && $0.hash == record.name.hash
                    }
                    let named = records.contains {
                        $0.ancestors.contains(record.name) && $0.value(of: write.address) != nil
                    }
                    #expect(current != named, "\(record.name), \(history.replay)")
                }
            }
        }
    }

    @Test("A write on a store leaves one version there, its own", arguments: Histories.seeds)
    func writeResolves(seed: UInt64) {
        let history = Histories.seeded(seed)
        for participant in history.participants {
            var store = participant.store
            for cell in history.cells {
                store.write([.init(cell, .text("decided"))], time: Timestamp(secondsSince1970: 0), author: "clerk")
                #expect(store.versions(of: cell).map(\.value) == [.text("decided")], history.replay)
            }
        }
    }
}
