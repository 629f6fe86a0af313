import ReportModel

/// A random history of several stores in one scope, made from a seed: they write, send each other changes in order, out
/// of order and twice, are cloned and are restored from older copies.
///
/// Beside each store stands the plain set of what it should hold, kept by the words of the promise alone: a change is
/// taken when all its ancestors are held. The decisions depend on the seed only, not on clocks or hashes, so two
/// histories of one seed with different clocks have the same shape.
package struct GeneratedHistory: Sendable {
    package struct Options: Sendable {
        package var stepCount = 48
        package var storeCountMax = 5
        package var cellCount = 3
        /// Whether stores are cloned and restored. Without, no chain branches.
        package var copiesStores = true
        /// Added to the clock of the store with this index and of its clones.
        package var skewSeconds: [Int: Int64] = [:]

        package init() {}
    }

    /// A store and what it should hold.
    package struct Participant: Sendable {
        package internal(set) var store: MemoryStore
        package internal(set) var held: Set<ChangeName> = []
        package internal(set) var lastWritten: ChangeName?
        /// Its clock stands anywhere from 1970 to 2099 and does not go on: equal times are the hard case.
        package let clock: Timestamp
        package let skewSeconds: Int64
    }

    /// How often each thing happened, for the test that histories are not dull.
    package struct Counts: Hashable, Sendable {
        package internal(set) var taken = 0
        package internal(set) var duplicates = 0
        package internal(set) var gaps = 0
        package internal(set) var clones = 0
        package internal(set) var restores = 0
    }

    package let seed: UInt64
    package let cells: [AddressInScope]
    package private(set) var participants: [Participant] = []
    /// Older copies, which restores go back to.
    package private(set) var backups: [Participant] = []
    package private(set) var naive: NaiveHistory
    package private(set) var counts = Counts()
    private let options: Options
    private var random: SplitMix64

    package static let scope = UnitCode("410728-01")!

    package init(seed: UInt64, options: Options = Options()) {
        self.seed = seed
        self.options = options
        self.random = SplitMix64(seed: seed)
        self.naive = NaiveHistory(scope: Self.scope)
        self.cells = (0..<options.cellCount).map { index in
            AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: Code("item\(index)")!)
        }
        for index in 0..<Int.random(in: 2...3, using: &self.random) {
            let replica = ReplicaID(rawValue: self.random.next())
            self.participants.append(
                Participant(
                    store: MemoryStore(replica: replica, scope: Self.scope),
                    clock: .random(using: &self.random),
                    skewSeconds: options.skewSeconds[index] ?? 0
                )
            )
        }
        for _ in 0..<options.stepCount { self.step() }
    }

    /// The changes in the order of writing, which is a causal order.
    package var changes: [ChainedChange] { self.naive.records.map(\.chained) }

    /// An empty store of somebody who only looks.
    package var observer: MemoryStore {
        MemoryStore(replica: ReplicaID(rawValue: .max), scope: Self.scope)
    }
}

// MARK: - Steps

extension GeneratedHistory {
    private mutating func step() {
        let index = self.random.pick(Array(self.participants.indices))
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<9: self.write(index)
        case 9..<16: self.exchange(from: self.random.pick(Array(self.participants.indices)), to: index)
        case 16: self.deliverAnything(to: index)
        case 17: self.backups.append(self.participants[index])
        case 18: self.clone(index)
        default: self.restore(index)
        }
    }

    private mutating func write(_ index: Int) {
        let participant = self.participants[index]
        var cells = self.random.some(of: self.cells)
        if cells.isEmpty { cells = [self.random.pick(self.cells)] }
        let writes = cells.map { Change.Write($0, .ofFew(using: &self.random)) }
        let elapsed = Int64.random(in: 0...1, using: &self.random)
        let seconds = participant.clock.secondsSince1970 + elapsed + participant.skewSeconds
        let chained = self.participants[index].store.write(
            writes,
            time: Timestamp(secondsSince1970: seconds),
            author: "clerk"
        )
        let name = self.naive.add(chained, after: participant.lastWritten, ancestors: participant.held)
        self.participants[index].held.insert(name)
        self.participants[index].lastWritten = name
    }

    /// Sends what the receiver lacks: all of it, its beginning, or any part in any order and perhaps twice.
    private mutating func exchange(from sender: Int, to receiver: Int) {
        let lacked = self.participants[sender].store.changes(lackedBy: self.participants[receiver].store.frontier)
        switch Int.random(in: 0..<4, using: &self.random) {
        case 0:
            let count = Int.random(in: 0...lacked.count, using: &self.random)
            self.deliver(Array(lacked.prefix(count)), to: receiver)
        case 1:
            let some = self.random.some(of: lacked)
            self.deliver((some + self.random.some(of: some)).shuffled(using: &self.random), to: receiver)
        default:
            self.deliver(lacked, to: receiver)
        }
    }

    /// An old message arrives: one change, whoever wrote it and whenever.
    private mutating func deliverAnything(to receiver: Int) {
        guard let record = self.naive.records.randomElement(using: &self.random) else { return }
        self.deliver([record.chained], to: receiver)
    }

    private mutating func deliver(_ changes: [ChainedChange], to receiver: Int) {
        for chained in changes {
            switch self.participants[receiver].store.take(chained) {
            case .taken: self.counts.taken += 1
            case .duplicate: self.counts.duplicates += 1
            case .gap: self.counts.gaps += 1
            }
            let record = self.naive.record(of: chained)!
            if record.ancestors.isSubset(of: self.participants[receiver].held) {
                self.participants[receiver].held.insert(record.name)
            }
        }
    }

    private mutating func clone(_ index: Int) {
        guard self.options.copiesStores, self.participants.count < self.options.storeCountMax else { return }
        self.counts.clones += 1
        self.participants.append(self.participants[index])
    }

    /// The store goes back to an older copy of itself, if there is one.
    private mutating func restore(_ index: Int) {
        let replica = self.participants[index].store.replica
        let copies = self.backups.filter { $0.store.replica == replica }
        guard self.options.copiesStores, !copies.isEmpty else { return }
        self.counts.restores += 1
        self.participants[index] = self.random.pick(copies)
    }
}

// MARK: - Settling

extension GeneratedHistory {
    /// Every participant sends to every other until nobody lacks anything that another holds.
    package mutating func settle() {
        for _ in self.participants {
            for sender in self.participants.indices {
                for receiver in self.participants.indices where receiver != sender {
                    let lacked = self.participants[sender].store.changes(
                        lackedBy: self.participants[receiver].store.frontier
                    )
                    self.deliver(lacked, to: receiver)
                }
            }
        }
    }
}
