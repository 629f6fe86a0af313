import ClientStore
import Crypto
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import ServerIdentity
import TestSupport

/// Several offices and one province, who write and sync while everything goes wrong, all from one seed.
///
/// Beside them stands a ``NaiveHistory`` of every change, which knows nothing of clocks and frontiers.
final class World {
    /// What can go wrong in this world. Each seed has its own choice: where everything happens at once, one trouble hides
    /// the other.
    struct Troubles {
        let cutsLines: Bool
        let repeatsFrames: Bool
        let crashes: Bool
        let copiesClients: Bool
        let restoresServer: Bool
        let jumpsClocks: Bool
        let longAbsences: Bool
        let mixesSchemes: Bool
        let disturbsSyncs: Bool

        init(using random: inout SplitMix64) {
            self.cutsLines = !random.oneIn(4)
            self.repeatsFrames = random.oneIn(3)
            self.crashes = !random.oneIn(3)
            self.copiesClients = !random.oneIn(3)
            self.restoresServer = !random.oneIn(3)
            self.jumpsClocks = random.oneIn(2)
            self.longAbsences = random.oneIn(2)
            self.mixesSchemes = random.oneIn(2)
            self.disturbsSyncs = random.oneIn(2)
        }
    }

    /// What a person was shown of a cell, on a page that stays open while others work.
    struct View {
        let client: SimulatedClient
        let cell: CellState
    }

    let troubles: Troubles
    let stepCount: Int
    var random: SplitMix64
    let time = VirtualTime()
    let server: SimulatedServer
    var clients: [SimulatedClient] = []
    /// What was ever written, by scope.
    var histories: [UnitCode: NaiveHistory] = [:]
    /// Who sealed what, where everything is sealed.
    var signers: [ChangeName: DeviceID] = [:]
    var views: [View] = []
    /// Parcels and receipts on their way.
    var pouch: [Carried] = []
    var parcelCount = 0
    var counts = Counts()
    /// How often something happened that a sync under way could not know of.
    var disturbanceCount = 0
    /// Whether a store was ever replaced or doubled by a copy.
    var hasCopied = false
    let isTold: Bool
    private(set) var story: [String] = []
    /// What went against a promise, in words.
    private(set) var complaints: [String] = []

    init(seed: UInt64, fault: Simulation.PlantedFault?, isTold: Bool) throws {
        self.random = SplitMix64(seed: seed)
        self.isTold = isTold
        self.troubles = Troubles(using: &self.random)
        // Every other world has an authority. A planted fault is looked for where nothing else can hide it.
        let isSealed = fault == nil && seed % 2 == 1
        // With parcels there is more to do.
        self.stepCount = Int.random(in: isSealed ? 10...35 : 8...28, using: &self.random)
        self.server = try SimulatedServer(
            authority: isSealed ? Authority(key: P256.Signing.PrivateKey(seed: seed)) : nil,
            scheme: self.troubles.mixesSchemes ? self.random.pick(SimulatedScheme.all) : .newer,
            safeguards: fault?.safeguards ?? .all,
            receiptsTooEarly: fault == .receiptsBeforeCommit
        )
        // Two of one county; and perhaps a third, one of another county, or the city above.
        var units = ["410728", "410728"]
        if self.random.oneIn(2) { units.append("410728") }
        if self.random.oneIn(3) { units.append("410423") }
        if self.random.oneIn(3) { units.append("410700") }
        for (index, unit) in units.enumerated() {
            // In any order of the ids; the last byte tells them apart.
            let replica = (self.random.next() & ~0xFF) | UInt64(index + 1)
            self.clients.append(
                try SimulatedClient(
                    unit: UnitCode(unit)!,
                    replica: replica,
                    scheme: self.troubles.mixesSchemes ? self.random.pick(SimulatedScheme.all) : .newer,
                    skewSeconds: self.random.pick([0, 0, -60, 86_400, -10 * 31_557_600]),
                    identity: self.server.authority.map {
                        try $0.enrol(
                            "office \(index + 1)",
                            person: "clerk \(index + 1)",
                            of: UnitCode(unit)!,
                            seed: ~seed &- UInt64(index),
                            now: self.rootNow
                        )
                    },
                    safeguards: fault?.safeguards ?? .all
                )
            )
        }
        self.server.hasCommitted = { [unowned self] in try self.rememberRoot() }
        try self.enrolOffices()
    }

    func complain(_ complaint: @autoclosure () -> String) {
        // One is enough to fail, and a world that is broken complains without end.
        guard self.complaints.count < 10 else { return }
        self.complaints.append(complaint())
        self.tell("COMPLAINT: \(self.complaints.last!)")
    }

    func tell(_ line: @autoclosure () -> String) {
        if self.isTold { self.story.append(line()) }
    }

    func tell(_ pair: Pair) {
        guard self.isTold else { return }
        let ending = pair.outcome.map { "\($0)" } ?? "hangs"
        self.tell("sync of \(self.name(of: pair.client)) in scopes \(pair.served.sorted()): \(ending)")
        for line in pair.transcript { self.tell("    " + line) }
    }

    func name(of client: SimulatedClient) -> String {
        "office \(self.clients.firstIndex { $0 === client } ?? -1) (\(client.store.identity.replica), \(client.unit))"
    }
}

// MARK: - Steps

extension World {
    /// Lets all the steps happen.
    func live() throws {
        for _ in 0..<self.stepCount where self.complaints.isEmpty {
            try self.step()
            for client in self.clients where client.stepsAway > 0 { try self.stayAway(client) }
        }
    }

