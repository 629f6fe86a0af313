import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import TestSupport

/// Several offices and one province, who write and sync over bad lines, all from one seed.
///
/// Beside them stands a ``NaiveHistory`` of every change, which knows nothing of clocks and frontiers.
final class World {
    struct Options: Sendable {
        var stepCount = 24
        /// Whether lines are cut and processes die.
        var isFaulty = true
        /// Whether stores are restored from older copies and cloned.
        var copiesStores = false
        /// How many changes in a row a person makes at most.
        var writesInARowMax = 2
    }

    let seed: UInt64
    let options: Options
    var random: SplitMix64
    let time = VirtualTime()
    let server: SimulatedServer
    private(set) var clients: [SimulatedClient] = []
    /// What was ever written, by scope.
    private(set) var histories: [UnitCode: NaiveHistory] = [:]
    private(set) var counts = Counts()
    /// What went against a promise, in words.
    private(set) var complaints: [String] = []

    /// How often each thing happened, for the test that simulations are not dull.
    struct Counts: Hashable {
        var writes = 0
        var refusedInConflict = 0
        var resolved = 0
        var syncs = 0
        var cuts = 0
        var crashes = 0
        var restores = 0
        var clones = 0
        var conflicts = 0
        /// Answers "I lack what this builds on".
        var gapAnswers = 0

        mutating func add(_ other: Counts) {
            self.writes += other.writes
            self.refusedInConflict += other.refusedInConflict
            self.resolved += other.resolved
            self.syncs += other.syncs
            self.cuts += other.cuts
            self.crashes += other.crashes
            self.restores += other.restores
            self.clones += other.clones
            self.conflicts += other.conflicts
            self.gapAnswers += other.gapAnswers
        }
    }

    static let county = UnitCode("410728")!
    static let cells = ["roads", "investment"].map { item in
        AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: Code(item)!)
    }

    init(seed: UInt64, options: Options = Options()) throws {
        self.seed = seed
        self.options = options
        self.random = SplitMix64(seed: seed)
        self.server = try SimulatedServer()
        // Two of one county, one of another, and now and then a third, or the city above.
        var units = ["410728", "410728", "410423"]
        if self.random.oneIn(3) { units.append("410728") }
        if self.random.oneIn(3) { units.append("410700") }
        for (index, unit) in units.enumerated() {
            self.clients.append(
                try SimulatedClient(
                    // In any order of the ids; the last byte tells them apart.
                    unit: UnitCode(unit)!,
                    replica: (self.random.next() & ~0xFF) | UInt64(index + 1),
                    // Clocks stand still for days, and some are wrong by years.
                    skewSeconds: self.random.pick([0, 0, -60, 86_400, -10 * 31_557_600])
                )
            )
        }
        for _ in 0..<options.stepCount { try self.step() }
    }

    func complain(_ complaint: String) {
        self.complaints.append(complaint)
    }
}

// MARK: - Steps

extension World {
    private func step() throws {
        self.time.pass(milliseconds: Int64.random(in: 0...2000, using: &self.random))
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<8:
            let client = self.random.pick(self.clients)
            for _ in 0..<Int.random(in: 1...self.options.writesInARowMax, using: &self.random) {
                try self.write(client)
            }
        case 8..<15: try self.syncSome()
        case 15..<17: try self.backUp()
        case 17..<19: try self.restoreOrCloneClient()
        default: try self.restoreServer()
        }
    }

    private func backUp() throws {
        guard self.options.copiesStores else { return }
        try self.random.oneIn(3) ? self.server.backUp() : self.random.pick(self.clients).backUp()
    }

    private func restoreOrCloneClient() throws {
        let client = self.random.pick(self.clients)
        guard self.options.copiesStores, let backup = client.backups.randomElement(using: &self.random) else { return }
        if self.random.oneIn(2), self.clients.count < 6 {
            self.clients.append(try SimulatedClient(cloning: client, from: backup))
            self.counts.clones += 1
        } else {
            try client.restore(from: backup)
            self.counts.restores += 1
        }
    }

    private func restoreServer() throws {
        guard self.options.copiesStores else { return }
        try self.server.restore(random: &self.random)
        self.counts.restores += 1
    }

    /// A person edits some cells of one unit, as `set` or `import` would; or decides a conflict.
    private func write(_ client: SimulatedClient) throws {
        let unit = client.unit == UnitCode("410423")! ? "410423" : "410728"
        // What is in conflict draws people's attention.
        let conflict = self.random.oneIn(2) ? try client.store.conflicts().randomElement(using: &self.random) : nil
        let scope = conflict?.address.unit ?? UnitCode(unit + self.random.pick(["-01", "-01", "", "-01-02"]))!
        let before = try client.store.database.read { try $0.names(in: scope) }
        var edits: [Edit] = []
        for cell in conflict.map({ [$0.address.inScope] }) ?? self.random.some(of: Self.cells) {
            let address = CellAddress(cell, in: scope)
            let decides = try client.store.cell(address).isConflict && !self.random.oneIn(4)
            edits.append(Edit(address, .ofFew(using: &self.random), basis: decides ? .resolving(nil) : .present))
        }
        let now = Timestamp(
            secondsSince1970: 1_720_000_000 + self.time.milliseconds / 86_400_000 + client.skewSeconds
        )
        for (edit, outcome) in zip(edits, try client.store.write(edits, now: now)) {
            switch (edit.basis, outcome) {
            case (.resolving, .changed): self.counts.resolved += 1
            case (.present, .refused(let refusal)) where refusal.reason == .inConflict:
                self.counts.refusedInConflict += 1
            case (.present, .new), (.present, .changed), (.present, .same): self.counts.writes += 1
            default: self.complain("\(edit) gave \(outcome)")
            }
        }
        try self.remember(since: before, of: client, in: scope)
    }

    /// Tells the plain history what was written, and by whom who had been shown what.
    private func remember(since before: Set<ChangeName>, of client: SimulatedClient, in scope: UnitCode) throws {
        let log = try client.store.database.read { try $0.log(of: scope) }.map(\.stored)
        var held = before
        for stored in log where !before.contains(ChangeName(stored)) {
            let predecessor = held.first { $0.reference == stored.chained.predecessor }
            let name = self.histories[scope, default: NaiveHistory(scope: scope)]
                .add(stored.chained, after: predecessor, ancestors: held)
            if name != ChangeName(stored) { self.complain("a change is \(ChangeName(stored)), and should be \(name)") }
            held.insert(name)
        }
    }
}

