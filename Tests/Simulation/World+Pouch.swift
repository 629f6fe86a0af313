import ClientStore
import ClientSync
import Logging
import ReportModel
import ReportParcel
import ReportScheme
import ReportStorage
import ServerStore
import ServerSync
import TestSupport

// Worlds with an authority have a pouch, too, in which parcels and receipts go to and fro: late, in any order, twice, damaged,
// or never.

extension World {
    private static let pouchCountMax = 8

    /// Something happens to what is in the pouch.
    func carry() throws {
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<3: try self.makeParcel(self.random.pick(self.clients))
        case 3..<6:
            guard let index = self.somethingCarried({ if case .parcel = $0 { true } else { false } }) else {
                return try self.makeParcel(self.random.pick(self.clients))
            }
            try self.takeParcel(at: index)
        case 6..<9:
            let index = self.somethingCarried {
                if case .receipt(let receipt) = $0 { !self.copies(of: receipt.parcel.client).isEmpty } else { false }
            }
            let other = self.somethingCarried { if case .receipt = $0 { true } else { false } }
            if let index = index ?? other { try self.takeReceipt(at: index) }
        default: try self.mislead()
        }
    }

    private func somethingCarried(_ isMeant: (Carried.Content) -> Bool) -> Int? {
        self.pouch.indices.filter { isMeant(self.pouch[$0].content) }.randomElement(using: &self.random)
    }

    func put(_ carried: Carried) {
        if self.pouch.count == Self.pouchCountMax || self.random.oneIn(12) {
            let lost = self.random.pick([carried] + self.pouch)
            self.tell("\(lost.name) is lost")
            self.counts[.parcelsLost] += 1
            guard lost.name != carried.name else { return }
            self.pouch.removeAll { $0.name == lost.name }
        }
        self.pouch.append(carried)
    }

    /// What is taken lies about further, or not.
    func remove(at index: Int, isWhole: Bool) {
        if isWhole, self.pouch[index].takenCount > 0 { self.counts[.parcelsTakenAgain] += 1 }
        if isWhole { self.pouch[index].takenCount += 1 }
        if self.random.oneIn(2) { self.pouch.remove(at: index) }
    }

    /// Somebody gives the wrong thing to the wrong reader.
    private func mislead() throws {
        guard let carried = self.pouch.randomElement(using: &self.random) else { return }
        self.counts[.parcelsMisdelivered] += 1
        let before = try self.holdings()
        var stick = Stick(carried.bytes)
        do {
            switch carried.content {
            case .receipt where self.random.oneIn(2):
                self.tell("the province is given \(carried.name)")
                _ = try self.provinceParcels().take(
                    from: { stick.next($0) },
                    answer: { _ in },
                    newReplica: ReplicaID(rawValue: self.random.next())
                )
            case .receipt(let receipt):
                let device = receipt.parcel.client.sealingKey?.publicKey
                let others = self.clients.filter { $0.sealingKey?.publicKey != device }
                guard let client = others.randomElement(using: &self.random) else { return }
                self.tell("\(self.name(of: client)) is given \(carried.name)")
                _ = try self.parcels(client).takeAnswer(
                    from: { stick.next($0) },
                    newReplica: ReplicaID(rawValue: self.random.next())
                )
            case .parcel:
                let client = self.random.pick(self.clients)
                self.tell("\(self.name(of: client)) is given \(carried.name)")
                _ = try self.parcels(client).takeAnswer(
                    from: { stick.next($0) },
                    newReplica: ReplicaID(rawValue: self.random.next())
                )
            }
            self.complain("\(carried.name) was opened by a wrong reader")
        } catch is ParcelRefusal {
            if try self.holdings() != before { self.complain("\(carried.name) was refused, and changed something") }
        }
    }

    private func holdings() throws -> [[UnitCode: Set<ChangeName>]] {
        try (self.clients.map(\.store.database) + [self.server.store.database]).map { try $0.read(self.held) }
    }

    // MARK: - Drivers

    private static let silent = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }

    func pieces() -> ParcelPieces {
        ParcelPieces(
            batchByteCountMax: self.random.pick([1, 150, 48 * 1024]),
            recordFullByteCount: self.random.pick([1, 4096])
        )
    }

    func parcels(_ client: SimulatedClient, _ pieces: ParcelPieces = .standard) throws -> OfficeParcels {
        let now = self.time.now(skewSeconds: client.skewSeconds)
        return try OfficeParcels(
            store: client.store,
            scheme: client.scheme.scheme,
            identity: client.identity!,
            pieces: pieces,
            logger: Self.silent,
            now: { now }
        )
    }

    func provinceParcels(_ pieces: ParcelPieces = .standard) -> ProvinceParcels {
        let now = self.rootNow
        return ProvinceParcels(
            store: self.server.store,
            authority: self.server.authority!,
            pieces: pieces,
            logger: Self.silent,
            now: { now }
        )
    }

    /// What has befallen the stick since it was written.
    func damage(_ bytes: [UInt8]) -> StickDamage? {
        guard self.random.oneIn(4) else { return nil }
        self.counts[.parcelsDamaged] += 1
        let starts = StickDamage.starts(of: bytes, headerByteCount: ParcelHeader.byteCount)
        return StickDamage(
            of: bytes,
            kind: self.random.pick(StickDamage.Kind.allCases),
            record: Int.random(in: 0..<starts.count, using: &self.random),
            starts: starts,
            permille: self.random.oneIn(3) ? 0 : Int.random(in: 0..<1000, using: &self.random),
            mask: UInt8.random(in: 1...255, using: &self.random)
        )
    }

    func words(_ damage: StickDamage?) -> String {
        damage.map { ", \($0.kind) at record \($0.record)" } ?? ""
    }
}

/// A file that is read from its beginning.
struct Stick {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        self.rest = bytes[...]
    }

    mutating func next(_ byteCount: Int) -> [UInt8] {
        defer { self.rest = self.rest.dropFirst(byteCount) }
        return Array(self.rest.prefix(byteCount))
    }
}
