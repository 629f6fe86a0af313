import ReportModel
import ReportSession
import ReportWire

/// A machine that a script talks to.
enum Machine {
    case client(ClientSession)
    case server(ServerSession)

    mutating func received(_ message: Message) -> [SessionAction] {
        switch self {
        case .client(var session):
            defer { self = .client(session) }
            return session.received(message)
        case .server(var session):
            defer { self = .server(session) }
            return session.received(message)
        }
    }

    mutating func loaded(_ scope: UnitCode, _ changes: LoadedChanges) -> [SessionAction] {
        switch self {
        case .client(var session):
            defer { self = .client(session) }
            return session.loaded(scope, changes)
        case .server(var session):
            defer { self = .server(session) }
            return session.loaded(scope, changes)
        }
    }

    mutating func committed(_ batch: Batch, _ outcome: TakeOutcome, own: Frontier) -> [SessionAction] {
        switch self {
        case .client(var session):
            defer { self = .client(session) }
            return session.committed(batch, outcome, own: own)
        case .server(var session):
            defer { self = .server(session) }
            return session.committed(batch, outcome, own: own)
        }
    }
}

/// Performs the commands of a script on a machine, and writes down what it asks for.
struct Conversation {
    private var machine: Machine?
    /// Batches that the machine wants committed, the oldest first.
    private var uncommitted: [Batch] = []

    /// One of each message, as good as it can be anywhere.
    private static let each = [
        "hello A 410728 holds A1", "welcome differing 1", "have 410728 seen 0 B1", "batch 410728 B1", "receipt 1 A1",
        "scheme 1 of 2", "done", "goodbye shuttingDown", "want 410728 A: A1", "enrol 7F3K",
        "certificate 48",
    ]

    mutating func perform(_ command: String) throws -> [String] {
        var words = Words(command)
        let verb = try words.next()
        if verb == "client" {
            self.uncommitted = []
            self.machine = .client(try Self.client(&words))
            return ["ready"]
        }
        if verb == "server" {
            self.uncommitted = []
            self.machine = .server(ServerSession())
            return ["ready"]
        }
        guard var machine = self.machine else { throw Words.Unreadable(description: "first: client or server") }
        defer { self.machine = machine }
        if command == "hear each" {
            return try Self.each.map { text in
                var (copy, words) = (machine, Words(text))
                let message = try words.message()
                return "\(message.name): " + self.text(of: copy.received(message)).joined(separator: "; ")
            }
        }
        if verb == "tally", case .client(let session) = machine {
            let tally = session.tally
            return ["sent \(tally.changesSent), received \(tally.changesReceived), round trips \(tally.roundTrips)"]
        }
        let actions = try self.actions(verb, &words, &machine)
        try words.requireEnd()
        for case .commitThenReceipt(let batch) in actions { self.uncommitted.append(batch) }
        return self.text(of: actions)
    }

    private func text(of actions: [SessionAction]) -> [String] {
        actions.isEmpty ? ["nothing"] : actions.map(\.words)
    }

    /// `client scheme 5: 410728 holds A2 delivered A1`
    private static func client(_ words: inout Words) throws -> ClientSession {
        let scheme = words.takes("scheme") ? UInt64(try words.number()) : 5
        return ClientSession(
            ClientSession.Start(
                replica: Reference(word: "A1")!.replica,
                scheme: scheme,
                scopes: try words.standings().map {
                    ClientSession.ClientScope(standing: $0.standing, delivered: $0.delivered)
                }
            )
        )
    }

    private mutating func actions(
        _ verb: String,
        _ words: inout Words,
        _ machine: inout Machine
    ) throws -> [SessionAction] {
        switch verb {
        case "hear":
            return machine.received(try words.message())
        case "loaded":
            // `loaded 410728: A2 A3 then A3 B1, unknown heads, want A A3 A2`
            let scope = try words.unit()
            let changes = words.references()
            _ = words.takes("then")
            let frontier = words.frontier()
            return machine.loaded(
                scope,
                LoadedChanges(
                    changes: changes.map(\.stored),
                    frontier: frontier,
                    hasUnknownHeads: words.takes("unknown") && words.takes("heads"),
                    wants: try words.wants()
                )
            )
        case "committed":
            // `committed 2 new, B2 -, own A1 B2, missing C1`: of the first chain all up to B2, of the second none.
            var outcome = TakeOutcome()
            outcome.takenCount = try words.number()
            _ = words.takes("new")
            outcome.held = words.prefix { $0 == "-" || Reference(word: $0) != nil }.map { Reference(word: $0[...]) }
            _ = words.takes("own")
            let own = words.frontier()
            if words.takes("missing") { outcome.missing = words.references()[0] }
            guard !self.uncommitted.isEmpty else { throw Words.Unreadable(description: "no batch to commit") }
            return machine.committed(self.uncommitted.removeFirst(), outcome, own: own)
        default:
            return try self.sideActions(verb, &words, &machine)
        }
    }

    /// What befalls only one of the two sides.
    private func sideActions(
        _ verb: String,
        _ words: inout Words,
        _ machine: inout Machine
    ) throws -> [SessionAction] {
        switch machine {
        case .client(var session):
            defer { machine = .client(session) }
            switch verb {
            case "connected": return session.connected(now: Timestamp(secondsSince1970: 0))
            case "lost": return session.lost(.connectionLost)
            case "failed": return session.failed(try words.code())
            default: throw Words.Unreadable(description: "a client knows no \(verb)")
            }
        case .server(var session):
            defer { machine = .server(session) }
            switch verb {
            case "identified":
                // `identified renewed 48: …`: with a certificate of this one byte.
                let certificate = words.takes("renewed") ? [UInt8(try words.number())] : nil
                return session.identified(
                    ServerSession.Identified(
                        replica: ReplicaID(rawValue: 0x50),
                        now: Timestamp(secondsSince1970: 60),
                        scheme: 5,
                        schemeBytes: [1, 2, 3],
                        scopes: try words.standings().map(\.standing),
                        certificate: certificate
                    )
                )
            case "enrolled": return session.enrolled([UInt8(try words.number())])
            case "refused": return session.refused(try words.code())
            case "ended": return session.ended(try words.code())
            default: throw Words.Unreadable(description: "a server knows no \(verb)")
            }
        }
    }
}