    private func step() throws {
        self.time.pass(milliseconds: Int64.random(in: 0...2000, using: &self.random))
        // Where there are parcels, one step in five is with them.
        switch Int.random(in: 0..<(self.server.authority == nil ? 28 : 35), using: &self.random) {
        case 0..<9:
            let client = self.random.pick(self.clients)
            for _ in 0..<Int.random(in: 1...2, using: &self.random) { try self.write(client) }
        case 9..<16: try self.syncSome()
        case 16..<20: try self.backUp()
        case 20..<23: try self.restoreOrClone(self.random.pick(self.clients))
        case 23..<25: try self.restoreServer()
        case 25 where self.server.authority != nil && self.random.oneIn(2): try self.changeTrust()
        case 25: self.jumpClock()
        case 26 where self.server.authority != nil: try self.changeTrust()
        case 26, 27: try self.random.oneIn(2) ? self.leave() : self.changeScheme()
        default: for _ in 0..<Int.random(in: 1...6, using: &self.random) { try self.carry() }
        }
        if self.random.oneIn(4) { try self.checkSomeStore() }
    }

    /// Something that happens while syncs are under way.
    func disturb() throws {
        self.counts[.eventsDuringSyncs] += 1
        let client = self.random.pick(self.clients)
        switch Int.random(in: 0..<(self.server.authority == nil ? 10 : 14), using: &self.random) {
        case 0..<4: try self.write(client)
        case 4..<6: try self.backUp()
        case 6: try self.restoreOrClone(client)
        case 7: try self.restoreServer()
        case 8:
            guard self.troubles.crashes else { return }
            self.tell("the server is killed")
            self.counts[.serverCrashes] += 1
            self.server.crash()
        case 9: self.jumpClock()
        default:
            self.counts[.parcelsDuringSyncs] += 1
            try self.carry()
        }
    }

    private func backUp() throws {
        if self.troubles.restoresServer, self.random.oneIn(self.troubles.copiesClients ? 3 : 1) {
            self.tell("the server is backed up")
            try self.server.backUp()
        } else if self.troubles.copiesClients {
            let client = self.random.pick(self.clients)
            self.tell("\(self.name(of: client)) is backed up")
            try client.backUp()
        }
    }

    private func restoreOrClone(_ client: SimulatedClient) throws {
        guard self.troubles.copiesClients, let backup = client.backups.randomElement(using: &self.random) else {
            return
        }
        self.hasCopied = true
        self.disturbanceCount += 1
        if self.random.oneIn(2), self.clients.count < 6 {
            self.clients.append(try SimulatedClient(cloning: client, from: backup))
            self.tell("\(self.name(of: client)) is cloned")
            self.counts[.clones] += 1
            // People go on at both machines, and neither knows of the other.
            if !self.random.oneIn(3) { try self.write(self.clients.last!) }
            // They number their parcels alike, and share a pouch.
            if self.server.authority != nil {
                for copy in [client, self.clients.last!] { try self.makeParcel(copy) }
                for _ in 0..<5 { try self.carry() }
            }
        } else {
            try client.restore(from: backup)
            self.tell("\(self.name(of: client)) is restored")
            self.counts[.clientRestores] += 1
        }
        if !self.random.oneIn(3) { try self.write(client) }
    }

    private func restoreServer() throws {
        guard self.troubles.restoresServer, let backup = self.server.backups.randomElement(using: &self.random)
        else { return }
        self.hasCopied = true
        self.disturbanceCount += 1
        self.tell("the server is restored")
        try self.server.restore(from: backup)
        self.counts[.serverRestores] += 1
        // What is in the pouch is of another time.
        if self.server.authority != nil {
            for _ in 0..<4 { try self.carry() }
        }
        // Who has something new sends it unasked, upon what the province has lost.
        for client in self.random.some(of: self.clients) { try self.write(client) }
    }

    /// A clock shows 1970, or 2099, or is put right.
    private func jumpClock() {
        guard self.troubles.jumpsClocks else { return }
        self.counts[.clockJumps] += 1
        let truth = self.time.now(skewSeconds: 0).secondsSince1970
        let skewSeconds = self.random.pick([-truth, 4_070_908_800 - truth, 0])
        if self.random.oneIn(4) {
            self.server.skewSeconds = skewSeconds
        } else {
            self.random.pick(self.clients).skewSeconds = skewSeconds
        }
        self.tell("a clock jumps by \(skewSeconds) seconds")
    }

    private static let absenceMilliseconds: Int64 = 400 * 86_400_000

    /// An office goes where there is no line, for 400 days.
    private func leave() throws {
        guard self.troubles.longAbsences else { return }
        let client = self.random.pick(self.clients)
        guard client.stepsAway == 0 else { return }
        self.counts[.longAbsences] += 1
        self.tell("\(self.name(of: client)) goes away")
        client.stepsAway = Int.random(in: 4...12, using: &self.random)
        self.time.pass(milliseconds: Self.absenceMilliseconds / 2)
    }

    private func stayAway(_ client: SimulatedClient) throws {
        client.stepsAway -= 1
        guard client.stepsAway == 0 else { return }
        self.time.pass(milliseconds: Self.absenceMilliseconds / 2)
        self.tell("\(self.name(of: client)) is back")
    }

    private func changeScheme() throws {
        guard self.troubles.mixesSchemes else { return }
        self.counts[.schemeChanges] += 1
        self.disturbanceCount += 1
        let scheme = self.random.pick(SimulatedScheme.all)
        self.tell("the province takes scheme \(scheme.scheme.version)")
        try self.server.use(scheme)
    }
}
