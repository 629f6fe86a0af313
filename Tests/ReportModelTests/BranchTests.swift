import ReportModel
import TestSupport
import Testing

/// Two copies of one store go on under one replica id: the chain branches, and nothing is lost or hidden.
@Suite("Branches")
struct BranchTests {
    private static let cell = AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: "roads")
    private static let scope = GeneratedHistory.scope

    private func store(_ replica: UInt64) -> MemoryStore {
        MemoryStore(replica: ReplicaID(rawValue: replica), scope: Self.scope)
    }

    /// Writes `texts` one after the other.
    private func write(_ texts: String..., to store: inout MemoryStore) -> ChainedChange {
        texts.map { text in
            store.write(
                [.init(Self.cell, .text(text))],
                time: Timestamp(secondsSince1970: 1_719_792_000),
                author: "clerk"
            )
        }.last!
    }

    private func texts(_ store: MemoryStore) -> Set<String> {
        Set(store.versions(of: Self.cell).map(\.value.description))
    }

    @Test("A version on the other branch is not covered, though its sequence is lower", arguments: [true, false])
    func lowerSequence(longerFirst: Bool) {
        var original = self.store(1)
        _ = self.write("common", to: &original)
        var clone = original
        let short = self.write("b2", to: &clone)
        let long = self.write("a2", "a3", "a4", to: &original)
        #expect(short.sequence < long.sequence && short.replica == long.replica)

        var observer = self.store(9)
        if longerFirst {
            original.send(to: &observer)
            clone.send(to: &observer)
        } else {
            clone.send(to: &observer)
            original.send(to: &observer)
        }
        #expect(self.texts(observer) == ["a4", "b2"])
        #expect(observer.frontier.heads.map(\.sequence) == [2, 4])
    }

    @Test("Copies made before the first change are branches from the start")
    func beforeTheFirst() {
        var original = self.store(1)
        var clone = original
        _ = self.write("a", to: &original)
        _ = self.write("b", "b again", to: &clone)
        original.send(to: &clone)
        clone.send(to: &original)
        for store in [original, clone] {
            #expect(self.texts(store) == ["a", "b again"])
            #expect(store.chains.lines.map(\.fork) == [nil, nil])
        }
        #expect(original.tip == clone.tip)
    }

    @Test("Copies that do the same at the same second make one change, not a conflict")
    func sameChange() {
        var original = self.store(1)
        _ = self.write("common", to: &original)
        var clone = original
        let (one, other) = (self.write("same", to: &original), self.write("same", to: &clone))
        #expect(one == other)
        #expect(original.take(other) == .duplicate)
        #expect(original.tip == clone.tip)
    }

    @Test("A store that has seen its chain's other branch goes on from its own last change, and has both heads")
    func goesOn() {
        var original = self.store(1)
        _ = self.write("common", to: &original)
        var clone = original
        _ = self.write("a2", to: &original)
        _ = self.write("b2", "b3", to: &clone)
        clone.send(to: &original)
        #expect(self.texts(original) == ["a2", "b3"])

        let decided = self.write("decided", to: &original)
        #expect(decided.sequence == 3)
        #expect(decided.change.contextDifference.count == 2)
        #expect(self.texts(original) == ["decided"])
        original.send(to: &clone)
        #expect(self.texts(clone) == ["decided"])
        #expect(clone.frontier == original.frontier && clone.frontier.heads.map(\.sequence) == [3, 3])
    }

    @Test("A restored store that wrote anew keeps both, and gets back what others hold")
    func restored() {
        var store = self.store(1)
        _ = self.write("first", to: &store)
        let backup = store
        _ = self.write("second", "third", to: &store)
        var province = self.store(2)
        store.send(to: &province)

        store = backup
        _ = self.write("anew", to: &store)
        store.send(to: &province)
        province.send(to: &store)
        #expect(self.texts(store) == ["third", "anew"])
        #expect(StoreContents(store).differences(from: StoreContents(province)) == [])
    }

    @Test("A restored store that got its changes back first makes no conflict")
    func restoredAndHealed() {
        var store = self.store(1)
        _ = self.write("first", to: &store)
        let backup = store
        _ = self.write("second", "third", to: &store)
        var province = self.store(2)
        store.send(to: &province)

        store = backup
        province.send(to: &store)
        #expect(self.texts(store) == ["third"])
        _ = self.write("fourth", to: &store)
        store.send(to: &province)
        for store in [store, province] { #expect(self.texts(store) == ["fourth"]) }
        #expect(StoreContents(store).differences(from: StoreContents(province)) == [])
    }

    @Test("A branch of a branch of a branch is covered by its own chain only")
    func nested() {
        var stores = [self.store(1)]
        _ = self.write("0", to: &stores[0])
        for depth in 1...4 {
            var copy = stores[depth - 1]
            _ = self.write("left \(depth)", to: &stores[depth - 1])
            _ = self.write("right \(depth)", to: &copy)
            stores.append(copy)
        }
        var observer = self.store(9)
        for store in stores.reversed() { store.send(to: &observer) }
        #expect(self.texts(observer) == ["left 1", "left 2", "left 3", "left 4", "right 4"])
        for store in stores {
            let heads = observer.chains.positions(of: store.frontier, hash: observer.hash(at:))
            let covered = observer.log.filter { observer.chains.isCovered($0.position, by: heads) }
            #expect(Set(covered.map(\.name)) == Set(store.log.map(\.name)))
        }
    }
}
