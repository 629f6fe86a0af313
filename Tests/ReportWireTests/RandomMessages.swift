import ReportModel
import ReportWire
import TestSupport

// Random messages, valid by construction.

extension Message {
    static func random(using random: inout some RandomNumberGenerator) -> Message {
        switch random.pick(Kind.allCases) {
        case .hello: .hello(.random(using: &random))
        case .welcome: .welcome(.random(using: &random))
        case .have: .have(.random(using: &random))
        case .batch: .batch(.random(using: &random))
        case .receipt: .receipt(.random(using: &random))
        case .scheme: .scheme(.random(using: &random))
        case .done: .done
        case .goodbye: .goodbye(.random(using: &random))
        case .want: .want(.random(using: &random))
        case .enrol: .enrol(.random(using: &random))
        case .certificate: .certificate((0...random.pick([0, 1, 700, 4095])).map { UInt8(truncatingIfNeeded: $0) })
        }
    }
}

extension RandomNumberGenerator {
    /// Any number, small and extreme ones often.
    mutating func number() -> UInt64 {
        switch Int.random(in: 0..<3, using: &self) {
        case 0: self.pick([0, 1, 127, 128, 16_383, 16_384, .max])
        case 1: UInt64.random(in: 0..<1000, using: &self)
        default: self.next()
        }
    }

    mutating func time() -> Timestamp {
        self.oneIn(4)
            ? Timestamp(secondsSince1970: self.pick([.min, .max, -1, 0])) : .random(using: &self)
    }

