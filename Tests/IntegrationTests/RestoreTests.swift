import Testing

/// Stores put back from copies and stores of which there are two, as files. Nobody is asked anything: after ordinary syncs
/// all hold the same.
@Suite("Stores that were restored or copied")
struct RestoreTests {
    /// The most that healing may cost: what was missing, as another office pays for it that lacks just that, and a bit.
    private static func expect(_ byteCount: Int, forMissing missing: Int, _ what: String) {
        print("  \(what): \(byteCount) bytes, missing \(missing)")
        #expect(byteCount * 10 <= missing * 12 + 40_960, "\(what): \(byteCount) bytes, missing \(missing)")
    }

    /// Thirty days of two offices, with a sync in every five.
    private static func month(_ stores: LivedStores, _ one: Office, _ other: Office) async throws {
        for day in 1...30 {
            try stores.type(40, day: day, into: one)
            try stores.type(8, day: day, into: other)
            guard day % 5 == 0 else { continue }
            try await one.sync()
            try await other.sync()
        }
        try await one.sync()
    }

    @Test("an office restored from a copy of thirty days ago gets back its month", arguments: [0, 5])
    func office(editCount: Int) async throws {
        let stores = try await LivedStores()
        let (one, other) = (try await stores.office("one"), try await stores.office("other"))
        let mirror = try await stores.office("mirror")
        try stores.type(1500, day: 0, into: one)
        for office in [one, other, mirror] { try await office.sync() }
        let old = try stores.copy(one, to: "old")
        try await Self.month(stores, one, other)

        try stores.restore(one, from: old)
        try stores.type(editCount, day: 31, into: one)
        // What it typed before it knew is a branch, of which the province is told at once or in the next sync.
        let byteCount = try await stores.bytes(one)
        let missing = try await stores.bytes(mirror)
        Self.expect(byteCount, forMissing: missing, "office restored, \(editCount) edits")
        try stores.type(1, day: 32, into: one)
        for office in [one, other, mirror] { try await office.sync() }
        try await stores.expectAgreement(of: [one, other, mirror])
        try await stores.expectTold(one)
    }

    @Test(
        "two machines with one store go on, and only the cell that both wrote is in conflict",
        arguments: [false, true]
    )
    func clone(isAboutOneCell: Bool) async throws {
        let stores = try await LivedStores()
        let (one, mirror) = (try await stores.office("one"), try await stores.office("mirror"))
        try stores.type(1500, day: 0, into: one)
        for office in [one, mirror] { try await office.sync() }
        let clone = try stores.copy(one, to: "clone")
        let cell = "410728-02/figures/2024-06/figure_001"
        for day in 1...10 {
            try stores.type(60, day: day, into: one)
            try stores.type(60, day: day, into: clone)
        }
        if isAboutOneCell {
            try await one.expect("set", cell, "1")
            try await clone.expect("set", cell, "2")
        }
        let exits: Int32 = isAboutOneCell ? 1 : 0
        let sent = try await stores.bytes(one)
        let healed = try await stores.bytes(clone, exits: exits)
        let missing = try await stores.bytes(mirror, exits: exits)
        // The one sent a half and the other moved both: one and a half times what the mirror lacked.
        Self.expect(sent + healed, forMissing: missing * 3 / 2, "clones")
        for office in [one, clone, mirror] { try await office.sync(exits: exits) }
        try stores.type(2, day: 11, into: one)
        try stores.type(2, day: 11, into: clone)
        for office in [one, clone, mirror, one] { try await office.sync(exits: exits) }
        try await stores.expectAgreement(of: [one, clone, mirror], inConflict: isAboutOneCell ? [cell] : [])
        let names = try await one.json("status", exits: exits)["replica"]
        #expect(try await clone.json("status", exits: exits)["replica"] != names, "two ids from now on")
        try await stores.expectTold(clone, exits: exits)
    }

    @Test("a province restored from yesterday's backup gets back the day from the offices")
    func province() async throws {
        let stores = try await LivedStores()
        let (one, other) = (try await stores.office("one"), try await stores.office("other"))
        let mirror = try await stores.office("mirror")
        try stores.type(300, day: 0, into: one)
        for office in [one, other, mirror] { try await office.sync() }
        let backup = try await stores.backUpProvince()
        try stores.type(600, day: 1, into: one)
        try stores.type(600, day: 1, into: other)
        for office in [one, other, one] { try await office.sync() }
        try stores.type(5, day: 1, into: one)

        try await stores.restoreProvince(from: backup)
        let status = try await one.json("status")
        #expect(status["unsent"] == 5)
        let healed = try await stores.bytes(one)
        let second = try await stores.bytes(other)
        let missing = try await stores.bytes(mirror)
        Self.expect(healed + second, forMissing: missing, "province restored")
        for office in [one, other, mirror] { try await office.sync() }
        try await stores.expectAgreement(of: [one, other, mirror])
    }

    /// What goes wrong at once, beside the province's return to yesterday's backup.
    enum Accident: CaseIterable {
        case officeRestored, officeCopied
    }

    @Test("and the province is restored at the same time", arguments: Accident.allCases)
    func twoAtOnce(accident: Accident) async throws {
        let stores = try await LivedStores()
        let (one, other) = (try await stores.office("one"), try await stores.office("other"))
        let mirror = try await stores.office("mirror")
        try stores.type(1500, day: 0, into: one)
        for office in [one, other, mirror] { try await office.sync() }
        let copy = try stores.copy(one, to: "copy")
        let backup = try await stores.backUpProvince()
        try await Self.month(stores, one, other)
        try await other.sync()

        try await stores.restoreProvince(from: backup)
        var offices = [one, other, mirror]
        switch accident {
        case .officeRestored:
            // All that it lost, and the province with it, is at the other office.
            try stores.restore(one, from: copy)
            try stores.type(10, day: 31, into: one)
        case .officeCopied:
            try stores.type(10, day: 31, into: one)
            try stores.type(10, day: 31, into: copy)
            offices.append(copy)
        }
        let healing = offices.filter { $0.store != mirror.store }
        var byteCount = 0
        for office in healing { byteCount += try await stores.bytes(office) }
        let missing = try await stores.bytes(mirror)
        for office in healing { byteCount += try await stores.bytes(office) }
        // The province lacked it once, and a copy or a restored store once more.
        Self.expect(byteCount, forMissing: missing * 2, "province and \(accident)")
        try stores.type(1, day: 32, into: one)
        for office in offices + offices { try await office.sync() }
        try await stores.expectAgreement(of: offices)
        try await stores.expectTold(accident == .officeCopied ? copy : one)
    }
}
