import Logging
import NIOPosix
import ReportModel
import ReportWire
import ServerStore
import Synchronization

/// Counts the connections that are refused for who is at their other end, and keeps the counts in the log of the province's
/// own scope: for each day and reason, and never more often than ``Limits/refusalNoteSecondsMin``, so that a stranger who
/// knocks a million times fills no log.
final class RefusalRecord: Sendable {
    private struct State {
        /// Since the last time that they were noted.
        var counts: [Code: Int] = [:]
        var noted: Timestamp?
    }

    private let state = Mutex(State())
    private let store: ServerStore
    private let root: @Sendable () throws -> Root?
    private let logger: Logger

    /// - Parameter root: `nil` where nobody is enrolled; then nothing is counted.
    init(store: ServerStore, root: @escaping @Sendable () throws -> Root?, logger: Logger) {
        self.store = store
        self.root = root
        self.logger = logger
    }

    /// Counts a connection that ended for this reason, if it says who may come in.
    func count(_ error: ProtocolError, now: Timestamp) async {
        switch error.knownCode {
        case .notEnrolled, .otherUnit, .deviceRevoked, .codeUnknown, .codeUsed, .codeExpired, .requestRefused:
            await self.count(Code("code-\(error.rawCode)")!, now: now)
        default: return
        }
    }

    /// Counts a line whose other end showed a certificate that is none of the authority's.
    func countCertificate(now: Timestamp) async { await self.count("certificate", now: now) }

    private func count(_ reason: Code, now: Timestamp) async {
        let isDue = self.state.withLock { state in
            state.counts[reason, default: 0] += 1
            // A clock that was put back must not keep the counts from the log.
            let since = state.noted.map { now.seconds(since: $0) } ?? .max
            return since >= Limits.refusalNoteSecondsMin || since < 0
        }
        if isDue { await self.note(now: now) }
    }

    /// Puts what was counted into the log. What cannot be stored is counted on.
    func note(now: Timestamp) async {
        let counts = self.state.withLock { state in
            defer { (state.counts, state.noted) = ([:], now) }
            return state.counts
        }
        guard !counts.isEmpty else { return }
        do {
            guard let root = try self.root() else { return }
            let store = self.store
            try await NIOThreadPool.singleton.runIfActive {
                try store.noteRefusals(counts, as: root, now: now)
            }
        } catch {
            self.logger.error("refusals not noted", metadata: ["error": "\(error)"])
            self.state.withLock { $0.counts.merge(counts) { $0 + $1 } }
        }
    }
}
