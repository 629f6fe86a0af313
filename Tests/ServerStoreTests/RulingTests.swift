import BundledScheme
import ClientStore
import Crypto
import ReportModel
import ReportScheme
import ReportStorage
import ServerStore
import TestSupport
import Testing

/// A province with an authority, whose offices sync by handing batches over.
private final class RuledProvince {
    static let now = Timestamp(secondsSince1970: 1_720_000_000)
    let scheme: Scheme
    let server: ServerStore
    let root: Root
    private var replicas: UInt64 = 0

    init() throws {
        let key = SealingKey(P256.Signing.PrivateKey())
        self.scheme = try Scheme.parse(BundledScheme.source)
        self.server = try ServerStore.inMemory(
            replica: ReplicaID(rawValue: 1),
            scheme: BundledScheme.source,
            authority: key.publicKey
        )
        self.root = Root(key: key, scheme: self.scheme)
    }

    /// A device with its store, which knows its grant.
    struct Office {
        let key: SealingKey
        let store: ClientStore
        let device: GrantedDevice
    }

    func office(_ role: Role, _ unit: UnitCode) throws -> Office {
        self.replicas += 1
        let key = SealingKey(P256.Signing.PrivateKey())
        let store = try ClientStore.inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 0xC0 + self.replicas),
                unit: unit,
                server: "127.0.0.1:1",
                name: "\(role)",
                author: "\(role)"
            ),
            scheme: BundledScheme.source,
            trust: ClientStore.Trust(authority: self.root.key.publicKey, device: key.publicKey)
        )
        let grant = Grant(role: role, unit: unit)
        let device = GrantedDevice(key: key.publicKey, grant: grant, name: "\(role)", person: "\(role)")
        try self.server.grant(device, as: self.root, now: Self.now)
        let office = Office(key: key, store: store, device: device)
        try self.sync(office)
        return office
    }

    /// - Returns: What the root found wrong with what the office sent.
    @discardableResult
    func sync(_ office: Office) throws -> [SealProblem] {
        try office.store.sealOwnChanges(with: office.key)
        var problems: [SealProblem] = []
        for (standing, _) in try office.store.standings(scheme: self.scheme) {
            let scope = standing.scope
            let held = try self.server.standings(in: [scope])[0].frontier
            let sent = try office.store.changes(
                in: scope,
                lackedBy: PeerStanding(frontier: held),
                byteCountMax: .max
            )
            if !sent.changes.isEmpty {
                let batch = Batch(scope: scope, changes: sent.changes)
                guard
                    case .taken(let outcome, _) = try self.server.commit(
                        [.take(batch)],
                        now: Self.now,
                        root: self.root
                    )[0]
                else { continue }
                if let problem = outcome.problem { problems.append(problem) }
            }
            let own = try office.store.database.read { try $0.standing(in: scope).frontier }
            let back = try self.server.changes(in: scope, lackedBy: PeerStanding(frontier: own), byteCountMax: .max)
            guard !back.changes.isEmpty else { continue }
            let outcome = try office.store.take(Batch(scope: scope, changes: back.changes), now: Self.now).0
            #expect(outcome.problem == nil && outcome.missing == nil)
        }
        return problems
    }
}

@Suite("What the root rules")
struct RulingTests {
    private static let county = UnitCode("410728")!
    private static let zone = UnitCode("410728-01")!

    private static func cell(_ text: String) throws -> CellAddress { try CellAddress(text) }

    private func write(
        _ cell: String,
        _ value: CellValue,
        by office: RuledProvince.Office,
        scheme: Scheme?
    ) throws -> EditOutcome {
        try office.store.write([Edit(Self.cell(cell), value)], scheme: scheme, now: RuledProvince.now)[0]
    }

    private func number(_ number: Int) -> CellValue { .number(Quantity(ExactDecimal(number))) }

