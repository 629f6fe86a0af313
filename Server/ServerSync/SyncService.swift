import Glibc
import Logging
import NIOCore
import NIOPosix
import ReportModel
import ReportTransport
import ReportWire
import ServerIdentity
import ServerStore
import ServiceLifecycle
import Synchronization

/// Listens for clients until it is told to stop; then it finishes the commits under way and says goodbye.
package struct SyncService: Service {
    private let store: ServerStore
    private let scheme: SchemeInUse
    private let address: HostPort
    private let security: TransportSecurity?
    private let authority: Authority?
    private let revoked: Set<DeviceID>
    private let commitStepCountMax: Int
    private let logger: Logger
    private let now: @Sendable () -> Timestamp
    private let listening: @Sendable (HostPort) -> Void

    /// - Parameters:
    ///   - address: port 0 is any free one.
    ///   - security: `nil` for lines that are not encrypted, which only this machine may use.
    ///   - authority: with whose key the province enrols devices and rules on what it takes; `nil` where there is none.
    ///   - revoked: devices that are not let in, even where the store does not know yet that they were revoked.
    ///   - commitStepCountMax: the most steps of different connections that are made durable together; 1 is for measuring
    ///     what that gains.
    ///   - listening: told the address once clients can connect.
    /// - Throws: `ListenRefusal` when others than this machine could connect to lines that are not encrypted,
    ///   ``AuthorityMismatch`` when the key is not that of the store's authority, and what reading the store's scheme throws.
    package init(
        store: ServerStore,
        address: HostPort,
        security: TransportSecurity? = nil,
        authority: Authority? = nil,
        revoked: Set<DeviceID> = [],
        commitStepCountMax: Int? = nil,
        logger: Logger,
        now: @escaping @Sendable () -> Timestamp,
        listening: @escaping @Sendable (HostPort) -> Void
    ) throws {
        guard security != nil || address.isLoopback else { throw ListenRefusal(address: address) }
        // Without its key nothing would be ruled on, and whatever a device writes would count.
        guard try store.authority() == authority?.publicKey else {
            throw authority == nil ? AuthorityMismatch.missing : .other
        }
        if let authority { try store.sealOwnChanges(with: authority.sealingKey) }
        self.store = store
        self.scheme = try SchemeInUse(store, logger: logger)
        self.address = address
        self.security = security
        self.authority = authority
        self.revoked = revoked
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
        let root = { @Sendable [authority, scheme] in
            try authority.map { Root(key: $0.sealingKey, scheme: try scheme.current().scheme) }
        }
        let record = RefusalRecord(store: self.store, root: root, logger: self.logger)
        let connection = ServerConnection(
            store: self.store,
            scheme: self.scheme,
            commits: GroupCommit(
                store: self.store,
                stepCountMax: self.commitStepCountMax,
                now: self.now,
                root: root
            ),
            memory: ByteBudget(byteCount: Limits.memoryByteCountMax),
            authority: self.authority,
            revoked: self.revoked,
            refusals: record,
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
        await record.note(now: self.now())
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
            throw ListenFailure(address: self.address, .refused(error.errnoCode))
        } catch is SocketAddressError.UnknownHost {
            throw ListenFailure(address: self.address, .unknownHost)
        }
    }
}

/// The address is taken, or not this machine's.
package struct ListenFailure: ExplainedError {
    /// What the system says against it.
    package enum Reason: Sendable, Equatable {
        /// With this `errno`.
        case refused(Int32)
        case unknownHost
    }

    package let address: HostPort
    package let reason: Reason

    package init(address: HostPort, _ reason: Reason) {
        (self.address, self.reason) = (address, reason)
    }

    package var code: String { "listen_failed" }

    package var explanation: Bilingual {
        let why =
            switch self.reason {
            case .refused(EADDRINUSE): Bilingual("别的程序正在用它", "another program uses it")
            case .refused(EADDRNOTAVAIL), .unknownHost: Bilingual("这不是本机的地址", "it is not an address of this machine")
            case .refused(EACCES): Bilingual("没有权限", "that is not permitted")
            case .refused(let number): Bilingual("系统错误 \(number)", "system error \(number)")
            }
        return Bilingual(
            "无法在 \(self.address) 上监听：\(why.chinese)。",
            "Cannot listen on \(self.address): \(why.english)."
        )
    }

    package var advice: Bilingual {
        switch self.reason {
        case .refused(EADDRINUSE):
            Bilingual("请换一个端口，或停止占用它的程序。", "Choose another port, or stop the program that holds it.")
        case .refused(EACCES):
            Bilingual("请用 1024 以上的端口。", "Use a port above 1024.")
        case .refused, .unknownHost:
            Bilingual("请用 --sync 写本机的地址和端口。", "Give an address of this machine and a port with --sync.")
        }
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
        Bilingual(
            "请使用 127.0.0.1:端口；或先用 enrol 登记第一台设备，此后连接一律加密。",
            "Use 127.0.0.1:PORT; or enrol the first device, from when on every line is encrypted."
        )
    }
}
