import ReportModel
import ReportWire
import TestSupport

/// Reads messages out of any bytes: mostly messages that make sense of a kind, so that a fuzzer comes further than to
/// the first one, and frames of its own making.
struct MessageScript {
    static let scopes = [UnitCode("410728")!, UnitCode("410728-01")!, UnitCode("410728-02")!]
    /// Which no scheme here has.
    static let strangeScope = UnitCode("410999-01-99")!

    /// What somebody else wrote in each scope: two replicas that saw each other, and a copy of one that went on.
    static let histories: [[StoredChange]] = scopes.map { scope in
        var first = MemoryStore(replica: ReplicaID(rawValue: 0xA1), scope: scope)
        var second = MemoryStore(replica: ReplicaID(rawValue: 0xB2), scope: scope)
        func write(_ store: inout MemoryStore, _ item: Code, _ number: Int) {
            let address = AddressInScope(form: "output", period: Period("2024-H1")!, item: item)
            store.write(
                [Change.Write(address, .number(Quantity(ExactDecimal(number))))],
                time: Timestamp(secondsSince1970: 1_720_000_000 + Int64(number)),
                author: "张三"
            )
        }
        for number in 1...3 { write(&first, "revenue", number) }
        first.send(to: &second)
        var copy = second
        write(&second, "revenue", 4)
        write(&copy, "tax", 5)
        second.send(to: &first)
        copy.send(to: &first)
        write(&first, "profit", 6)
        write(&first, "revenue", 7)
        return first.storedChanges
    }

    /// What a message can refer to.
    struct Surroundings {
        /// The chains of the batches that the other side has not receipted yet, the oldest first.
        let unreceipted: [[Batch.Chain]]
        /// Where the other side stands in a scope.
        let standing: (UnitCode) -> ScopeStanding
    }

    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { self.index >= self.bytes.count }

    /// 0 beyond the end.
    mutating func byte() -> UInt8 {
        guard self.index < self.bytes.count else { return 0 }
        defer { self.index += 1 }
        return self.bytes[self.index]
    }

    private mutating func number() -> UInt64 {
        (0..<8).reduce(0) { number, _ in number << 8 | UInt64(self.byte()) }
    }

    mutating func scope() -> UnitCode {
        let number = Int(self.byte() % 8)
        return number < Self.scopes.count ? Self.scopes[number] : number == 7 ? Self.strangeScope : Self.scopes[1]
    }

    // MARK: - Messages

    /// The next frame; `nil` where the script says that nobody speaks.
    mutating func frame(_ surroundings: Surroundings) -> Frame? {
        switch self.byte() % 12 {
        case 0: self.anyFrame()
        case 1: Message.hello(self.hello(surroundings)).frame
        case 2: Message.welcome(self.welcome(surroundings)).frame
        case 3: Message.have(self.have(surroundings)).frame
        case 4, 5: self.batch().map { Message.batch($0).frame }
        case 6: Message.receipt(self.receipt(for: surroundings.unreceipted.first ?? [])).frame
        case 7: Message.done.frame
        case 8: Message.scheme(self.schemePart()).frame
        case 9: Message.goodbye(.shuttingDown).frame
        case 10: Message.want(self.want(surroundings)).frame
        default: nil
        }
    }

    private mutating func anyFrame() -> Frame {
        let (kind, flags) = (self.byte(), Frame.Flags(rawValue: self.byte()))
        let count = Int(self.byte()) << 8 | Int(self.byte())
        let payload = self.bytes[min(self.index, self.bytes.count)...].prefix(count)
        self.index += payload.count
        return Frame(kind: kind, flags: flags, payload: Array(payload))
    }

    private mutating func tip(of scope: UnitCode, _ surroundings: Surroundings) -> UInt64 {
        switch self.byte() % 3 {
        case 0: 0
        case 1: surroundings.standing(scope).tip
        default: self.number()
        }
    }

