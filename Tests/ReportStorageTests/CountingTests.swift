import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("What counts")
struct CountingTests {
    private typealias Holder = SealedProvince.Holder

    private static let cell = AddressInScope(form: "infrastructure", period: Period("2024-07")!, item: "roads")

    private func value(_ store: Holder, _ cell: AddressInScope = cell) throws -> [CellValue] {
        try store.contents.cells[cell]?.map(\.value) ?? []
    }

    private func number(_ number: Int) -> CellValue { .number(Quantity(ExactDecimal(number))) }

    private func write(_ number: Int, by store: Holder) throws {
        try store.write([Change.Write(Self.cell, self.number(number))])
    }

    @Test("what a device writes without having seen its revocation does not count, in whatever order it comes")
    func revoked() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        let (office, other) = (offices[0], offices[1])
        try self.write(1, by: office)
        try office.send(to: root)
        try root.say(.revoked, of: office.key.publicKey.id)
        try self.write(2, by: office)
        // The other hears of the write first, the root of its own revocation.
        try office.send(to: other)
        #expect(try self.value(other) == [self.number(2)])
        try root.send(to: other)
        try office.send(to: root)
        #expect(try self.value(root) == [self.number(1)] && self.value(other) == [self.number(1)])
        // What another wrote upon it stands.
        try self.write(3, by: other)
        try other.send(to: root)
        #expect(try self.value(root) == [self.number(3)])
        for store in [root, other] { #expect(try store.database.verify().firstProblem == nil) }
        let history = try root.database.read {
            try $0.history(of: CellAddress(Self.cell, in: SealedProvince.scope))
        }
        #expect(history.map(\.discounts) == [[], [.revoked], []])
        #expect(history.map(\.supersededBy.count) == [1, 0, 0])
    }

