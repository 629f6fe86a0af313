import Glibc
import Logging
import NIOCore
import NIOPosix
import ReportModel
import ReportTransport
import ReportWire

/// Connects to the province, and again after a loss, with growing pauses, until what is to be done is done or the time is
/// up.
struct Attempts: Sendable {
    let server: HostPort
    /// `nil` for a line that is not encrypted, which must not leave this machine.
    let security: TransportSecurity?
    /// How long the province may be out of reach, or silent.
    let waitSeconds: Int64
    let logger: Logger

    /// What came of one connection.
    struct Outcome {
        /// Why it ended; `nil` when everything is done.
        let error: ProtocolError?
        /// Whether it brought anything: then the time begins anew.
        let hasMoved: Bool
    }

    /// - Throws: `SyncFailure`, and what `body` throws.
    func run(_ body: (FrameLine) async throws -> Outcome) async throws {
        guard self.security != nil || self.server.isLoopback else { throw SyncFailure.unsecured(self.server) }
        let clock = ContinuousClock()
        var backOff = BackOff()
        var reached = clock.now
        while true {
            var reason: Bilingual?
            do {
                let outcome = try await body(self.connect())
                guard let error = outcome.error else { return }
                guard error.isWorthRetrying else { throw SyncFailure.refused(error) }
                if outcome.hasMoved {
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

    private func connect() async throws -> FrameLine {
        do {
            var bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .connectTimeout(.seconds(self.waitSeconds))
            if let option = FrameLine.unsentOption {
                bootstrap = bootstrap.channelOption(option, value: .init(Limits.unsentByteCountMax))
            }
            return
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
    }
}

/// Why there is no connection.
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
    /// Whether the same may go well in a moment.
    fileprivate var isWorthRetrying: Bool {
        switch self.knownCode {
        case .shuttingDown, .silentTooLong, .storeFailed, .connectionLost, .checksumMismatch, .tooManyConnections,
            .tooSlow:
            true
        default: false
        }
    }
}
