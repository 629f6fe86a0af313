import ArgumentParser
import Logging
import ReportCommand
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ServerIdentity
import ServerStore
import ServerSync
import ServiceLifecycle
import UnixSignals

struct ServerServe: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "serve",
            abstract: say("接受各县同步，直到收到停止信号", "Takes syncs until it is told to stop."),
            discussion: say(
                "例：huiliu-server serve --sync 0.0.0.0:7428\n第一行输出“listening sync=地址”。收到 SIGTERM 后完成正在进行的提交再退出。登记第一台设备之后一律加密（TLS 1.3）；在那之前只能监听 127.0.0.1。",
                "Example: huiliu-server serve --sync 0.0.0.0:7428\nThe first line says “listening sync=ADDRESS”. On SIGTERM it finishes the commit under way. Once a device is enrolled, every line is encrypted (TLS 1.3); before that it listens on 127.0.0.1 only."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Option(
        help: ArgumentHelp(say("监听地址；端口 0 为任意空闲端口", "Where to listen; port 0 is any free one."), valueName: "host:port")
    )
    var sync = "127.0.0.1:7428"

    func run() async throws {
        guard let address = HostPort(self.sync) else {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual("“\(self.sync)”不是监听地址。", "“\(self.sync)” is not an address to listen on."),
                    advice: Bilingual("请写成 主机:端口，例如 127.0.0.1:7428。", "Write HOST:PORT, for example 127.0.0.1:7428.")
                )
            )
        }
        let server = try OpenedServer(self.common, access: .serve)
        let logger = makeLogger(label: "huiliu-server")
        let authority = try server.authority()
        let revoked = try RevokedDevices.load(in: self.common.storeDirectory).ids
        // A list that lacks what the store knows is lost or older than the store: it would let in whom nobody wants.
        let enrolled = try server.store.enrolledDevices()
        let lacking = enrolled.filter { $0.isRevoked && !revoked.contains($0.granted.key.id) }
        guard lacking.isEmpty else {
            throw RevokedDevicesError(
                path: "\(self.common.storeDirectory)/\(RevokedDevices.fileName)",
                .lacks(lacking[0].granted.key.id)
            )
        }
        for device in enrolled where !device.isRevoked && revoked.contains(device.granted.key.id) {
            Self.tell(device)
        }
        let service = try SyncService(
            store: server.store,
            address: address,
            security: authority.map(Self.security),
            authority: authority,
            revoked: revoked,
            logger: logger,
            now: wallClock,
            listening: { Console.line("listening sync=\($0)") }
        )
        do {
            var configuration = ServiceGroupConfiguration(
                services: [service],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            // A client that does not read must not keep the server from stopping.
            configuration.maximumGracefulShutdownDuration = .seconds(10)
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as ListenFailure {
            throw CommandFailure(Exit.unreachable, error)
        }
        try server.store.database.close()
    }

    /// Says what only a person can decide: what the device wrote before it was revoked, and the restored store lacks, would not
    /// count either.
    private static func tell(_ device: EnrolledDevice) {
        let id = device.granted.key.id
        let name = "\(device.granted.name) (\(device.granted.grant.unit), \(id))"
        Console.error(
            say(
                "\(name) 列在 \(RevokedDevices.fileName) 中，不能同步；但这个数据库还不知道它已被撤销：由别处送来的它的数据照常计入。要使数据库中没有的一律不计入，请运行 devices revoke \(id)。",
                "\(name) is in the list \(RevokedDevices.fileName) and cannot sync, but this store does not know yet that it was revoked: what others bring of it counts. To let nothing count that this store lacks, run devices revoke \(id)."
            )
        )
    }

    /// The server's own key lives as long as this run.
    private static func security(_ authority: Authority) throws -> TransportSecurity {
        let (certificate, key) = try authority.issueServer(now: wallClock())
        return try .server(authority: authority.publicKey, certificate: certificate, key: key)
    }
}