    @Test("what it writes after it has seen that it is trusted again counts, and what it wrote meanwhile does not")
    func grantedAgain() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 1)
        let office = offices[0]
        try root.say(.revoked, of: office.key.publicKey.id)
        try self.write(1, by: office)
        try root.say(.granted, of: office.key.publicKey.id)
        try office.send(to: root)
        #expect(try self.value(root).isEmpty)
        try root.send(to: office)
        #expect(try self.value(office).isEmpty)
        try self.write(2, by: office)
        try office.send(to: root)
        #expect(try self.value(root) == [self.number(2)])
        // A revocation of which this grant knows nothing is not ended by it.
        try root.say(.revoked, of: office.key.publicKey.id)
        try self.write(3, by: office)
        try office.send(to: root)
        #expect(try self.value(root) == [self.number(2)])
    }

    @Test("a write that the root rules out uncovers what it had replaced, and never one of the root's own")
    func ruledOut() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try self.write(1, by: offices[0])
        try offices[0].send(to: root)
        try root.send(to: offices[1])
        try self.write(2, by: offices[1])
        try offices[1].send(to: root)
        let shown = try #require(try root.contents.cells[Self.cell]?.first)
        let name = Reference(replica: shown.replica, sequence: shown.sequence, tag: shown.hash.tag)
        // The first write of the first change of a replica names its device.
        let index = try #require(
            try root.database.read { reader in
                try reader.log(of: SealedProvince.scope).first { $0.stored.hash == shown.hash }?
                    .stored.chained.change.writes.firstIndex { $0.address == Self.cell }
            }
        )
        try root.ruleOut(name, write: index, code: "not_yours")
        for store in offices { try root.send(to: store) }
        for store in [root] + offices {
            #expect(try self.value(store) == [self.number(1)])
            #expect(try store.database.verify().firstProblem == nil)
        }
        let own = try #require(
            try root.database.read {
                try $0.log(of: SealedProvince.scope).first { $0.stored.signer == root.key.publicKey.id }
            }
        )
        let before = try root.contents.cells
        try root.ruleOut(own.stored.reference, write: 0)
        try root.ruleOut(Reference(replica: name.replica, sequence: 77, tag: 7), write: 0)
        try root.ruleOut(name, write: 77)
        let after = try root.contents.cells.filter { $0.key.form != SystemForm.voids }
        #expect(after == before.filter { $0.key.form != SystemForm.voids })
    }

    @Test("nobody but the authority grants, revokes or rules out, and a replica names only itself")
    func notTheirs() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try self.write(1, by: offices[1])
        try offices[1].send(to: root)
        let shown = try #require(try root.contents.cells[Self.cell]?.first)
        let name = Reference(replica: shown.replica, sequence: shown.sequence, tag: shown.hash.tag)
        try offices[0].say(.revoked, of: offices[1].key.publicKey.id)
        try offices[0].ruleOut(name, write: 0)
        try offices[0].ruleOut(name, write: 1)
        try offices[0].write([Change.Write(SystemForm.deviceName(of: shown.replica), .text("somebody else"))])
        let before = try root.contents.cells
        try offices[0].send(to: root)
        let cells = try root.contents.cells
        let own = SystemForm.deviceName(of: ReplicaID(rawValue: 2))
        #expect(cells.filter { $0.key != own } == before)
        #expect(cells[own] != nil, "what it says of itself counts")
        #expect(try root.database.verify().firstProblem == nil)
        #expect(try offices[0].database.verify().firstProblem == nil)
    }

    @Test("the time of a report is that of its first write that counts")
    func filings() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 2)
        try root.say(.revoked, of: offices[0].key.publicKey.id)
        try self.write(1, by: offices[0])
        try offices[0].send(to: offices[1])
        func isFiled(_ store: Holder) throws -> Bool {
            try store.database.read {
                try $0.reports(form: "infrastructure", period: Period("2024-07")!)[SealedProvince.scope]?.firstValue
                    != nil
            }
        }
        #expect(try isFiled(offices[1]))
        try root.send(to: offices[1])
        #expect(try !isFiled(offices[1]))
        try self.write(2, by: offices[1])
        #expect(try isFiled(offices[1]))
        #expect(try offices[1].database.verify().firstProblem == nil)
    }

    @Test("is the same whether many writes are taken out together or one after another")
    func manyAtOnce() throws {
        let (root, offices) = try SealedProvince().stage(officeCount: 3)
        let cells = (0..<20).map { AddressInScope(form: "land", period: Period("2024")!, item: Code("item_\($0)")!) }
        for number in 0..<Self.manyCount {
            try offices[number % 2].write([Change.Write(cells[number / 2 % cells.count], self.number(number))])
        }
        for office in offices.dropLast() { try office.send(to: root) }
        try root.send(to: offices[2])
        let changes = try root.database.read {
            try $0.log(of: SealedProvince.scope).map(\.stored).filter { $0.signer != root.key.publicKey.id }
        }
        for stored in changes.dropLast(3) {
            let writes = stored.chained.change.writes
            let index = try #require(writes.firstIndex { cells.contains($0.address) })
            try root.ruleOut(stored.reference, write: index)
        }
        let (together, oneByOne) = (offices[0], offices[2])
        try root.send(to: together)
        try root.seal()
        while let batch = try root.batch(for: oneByOne.frontier, byteCountMax: 1) { _ = try oneByOne.take(batch) }
        let left = changes.suffix(3).flatMap(\.chained.change.writes).filter { cells.contains($0.address) }
        let expected = Dictionary(uniqueKeysWithValues: left.map { ($0.address, [$0.value]) })
        for store in [together, oneByOne] {
            #expect(try store.contents == root.contents)
            let shown = try store.contents.cells.filter { cells.contains($0.key) }
            #expect(shown.mapValues { $0.map(\.value) } == expected)
            #expect(try store.database.verify().firstProblem == nil)
        }
        let uncounted = try root.database.read { try $0.uncountedWrites(of: [offices[0].key.publicKey.id]) }
        #expect(uncounted.count == changes.dropLast(3).count { $0.signer == offices[0].key.publicKey.id })
        #expect(uncounted.allSatisfy { $0.discounts == [.ruledOut("not_allowed")] })
    }

    private static let manyCount = 60

    // MARK: - Any order

    @Test("is the same for all stores that hold the same, and what the plain words say", arguments: UInt64(0)..<40)
    func anyOrder(seed: UInt64) throws {
        var world = try CountingWorld(seed: seed)
        for _ in 0..<60 { try world.step() }
        try world.settle()
    }
}

/// Offices, copies of them and a root that write, revoke, trust again and rule out, and send each other what they hold
/// in any order. Beside the stores stands what should count, by the plain words.
private struct CountingWorld {
    private typealias Holder = SealedProvince.Holder

    private struct Record {
        let name: ChangeName
        let ancestors: Set<ChangeName>
        let signer: DeviceID
        let stored: StoredChange
    }

    private let seed: UInt64
    private var random: SplitMix64
    private let root: Holder
    private var stores: [Holder]
    private var records: [ChangeName: Record] = [:]
    private let cells = ["roads", "rail", "power"].map {
        AddressInScope(form: "infrastructure", period: Period("2024-07")!, item: Code($0)!)
    }

    init(seed: UInt64) throws {
        self.seed = seed
        self.random = SplitMix64(seed: seed)
        let (root, offices) = try SealedProvince().stage(officeCount: 3)
        self.root = root
        self.stores = [root] + offices
        for store in self.stores { try self.note(of: store, ancestors: []) }
    }

    private func log(_ store: Holder) throws -> [StoredChange] {
        try store.database.read { try $0.log(of: SealedProvince.scope).map(\.stored) }
    }