// MARK: - Syncs

extension World {
    /// One to three offices sync at the same time, over lines of which many are bad.
    private func syncSome() throws {
        var pairs: [Pair] = []
        let clients = self.clients.shuffled(using: &self.random).prefix(Int.random(in: 1...3, using: &self.random))
        for client in clients {
            // Sometimes the old connection is still alive on the server's side when the client comes again.
            for attempt in 0..<(self.random.oneIn(4) ? 2 : 1) {
                let pair = self.pair(client)
                pairs.append(pair)
                self.time.at(
                    self.time.milliseconds + Int64(attempt) * 50 + Int64.random(in: 0...150, using: &self.random)
                ) {
                    // A client has one connection at a time.
                    for earlier in pairs where earlier !== pair && earlier.client === client {
                        earlier.clientEnded(.crashed)
                    }
                    try pair.connect()
                }
            }
        }
        if try !self.time.runUntilQuiet() { self.complain("a sync has no end") }
        for pair in pairs { try self.check(pair, isAlone: pairs.count == 1) }
    }

    private func pair(_ client: SimulatedClient) -> Pair {
        var faults = VirtualLine.Faults.none
        var crashes = Pair.Crashes()
        faults.pieceByteCountMax = self.random.pick([1, 7, 100, 1500, 65_536])
        faults.delayMillisecondsMax = self.random.pick([0, 20, 200, 3000])
        if self.options.isFaulty {
            if self.random.oneIn(3) {
                faults.cut = .init(
                    from: self.random.pick([.client, .server]),
                    byteCount: Int.random(in: 0...(self.random.oneIn(2) ? 300 : 1500), using: &self.random)
                )
            }
            if self.random.oneIn(5) { crashes.serverAfterCommit = Int.random(in: 1...3, using: &self.random) }
            if self.random.oneIn(8) { crashes.clientAfterCommit = Int.random(in: 1...3, using: &self.random) }
            if self.random.oneIn(8) { crashes.clientOnReceipt = Int.random(in: 1...3, using: &self.random) }
        }
        self.counts.syncs += 1
        return Pair(
            client,
            self.server,
            time: self.time,
            faults: faults,
            crashes: crashes,
            batchByteCountMax: self.random.pick([1, 150, 48 * 1024]),
            seed: self.random.next()
        )
    }

    /// A sync of one office over a good line, with nobody else.
    ///
    /// - Returns: The pair, when it came to its end.
    @discardableResult
    func syncWell(
        _ client: SimulatedClient,
        batchByteCountMax: Int = 48 * 1024,
        isChecked: Bool = true
    ) throws -> Pair {
        let pair = Pair(
            client,
            self.server,
            time: self.time,
            batchByteCountMax: batchByteCountMax,
            seed: self.random.next()
        )
        let before = try Differences(client, self.server)
        try pair.connect()
        if try !self.time.runUntilQuiet() { self.complain("a sync over a good line has no end") }
        if pair.outcome != .ended(nil) {
            self.complain(
                "a sync over a good line ended with \(pair.outcome, default: "nothing"):\n"
                    + pair.transcript.joined(separator: "\n")
            )
        }
        if isChecked { try self.check(pair, isAlone: true) }
        if let tally = pair.tally,
            !before.sentCounts(isExact: !self.options.copiesStores).contains(tally.changesSent)
                || tally.changesReceived != before.receivedCount
        {
            self.complain("\(tally) instead of \(before)\n" + pair.transcript.joined(separator: "\n"))
        }
        return pair
    }

    private func check(_ pair: Pair, isAlone: Bool) throws {
        self.counts.gapAnswers += pair.gapAnswerCount
        // Each change there, its receipt, and once more each where a guess was wrong; and what every connection says.
        let frameCountMax = 64 + 4 * self.histories.values.reduce(0) { $0 + $1.records.count }
        if pair.frameCount > frameCountMax {
            self.complain("\(pair.frameCount) frames\n" + pair.transcript.joined(separator: "\n"))
        }
        switch pair.outcome {
        case nil:
            self.complain("a sync hangs:\n" + pair.transcript.joined(separator: "\n"))
        case .ended(nil):
            if self.options.copiesStores { try self.checkDelivered(pair.client) }
            if isAlone { try self.checkAgreement(pair) }
        case .ended(.connectionLost):
            self.counts.cuts += 1
        case .ended(let error?):
            self.complain("a sync ended with \(error.words.english)\n" + pair.transcript.joined(separator: "\n"))
        case .crashed:
            self.counts.crashes += 1
        }
        if !self.options.copiesStores { try self.checkDelivered(pair.client) }
    }

    func noteConflicts(_ count: Int) {
        self.counts.conflicts += count
    }
}
