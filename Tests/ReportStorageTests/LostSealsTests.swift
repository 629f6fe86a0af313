import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("A store that has lost some of its seals")
struct LostSealsTests {
    private typealias Holder = SealedProvince.Holder

    private let province = SealedProvince()
    private let root: Holder
    private let offices: [Holder]

    /// The province and two offices have written in turns, more than two batches hold, each time some changes under one seal.
    init() throws {
        (self.root, self.offices) = try self.province.stage(officeCount: 2)
        for _ in 0..<12 {
            for office in self.offices {
                for number in 0..<3 {
                    let note = AddressInScope(form: "land", period: Period("2024")!, item: Code("note\(number)")!)
                    try office.write([Change.Write(note, .text(String(repeating: "\(number)", count: 2000)))])
                }
                try office.send(to: self.root)
                try self.root.edit()
                try self.root.send(to: office)
            }
        }
        for office in self.offices { try self.root.send(to: office) }
    }

    /// What `holder` has on disk, taken in the smallest batches there are; its kind may be another.
    private func store(_ kind: StoreKind, of holder: Holder) throws -> StoreOnDisk {
        try StoreOnDisk(kind) { writer in
            try writer.setIdentity(authority: self.province.authority.publicKey, signer: holder.key.publicKey)
            try writer.setOwnReplica(ReplicaID(rawValue: 0xA1))
            func next() throws -> Batch? {
                try self.root.batch(for: writer.chains(in: SealedProvince.scope).frontier, byteCountMax: 1)
            }
            while let batch = try next() {
                let outcome = try writer.take(batch, received: SealedProvince.time)
                #expect(outcome.problem == nil && outcome.takenCount > 0)
            }
        }
    }

    /// The number of the line that a device seals.
    private func line(of holder: Holder, in store: StoreOnDisk) throws -> Int64 {
        let opened = try store.open()
        defer { try? opened.close() }
        return try opened.read { reader in
            try #require(
                try reader.chains(in: SealedProvince.scope).lines.first { $0.signer == holder.key.publicKey.id }
            ).number
        }
    }

    private func contents(_ store: StoreOnDisk) throws -> StoreContents {
        let opened = try store.open()
        defer { try? opened.close() }
        return try opened.read { try StoreContents($0, scope: SealedProvince.scope) }
    }

    /// Gives everything that the store has to somebody who has nothing, batch by batch.
    private func sendOn(_ store: StoreOnDisk, byteCountMax: Int) throws -> StoreContents {
        let newcomer = try self.province.holder()
        let opened = try store.open()
        defer { try? opened.close() }
        while true {
            let loaded = try opened.read {
                try $0.changes(
                    in: SealedProvince.scope,
                    lackedBy: PeerStanding(frontier: newcomer.frontier),
                    byteCountMax: byteCountMax
                )
            }
            guard !loaded.changes.isEmpty else { return try newcomer.contents }
            let byteCount = loaded.changes.reduce(0) { $0 + $1.canonicalBytes.count }
            #expect(byteCount <= ChangeLimits.canonicalByteCountMax)
            let outcome = try newcomer.take(Batch(scope: SealedProvince.scope, changes: loaded.changes))
            #expect(outcome.problem == nil && outcome.takenCount > 0)
        }
    }

    /// Takes back what the province has.
    private func fetch(_ store: StoreOnDisk) throws {
        let opened = try store.open(.write)
        defer { try? opened.close() }
        while true {
            let isDone = try opened.write { writer in
                let frontier = try writer.chains(in: SealedProvince.scope).frontier
                guard let batch = try self.root.batch(for: frontier) else { return true }
                let outcome = try writer.take(batch, received: SealedProvince.time)
                return outcome.takenCount == 0 || outcome.problem != nil
            }
            if isDone { return }
        }
    }

    @Test("is told so, and rebuilt without what another wrote and it could not send on, which comes back")
    func others() throws {
        let store = try self.store(.client, of: self.offices[0])
        let whole = try self.contents(store)
        #expect(try store.problem() == nil)
        let line = try self.line(of: self.offices[1], in: store)
        try store.alter {
            try $0.execute(
                sql: "DELETE FROM seal WHERE line = ? AND sequence BETWEEN 10 AND 30",
                arguments: [line]
            )
        }
        let problem = try #require(try store.problem())
        #expect(problem.kind == .unsealed && problem.sequence == 10, "\(problem.sentence.english)")
        let rebuilt = try store.rebuild()
        #expect(rebuilt.changeCount < whole.log.count && rebuilt.losses.contains { $0.savedSequence == 9 })
        #expect(try store.problem() == nil)
        try store.seal(with: self.offices[0].key)
        #expect(try self.sendOn(store, byteCountMax: 1).log.count == rebuilt.changeCount)
        try self.fetch(store)
        #expect(try Set(self.contents(store).log.map(\.name)) == Set(whole.log.map(\.name)))
        try store.seal(with: self.offices[0].key)
        #expect(try self.sendOn(store, byteCountMax: 48 * 1024).log.count == whole.log.count)
    }

    @Test("keeps of another's run nothing where a part of it is lost")
    func partOfRun() throws {
        let store = try self.store(.client, of: self.offices[0])
        let line = try self.line(of: self.offices[1], in: store)
        // The second of three changes under one seal, and the others of which nothing is known but by it.
        try store.alter {
            try $0.execute(sql: "UPDATE change SET bytes = x'00' WHERE line = ? AND sequence = 35", arguments: [line])
        }
        #expect(try store.problem()?.kind == .undecodable)
        let rebuilt = try store.rebuild()
        #expect(rebuilt.losses.contains { $0.savedSequence == 33 })
        #expect(try store.problem() == nil)
        try store.seal(with: self.offices[0].key)
        #expect(try self.sendOn(store, byteCountMax: 1).log.count == rebuilt.changeCount)
    }

    @Test("makes the seals of its own changes anew", arguments: StoreKind.allCases)
    func own(kind: StoreKind) throws {
        let holder = kind == .server ? self.root : self.offices[0]
        let store = try self.store(kind, of: holder)
        let whole = try self.contents(store)
        let line = try self.line(of: holder, in: store)
        try store.alter {
            try $0.execute(
                sql: "DELETE FROM seal WHERE line = ? AND sequence BETWEEN 10 AND 20",
                arguments: [line]
            )
        }
        #expect(try store.rebuild().changeCount == whole.log.count)
        // An office seals at its next sync, the province when it serves.
        #expect(try store.problem()?.kind == (kind == .server ? .unsealed : nil))
        #expect(try store.seal(with: holder.key) > 5)
        #expect(try store.seal(with: holder.key) == 0)
        #expect(try store.problem() == nil)
        #expect(try self.sendOn(store, byteCountMax: 1) == whole)
    }
}
