import BundledScheme
import ClientStore
import ClientSync
import Crypto
import Logging
import ReportIdentity
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ServerIdentity
import ServerStore
import ServerSync
import ServiceLifecycle
import TestSupport

/// A province with its authority and a store in memory, which serves on a free port of this machine while a test lasts.
struct Province: Sendable {
    static let now = Timestamp(secondsSince1970: 1_760_000_000)
    static let unit = UnitCode("410728")!

    let authority: Authority
    let store: ServerStore
    let scheme: Scheme

    init() throws {
        self.authority = try .made()
        self.store = try .inMemory(replica: ReplicaID(rawValue: 0xF0), scheme: BundledScheme.source)
        self.scheme = try Scheme.parse(BundledScheme.source)
    }

    func security() throws -> TransportSecurity {
        let (certificate, key) = try self.authority.issueServer(now: Self.now)
        return try .server(authority: self.authority.publicKey, certificate: certificate, key: key)
    }

    /// Serves while `body` runs.
    func serve<Outcome: Sendable>(
        _ security: TransportSecurity?,
        _ body: (HostPort) async throws -> Outcome
    ) async throws -> Outcome {
        let (addresses, listening) = AsyncStream.makeStream(of: HostPort.self)
        let service = try SyncService(
            store: self.store,
            address: HostPort(host: "127.0.0.1", port: 0),
            security: security,
            logger: silent,
            now: { Self.now },
            listening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [service], logger: silent)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await group.run()
                listening.finish()
            }
            var iterator = addresses.makeAsyncIterator()
            guard let address = await iterator.next() else { throw CancellationError() }
            let outcome = try await body(address)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return outcome
        }
    }
}

extension Authority {
    /// An authority whose file is gone at once.
    static func made() throws -> Authority {
        let directory = try TemporaryDirectory()
        return try withExtendedLifetime(directory) { try Authority.create(in: directory.path) }
    }
}

/// What a device holds, and its store in memory.
struct Device: Sendable {
    let key = P256.Signing.PrivateKey()
    let store: ClientStore
    static let cell = CellAddress(
        unit: UnitCode("410728-01")!,
        form: "infrastructure",
        period: Period("2024-H1")!,
        item: "roads"
    )

    init(_ replica: UInt64) throws {
        self.store = try .inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: replica),
                unit: Province.unit,
                server: "127.0.0.1:1",
                name: "office",
                author: "clerk"
            ),
            scheme: BundledScheme.source
        )
    }

    func write(_ figure: String) throws {
        _ = try self.store.write([Edit(Self.cell, .number(Quantity(ExactDecimal(figure)!)))], now: Province.now)
    }

    /// - Parameters:
    ///   - issuer: who signs the device's certificate; nobody where it is `nil`.
    ///   - pinned: whom the device believes.
    func security(issuer: Authority?, pinned: Authority) throws -> TransportSecurity {
        let facts = try DeviceFacts(name: "办公室一", unit: Province.unit, role: .clerk, person: "张三")
        let request = try CertificateRequest(key: self.key)
        let certificate = try issuer?.issueDevice(for: request.key, facts: facts, now: Province.now)
        return try .client(authority: pinned.publicKey, identity: certificate.map { ($0, self.key) })
    }

    func sync(
        _ server: HostPort,
        _ security: TransportSecurity?,
        _ scheme: Scheme,
        waitSeconds: Int64 = 60
    ) async throws -> Synchronizer.Report {
        try await Synchronizer(
            store: self.store,
            scheme: scheme,
            server: server,
            security: security,
            waitSeconds: waitSeconds,
            logger: silent,
            now: { Province.now }
        ).run()
    }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
