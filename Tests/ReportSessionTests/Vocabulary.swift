import ReportModel
import ReportSession
import ReportWire

// How the parts of a conversation are written: `A2` is the second change of replica A, `A2'` the one of another branch.

extension Reference {
    init?(word: Substring) {
        let isOther = word.hasSuffix("'")
        let text = isOther ? word.dropLast() : word
        guard let letter = text.first, letter.isASCII, letter.isUppercase, let sequence = UInt64(text.dropFirst()),
            sequence > 0
        else { return nil }
        self.init(
            replica: ReplicaID(rawValue: UInt64(letter.asciiValue!)),
            sequence: sequence,
            tag: Self.tag(letter.asciiValue!, sequence, isOther: isOther)
        )
    }

    static func tag(_ letter: UInt8, _ sequence: UInt64, isOther: Bool) -> UInt32 {
        UInt32(letter) << 24 | (isOther ? 1 << 20 : 0) | UInt32(sequence)
    }

    var word: String {
        let name = "\(self.replica.letter)\(self.sequence)"
        return self.tag == Self.tag(UInt8(self.replica.rawValue), self.sequence, isOther: false) ? name : name + "'"
    }

    /// The change of this name, which writes something.
    var stored: StoredChange {
        let address = AddressInScope(form: "land", period: .none, item: "quota")
        let change = Change(
            time: Timestamp(secondsSince1970: 0),
            author: "",
            writes: [Change.Write(address, .text(self.word))]
        )
        let isOther = self.word.hasSuffix("'")
        return StoredChange(
            chained: ChainedChange(
                replica: self.replica,
                sequence: self.sequence,
                predecessorTag: self.sequence == 1
                    ? 0 : Self.tag(UInt8(self.replica.rawValue), self.sequence - 1, isOther: isOther),
                change: change
            ),
            hash: ChainHash(high: UInt64(self.tag) << 32, low: 0),
            canonicalBytes: change.canonicalBytes
        )
    }
}

extension ReplicaID {
    var letter: Character { Character(UnicodeScalar(UInt8(self.rawValue))) }
}

extension Frontier {
    var words: String {
        self.isEmpty ? "nothing" : self.heads.map(\.word).joined(separator: " ")
    }

    /// A tip that is told by its heads.
    var tip: UInt64 {
        self.isEmpty ? 0 : ChainHash(digesting: Array(self.words.utf8)).high
    }
}

extension PeerStanding {
    /// `A1 B2, traced A, told A`
    var words: String {
        let notes = [("traced", self.traced), ("told", self.told)].filter { !$0.1.isEmpty }
        return ([self.frontier.words] + notes.map { "\($0.0) \(String($0.1.map(\.letter).sorted()))" })
            .joined(separator: ", ")
    }
}

extension Words {
    mutating func unit() throws -> UnitCode {
        let word = try self.next()
        guard let unit = UnitCode(word) else { throw Unreadable(description: "no unit: \(word)") }
        return unit
    }

    /// Changes, or `nothing`.
    mutating func references() -> [Reference] {
        if self.takes("nothing") { return [] }
        return self.prefix { Reference(word: $0) != nil }.map { Reference(word: $0[...])! }
    }

    /// `want A A3 A2`, again and again.
    mutating func wants() throws -> [ChainMarks] {
        var wants: [ChainMarks] = []
        while self.takes("want") {
            let replica = Reference(word: (String(try self.next().prefix(1)) + "1")[...])!.replica
            wants.append(ChainMarks(replica: replica, references: self.references()))
        }
        return wants
    }

    mutating func frontier() -> Frontier { Frontier(self.references()) }

    mutating func batch() throws -> Batch {
        Batch(scope: try self.unit(), changes: self.references().map(\.stored))
    }

    /// `410728 holds A1 B2`, again and again.
    mutating func standings() throws -> [(standing: ScopeStanding, delivered: Frontier?)] {
        var standings: [(standing: ScopeStanding, delivered: Frontier?)] = []
        while !self.isAtEnd {
            let scope = try self.unit()
            _ = self.takes("holds")
            let frontier = self.frontier()
            let delivered = self.takes("delivered") ? self.frontier() : nil
            standings.append((ScopeStanding(scope: scope, frontier: frontier, tip: frontier.tip), delivered))
        }
        return standings
    }

    mutating func code() throws -> ProtocolError {
        let word = try self.next()
        guard let code = ProtocolError.Code.allCases.first(where: { "\($0)" == word }) else {
            throw Unreadable(description: "no code: \(word)")
        }
        return ProtocolError(code, "", "")
    }