    private mutating func hello(_ surroundings: Surroundings) -> Hello {
        let newest = UInt64(self.byte() % 2)
        return Hello(
            versions: 0...newest,
            replica: ReplicaID(rawValue: UInt64(self.byte())),
            time: Timestamp(secondsSince1970: Int64(bitPattern: self.number())),
            scheme: UInt64(self.byte()),
            scopes: (0...Int(self.byte() % 4)).map { _ in
                let scope = self.scope()
                return Hello.Scope(unit: scope, tip: self.tip(of: scope, surroundings))
            }
        )
    }

    private mutating func welcome(_ surroundings: Surroundings) -> Welcome {
        Welcome(
            version: UInt64(self.byte() / 128),
            replica: ReplicaID(rawValue: UInt64(self.byte())),
            time: Timestamp(secondsSince1970: Int64(bitPattern: self.number())),
            scheme: UInt64(self.byte() % 2),
            batchesInFlightMax: 1 + Int(self.byte()),
            differingScopeCount: Int(self.byte() % 4),
            scopes: self.byte() % 2 == 0 ? nil : (0...Int(self.byte() % 4)).map { _ in self.scope() }
        )
    }

    private mutating func have(_ surroundings: Surroundings) -> Have {
        let scope = self.scope()
        let batchesSeen = self.byte()
        return Have(
            scope: scope,
            batchesSeen: batchesSeen == 255 ? self.number() : UInt64(batchesSeen % 8),
            frontier: self.frontier(of: scope, surroundings)
        )
    }

    private mutating func want(_ surroundings: Surroundings) -> Want {
        let scope = self.scope()
        let frontier = self.frontier(of: scope, surroundings)
        let replica = frontier.heads.picked(self.byte())?.replica ?? ReplicaID(rawValue: 0xA1)
        return Want(scope: scope, marks: ChainMarks(replica: replica, references: frontier.heads(of: replica)))
    }

    /// Some of what is known, and what nobody has.
    private mutating func frontier(of scope: UnitCode, _ surroundings: Surroundings) -> Frontier {
        var heads = self.byte() % 2 == 0 ? [] : surroundings.standing(scope).frontier.heads
        let history = Self.histories[Self.scopes.firstIndex(of: scope) ?? 0]
        let mask = self.byte()
        for (index, change) in history.enumerated() where mask >> index & 1 == 1 { heads.append(change.reference) }
        if self.byte() % 4 == 1 {
            heads.append(
                Reference(
                    replica: ReplicaID(rawValue: UInt64(self.byte())),
                    sequence: max(1, self.number()),
                    tag: UInt32(self.byte())
                )
            )
        }
        return Frontier(heads)
    }

    /// A run of the history, which may well begin too late, or twice.
    private mutating func batch() -> Batch? {
        let scope = self.scope()
        let history = Self.histories[Self.scopes.firstIndex(of: scope) ?? 0]
        let start = Int(self.byte()) % history.count
        let changes = history[start...].prefix(1 + Int(self.byte()) % history.count)
        return Batch(scope: scope, changes: Array(changes))
    }

    private mutating func receipt(for chains: [Batch.Chain]) -> Receipt {
        let count = self.byte() % 4 == 0 ? Int(self.byte() % 4) : chains.count
        return Receipt(
            held: (0..<count).map { _ in
                let held = self.byte()
                return Receipt.Held(count: UInt64(held), tag: held == 0 ? 0 : UInt32(self.byte()))
            }
        )
    }

    private mutating func schemePart() -> SchemePart {
        let bytes = (0..<Int(self.byte() % 16)).map { _ in self.byte() }
        return SchemePart(
            totalByteCount: bytes.count + Int(self.byte() % 3),
            inflatedByteCount: Int(self.byte()) << Int(self.byte() % 17),
            bytes: bytes
        )
    }
}

extension [Reference] {
    /// One of them; `nil` when there are none.
    fileprivate func picked(_ number: UInt8) -> Reference? {
        self.isEmpty ? nil : self[Int(number) % self.count]
    }
}
