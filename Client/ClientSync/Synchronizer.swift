import ClientStore
import Logging
import ReportModel
import ReportScheme
import ReportSession
import ReportTransport
import ReportWire

/// Syncs a store with the province, over as many connections as it takes.
package struct Synchronizer: Sendable {
    package let store: ClientStore
    package let scheme: Scheme
    package let server: HostPort
    /// `nil` for a line that is not encrypted, which must not leave this machine.
    package let security: TransportSecurity?
    /// The device's, which seals what it has written; `nil` where nothing is sealed.
    package let sealingKey: SealingKey?
    /// How long the province may be out of reach, or silent, before the sync gives up.
    package let waitSeconds: Int64
    package let logger: Logger
    package let now: @Sendable () -> Timestamp
    /// Told after every batch that was sent or taken: the changes of this run so far.
    package let progress: @Sendable (_ sent: Int, _ received: Int) -> Void

    package init(
        store: ClientStore,
        scheme: Scheme,
        server: HostPort,
        security: TransportSecurity? = nil,
        sealingKey: SealingKey? = nil,
        waitSeconds: Int64,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        progress: @escaping @Sendable (_ sent: Int, _ received: Int) -> Void = { _, _ in }
    ) {
        self.store = store
        self.scheme = scheme
        self.server = server
        self.security = security
        self.sealingKey = sealingKey
        self.waitSeconds = waitSeconds
        self.logger = logger
        self.now = now
        self.progress = progress
    }

    /// What a sync moved, over all its connections.
    package struct Report: Sendable {
        package var changesSent = 0
        package var changesReceived = 0
        package var bytesOut = 0
        package var bytesIn = 0
        package var roundTrips = 0
    }

    /// - Throws: `SyncFailure`, and errors of the store. What was exchanged by then stays.
    package func run() async throws -> Report {
        var report = Report()
        let attempts = Attempts(
            server: self.server,
            security: self.security,
            waitSeconds: self.waitSeconds,
            logger: self.logger
        )
        do {
            try await attempts.run { line in
                let movedBefore = report.changesSent + report.changesReceived
                let error = try await self.sync(over: line, &report)
                return Attempts.Outcome(
                    error: error,
                    hasMoved: report.changesSent + report.changesReceived > movedBefore
                )
            }
        } catch SyncFailure.refused(let error) {
            try self.store.noteRefusal(SyncRefusal(code: error.rawCode, words: error.words))
            throw SyncFailure.refused(error)
        }
        return report
    }

    private func sync(over line: FrameLine, _ report: inout Report) async throws -> ProtocolError? {
        var traffic = ClientConnection.Traffic()
        let (sentBefore, receivedBefore, progress) = (report.changesSent, report.changesReceived, self.progress)
        let connection = ClientConnection(
            store: self.store,
            scheme: self.scheme,
            sealingKey: self.sealingKey,
            logger: self.logger,
            now: self.now,
            progress: { progress(sentBefore + $0.changesSent, receivedBefore + $0.changesReceived) }
        )
        defer {
            report.bytesOut += traffic.bytesOut
            report.bytesIn += traffic.bytesIn
        }
        let (tally, error) = try await connection.run(over: line, traffic: &traffic)
        report.changesSent += tally.changesSent
        report.changesReceived += tally.changesReceived
        report.roundTrips += tally.roundTrips
        return error
    }
}