    mutating func message() throws -> Message {
        let kind = try self.next()
        switch kind {
        case "hello":
            var versions = Limits.versions
            let replica = Reference(word: (try self.next() + "1")[...])!.replica
            if self.takes("versions") { versions = UInt64(try self.number())...UInt64(try self.number()) }
            let isPlain = self.takes("plain")
            let scheme = self.takes("scheme") ? UInt64(try self.number()) : 5
            return .hello(
                Hello(
                    versions: versions,
                    // `plain`: it can do nothing beyond its version.
                    capabilities: isPlain ? [] : .all,
                    replica: replica,
                    time: Timestamp(secondsSince1970: 0),
                    scheme: scheme,
                    scopes: try self.standings().map { .init(unit: $0.standing.scope, tip: $0.standing.tip) }
                )
            )
        case "welcome":
            let version = self.takes("version") ? UInt64(try self.number()) : Limits.versions.upperBound
            let scheme = self.takes("scheme") ? UInt64(try self.number()) : 5
            let inFlight = self.takes("flight") ? try self.number() : Limits.batchesInFlightMax
            let differing = self.takes("differing") ? try self.number() : 0
            var scopes: [UnitCode]?
            if self.takes("serves") { scopes = self.prefix { UnitCode($0) != nil }.map { UnitCode($0)! } }
            return .welcome(
                Welcome(
                    version: version,
                    replica: ReplicaID(rawValue: 0x50),
                    time: Timestamp(secondsSince1970: 60),
                    scheme: scheme,
                    batchesInFlightMax: inFlight,
                    differingScopeCount: differing,
                    scopes: scopes
                )
            )
        case "have":
            let scope = try self.unit()
            let seen = self.takes("seen") ? UInt64(try self.number()) : 0
            return .have(Have(scope: scope, batchesSeen: seen, frontier: self.frontier()))
        case "want":
            // `want 410728 A: A1 A7'`: of A's chain these are held.
            let scope = try self.unit()
            let replica = Reference(word: (String(try self.next().prefix(1)) + "1")[...])!.replica
            return .want(Want(scope: scope, marks: ChainMarks(replica: replica, references: self.references())))
        case "batch":
            return .batch(try self.batch())
        case "receipt":
            // `2 A3`: two changes of the first chain are held, the last is A3. `0`: none of the next chain.
            var held: [Receipt.Held] = []
            while !self.isAtEnd {
                let count = UInt64(try self.number())
                held.append(Receipt.Held(count: count, tag: count == 0 ? 0 : self.references()[0].tag))
            }
            return .receipt(Receipt(held: held))
        case "scheme":
            // `2 of 6`: the second of six bytes.
            let number = try self.number()
            _ = self.takes("of")
            let total = try self.number()
            return .scheme(SchemePart(totalByteCount: total, inflatedByteCount: total, bytes: [UInt8(number)]))
        case "done": return .done
        case "enrol":
            var versions = Limits.versions
            let code = try self.next()
            if self.takes("versions") { versions = UInt64(try self.number())...UInt64(try self.number()) }
            return .enrol(Enrol(versions: versions, code: code, request: []))
        case "certificate": return .certificate([UInt8(try self.number())])
        case "goodbye": return .goodbye(try self.code())
        default: throw Unreadable(description: "no message: \(kind)")
        }
    }
}

// MARK: - Answers

extension SessionAction {
    var words: String {
        switch self {
        case .send(let message): "send \(message.words)"
        case .commitThenReceipt(let batch): "commit, then receipt \(batch.words)"
        case .load(let scope, let peer): "load \(scope) lacked by \(peer.words)"
        case .noteOwnHeads(let scope, let heads): "note own heads \(scope): \(Frontier(heads).words)"
        case .markDelivered(let scope, let references): "mark delivered \(scope): \(Frontier(references).words)"
        case .noteProvinceHolds(let scope, let frontier): "note that the province holds \(scope): \(frontier.words)"
        case .noteWelcome(let time, let replica): "note the welcome of \(replica.letter) at \(time.secondsSince1970)"
        case .saveScheme(let bytes): "save scheme \(bytes)"
        case .enrol(let enrol): "enrol with \(enrol.code)"
        case .saveCertificate(let der): "save certificate \(der)"
        case .identify(let hello): "identify \(hello.replica.letter) of \(hello.scopes[0].unit)"
        case .close(nil): "close"
        case .close(let error?): "close \(error.words)"
        }
    }
}

extension Batch {
    var words: String {
        var next = self.chains.map(\.firstSequence)
        let changes = self.entries.map { entry -> String in
            defer { next[entry.chain] += 1 }
            return "\(self.chains[entry.chain].replica.letter)\(next[entry.chain])"
        }
        return "\(self.scope): \(changes.joined(separator: " "))"
    }
}

extension ProtocolError {
    fileprivate var words: String {
        self.knownCode.map { "\(self.rawCode) \($0)" } ?? "\(self.rawCode)"
    }
}

extension Message {
    fileprivate var words: String {
        switch self {
        case .hello(let hello):
            "hello \(hello.replica.letter) scheme \(hello.scheme): "
                + hello.scopes.map { $0.tip == 0 ? "\($0.unit) empty" : "\($0.unit)" }.joined(separator: ", ")
        case .welcome(let welcome):
            "welcome scheme \(welcome.scheme), \(welcome.differingScopeCount) differ"
                + (welcome.scopes.map { ", serves \($0.map(\.description).joined(separator: " "))" } ?? "")
        case .have(let have): "have \(have.scope) seen \(have.batchesSeen): \(have.frontier.words)"
        case .batch(let batch): "batch \(batch.words)"
        case .receipt(let receipt):
            receipt.held.isEmpty
                ? "receipt of nothing"
                : "receipt of " + receipt.held.map { "\($0.count)" }.joined(separator: ", ")
        case .scheme(let part): "scheme \(part.bytes.count) of \(part.totalByteCount) bytes"
        case .want(let want):
            "want \(want.scope) \(want.marks.replica.letter): \(Frontier(want.marks.references).words)"
        case .done: "done"
        case .enrol(let enrol): "enrol \(enrol.code)"
        case .certificate(let der): "certificate \(der)"
        case .goodbye(let reason): "goodbye \(reason.words)"
        }
    }
}
