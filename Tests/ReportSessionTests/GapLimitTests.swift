import ReportModel
import ReportSession
import ReportWire
import Testing

/// How long a side bears batches that build on what it lacks.
@Suite("Gaps")
struct GapLimitTests {
    private static let scope = UnitCode("410728")!
    private static let batch = Batch(scope: scope, changes: [Reference(word: "B9")!.stored])

    /// A server to which a client that holds B9 sends nothing but B9.
    private func server() -> ServerSession {
        var session = ServerSession()
        _ = session.received(
            .hello(
                Hello(
                    replica: ReplicaID(rawValue: 1),
                    time: Timestamp(secondsSince1970: 0),
                    scheme: 5,
                    scopes: [.init(unit: Self.scope, tip: 1)]
                )
            )
        )
        _ = session.identified(
            ServerSession.Identified(
                replica: ReplicaID(rawValue: 2),
                now: Timestamp(secondsSince1970: 0),
                scheme: 5,
                schemeBytes: [],
                scopes: [ScopeStanding(scope: Self.scope, frontier: Frontier(), tip: 0)]
            )
        )
        return session
    }

    private func gap(_ session: inout ServerSession) -> [SessionAction] {
        var outcome = TakeOutcome()
        outcome.held = [nil]
        outcome.missing = Reference(word: "B8")!
        #expect(session.received(.batch(Self.batch)) == [.commitThenReceipt(Self.batch)])
        return session.committed(Self.batch, outcome, own: Frontier())
    }

    @Test("All batches that may be on their way when a gap is answered are forgiven")
    func onTheirWay() {
        var session = self.server()
        for number in 1...Limits.batchesInFlightMax {
            let actions = self.gap(&session)
            #expect(actions.count == 2, "\(actions)")
            #expect(
                actions.first
                    == .send(.have(Have(scope: Self.scope, batchesSeen: UInt64(number), frontier: Frontier())))
            )
        }
    }

    @Test("A client that does not listen is let go after a bounded number of batches")
    func bounded() {
        var session = self.server()
        let countMax = (Limits.gapAnswersMax + 1) * (Limits.batchesInFlightMax + 1)
        let end = (1...countMax).first { _ in
            self.gap(&session).contains(.close(.tooManyGaps(Self.scope)))
        }
        #expect(end != nil)
        #expect(session.received(.batch(Self.batch)).isEmpty)
    }
}
