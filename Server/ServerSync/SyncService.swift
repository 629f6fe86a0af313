import Logging
import NIOCore
import NIOPosix
import ReportModel
import ReportStorage
import ReportTransport
import ReportWire
import ServerStore
import ServiceLifecycle
import Synchronization

/// Listens for clients until it is told to stop; then it finishes the commits under way and says goodbye.
package struct SyncService: Service {
    private let store: ServerStore
    private let scheme: SchemeInUse
    private let address: HostPort
    private let security: TransportSecurity?
    private let rootKey: SealingKey?
    private let commitStepCountMax: Int
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let listening: @Sendable (HostPort) -> Void

    /// - Parameters:
    ///   - address: port 0 is any free one.
    ///   - security: `nil` for lines that are not encrypted, which only this machine may use.
    ///   - rootKey: the authority's, with which the province rules on what it takes; `nil` where there is no authority.
    ///   - commitStepCountMax: the most steps of different connections that are made durable together; 1 is for measuring
    ///     what that gains.
    ///   - listening: told the address once clients can connect.
    /// - Throws: `ListenRefusal` when others than this machine could connect to lines that are not encrypted,
    ///   ``RootKeyRefusal`` when the key is not that of the store's authority, and what reading the store's scheme throws.
    package init(
        store: ServerStore,
        address: HostPort,
        security: TransportSecurity? = nil,
        rootKey: SealingKey? = nil,
        commitStepCountMax: Int? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        listening: @escaping @Sendable (HostPort) -> Void
    ) throws {
        guard security != nil || address.isLoopback else { throw ListenRefusal(address: address) }
        // Without its key nothing would be ruled on, and whatever a device writes would count.
        guard try store.database.read({ try $0.authority() }) == rootKey?.publicKey else {
            throw RootKeyRefusal(isMissing: rootKey == nil)
        }
        if let rootKey { try store.sealOwnChanges(with: rootKey) }
        self.store = store
        self.scheme = try SchemeInUse(store, logger: logger)
        self.address = address
        self.security = security
        self.rootKey = rootKey
        self.commitStepCountMax = commitStepCountMax ?? GroupCommit.stepCountMax
        self.logger = logger
        self.now = now
        self.listening = listening
    }

    /// Listens and serves until the shutdown, and throws when it cannot listen.
    package func run() async throws {
        let gate = Gate()
        let listener = try await self.bind(gate)
        self.listening(
            HostPort(host: self.address.host, port: listener.channel.localAddress?.port ?? self.address.port)
        )
        let connection = ServerConnection(
            store: self.store,
            scheme: self.scheme,
            commits: GroupCommit(
                store: self.store,
                stepCountMax: self.commitStepCountMax,
                now: self.now,
                root: { [rootKey, scheme] in
                    try rootKey.map { Root(key: $0, scheme: try scheme.current().scheme) }
                }
            ),
            memory: ByteBudget(byteCount: Limits.memoryByteCountMax),
            logger: self.logger,
            now: self.now
        )
        let places = Places(count: OpenFiles.connectionCountMax())
        let refusals = Places(count: Limits.refusalCountMax)
        try await withThrowingDiscardingTaskGroup { connections in
            try await listener.executeThenClose { incoming in
                try await withGracefulShutdownHandler {
                    for try await line in incoming {
                        if places.take() {
                            connections.addTask {
                                await connection.run(over: line)
                                places.give()
                            }
                        } else if refusals.take() {
                            connections.addTask {
                                await connection.refuse(line)
                                refusals.give()
                            }
                        } else {
                            connections.addTask { try? await line.channel.executeThenClose { _, _ in } }
                        }
                    }
                } onGracefulShutdown: {
                    gate.shut(listener.channel)
                }
            }
        }
    }
}

/// Ends the listening without dropping a connection between accepting and serving it: a `NIOAsyncChannel` that nobody
/// sees to its end is a fatal error.
private final class Gate: Sendable {
    private let isShut = Mutex(false)

    /// - Throws: When no more connections are taken.
    func pass() throws {
        if self.isShut.withLock({ $0 }) { throw ChannelError.ioOnClosedChannel }
    }

    /// Closes `listener` once every connection that has passed has been handed over.
    func shut(_ listener: any Channel) {
        self.isShut.withLock { $0 = true }
        // Connections pass on their own event loop, and are handed over on the listener's: after one turn of each, none
        // is on its way.
        let turns = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0.submit {} }
        EventLoopFuture.andAllComplete(Array(turns), on: listener.eventLoop)
            .flatMap { listener.eventLoop.submit {} }
            .whenComplete { _ in listener.close(promise: nil) }
    }
}

extension SyncService {
    private func bind(_ gate: Gate) async throws -> NIOAsyncChannel<FrameLine, Never> {
        do {
            var bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.backlog, value: 1024)
                // Connections have it from the listener.
                .serverChannelOption(.socketOption(.so_rcvbuf), value: .init(Limits.receiveBufferByteCount))
                .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
                // A connection keeps the buffer of its last read: one, and no larger than what it last needed.
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(
                    .recvAllocator,
                    value: AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 256, maximum: Limits.readByteCountMax)
                )
                // A client that has said all it has to say is still told why its connection ends.
                .childChannelOption(.allowRemoteHalfClosure, value: true)
            if let option = FrameLine.unsentOption {
                bootstrap = bootstrap.childChannelOption(option, value: .init(Limits.unsentByteCountMax))
            }
            return
                try await bootstrap
                .bind(host: self.address.host, port: self.address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try gate.pass()
                        return try FrameLine(
                            channel,
                            times: Patience.Times(
                                silenceSeconds: Limits.silenceSecondsMax,
                                frameSeconds: Limits.frameSecondsMax,
                                helloSeconds: Limits.helloSecondsMax
                            ),
                            controlByteCountMax: Limits.controlByteCountMax,
                            security: self.security
                        )
                    }
                }
        } catch let error as IOError {
            throw ListenFailure(address: self.address, detail: error.description)
        }
    }
}

/// The address is taken, or not this machine's.
package struct ListenFailure: ExplainedError {
    package let address: HostPort
    package let detail: String

    package var code: String { "listen_failed" }

    package var explanation: Bilingual {
        Bilingual("无法在 \(self.address) 上监听（\(self.detail)）。", "Cannot listen on \(self.address) (\(self.detail)).")
    }

    package var advice: Bilingual {
        Bilingual("请换一个端口，或停止占用它的程序。", "Choose another port, or stop the program that holds it.")
    }
}

/// The server will not listen where others than this machine could connect: the line is not encrypted.
package struct ListenRefusal: ExplainedError {
    package let address: HostPort

    package var code: String { "listen_refused" }

    package var explanation: Bilingual {
        Bilingual(
            "拒绝在 \(self.address) 上监听：连接未加密，只允许本机回环地址。",
            "Refused to listen on \(self.address): the line is not encrypted, so only this machine may connect."
        )
    }

    package var advice: Bilingual {
        Bilingual("请使用 127.0.0.1:端口，并由加密隧道转发。", "Use 127.0.0.1:PORT, behind an encrypted tunnel.")
    }
}
