import ReportModel
import ReportSession
import ReportWire
import TestSupport

/// A `ClientSession` and a `ServerSession`, each over a real store, that talk to each other in bytes over a
/// ``VirtualLine``: one connection, from hello to its end.
///
/// It does what the two drivers do, without their sockets.
final class Pair {
    /// When a process dies, beside what befalls the line.
    struct Crashes: Hashable, Sendable {
        /// The client dies after it has committed this many batches, before it says so.
        var clientAfterCommit: Int?
        /// The same of the server; all its connections die with it.
        var serverAfterCommit: Int?
        /// The client dies instead of marking what the province has receipted.
        var clientOnReceipt: Int?
    }

    enum Outcome: Hashable {
        case ended(ProtocolError?)
        case crashed
    }

    /// The most canonical bytes of one batch, as the sides of this pair have it: small, so that a few changes are many
    /// batches.
    let batchByteCountMax: Int
    let client: SimulatedClient
    let server: SimulatedServer
    let time: VirtualTime
    let line: VirtualLine
    var crashes: Crashes

    var clientSession: ClientSession?
    var serverSession: ServerSession? = ServerSession()
    private var clientParser = FrameParser()
    private var serverParser = FrameParser()
    /// How it went for the client; `nil` as long as the connection stands.
    private(set) var outcome: Outcome?
    private(set) var tally: ClientSession.Tally?
    private(set) var frameCount = 0
    /// How often one side told the other that it lacks what a batch builds on.
    private(set) var gapAnswerCount = 0
    /// What was said, for a failing test.
    private(set) var transcript: [String] = []

    init(
        _ client: SimulatedClient,
        _ server: SimulatedServer,
        time: VirtualTime,
        faults: VirtualLine.Faults = .none,
        crashes: Crashes = Crashes(),
        batchByteCountMax: Int = Limits.batchCanonicalByteCountMax,
        seed: UInt64 = 0
    ) {
        self.client = client
        self.server = server
        self.time = time
        self.line = VirtualLine(time: time, faults: faults, random: SplitMix64(seed: seed))
        self.crashes = crashes
        self.batchByteCountMax = batchByteCountMax
    }

    /// The connection stands.
    func connect() throws {
        self.line.arrived = { [unowned self] end, bytes in try self.arrived(bytes, at: end) }
        self.line.ended = { [unowned self] end in try self.lineEnded(at: end) }
        self.server.accepted(self)
        self.clientSession = ClientSession(try self.start())
        try self.performClient(self.clientSession!.connected(now: self.clientNow))
    }

    var clientNow: Timestamp { self.now(skewSeconds: self.client.skewSeconds) }
    var serverNow: Timestamp { self.now(skewSeconds: 0) }

    private func now(skewSeconds: Int64) -> Timestamp {
        Timestamp(secondsSince1970: 1_720_000_000 + self.time.milliseconds / 1000 + skewSeconds)
    }
}

// MARK: - Bytes

extension Pair {
    func send(_ message: Message, from end: VirtualLine.End) {
        self.frameCount += 1
        if case .have(let have) = message, have.batchesSeen > 0 { self.gapAnswerCount += 1 }
        self.transcript.append((end == .client ? "→ " : "← ") + message.summary)
        self.line.send(message.frame.encoded, from: end)
    }

    private func arrived(_ bytes: [UInt8], at end: VirtualLine.End) throws {
        switch end {
        case .client:
            self.clientParser.append(bytes)
            while self.clientSession != nil, let message = try self.clientParser.nextMessage() {
                try self.performClient(self.clientSession!.received(message))
            }
        case .server:
            self.serverParser.append(bytes)
            while self.serverSession != nil, let message = try self.serverParser.nextMessage() {
                try self.performServer(self.serverSession!.received(message))
            }
        }
    }

    private func lineEnded(at end: VirtualLine.End) throws {
        switch end {
        case .client:
            guard self.clientSession != nil else { return }
            try self.performClient(self.clientSession!.lost(.connectionLost))
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
        if self.serverSession != nil { self.transcript.append("the server dies") }
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
        case .goodbye(let reason): "goodbye \(reason.rawCode)"
        default: self.name
        }
    }
}
