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
        self.store = try .inMemory(
            replica: ReplicaID(rawValue: 0xF0),
            scheme: BundledScheme.source,
            authority: self.authority.publicKey
        )
        self.scheme = try Scheme.parse(BundledScheme.source)
    }

    var root: Root { Root(key: self.authority.sealingKey, scheme: self.scheme) }

    func security() throws -> TransportSecurity {
        let (certificate, key) = try self.authority.issueServer(now: Self.now)
        return try .server(authority: self.authority.publicKey, certificate: certificate, key: key)
    }

    /// Serves while `body` runs.
    func serve<Outcome: Sendable>(
        _ security: TransportSecurity?,
        revoked: Set<DeviceID> = [],
        _ body: (HostPort) async throws -> Outcome
    ) async throws -> Outcome {
        let (addresses, listening) = AsyncStream.makeStream(of: HostPort.self)
        let service = try SyncService(
            store: self.store,
            address: HostPort(host: "127.0.0.1", port: 0),
            security: security,
            authority: self.authority,
            revoked: revoked,
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
    let key: P256.Signing.PrivateKey
    let store: ClientStore
    let grant: Grant
    static let cell = CellAddress(
        unit: UnitCode("410728-01")!,
        form: "infrastructure",
        period: Period("2024-H1")!,
        item: "roads"
    )

    /// A device that the province has granted what it is there for, and that knows it.
    init(
        _ replica: UInt64,
        in province: Province,
        role: Role = .clerk,
        unit: UnitCode = Province.unit,
        claiming claimed: UnitCode? = nil
    ) throws {
        self.key = P256.Signing.PrivateKey()
        self.grant = Grant(role: role, unit: unit)
        let device = GrantedDevice(
            key: DeviceKey(self.key.publicKey),
            grant: self.grant,
            name: "办公室一",
            person: "张三"
        )
        try province.store.grant(device, as: province.root, now: Province.now)
        self.store = try .inMemory(
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: replica),
                unit: claimed ?? unit,
                server: "127.0.0.1:1",
                name: device.name,
                author: device.person
            ),
            scheme: BundledScheme.source,
            trust: ClientStore.Trust(authority: province.authority.publicKey, device: device.key)
        )
        for scope in province.scheme.unitAndBelow(unit).map(\.code) {
            let granting = try province.store.changes(
                in: scope,
                lackedBy: PeerStanding(frontier: Frontier()),
                byteCountMax: .max
            )
            _ = try self.store.take(Batch(scope: scope, changes: granting.changes), now: Province.now)
        }
    }

    var id: DeviceID { DeviceKey(self.key.publicKey).id }

    /// - Parameter scheme: asked whether the write is allowed; `nil` for a program that asks nobody.
    func write(_ value: CellValue, to cell: CellAddress = Self.cell, scheme: Scheme? = nil) throws -> EditOutcome {
        try self.store.write([Edit(cell, value)], scheme: scheme, now: Province.now)[0]
    }

    func write(_ figure: String) throws {
        _ = try self.write(.number(Quantity(ExactDecimal(figure)!)))
    }

    /// - Parameters:
    ///   - issuer: who signs the device's certificate; nobody where it is `nil`.
    ///   - pinned: whom the device believes.
    func security(issuer: Authority?, pinned: Authority) throws -> TransportSecurity {
        let certificate = try issuer.map { try self.certificate(by: $0) }
        return try .client(authority: pinned.publicKey, identity: certificate.map { ($0, self.key) })
    }

    func certificate(by issuer: Authority) throws -> DeviceCertificate {
        let facts = try DeviceFacts(name: "办公室一", unit: self.grant.unit, role: self.grant.role, person: "张三")
        let request = try CertificateRequest(key: self.key)
        return try issuer.issueDevice(for: request.key, facts: facts, now: Province.now)
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
            sealingKey: SealingKey(self.key),
            waitSeconds: waitSeconds,
            logger: silent,
            now: { Province.now }
        ).run()
    }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