    private func name(_ stored: StoredChange) -> ChangeName {
        ChangeName(replica: stored.chained.replica, sequence: stored.chained.sequence, hash: stored.hash)
    }

    /// Notes the changes of a store that nobody knew, with what it held before.
    private mutating func note(of store: Holder, ancestors: Set<ChangeName>) throws {
        var held = ancestors
        for stored in try self.log(store) {
            let name = self.name(stored)
            defer { held.insert(name) }
            guard self.records[name] == nil else { continue }
            self.records[name] = Record(name: name, ancestors: held, signer: stored.signer!, stored: stored)
        }
    }

    private mutating func write(_ store: Holder, _ body: (Holder) throws -> Void) throws {
        let held = Set(try self.log(store).map(self.name))
        try body(store)
        try self.note(of: store, ancestors: held)
    }

    mutating func step() throws {
        let store = self.random.pick(self.stores)
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<8:
            let cell = self.random.pick(self.cells)
            let value = CellValue.number(Quantity(ExactDecimal(Int.random(in: 0..<4, using: &self.random))))
            try self.write(store) { try $0.write([Change.Write(cell, value)]) }
        case 8: try self.sayOfOffice(.revoked)
        case 9: try self.sayOfOffice(.granted)
        case 10:
            let held = try self.log(self.root)
            let victim = self.random.pick(held)
            let index = Int.random(in: 0..<victim.chained.change.writes.count, using: &self.random)
            try self.write(self.root) { try $0.ruleOut(victim.reference, write: index) }
        case 11 where self.stores.count < 6 && store !== self.root:
            self.stores.append(try Holder(copyOf: store))
        default:
            try self.send(from: store, to: self.random.pick(self.stores), isPartial: self.random.oneIn(2))
        }
        for store in self.stores { try self.expectPlain(store) }
    }

    private mutating func sayOfOffice(_ mark: GrantMark) throws {
        let office = self.random.pick(self.stores.filter { $0 !== self.root })
        try self.write(self.root) { try $0.say(mark, of: office.key.publicKey.id) }
    }

    private mutating func send(from: Holder, to: Holder, isPartial: Bool) throws {
        guard from !== to else { return }
        try from.seal()
        let all = try from.database.read {
            try $0.changes(
                in: SealedProvince.scope,
                lackedBy: PeerStanding(frontier: Frontier()),
                byteCountMax: .max
            ).changes
        }
        let count = isPartial ? self.random.pick(all.partings) : all.count
        let outcome = try to.take(Batch(scope: SealedProvince.scope, changes: Array(all[..<count])))
        #expect(outcome.problem == nil && outcome.missing == nil, "seed \(self.seed)")
    }

    /// Everybody gets everything.
    mutating func settle() throws {
        for _ in 0..<2 {
            for from in self.stores { for to in self.stores { try self.send(from: from, to: to, isPartial: false) } }
        }
        let expected = try self.root.contents
        for store in self.stores {
            try self.expectPlain(store)
            #expect(try store.contents == expected, "seed \(self.seed)")
            let problem = try store.database.verify().firstProblem
            #expect(problem == nil, "seed \(self.seed): \(problem?.sentence.english ?? "")")
        }
    }

    // MARK: - The plain words

    private func counts(_ record: Record, _ index: Int, amongst held: [Record]) -> Bool {
        let root = self.root.key.publicKey.id
        guard record.signer != root else { return true }
        let orders = held.filter { $0.signer == root }
        let state = SystemForm.grant(SystemForm.grantState, of: record.signer)
        func says(_ mark: GrantMark, _ order: Record) -> Bool {
            order.stored.chained.change.writes.contains { $0.address == state && $0.value == mark.value }
        }
        let isRevoked = orders.contains { revocation in
            says(.revoked, revocation) && !revocation.ancestors.contains(record.name)
                && !orders.contains { end in
                    says(.granted, end) && record.ancestors.contains(end.name)
                        && end.ancestors.contains(revocation.name)
                }
        }
        let void = SystemForm.void(of: record.stored.reference, write: index)
        return !isRevoked && !orders.contains { $0.stored.chained.change.writes.contains { $0.address == void } }
    }

    private func expectPlain(_ store: Holder) throws {
        let contents = try store.contents
        let held = contents.log.map { self.records[$0.name]! }
        for cell in self.cells {
            let writers = held.filter { record in
                record.stored.chained.change.writes.firstIndex { $0.address == cell }
                    .map { self.counts(record, $0, amongst: held) } ?? false
            }
            let current = writers.filter { writer in !writers.contains { $0.ancestors.contains(writer.name) } }
            let expected = Set(current.map(\.name.hash))
            #expect(Set((contents.cells[cell] ?? []).map(\.hash)) == expected, "seed \(self.seed), \(cell)")
        }
    }
}
