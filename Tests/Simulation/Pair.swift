import ReportModel
import ReportSession
import ReportWire
import TestSupport

/// A `ClientSession` and a `ServerSession`, each over a real store, that talk to each other in bytes over a
/// ``VirtualLine``: one connection, from hello to its end.
///
/// It does what the two drivers do, without their sockets.
package final class Pair {
    package enum Outcome: Hashable {
        case ended(ProtocolError?)
        case crashed
    }

    /// The most canonical bytes of one batch, as the sides of this pair have it: small, so that a few changes are many
    /// batches.
    let batchByteCountMax: Int
    /// How long the server gathers steps before it commits them together.
    let commitMilliseconds: Int64
    package let client: SimulatedClient
    package let server: SimulatedServer
    let time: VirtualTime
    package let line: VirtualLine
    /// Whether a transcript is kept.
    private let isTold: Bool

    var clientSession: ClientSession?
    var serverSession: ServerSession? = ServerSession()
    /// Whether the server's side reads no further before a commit is done.
    var serverIsCommitting = false
    /// Whether the client has taken the receipt of a parcel meanwhile.
    var hasTakenReceipt = false
    /// Which incarnation of the province's store this connection is with.
    private(set) var incarnation = 0
    /// The scopes of the connection, once the server has looked the client up.
    var served: Set<UnitCode> = []
    private var clientParser = FrameParser()
    private var serverParser = FrameParser()
    /// How it went for the client; `nil` as long as the connection stands.
    package private(set) var outcome: Outcome?
    package private(set) var tally: ClientSession.Tally?
    package private(set) var frameCount = 0
    /// How often one side told the other that it lacks what a batch builds on.
    private(set) var gapAnswerCount = 0
    private(set) var wantCount = 0
    /// How many changes each end has sent, whatever became of them.
    private(set) var changesSent: [VirtualLine.End: Int] = [.client: 0, .server: 0]
    /// What was said, for a failing test.
    package private(set) var transcript: [String] = []
    /// Told every message that comes to the server's side, before it is answered.
    package var serverHears: (Message) -> Void = { _ in }
    /// For the ids that stores draw.
    private var random: SplitMix64
    /// For a hello that lies.
    private let greet: (ClientSession.Start) -> ClientSession.Start

    package init(
        _ client: SimulatedClient,
        _ server: SimulatedServer,
        time: VirtualTime,
        faults: VirtualLine.Faults = .none,
        batchByteCountMax: Int = Limits.batchCanonicalByteCountMax,
        commitMilliseconds: Int64 = 0,
        isTold: Bool = true,
        seed: UInt64 = 0,
        greet: @escaping (ClientSession.Start) -> ClientSession.Start = { $0 }
    ) {
        self.client = client
        self.server = server
        self.time = time
        self.line = VirtualLine(time: time, faults: faults, random: SplitMix64(seed: seed))
        self.random = SplitMix64(seed: ~seed)
        self.batchByteCountMax = batchByteCountMax
        self.commitMilliseconds = commitMilliseconds
        self.isTold = isTold
        self.greet = greet
    }

    /// The connection stands. A client has one at a time; what it had before is over for it.
    package func connect() throws {
        self.client.pair?.clientEnded(.crashed)
        self.client.pair = self
        self.line.pair = self
        self.incarnation = self.server.incarnation
        self.server.accepted(self)
        self.clientSession = ClientSession(self.greet(try self.start()))
        try self.clientDoes { try self.performClient(self.clientSession!.connected(now: self.clientNow)) }
    }

    var clientNow: Timestamp { self.time.now(skewSeconds: self.client.skewSeconds) }
    var serverNow: Timestamp { self.time.now(skewSeconds: self.server.skewSeconds) }

    /// Drawn from the seed, as a driver draws it at random.
    func newReplica() -> ReplicaID {
        ReplicaID(rawValue: self.random.next())
    }

    /// One line of the transcript.
    func tell(_ line: @autoclosure () -> String) {
        if self.isTold { self.transcript.append(line()) }
    }
}

extension VirtualTime {
    /// What a clock shows that is wrong by `skewSeconds`.
    package func now(skewSeconds: Int64) -> Timestamp {
        Timestamp(secondsSince1970: 1_720_000_000 + self.milliseconds / 1000 + skewSeconds)
    }
}

// MARK: - Bytes

extension Pair {
    func send(_ message: Message, from end: VirtualLine.End) {
        self.frameCount += 1
        switch message {
        case .have(let have) where have.batchesSeen > 0: self.gapAnswerCount += 1
        case .want: self.wantCount += 1
        case .batch(let batch): self.changesSent[end]! += batch.entries.count
        default: break
        }
        self.tell((end == .client ? "→ " : "← ") + message.summary)
        self.line.send(message.frame.encoded, from: end)
    }

    func arrived(_ bytes: [UInt8], at end: VirtualLine.End) throws {
        switch end {
        case .client:
            self.clientParser.append(bytes)
            try self.clientDoes {
                while self.clientSession != nil, let message = try self.clientParser.nextMessage() {
                    try self.performClient(self.clientSession!.received(message))
                }
            }
        case .server:
            self.serverParser.append(bytes)
            try self.serverReads()
        }
    }

    /// Lets the server's side read what is there, until it has to commit something.
    func serverReads() throws {
        while self.serverSession != nil, !self.serverIsCommitting, let message = try self.serverParser.nextMessage() {
            self.serverHears(message)
            try self.performServer(self.serverSession!.received(message))
        }
    }

    private func clientDoes(_ something: () throws -> Void) throws {
        do {
            try something()
        } catch is DurableSteps.Death {
            self.tell("the client dies")
            try self.client.crash()
        }
    }

    func lineEnded(at end: VirtualLine.End) throws {
        switch end {
        case .client:
            guard self.clientSession != nil else { return }
            try self.clientDoes { try self.performClient(self.clientSession!.lost(.connectionLost)) }
        case .server:
            self.serverSession = nil
        }
    }
}

// MARK: - Ends

extension Pair {
    func clientEnded(_ outcome: Outcome) {
        guard let session = self.clientSession else { return }
        self.tally = session.tally
        self.outcome = outcome
        self.clientSession = nil
        self.line.hangUp(from: .client)
    }

    func serverEnded() {
        guard self.serverSession != nil else { return }
        self.serverSession = nil
        self.line.hangUp(from: .server)
    }

    func serverDied() {
        if self.serverSession != nil { self.tell("the server dies") }
        self.serverEnded()
    }
}

extension FrameParser {
    fileprivate mutating func nextMessage() throws -> Message? {
        while let frame = try self.next() {
            if let message = try Message(frame) { return message }
        }
        return nil
    }
}

extension Message {
    /// One line for people.
    fileprivate var summary: String {
        switch self {
        case .have(let have): "have \(have.scope) seen \(have.batchesSeen): \(have.frontier.heads)"
        case .receipt(let receipt): "receipt: \(receipt.held.map(\.count))"
        case .batch(let batch):
            "batch \(batch.scope): \(batch.entries.count) changes of "
                + batch.chains.map { "\($0.replica):\($0.firstSequence)" }.joined(separator: " ")
        case .want(let want): "want \(want.scope): \(want.marks.references)"
        case .goodbye(let reason): "goodbye \(reason.rawCode)"
        default: self.name
        }
    }
}
