import ReportModel
import ReportSession
import ReportWire
import Testing

/// Scopes of one connection that both have something to send.
@Suite("Turns of scopes")
struct FairTurnsTests {
    private static let big = UnitCode("410728-01")!
    private static let small = UnitCode("410728-02")!

    /// A server with a client that stands at the beginning in both scopes, and what it wants to be read.
    private func server() -> (session: ServerSession, actions: [SessionAction]) {
        let scopes = [Self.big, Self.small]
        var session = ServerSession()
        let hello = Hello(
            replica: ReplicaID(rawValue: 1),
            time: Timestamp(secondsSince1970: 0),
            scheme: 5,
            scopes: scopes.map { .init(unit: $0, tip: 0) }
        )
        _ = session.received(.hello(hello))
        _ = session.identified(
            ServerSession.Identified(
                replica: ReplicaID(rawValue: 2),
                now: Timestamp(secondsSince1970: 0),
                scheme: 5,
                schemeBytes: [],
                scopes: scopes.map {
                    ScopeStanding(scope: $0, frontier: Frontier([Reference(word: "B9")!]), tip: 1)
                }
            )
        )
        var actions: [SessionAction] = []
        for scope in scopes {
            actions += session.received(.have(Have(scope: scope, batchesSeen: 0, frontier: Frontier())))
        }
        return (session, actions)
    }

    @Test("A small scope's batch is not behind all of a big scope's batches")
    func interleaved() throws {
        var (session, waiting) = self.server()
        var sent: [UnitCode] = []
        var bigChanges = (1...8).map { Reference(word: "B\($0)")! }
        // Loads are performed one by one, as the driver does.
        while !waiting.isEmpty {
            switch waiting.removeFirst() {
            case .load(let scope, let peer):
                var next: [Reference] = []
                if scope == Self.big {
                    next = Array(bigChanges.prefix(1))
                    bigChanges = Array(bigChanges.dropFirst())
                } else if peer.frontier.isEmpty {
                    next = [Reference(word: "B1")!]
                }
                let loaded = LoadedChanges(
                    changes: next.map(\.stored),
                    frontier: next.isEmpty ? peer.frontier : Frontier(next),
                    hasUnknownHeads: false
                )
                waiting += session.loaded(scope, loaded)
            case .send(.batch(let batch)):
                sent.append(batch.scope)
            default:
                Issue.record("nothing else happens")
            }
        }
        #expect(sent.count == 9)
        let position = try #require(sent.firstIndex(of: Self.small))
        #expect(position <= 1, "\(sent)")
    }

    @Test("What was read for a peer that meanwhile says that it stands elsewhere is read again from there")
    func staleLoad() throws {
        var (session, actions) = self.server()
        let big = try #require(
            actions.first { if case .load(Self.big, _) = $0 { true } else { false } }
        )
        guard case .load(_, let peer) = big else { return }
        // The first batch goes; then another is being read while the client says that it lacks what that built upon.
        let first = LoadedChanges(
            changes: [Reference(word: "B1")!.stored],
            frontier: Frontier([Reference(word: "B1")!]),
            hasUnknownHeads: false
        )
        #expect(peer.frontier.isEmpty)
        #expect(
            session.loaded(Self.big, first).contains(.load(Self.big, lackedBy: PeerStanding(frontier: first.frontier)))
        )
        let answer = session.received(.have(Have(scope: Self.big, batchesSeen: 1, frontier: Frontier())))
        #expect(answer.isEmpty, "one load at a time")
        let second = LoadedChanges(
            changes: [Reference(word: "B2")!.stored],
            frontier: Frontier([Reference(word: "B2")!]),
            hasUnknownHeads: false
        )
        #expect(session.loaded(Self.big, second) == [.load(Self.big, lackedBy: PeerStanding(frontier: Frontier()))])
        actions = session.loaded(Self.big, first)
        #expect(actions.count == 2, "\(actions)")
    }
}