    @Test("a device writes what it was granted, and everybody has it")
    func granted() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let cell = "410728-01/infrastructure/2024-H1/roads"
        #expect(try self.write(cell, self.number(13), by: clerk, scheme: province.scheme) == .new)
        #expect(try province.sync(clerk).isEmpty)
        let reviewer = try province.office(.reviewer, UnitCode("410700")!)
        for store in [clerk.store.database, reviewer.store.database, province.server.database] {
            #expect(try store.read { try $0.cell(Self.cell(cell)).value } == self.number(13))
            #expect(try store.verify().firstProblem == nil)
        }
    }

    @Test(
        "a new scheme gives its units to those who are trusted, and not to whom a restored store forgot to have revoked"
    )
    func newUnits() throws {
        let province = try RuledProvince()
        let (trusted, revoked) = (try province.office(.clerk, Self.county), try province.office(.clerk, Self.county))
        let files = BundledScheme.source.files.map { file in
            guard file.name == "units.yaml" else { return file }
            let unit = "  - {code: \"410728-99\", name: 新园区, name_en: New park, level: zone, parent: \"410728\"}\n"
            return SchemeSource.File(name: file.name, text: file.text + unit)
        }
        let root = Root(key: province.root.key, scheme: try Scheme.parse(SchemeSource(files)))
        func extend() throws -> Bool {
            try province.server.extendGrants(except: [revoked.device.key.id], as: root, now: RuledProvince.now)
        }
        #expect(try extend())
        #expect(try !extend(), "nothing is written twice")
        let granted = try province.server.database.read { try $0.grantedDevices(in: UnitCode("410728-99")!) }
        #expect(granted == [trusted.device.key.id])
    }

    @Test("both branches of a copied store come in one batch, and the root rules on them as on any")
    func branches() throws {
        let province = try RuledProvince()
        let office = try province.office(.clerk, Self.county)
        let (roads, count) = ("410728-01/infrastructure/2024-H1/roads", "410728-01/infrastructure/2024-H1/road_count")
        for figure in 1...2 { _ = try self.write(roads, self.number(figure), by: office, scheme: province.scheme) }
        let copy = RuledProvince.Office(
            key: office.key,
            store: try ClientStore(inMemoryCopyOf: office.store),
            device: office.device
        )
        _ = try self.write(roads, self.number(3), by: office, scheme: province.scheme)
        _ = try self.write(count, .text("five"), by: copy, scheme: nil)
        _ = try self.write(count, self.number(5), by: copy, scheme: province.scheme)
        for one in [office, copy] { try one.store.sealOwnChanges(with: one.key) }
        let sent = try office.store.changes(
            in: Self.zone,
            lackedBy: PeerStanding(frontier: Frontier()),
            byteCountMax: .max
        )
        _ = try copy.store.take(Batch(scope: Self.zone, changes: sent.changes), now: RuledProvince.now)
        #expect(try copy.store.database.read { try $0.chains(in: Self.zone).lines.count { $0.fork != nil } } == 1)
        #expect(try province.sync(copy).isEmpty)
        for (cell, figure) in [(roads, 3), (count, 5)] {
            #expect(try province.server.database.read { try $0.cell(Self.cell(cell)).value } == self.number(figure))
        }
        let history = try province.server.database.read { try $0.history(of: Self.cell(count)) }
        #expect(history.map { $0.discounts.map(\.code) } == [["other_type_of_value"], []])
        #expect(try province.server.database.verify().firstProblem == nil)
    }

    @Test("a device is told before it writes what it may not write, and nothing is written")
    func beforehand() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let auditor = try province.office(.auditor, UnitCode("410000")!)
        func code(_ outcome: EditOutcome) -> String? {
            guard case .refused(let refusal) = outcome else { return nil }
            return refusal.code
        }
        let cases: [(String, CellValue, RuledProvince.Office, String)] = [
            ("410728-01/infrastructure/2024-H1/roads", self.number(1), auditor, "role_writes_nothing"),
            ("410728-01/infrastructure/2024-H1/roads", .text("x"), clerk, "other_type_of_value"),
            ("410728/_report/2024-H1/infrastructure/state", ReportMark.accepted.value, clerk, "not_marked_by_role"),
            ("410729/infrastructure/2024-H1/roads", self.number(1), clerk, "not_granted"),
        ]
        for (cell, value, office, expected) in cases {
            let outcome = try self.write(cell, value, by: office, scheme: province.scheme)
            #expect(code(outcome) == expected, "\(cell)")
            #expect(try office.store.cell(Self.cell(cell)).versions.isEmpty)
        }
        try province.server.revoke(clerk.device.key.id, as: province.root, now: RuledProvince.now)
        try province.sync(clerk)
        let outcome = try self.write(
            "410728-01/infrastructure/2024-H1/roads",
            self.number(1),
            by: clerk,
            scheme: province.scheme
        )
        #expect(code(outcome) == "device_revoked")
    }

    @Test("what a device writes all the same is ruled out in the commit that takes it, and the rest goes on")
    func ruledOut() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let good = "410728-01/infrastructure/2024-H1/roads", bad = "410728-01/infrastructure/2024-H1/power_grid"
        // A program that asks nobody.
        _ = try clerk.store.write(
            [try Edit(Self.cell(good), self.number(13)), try Edit(Self.cell(bad), .text("thirteen"))],
            now: RuledProvince.now
        )
        let mark = "410728/_report/2024-H1/infrastructure/state"
        _ = try self.write(mark, ReportMark.accepted.value, by: clerk, scheme: nil)
        #expect(try province.sync(clerk).isEmpty)
        for store in [clerk.store.database, province.server.database] {
            try store.read { reader in
                #expect(try reader.cell(Self.cell(good)).value == self.number(13))
                #expect(try reader.cell(Self.cell(bad)).versions.isEmpty)
                #expect(try reader.cell(Self.cell(mark)).versions.isEmpty)
                let reasons = try [bad, mark].map { try reader.history(of: Self.cell($0)).map(\.discounts) }
                #expect(
                    reasons == [[[.ruledOut("other_type_of_value")]], [[.ruledOut("not_marked_by_role")]]]
                )
            }
            #expect(try store.verify().firstProblem == nil)
        }
        let status = try clerk.store.status().uncounted
        #expect(status.map(\.address.description) == [mark, bad].sorted())
        #expect(Set(status.flatMap(\.discounts).map(\.code)) == ["other_type_of_value", "not_marked_by_role"])
        // Writing it right answers it.
        #expect(try self.write(bad, self.number(7), by: clerk, scheme: province.scheme) == .new)
        #expect(try clerk.store.status().uncounted.map(\.address.description) == [mark])
        try province.sync(clerk)
        // Ruled once: what comes again changes nothing.
        let before = try province.server.standings(in: [Self.zone])
        try province.sync(clerk)
        #expect(try province.server.standings(in: [Self.zone]) == before)
    }

    @Test("a device is granted, revoked and granted again once, however often it is said")
    func again() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        func say(_ body: () throws -> [UnitCode]) throws -> Bool { try body().isEmpty }
        let scopeCount = province.scheme.unitAndBelow(Self.county).count
        #expect(try province.server.grant(clerk.device, as: province.root, now: RuledProvince.now).isEmpty)
        let revoked = try province.server.revoke(clerk.device.key.id, as: province.root, now: RuledProvince.now)
        #expect(revoked.count == scopeCount)
        #expect(try province.server.revoke(clerk.device.key.id, as: province.root, now: RuledProvince.now).isEmpty)
        let granted = try province.server.grant(clerk.device, as: province.root, now: RuledProvince.now)
        #expect(granted.count == scopeCount)
        try province.sync(clerk)
        let cell = "410728-01/infrastructure/2024-H1/roads"
        #expect(try self.write(cell, self.number(13), by: clerk, scheme: province.scheme) == .new)
        try province.sync(clerk)
        #expect(try province.server.database.read { try $0.cell(Self.cell(cell)).value } == self.number(13))
    }

    @Test("a device that is moved to another unit is trusted there and no longer where it was")
    func moved() throws {
        let province = try RuledProvince()
        var device = try province.office(.clerk, Self.county).device
        let former = province.scheme.unitAndBelow(Self.county).map(\.code)
        device.grant.unit = UnitCode("410423")!
        let granted = try province.server.grant(device, as: province.root, now: RuledProvince.now)
        #expect(granted == province.scheme.unitAndBelow(device.grant.unit).map(\.code))
        let revoked = try province.server.database.read { reader in
            try former.filter { try reader.isRevoked(device.key.id, in: $0) }
        }
        #expect(revoked == former)
    }

    @Test("what the root had let pass is not judged again when a restored province gets it back by another scheme")
    func restored() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let backup = try ServerStore(inMemoryCopyOf: province.server)
        let cell = "410728-01/infrastructure/2024-H1/roads"
        // By the scheme of today it is no figure of this kind; then it was.
        _ = try clerk.store.write([try Edit(Self.cell(cell), .text("13"))], now: RuledProvince.now)
        try clerk.store.sealOwnChanges(with: clerk.key)
        let sent = try clerk.store.changes(
            in: Self.zone,
            lackedBy: PeerStanding(frontier: Frontier()),
            byteCountMax: .max
        )
        let batch = Batch(scope: Self.zone, changes: sent.changes)
        _ = try province.server.commit([.take(batch)], now: RuledProvince.now)
        try province.server.revoke(clerk.device.key.id, as: province.root, now: RuledProvince.now)
        let all = try province.server.changes(
            in: Self.zone,
            lackedBy: PeerStanding(frontier: Frontier()),
            byteCountMax: .max
        )
        let back = Batch(scope: Self.zone, changes: all.changes)
        guard
            case .taken(let outcome, _) = try backup.commit([.take(back)], now: RuledProvince.now, root: province.root)[
                0
            ]
        else { return }
        #expect(outcome.ruledOutCount == 0 && outcome.takenCount == 2)
        #expect(try backup.database.read { try $0.cell(Self.cell(cell)).value } == .text("13"))
    }

    @Test("nothing counts of a device of which the root can read no grant, though its key is known")
    func unreadableGrant() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let other = UnitCode("410729")!
        let key = Change.Write(
            SystemForm.grant(SystemForm.grantKey, of: clerk.device.key.id),
            .text(clerk.device.key.description)
        )
        let root = province.root
        try province.server.database.write {
            try $0.writeOwn([key], in: other, author: "r", deviceName: "r", now: RuledProvince.now)
            try $0.sealOwnChanges(with: root.key)
        }
        let granting = try province.server.changes(
            in: other,
            lackedBy: PeerStanding(frontier: Frontier()),
            byteCountMax: .max
        )
        _ = try clerk.store.take(Batch(scope: other, changes: granting.changes), now: RuledProvince.now)
        let cell = try Self.cell("410729/land/2024/quota")
        let figure = Change.Write(cell.inScope, self.number(1))
        try clerk.store.database.write {
            try $0.writeOwn([figure], in: other, author: "c", deviceName: "c", now: RuledProvince.now)
        }
        #expect(try province.sync(clerk).isEmpty)
        let (state, history) = try province.server.database.read { (try $0.cell(cell), try $0.history(of: cell)) }
        #expect(state.versions.isEmpty)
        #expect(history.map(\.discounts) == [[.ruledOut(AccessRefusal.notGranted)]])
    }

    @Test("what a device writes in another's name, or under another name, is ruled out")
    func forged() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let cell = try Self.cell("410728-01/infrastructure/2024-H1/roads")
        for (author, name) in [("somebody", "clerk"), ("clerk", "another device")] {
            try clerk.store.database.write { writer in
                try writer.writeOwn(
                    [Change.Write(cell.inScope, self.number(author == "clerk" ? 2 : 1))],
                    in: cell.unit,
                    author: author,
                    deviceName: name,
                    now: RuledProvince.now
                )
                // The next change is of another chain, and tells its device's name again.
                try writer.setOwnReplica(ReplicaID(rawValue: 0xD1))
            }
        }
        #expect(try province.sync(clerk).isEmpty)
        try province.server.database.read { reader in
            #expect(try reader.cell(cell).value == self.number(2), "the name of the device alone was wrong")
            let codes = try reader.history(of: cell).map { $0.discounts.map(\.code) }
            #expect(codes == [["other_author"], []])
            let names = try [ReplicaID(rawValue: 0xC1), ReplicaID(rawValue: 0xD1)].map { replica in
                let address = CellAddress(SystemForm.deviceName(of: replica), in: cell.unit)
                return try reader.history(of: address).map { $0.discounts.map(\.code) }
            }
            #expect(names == [[["other_author"]], [["other_device_name"]]])
        }
        #expect(
            try clerk.store.status().uncounted.isEmpty,
            "the figure was written again since, and names are nobody's to accept"
        )
    }

    @Test("a device has nothing to write where it was granted nothing: such a batch proves nothing")
    func elsewhere() throws {
        let province = try RuledProvince()
        let clerk = try province.office(.clerk, Self.county)
        let other = UnitCode("410729")!
        try clerk.store.database.write {
            try $0.writeOwn(
                [Change.Write(AddressInScope(form: "land", period: Period("2024")!, item: "quota"), self.number(1))],
                in: other,
                author: "clerk",
                deviceName: "clerk",
                now: RuledProvince.now
            )
        }
        #expect(try province.sync(clerk) == [.unknownSigner(clerk.key.publicKey.id)])
        #expect(try province.server.database.read { try $0.chains(in: other).changeCount } == 0)
    }
}
