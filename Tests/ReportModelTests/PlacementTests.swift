import ReportModel
import TestSupport
import Testing

/// Each answer of ``ScopeChains/placement(of:canonicalBytes:hash:frontierAfter:)`` once, by hand.
@Suite("Placing a change")
struct PlacementTests {
    private static let scope = GeneratedHistory.scope
    private let replica = ReplicaID(rawValue: 1)

    private func change(_ text: String, context: [Reference] = []) -> Change {
        let cell = AddressInScope(form: "infrastructure", period: .year(2024), item: "roads")
        return Change(
            time: Timestamp(secondsSince1970: 0),
            author: "li",
            contextDifference: context,
            writes: [.init(cell, .text(text))]
        )
    }

    private var start: ChainHash { ChainHash(startOf: self.replica, in: Self.scope, sealedBy: nil) }

    private func chained(_ sequence: UInt64, after hash: ChainHash, _ change: Change) -> ChainedChange {
        ChainedChange(
            replica: self.replica,
            sequence: sequence,
            predecessorTag: sequence == 1 ? 0 : hash.tag,
            change: change
        )
    }

    private func store(holding changes: [ChainedChange]) -> MemoryStore {
        var store = MemoryStore(replica: ReplicaID(rawValue: 9), scope: Self.scope)
        for chained in changes { #expect(store.take(chained) == .taken) }
        return store
    }

    private func placement(of chained: ChainedChange, in store: MemoryStore) -> ScopeChains.Placement {
        store.chains.placement(
            of: chained,
            canonicalBytes: chained.change.canonicalBytes,
            hash: store.hash(at:),
            frontierAfter: { store.entry(at: $0).accepted.frontierAfter }
        )
    }

    @Test("A chain begins, goes on, is held already, and branches")
    func aChain() throws {
        let one = self.chained(1, after: self.start, self.change("one"))
        let oneHash = self.start.next(one.change.canonicalBytes)
        let two = self.chained(2, after: oneHash, self.change("two"))
        let twoHash = oneHash.next(two.change.canonicalBytes)
        let three = self.chained(3, after: twoHash, self.change("three"))
        let other = self.chained(2, after: oneHash, self.change("another two"))
        let store = self.store(holding: [one, two])
        let line = try #require(store.chains.lines.first)
        #expect(store.chains.lines.count == 1 && line.head == .init(sequence: 2, hash: twoHash))

        #expect(self.placement(of: two, in: store) == .duplicate(.init(line: line.number, sequence: 2)))
        #expect(self.placement(of: one, in: store) == .duplicate(.init(line: line.number, sequence: 1)))
        guard case .extends(line.number, let accepted) = self.placement(of: three, in: store) else {
            Issue.record("three does not extend the line")
            return
        }
        let reference = Reference(replica: self.replica, sequence: 2, tag: twoHash.tag)
        #expect(accepted.context.heads == [reference])
        #expect(accepted.hash == twoHash.next(three.change.canonicalBytes))
        guard case .branches(let fork, _) = self.placement(of: other, in: store) else {
            Issue.record("the other does not branch")
            return
        }
        #expect(fork == .init(line: line.number, sequence: 1))
    }

    @Test("A missing predecessor and a missing context are gaps, and are named")
    func gaps() {
        let one = self.chained(1, after: self.start, self.change("one"))
        let oneHash = self.start.next(one.change.canonicalBytes)
        let store = self.store(holding: [one])

        let later = self.chained(3, after: oneHash, self.change("three"))
        #expect(self.placement(of: later, in: store) == .gap(missing: later.predecessor!))
        var forged = self.chained(2, after: oneHash, self.change("two"))
        forged.predecessorTag ^= 1
        #expect(self.placement(of: forged, in: store) == .gap(missing: forged.predecessor!))

        for missing in [
            Reference(replica: ReplicaID(rawValue: 2), sequence: 1, tag: 7),
            Reference(replica: self.replica, sequence: 1, tag: ~oneHash.tag),
            Reference(replica: self.replica, sequence: 2, tag: oneHash.tag),
        ] {
            let two = self.chained(2, after: oneHash, self.change("two", context: [missing]))
            #expect(self.placement(of: two, in: store) == .gap(missing: missing))
        }
    }

    @Test("A first change has no predecessor to name: its hash comes from the scope that it is placed in")
    func first() {
        let one = ChainedChange(replica: self.replica, sequence: 1, predecessorTag: 0, change: self.change("one"))
        #expect(one.predecessor == nil)
        for scope in [Self.scope, UnitCode("410728-02")!] {
            var store = MemoryStore(replica: ReplicaID(rawValue: 9), scope: scope)
            #expect(store.take(one) == .taken)
            let hash = ChainHash(startOf: self.replica, in: scope, sealedBy: nil).next(one.change.canonicalBytes)
            #expect(store.log.map(\.name.hash) == [hash])
        }
    }

    @Test("The hash chain is SHA-256 cut to 16 bytes, of scope and replica, then of each change")
    func hashes() {
        // printf '\x09410728-01\0\0\0\0\0\0\0\x01' | sha256sum
        #expect(self.start.description == "46cf136d1e2e8422d22c6de1de8b510d")
        // (printf "$START" | xxd -r -p; printf 'x') | sha256sum
        #expect(self.start.next([0x78]).description == "d16d49f3677cc16ec0da3d77c85b6280")
        // printf '\x09410728-01\0\0\0\0\0\0\0\x01QQQQQQQQQQQQQQQQ' | sha256sum
        let signer = DeviceID(bytes: [UInt8](repeating: 0x51, count: DeviceID.byteCount))
        let sealed = ChainHash(startOf: self.replica, in: Self.scope, sealedBy: signer)
        #expect(sealed.description == "76bcdf6c62933c8dde072213806bddb8")
        #expect(ChainHash(bytes: self.start.bytes) == self.start)
        #expect(ChainHash(bytes: self.start.bytes.dropLast()) == nil)
        #expect(Hexadecimal.text(self.start.tag, digitCount: 8) == String(self.start.description.prefix(8)))
    }
}
