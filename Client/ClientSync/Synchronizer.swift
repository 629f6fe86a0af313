import ClientStore
import Glibc
import Logging
import NIOCore
import NIOPosix
import ReportModel
import ReportScheme
import ReportSession
import ReportTransport
import ReportWire

/// Syncs a store with the province: connects, and again after a loss, with growing pauses, until it is done or the time
/// is up.
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
        guard self.security != nil || self.server.isLoopback else { throw SyncFailure.unsecured(self.server) }
        let clock = ContinuousClock()
        var report = Report()
        var backOff = BackOff()
        var reached = clock.now
        while true {
            var reason: Bilingual?
            do {
                let movedBefore = report.changesSent + report.changesReceived
                let error = try await self.connectOnce(&report)
                guard let error else { return report }
                guard error.isWorthRetrying else { throw SyncFailure.refused(error) }
                if report.changesSent + report.changesReceived > movedBefore {
                    reached = clock.now
                    backOff = BackOff()
                }
                reason = error.words
                self.logger.info("connection ended", metadata: ["reason": "\(error.words.english)"])
            } catch let error as ConnectionFailure {
                self.logger.info("no connection", metadata: ["reason": "\(error.detail)"])
                reason = error.words
            } catch let error as SecurityFailure {
                throw SyncFailure.insecure(self.server, error)
            }
            let pause = backOff.next(random: Double.random(in: 0..<1))
            guard clock.now + pause < reached + .seconds(self.waitSeconds) else {
                throw SyncFailure.unreachable(self.server, seconds: self.waitSeconds, reason: reason)
            }
            try await Task.sleep(for: pause)
        }
    }

    private struct ConnectionFailure: Error {
        let detail: String
        /// `nil` where it means nothing to people.
        let words: Bilingual?

        init(_ error: any Error) {
            self.detail = "\(error)"
            let connection = error as? NIOConnectionError
            let codes = (connection?.connectionErrors.map(\.error) ?? [error]).compactMap {
                ($0 as? IOError)?.errnoCode
            }
            self.words =
                if connection?.dnsAError != nil, connection?.connectionErrors.isEmpty == true {
                    Bilingual("找不到这个服务器名。", "Nobody knows a machine of that name.")
                } else if codes.contains(ECONNREFUSED) {
                    Bilingual("那台机器上没有服务器在这个端口运行。", "No server is listening at that port.")
                } else if codes.contains(ENETUNREACH) || codes.contains(EHOSTUNREACH) {
                    Bilingual("没有通往那台机器的网络。", "There is no network to that machine.")
                } else if case .connectTimeout = error as? ChannelError {
                    Bilingual("那台机器没有回应。", "That machine does not answer.")
                } else {
                    nil
                }
        }
    }

    private func connectOnce(_ report: inout Report) async throws -> ProtocolError? {
        let line: FrameLine
        do {
            var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(self.waitSeconds))
            if let option = FrameLine.unsentOption {
                bootstrap = bootstrap.channelOption(option, value: .init(Limits.unsentByteCountMax))
            }
            line =
                try await bootstrap
                .connect(host: self.server.host, port: self.server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try FrameLine(
                            channel,
                            // A slow line is not a silent one.
                            times: Patience.Times(
                                silenceSeconds: self.waitSeconds,
                                frameSeconds: max(self.waitSeconds, Limits.frameSecondsMax)
                            ),
                            controlByteCountMax: Limits.clientControlByteCountMax,
                            security: self.security
                        )
                    }
                }
        } catch {
            throw ConnectionFailure(error)
        }
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

/// Growing pauses between attempts, from 0.1 to 5 seconds, spread out so that many clients do not come back at once.
struct BackOff {
    private var milliseconds = 100.0
    private static let millisecondsMax = 5000.0

    /// - Parameter random: 0..<1.
    mutating func next(random: Double) -> Duration {
        defer { self.milliseconds = min(self.milliseconds * 2, Self.millisecondsMax) }
        return .milliseconds(Int(self.milliseconds * (0.5 + random / 2)))
    }
}

extension ProtocolError {
    /// Whether the same sync may go well in a moment.
    fileprivate var isWorthRetrying: Bool {
        switch self.knownCode {
        case .shuttingDown, .silentTooLong, .storeFailed, .connectionLost, .checksumMismatch, .tooManyConnections,
            .tooSlow:
            true
        default: false
        }
    }
}
