import BundledScheme
import ClientStore
import ClientSync
import Crypto
import ReportIdentity
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ReportWire
import ServerStore
import ServerSync
import TestSupport
import Testing

/// Whole syncs in files, between real stores.
@Suite("Syncs by parcels")
struct ParcelSyncTests {
    private let province: Province
    private let device: Device
    private let stick: Stick

    init() throws {
        self.province = try Province()
        self.device = try Device(0xA1, in: self.province)
        self.stick = try Stick(self.province)
    }

    private func figure(_ text: String) -> CellValue { .number(Quantity(ExactDecimal(text)!)) }

    private func value(_ database: ReportDatabase) throws -> CellValue {
        try database.read { try $0.cell(Device.cell).value }
    }

    /// How far a store has got everywhere.
    private func tips(_ database: ReportDatabase) throws -> [UnitCode: UInt64] {
        try database.read { reader in
            let scopes = self.province.scheme.unitAndBelow(Province.unit).map(\.code)
            return try Dictionary(uniqueKeysWithValues: scopes.map { ($0, try reader.standing(in: $0).tip) })
        }
    }

    private var unsent: Int { get throws { try self.device.store.status().unsent } }

    // MARK: - There and back

    @Test("bring what an office wrote to the province, and what others wrote to it")
    func thereAndBack() throws {
        let other = try Device(0xB2, in: self.province)
        try self.device.write("13.5")
        #expect(try self.unsent == 1)
        let (taken, answer) = try self.stick.take(self.stick.make(self.device))
        #expect(taken.newCount == 1 && taken.damage == nil && taken.missing.isEmpty && taken.number == 1)
        #expect(taken.certificate.id == self.device.id)
        #expect(try self.value(self.province.store.database) == self.figure("13.5"))
        #expect(try self.unsent == 1, "nobody has told the office yet")
        let answered = try self.stick.takeAnswer(answer, self.device)
        #expect(answered.isNews && answered.damage == nil && answered.missing.isEmpty)
        #expect(try self.unsent == 0)
        // A parcel with nothing in it asks for what there is.
        try self.stick.sync(other)
        #expect(try self.value(other.store.database) == self.figure("13.5"))
        #expect(try self.tips(other.store.database) == self.tips(self.province.store.database))
        #expect(try other.store.status().lastSync == Province.now)
        #expect(try self.province.store.devices().contains { $0.replica.rawValue == 0xB2 })
    }