    /// Chinese, English, code points of every length, combining marks, and nothing.
    mutating func text(upTo countMax: Int) -> String {
        let scalars: [Unicode.Scalar] = [
            "汇", "流", "长", "垣", "a", "Z", " ", "\n", "\"", "\\", "|", "\u{0}", "\u{7F}", "\u{301}", "e", "\u{E9}",
            "\u{FEFF}", "\u{2028}", "🏗", "\u{10FFFF}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...countMax, using: &self) { text.append(self.pick(scalars)) }
        return String(text)
    }
}

extension UnitCode {
    static func random(using random: inout some RandomNumberGenerator) -> UnitCode {
        UnitCode(
            random.pick(["410000", "410700", "410728", "411025"]) + random.pick(["", "-01", "-01-02", "-01-03", "-99"])
        )!
    }
}

extension [Reference] {
    static func random(using random: inout some RandomNumberGenerator) -> [Reference] {
        let count = Int.random(in: 0...6, using: &random)
        return Frontier((0..<count).map { _ in Reference.random(using: &random) }).heads
    }
}

extension Want {
    static func random(using random: inout some RandomNumberGenerator) -> Want {
        let replica = ReplicaID(rawValue: random.next())
        let marks = (0..<Int.random(in: 0...(random.oneIn(8) ? ChangeLimits.markCountMax : 5), using: &random)).map {
            _ in
            Reference(
                replica: replica,
                sequence: max(1, random.number()),
                tag: UInt32(truncatingIfNeeded: random.next())
            )
        }
        return Want(scope: .random(using: &random), marks: ChainMarks(replica: replica, references: marks))
    }
}

extension Hello {
    static func random(using random: inout some RandomNumberGenerator) -> Hello {
        // A hello of other versions is refused before it is read.
        let newest = random.number()
        let count = random.oneIn(8) ? 700 : Int.random(in: 1...6, using: &random)
        return Hello(
            versions: 0...newest,
            capabilities: Capabilities(rawValue: random.number()),
            replica: ReplicaID(rawValue: random.next()),
            time: random.time(),
            scheme: random.next(),
            scopes: (0..<count).map { _ in
                Scope(unit: .random(using: &random), tip: random.oneIn(4) ? 0 : random.next())
            }
        )
    }
}

extension Welcome {
    static func random(using random: inout some RandomNumberGenerator) -> Welcome {
        let count = Int.random(in: 1...6, using: &random)
        return Welcome(
            version: random.number(),
            capabilities: Capabilities(rawValue: random.number()),
            replica: ReplicaID(rawValue: random.next()),
            time: random.time(),
            scheme: random.next(),
            batchesInFlightMax: Int.random(in: 1...Limits.batchesInFlightStatedMax, using: &random),
            differingScopeCount: Int.random(in: 0...Limits.scopeCountMax, using: &random),
            scopes: random.oneIn(2) ? nil : (0..<count).map { _ in .random(using: &random) }
        )
    }
}

extension Have {
    static func random(using random: inout some RandomNumberGenerator) -> Have {
        Have(
            scope: .random(using: &random),
            batchesSeen: random.number(),
            frontier: Frontier([Reference].random(using: &random))
        )
    }
}

extension Receipt {
    static func random(using random: inout some RandomNumberGenerator) -> Receipt {
        Receipt(
            held: (0..<Int.random(in: 0...6, using: &random)).map { _ in
                let count = random.pick([0, 1, 127, 128, UInt64(Limits.batchChangeCountMax)])
                return Held(count: count, tag: count == 0 ? 0 : UInt32.random(in: 0...UInt32.max, using: &random))
            }
        )
    }
}

extension SchemePart {
    static func random(using random: inout some RandomNumberGenerator) -> SchemePart {
        SchemePart(
            totalByteCount: Int.random(in: 0...Limits.schemeByteCountMax, using: &random),
            inflatedByteCount: Int.random(in: 0...Limits.schemeInflatedByteCountMax, using: &random),
            bytes: (0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        )
    }
}

extension ProtocolError {
    static func random(using random: inout some RandomNumberGenerator) -> ProtocolError {
        ProtocolError(rawCode: random.number(), words: Bilingual(random.text(upTo: 20), random.text(upTo: 20)))
    }
}

extension RandomNumberGenerator {
    fileprivate mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

// MARK: - Batches

extension Batch {
    /// Several chains that take turns, some with branches, of a few forms and periods and all kinds of values.
    static func random(using random: inout some RandomNumberGenerator) -> Batch {
        let scope = UnitCode.random(using: &random)
        let batch = Batch(scope: scope, changes: StoredChange.several(in: scope, using: &random))
        guard random.oneIn(2) else { return batch }
        let signers = (0..<2).map { _ in DeviceID(bytes: random.bytes(DeviceID.byteCount))! }
        let chains = batch.chains.map { chain in
            var chain = chain
            if !random.oneIn(4) {
                chain.seal = Seal(signer: random.pick(signers), signature: random.bytes(Seal.signatureByteCount))
            }
            return chain
        }
        return Batch(scope: scope, chains: chains, entries: batch.entries)
    }
}

extension StoredChange {
    static func several(in scope: UnitCode, using random: inout some RandomNumberGenerator) -> [StoredChange] {
        var writers = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            ChainWriter(replica: random.next(), in: scope)
        }
        // Some chains begin before the batch.
        for index in writers.indices where random.oneIn(2) { _ = writers[index].write(.several(using: &random)) }
        return (0..<Int.random(in: 1...12, using: &random)).map { _ in
            if random.oneIn(6) { writers.append(random.pick(writers)) }
            let index = Int.random(in: writers.indices, using: &random)
            return writers[index].write(.several(using: &random))
        }
    }
}

extension Change {
    /// A report's change or an odd one.
    fileprivate static func several(using random: inout some RandomNumberGenerator) -> Change {
        var change = Change.random(writeCountMax: 12, using: &random)
        change.time = random.time()
        change.author = random.oneIn(2) ? "张三" : random.text(upTo: 8)
        if random.oneIn(3) { change.contextDifference = .random(using: &random) }
        for index in change.writes.indices where random.oneIn(3) {
            change.writes[index].value =
                random.oneIn(2) ? .text(random.text(upTo: 40)) : .number(.random(using: &random))
        }
        return change
    }
}

extension Enrol {
    static func random(using random: inout some RandomNumberGenerator) -> Enrol {
        // An enrol of other versions is refused before it is read, as a hello is.
        let newest = random.number()
        let request = (0..<random.pick([0, 1, 300, 4096])).map { UInt8(truncatingIfNeeded: $0) }
        return Enrol(versions: 0...newest, code: random.text(upTo: 16), request: request)
    }
}
