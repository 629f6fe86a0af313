import ReportModel
import ReportScheme
import ReportStorage
import ServerIdentity
import ServerStore
import TestSupport

/// The province: its store, its clock, and older copies of the store. Serves many connections, and commits what they
/// bring together.
package final class SimulatedServer {
    package private(set) var store: ServerStore
    /// The scheme that the store has now.
    package private(set) var scheme: SimulatedScheme
    /// `nil` for a province in which nothing is sealed.
    package let authority: Authority?
    private let sealingKey: SealingKey?
    /// Told after every commit of what connections brought.
    var hasCommitted: () throws -> Void = {}
    package let steps = DurableSteps()
    /// How far its clock is from the true time.
    package var skewSeconds: Int64 = 0
    package private(set) var backups: [ServerStore] = []
    /// How often the store was replaced by an older copy.
    package private(set) var incarnation = 0
    /// All that the store held at the last look; it never holds less, but for a restore.
    var known: [UnitCode: Set<ChangeName>] = [:]
    /// Connections that die when the server does. A pair lives as long as something is on the way in it, not as long as
    /// the server: each holds the other otherwise, and long runs fill the memory with worlds that are over.
    private var pairs: [Connected] = []
    private var waiting: [(step: ServerStore.Step, resume: (ServerStore.Step.Outcome) throws -> Void)] = []
    /// The fault that receipts go out before what they speak of is durable: then this is what is on the disk.
    private let receiptsTooEarly: Bool
    private var onDisk: ServerStore?

    private struct Connected {
        weak var pair: Pair?
    }

    package init(
        authority: Authority? = nil,
        scheme: SimulatedScheme = .newer,
        safeguards: Safeguards = .all,
        receiptsTooEarly: Bool = false
    ) throws {
        self.store = try .inMemory(
            replica: ReplicaID(rawValue: 0xF00D),
            scheme: scheme.source,
            authority: authority?.publicKey,
            safeguards: safeguards
        )
        self.authority = authority
        self.sealingKey = authority?.sealingKey
        self.scheme = scheme
        self.receiptsTooEarly = receiptsTooEarly
    }

    /// Grants go as far as any scheme does, so that an office may write what it will know one day.
    var root: Root? { self.sealingKey.map { Root(key: $0, scheme: SimulatedScheme.newer.scheme) } }

    package func use(_ scheme: SimulatedScheme) throws {
        try self.store.replaceScheme(with: scheme.source) { _, _ in }
        self.scheme = scheme
    }

    /// Another file is in the place of the store's.
    private func replaceStore(with store: ServerStore) throws {
        self.store = store
        self.scheme = SimulatedScheme.of(try store.schemeSource())!
    }

    /// Takes one batch in a transaction of its own, besides all connections.
    @discardableResult
    package func take(_ batch: Batch, now: Timestamp = Timestamp(secondsSince1970: 0)) throws -> TakeOutcome {
        guard case .taken(let outcome, _) = try self.store.commit([.take(batch)], now: now)[0] else {
            preconditionFailure("a batch is taken")
        }
        return outcome
    }
}

// MARK: - Serving

extension SimulatedServer {
    func accepted(_ pair: Pair) {
        self.pairs.removeAll { $0.pair?.serverSession == nil }
        self.pairs.append(Connected(pair: pair))
    }

    /// Makes `step` durable with those of other connections that come before the disk is ready.
    func commit(
        _ step: ServerStore.Step,
        for pair: Pair,
        resume: @escaping (ServerStore.Step.Outcome) throws -> Void
    ) {
        self.waiting.append((step, resume))
        guard self.waiting.count == 1 else { return }
        pair.time.at(pair.time.milliseconds + pair.commitMilliseconds) { try self.commit(for: pair) }
    }

    private func commit(for pair: Pair) throws {
        // Nobody waits any more when the server has died since.
        guard !self.waiting.isEmpty else { return }
        let group = self.waiting
        self.waiting = []
        do {
            let outcomes = try self.steps.make {
                if self.receiptsTooEarly { self.onDisk = try ServerStore(inMemoryCopyOf: self.store) }
                return try self.store.commit(
                    group.map(\.step),
                    now: pair.serverNow,
                    root: self.root,
                    newReplica: pair.newReplica()
                )
            }
            try self.hasCommitted()
            for (waiting, outcome) in zip(group, outcomes) { try waiting.resume(outcome) }
        } catch is DurableSteps.Death {
            // It may have been durable by then.
            try self.hasCommitted()
            self.crash()
        }
    }

    /// The process dies; what it had committed is there when it starts again.
    package func crash() {
        self.steps.momentsLeft = nil
        self.waiting = []
        if let onDisk = self.onDisk { self.store = onDisk }
        self.onDisk = nil
        for connected in self.pairs { connected.pair?.serverDied() }
        self.pairs = []
    }
}

// MARK: - Copies

extension SimulatedServer {
    package func backUp() throws {
        if self.backups.count == 3 { self.backups.removeFirst() }
        self.backups.append(try ServerStore(inMemoryCopyOf: self.store))
    }

    /// Starts again from an older copy.
    package func restore(from backup: ServerStore) throws {
        self.crash()
        try self.replaceStore(with: ServerStore(inMemoryCopyOf: backup))
        self.incarnation += 1
        self.known = [:]
    }
}