    @Test("in any order and any number of times lose nothing, and deliver what is there", arguments: UInt64(0)..<6)
    func anyOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let offices = [self.device, try Device(0xB2, in: self.province)]
        var (parcels, answers): ([String], [(Device, String)]) = ([], [])
        var makers: [String: Device] = [:]
        for step in 0..<40 {
            let office = random.pick(offices)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                _ = try office.write(self.figure("\(step)"), to: self.cell(random.pick(["roads", "road_count"])))
            case 2:
                let path = try self.stick.make(office)
                parcels.append(path)
                makers[path] = office
            case 3:
                guard !parcels.isEmpty else { continue }
                let path = random.pick(parcels)
                let (taken, answer) = try self.stick.take(path)
                #expect(taken.damage == nil, "replay with seed \(seed)")
                answers.append((makers[path]!, answer))
            default:
                guard !answers.isEmpty else { continue }
                let (office, path) = random.pick(answers)
                let taken = try self.stick.takeAnswer(path, office)
                #expect(taken.damage == nil && taken.missing.isEmpty, "replay with seed \(seed)")
                try self.expectDeliveredIsHeld(office, "replay with seed \(seed), step \(step)")
            }
        }
        for office in offices + offices { try self.stick.sync(office) }
        for office in offices {
            #expect(try self.tips(office.store.database) == self.tips(self.province.store.database), "seed \(seed)")
            #expect(try office.store.status().unsent == 0, "seed \(seed)")
        }
        #expect(try self.province.store.database.verify().firstProblem == nil)
    }

    private func cell(_ item: String) -> CellAddress {
        CellAddress(unit: Device.cell.unit, form: "infrastructure", period: Period("2024-H1")!, item: Code(item)!)
    }

    private func expectDeliveredIsHeld(_ office: Device, _ what: String) throws {
        for (standing, delivered) in try office.store.standings(scheme: self.province.scheme) {
            let frontier = delivered ?? standing.frontier
            let isHeld = try self.province.store.database.read { try $0.holds(frontier, in: standing.scope) }
            #expect(isHeld, "\(what): \(standing.scope)")
        }
    }

    @Test("bring a ruling back: what the device may not write does not count, and the rest does")
    func ruled() throws {
        let mark = try CellAddress("410728/_report/2024-H1/infrastructure/state")
        _ = try self.device.write(ReportMark.accepted.value, to: mark)
        try self.device.write("13.5")
        let (taken, answer) = try self.stick.take(self.stick.make(self.device))
        #expect(taken.ruledOutCount == 1)
        try self.stick.takeAnswer(answer, self.device)
        let status = try self.device.store.status()
        #expect(status.uncounted.map(\.address) == [mark] && status.unsent == 0)
        #expect(status.uncounted.flatMap(\.discounts) == [.ruledOut("not_marked_by_role")])
        #expect(try self.value(self.province.store.database) == self.figure("13.5"))
    }

    @Test("bring the province's scheme where the office's is another, and an older answer no older one")
    func scheme() throws {
        func scheme(_ note: String) -> SchemeSource {
            SchemeSource(
                BundledScheme.source.files.map { file in
                    .init(
                        name: file.name,
                        text: file.name == "scheme.yaml" ? file.text + "\n# \(note)\n" : file.text
                    )
                }
            )
        }
        try self.province.store.replaceScheme(with: scheme("newer")) { _, _ in }
        let answer = try self.stick.take(self.stick.make(self.device)).answer
        #expect(try self.stick.takeAnswer(answer, self.device).hasNewScheme)
        #expect(try self.device.store.schemeSource() == scheme("newer"))
        try self.province.store.replaceScheme(with: scheme("newest")) { _, _ in }
        _ = try self.stick.takeAnswer(self.stick.take(self.stick.make(self.device)).answer, self.device)
        #expect(try self.device.store.schemeSource() == scheme("newest"))
        #expect(try !self.stick.takeAnswer(answer, self.device).hasNewScheme)
        #expect(try self.device.store.schemeSource() == scheme("newest"))
    }

    // MARK: - Damage

    @Test("that are damaged give what stands before, and the good one the rest; its answers come in any order")
    func damaged() throws {
        // More than one record, of figures that no deflation makes short.
        var random = SplitMix64(seed: 1)
        let items = self.province.scheme.form("infrastructure")!.items.map(\.code).filter { $0 != "roads" }.prefix(8)
        for year in 1...200 {
            for item in items {
                let cell = CellAddress(
                    unit: Device.cell.unit,
                    form: "infrastructure",
                    period: Period("\(1800 + year)-H1")!,
                    item: item
                )
                let digits = UInt64.random(in: 0..<1_000_000_000_000_000, using: &random)
                _ = try self.device.write(self.figure("\(digits)"), to: cell)
            }
        }
        let whole = try self.stick.make(self.device)
        let (half, firstAnswer) = try self.stick.take(self.stick.cut(whole, to: 0.7))
        #expect(half.damage?.cause == .cutOff && half.missing == [Device.cell.unit])
        #expect(half.newCount > 0)
        let unsentBefore = try self.unsent
        try self.stick.takeAnswer(firstAnswer, self.device)
        let left = try self.unsent
        #expect(left == unsentBefore - half.newCount && left > 0)
        let (rest, secondAnswer) = try self.stick.take(whole)
        #expect(rest.damage == nil && rest.missing.isEmpty)
        #expect(rest.newCount == left && rest.duplicateCount == half.newCount)
        let torn = try self.stick.takeAnswer(self.stick.cut(secondAnswer, to: 0.99), self.device)
        #expect(torn.damage != nil)
        try self.stick.takeAnswer(secondAnswer, self.device)
        try self.stick.takeAnswer(firstAnswer, self.device)
        #expect(try self.unsent == 0)
    }

    // MARK: - Restored stores

    @Test("tell an office that the province was restored, and an older answer does not")
    func restoredProvince() throws {
        try self.device.write("13.5")
        try self.stick.sync(self.device)
        let backup = try ServerStore(inMemoryCopyOf: self.province.store)
        let before = try self.stick.take(self.stick.make(self.device)).answer
        try self.device.write("14.5")
        try self.stick.sync(self.device)
        #expect(try self.unsent == 0)
        #expect(try !self.stick.takeAnswer(before, self.device).isNews)
        #expect(try self.unsent == 0, "what an old answer does not know of is delivered all the same")
        try self.stick.sync(self.device, at: backup)
        #expect(try self.unsent == 1)
        try self.stick.sync(self.device, at: backup)
        #expect(try self.unsent == 0 && self.value(backup.database) == self.figure("14.5"))
    }

    @Test("give a province restored from before the enrolment the grant, too")
    func restoredBeforeEnrolment() throws {
        let backup = try ServerStore(inMemoryCopyOf: self.province.store)
        let later = try Device(0xE5, in: self.province)
        try self.stick.sync(later)
        try later.write("13.5")
        // Its first receipt there says what is gone; what it builds on comes with the next parcel.
        let (taken, answer) = try self.stick.take(self.stick.make(later), at: backup)
        #expect(taken.newCount == 0 && taken.missing.contains(Device.cell.unit))
        try self.stick.takeAnswer(answer, later)
        try self.stick.sync(later, at: backup)
        #expect(try self.value(backup.database) == self.figure("13.5"))
        #expect(try later.store.status().unsent == 0 && backup.database.verify().firstProblem == nil)
    }

    @Test("bring an office restored from a copy what it has lost, and let it go on under a new id")
    func restoredOffice() throws {
        try self.device.write("13.5")
        let copy = try ClientStore(inMemoryCopyOf: self.device.store)
        try self.device.write("14.5")
        try self.stick.sync(self.device)
        #expect(try copy.ownReplica().former.isEmpty)
        try self.stick.sync(self.device, copy)
        #expect(try self.value(copy.database) == self.figure("14.5"))
        #expect(try copy.ownReplica().former == [ReplicaID(rawValue: 0xA1)])
    }

    @Test("heal two copies of one store that both went on")
    func copiedOffice() throws {
        try self.device.write("13.5")
        let copy = try ClientStore(inMemoryCopyOf: self.device.store)
        try self.device.write("14.5")
        _ = try copy.write([Edit(self.cell("road_count"), self.figure("7"))], scheme: nil, now: Province.now)
        for _ in 0..<2 {
            try self.stick.sync(self.device)
            try self.stick.sync(self.device, copy)
        }
        try self.stick.sync(self.device)
        let tips = try self.tips(self.province.store.database)
        #expect(try self.tips(copy.database) == tips && self.tips(self.device.store.database) == tips)
        for database in [copy.database, self.device.store.database, self.province.store.database] {
            #expect(try self.value(database) == self.figure("14.5"))
            #expect(try database.read { try $0.cell(self.cell("road_count")).value } == self.figure("7"))
        }
    }

    @Test("give a copied office the other's changes though its own were lost on the way")
    func copiedAndDamaged() throws {
        try self.device.write("13.5")
        let copy = try ClientStore(inMemoryCopyOf: self.device.store)
        for number in 14...20 { try self.device.write("\(number).5") }
        try self.stick.sync(self.device)
        let road = self.cell("road_count")
        _ = try copy.write([Edit(road, self.figure("7"))], scheme: nil, now: Province.now)
        let whole = try self.stick.make(self.device, copy)
        // What the copy holds is read, and nothing of it.
        let (taken, answer) = try self.stick.take(self.stick.cut(whole, to: 0.85))
        #expect(taken.damage != nil && taken.missing == [Device.cell.unit] && taken.newCount == 0)
        try self.stick.takeAnswer(answer, self.device, copy)
        #expect(try self.value(copy.database) == self.figure("20.5"))
        #expect(try copy.database.read { try $0.cell(road).value } == self.figure("7"))
        try self.stick.sync(self.device, copy)
        #expect(try self.province.store.database.read { try $0.cell(road).value } == self.figure("7"))
    }

    @Test("end what a line was refused for, once the province has answered")
    func refusedByLine() throws {
        let refusal = SyncRefusal(code: 21, words: Bilingual("单位不符。", "Another unit."))
        try self.device.store.noteRefusal(refusal)
        let answer = try self.stick.take(self.stick.make(self.device)).answer
        #expect(try self.device.store.refusal() == refusal)
        #expect(try self.stick.takeAnswer(answer, self.device).isNews)
        #expect(try self.device.store.refusal() == nil)
        // Told again since: an answer that is no news does not end that.
        try self.device.store.noteRefusal(refusal)
        #expect(try !self.stick.takeAnswer(answer, self.device).isNews)
        #expect(try self.device.store.refusal() == refusal)
    }

    @Test("and by a line get on: an answer that was overtaken takes nothing back")
    func overtakenByLine() async throws {
        try self.device.write("13.5")
        let answer = try self.stick.take(self.stick.make(self.device)).answer
        try self.device.write("14.5")
        let security = try self.device.security(issuer: self.province.authority, pinned: self.province.authority)
        try await self.province.serve(self.province.security()) { address in
            _ = try await self.device.sync(address, security, self.province.scheme)
        }
        #expect(try self.unsent == 0)
        #expect(try !self.stick.takeAnswer(answer, self.device).isNews)
        #expect(try self.unsent == 0)
    }

    // MARK: - Refusals

    @Test("of a revoked device are refused, and leave nothing")
    func revoked() throws {
        try self.device.write("13.5")
        let parcel = try self.stick.make(self.device)
        // The list of the revoked knows it first, where the store comes from a backup.
        let listed = #expect(throws: ParcelRefusal.self) {
            _ = try self.stick.take(parcel, revoked: [self.device.id])
        }
        #expect(listed?.code == "device_revoked")
        try self.province.store.revoke(self.device.id, as: self.province.root, now: Province.now)
        let before = try self.tips(self.province.store.database)
        let refusal = #expect(throws: ParcelRefusal.self) { _ = try self.stick.take(parcel) }
        #expect(refusal?.code == "device_revoked")
        #expect(try self.tips(self.province.store.database) == before)
    }

    @Test("bring nothing into another unit, and nothing of it back")
    func otherUnits() throws {
        let neighbour = try Device(0xC3, in: self.province, unit: UnitCode("410100")!)
        let foreign = UnitCode("410100")!
        let lacking = Have(scope: foreign, batchesSeen: 0, frontier: Frontier())
        let claim = try self.stick.write([.have(lacking)], by: self.device)
        let refusal = #expect(throws: ParcelRefusal.self) { _ = try self.stick.take(claim) }
        #expect(refusal == .otherUnit(foreign, enrolledFor: Province.unit))
        let granting = try neighbour.store.changes(
            in: foreign,
            lackedBy: PeerStanding(frontier: Frontier()),
            byteCountMax: .max
        )
        let own = Have(scope: Province.unit, batchesSeen: 0, frontier: Frontier())
        let batch = Batch(scope: foreign, changes: granting.changes)
        let parcel = try self.stick.write([.have(own), .have(lacking), .batch(batch)], by: self.device)
        let (taken, answer) = try self.stick.take(parcel)
        #expect(taken.notServed == [foreign] && taken.newCount + taken.duplicateCount == 0)
        try self.stick.takeAnswer(answer, self.device)
        #expect(try self.device.store.database.read { try $0.standing(in: foreign).tip } == 0)
    }

    @Test("with a batch that proves nothing are used up to it")
    func unproven() throws {
        let other = try Device(0xB2, in: self.province)
        try other.write("99")
        // Not sealed by anybody whom the province knows.
        try other.store.sealOwnChanges(with: SealingKey(other.key))
        let unsent = try other.store.standings(scheme: self.province.scheme)
            .first { $0.standing.scope == Device.cell.unit }!
        let changes = try other.store.changes(
            in: Device.cell.unit,
            lackedBy: PeerStanding(frontier: unsent.delivered!),
            byteCountMax: .max
        ).changes.map { change in
            var change = change
            change.seal?.signer = self.device.id
            return change
        }
        let own = Have(scope: Province.unit, batchesSeen: 0, frontier: Frontier())
        let batch = Batch(scope: Device.cell.unit, changes: changes)
        let (taken, _) = try self.stick.take(self.stick.write([.have(own), .batch(batch), .done], by: self.device))
        guard case .refused(let error)? = taken.damage?.cause else {
            Issue.record("\(String(describing: taken.damage))")
            return
        }
        #expect(error.knownCode == .unprovenBatch && taken.newCount == 0)
    }

    @Test("are only made for the unit of the device, and over no other file")
    func making() throws {
        let claiming = try Device(0xD4, in: self.province, claiming: UnitCode("410700")!)
        let other = #expect(throws: ParcelRefusal.self) { _ = try self.stick.make(claiming) }
        #expect(other == .otherUnit(UnitCode("410700")!, enrolledFor: Province.unit))
        let path = try self.stick.make(self.device)
        #expect(throws: FileExists.self) {
            _ = try self.stick.parcels(of: self.device)
                .make(at: path, isReplacing: false, alreadyThere: FileExists(path: path))
        }
        #expect(try self.stick.take(path).taken.number == 1, "what was there is left as it was")
    }
}
