import ClientStore
import ReportModel
import ReportScheme
import ReportSession
import ReportStorage
import ReportWire
import ServerStore
import TestSupport

extension World {
    /// One to three offices sync at the same time, over lines of which many are bad.
    func syncSome() throws {
        var pairs: [Pair] = []
        let (disturbancesBefore, start) = (self.disturbanceCount, self.time.milliseconds)
        let clients = self.clients.filter { $0.stepsAway == 0 }.shuffled(using: &self.random)
            .prefix(Int.random(in: 1...3, using: &self.random))
        for client in clients {
            // Sometimes the old connection is still alive on the server's side when the client comes again.
            for attempt in 0..<(self.random.oneIn(4) ? 2 : 1) {
                let pair = self.pair(client)
                pairs.append(pair)
                let delay = Int64(attempt) * 50 + Int64.random(in: 0...150, using: &self.random)
                self.time.at(start + delay) { try self.begin(pair) }
            }
        }
        if self.troubles.disturbsSyncs, self.random.oneIn(2) {
            for _ in 0..<Int.random(in: 1...3, using: &self.random) {
                let delay = Int64.random(in: 0...1000, using: &self.random)
                self.time.at(start + delay) { try self.disturb() }
            }
        }
        if try !self.time.runUntilQuiet() { self.complain("a sync has no end") }
        for client in self.clients { client.steps.momentsLeft = nil }
        self.server.steps.momentsLeft = nil
        for pair in pairs {
            self.tell(pair)
            try self.check(pair, isAlone: pairs.count == 1 && self.disturbanceCount == disturbancesBefore)
        }
        try self.checkWhatIsHeld()
    }

    /// A process begins to sync, and its last hour may have come, or the server's.
    private func begin(_ pair: Pair) throws {
        if self.troubles.crashes {
            if self.random.oneIn(5) { pair.client.steps.momentsLeft = Int.random(in: 0..<12, using: &self.random) }
            if self.random.oneIn(5) { self.server.steps.momentsLeft = Int.random(in: 0..<12, using: &self.random) }
        }
        try pair.connect()
    }

    private func pair(_ client: SimulatedClient) -> Pair {
        var faults = VirtualLine.Faults(
            delayMillisecondsMax: self.random.pick([0, 20, 200, 3000]),
            pieceByteCountMax: self.random.pick([1, 7, 100, 1500, 65_536])
        )
        if self.troubles.cutsLines, self.random.oneIn(3) {
            faults.cut = .init(
                from: self.random.pick([.client, .server]),
                byteCount: Int.random(in: 0...(self.random.oneIn(2) ? 300 : 1500), using: &self.random)
            )
        }
        if self.troubles.repeatsFrames, self.random.oneIn(3) {
            faults.repeated = .init(
                from: self.random.pick([.client, .server]),
                frame: Int.random(in: 0..<8, using: &self.random)
            )
        }
        self.counts[.syncs] += 1
        return Pair(
            client,
            self.server,
            time: self.time,
            faults: faults,
            batchByteCountMax: self.random.pick([1, 150, 48 * 1024]),
            commitMilliseconds: self.random.pick([0, 0, 10, 100]),
            isTold: self.isTold,
            seed: self.random.next()
        )
    }

    /// A sync of one office over a good line, with nobody else.
    ///
    /// - Returns: The pair, when it came to its end.
    @discardableResult
    func syncWell(_ client: SimulatedClient, isChecked: Bool = true) throws -> Pair {
        let pair = Pair(
            client,
            self.server,
            time: self.time,
            batchByteCountMax: self.random.pick([1, 150, 48 * 1024]),
            isTold: self.isTold,
            seed: self.random.next()
        )
        var before = try isChecked ? self.differences(client) : nil
        let known = try self.rootChanges(self.server.store.database)
            .union(self.rootChanges(client.store.database))
        try pair.connect()
        if try !self.time.runUntilQuiet() { self.complain("a sync over a good line has no end") }
        self.tell(pair)
        if pair.outcome != .ended(nil) {
            self.complain("a sync over a good line ended with \(pair.outcome, default: "nothing")")
        }
        if isChecked { try self.check(pair, isAlone: true) }
        // What the province ruled over what it was sent comes back in the same sync.
        before?.receivedCount += try self.rootChanges(self.server.store.database).subtracting(known).count
        if let before, let tally = pair.tally,
            !before.sentCounts(hasCopied: self.hasCopied).contains(tally.changesSent)
                || tally.changesReceived != before.receivedCount
        {
            self.complain("\(tally) instead of \(before)")
        }
        // A sealed batch in which one change is a gap is taken not at all, so all of it comes once more.
        let takenWholeFactor = self.server.authority == nil ? 1 : 2
        if let before,
            pair.changesSent[.client]! > before.sentCounts(hasCopied: self.hasCopied).upperBound * takenWholeFactor
                || pair.changesSent[.server]! > before.receivedCount * (self.hasCopied ? 2 : 1) * takenWholeFactor
        {
            self.complain("\(pair.changesSent) changes were sent, needed were \(before)")
        }
        return pair
    }

    private func check(_ pair: Pair, isAlone: Bool) throws {
        self.counts[.gapAnswers] += pair.gapAnswerCount
        self.counts[.wants] += pair.wantCount
        if pair.line.hasRepeated { self.counts[.repeatedFrames] += 1 }
        // Each change there, its receipt, and once more each where a guess was wrong; and what every connection says.
        let frameCountMax = 64 + 4 * self.histories.values.reduce(0) { $0 + $1.records.count }
        if pair.frameCount > frameCountMax { self.complain("\(pair.frameCount) frames") }
        switch pair.outcome {
        case nil:
            self.complain("a sync of \(self.name(of: pair.client)) hangs")
        case .ended(nil):
            self.counts[.unhurtSyncs] += 1
            if isAlone, !pair.line.hasRepeated { try self.checkAgreement(pair) }
        case .ended(.connectionLost):
            self.counts[pair.line.isCut ? .cuts : .serverCrashes] += 1
        case .ended(let error?):
            // Only a frame that comes twice may be a wrong word.
            if !pair.line.hasRepeated { self.complain("a sync ended with \(error.words.english)") }
            self.counts[.protocolErrors] += 1
        case .crashed:
            self.counts[.clientCrashes] += 1
        }
    }
}

/// What a sync has to move.
struct Differences: Equatable {
    /// What the province lacks.
    var lackedCount = 0
    /// What it has, and of which the receipt was lost.
    var unsureCount = 0
    var receivedCount = 0

    /// How many changes the client may have sent: no other ones, and where a store was ever restored or copied each at most
    /// once more, because a guess of what the other side has was wrong.
    func sentCounts(hasCopied: Bool) -> ClosedRange<Int> {
        self.lackedCount...(self.lackedCount + self.unsureCount) * (hasCopied ? 2 : 1)
    }
}

extension World {
    func differences(_ client: SimulatedClient) throws -> Differences {
        var differences = Differences()
        let there = try self.server.store.database.read(self.held)
        try client.store.database.read { reader in
            let here = try self.held(reader)
            let served = try self.server.store.scopes(
                servedTo: [client.unit] + here.keys.sorted(),
                by: self.server.scheme.scheme
            )
            for scope in served {
                let (ours, theirs) = (here[scope] ?? [], there[scope] ?? [])
                let delivered = try self.delivered(reader, ours, in: scope)
                differences.lackedCount += ours.subtracting(theirs).count
                differences.unsureCount += ours.intersection(theirs).subtracting(delivered).count
                differences.receivedCount += theirs.subtracting(ours).count
            }
        }
        return differences
    }
}
