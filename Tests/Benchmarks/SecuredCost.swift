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

/// What TLS and seals cost: the same syncs of the same figures in a province where devices are enrolled and in an open one,
/// both served on this machine.
struct SecuredCost {
    private static let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
    private static let unit = UnitCode("410728-02")!

    private let scheme: Scheme
    private let server: ServerStore
    private let client: ClientStore
    /// `nil` in an open province.
    private let authority: Authority?
    private let identity: DeviceIdentity?

    init(isSecured: Bool, in directory: String) throws {
        let source = BundledScheme.source
        self.scheme = try Scheme.parse(source)
        try ServerStore.create(in: directory + "/server", replica: ReplicaID(rawValue: 1), scheme: source).database
            .close()
        self.server = try ServerStore(in: directory + "/server", access: .serve)
        guard isSecured else {
            (self.authority, self.identity) = (nil, nil)
            self.client = try ClientStore.office(in: directory + "/client", unit: Self.unit, scheme: source)
            return
        }
        let authority = try Authority.create(in: directory + "/server")
        try self.server.adopt(authority.publicKey)
        let key = P256.Signing.PrivateKey()
        let facts = try DeviceFacts(name: "办公室", unit: Self.unit, role: .clerk, person: "张三")
        try self.server.grant(
            GrantedDevice(
                key: DeviceKey(key.publicKey),
                grant: Grant(role: facts.role, unit: facts.unit),
                name: facts.name,
                person: facts.person
            ),
            as: Root(key: authority.sealingKey, scheme: self.scheme),
            now: Workday.time
        )
        let certificate = try authority.issueDevice(for: DeviceKey(key.publicKey), facts: facts, now: Workday.time)
        self.authority = authority
        self.identity = DeviceIdentity(key: key, certificate: certificate, authority: authority.publicKey)
        self.client = try ClientStore.create(
            in: directory + "/client",
            identity: ClientStore.Identity(
                replica: ReplicaID(rawValue: 2),
                unit: facts.unit,
                server: "127.0.0.1:1",
                name: facts.name,
                author: facts.person
            ),
            scheme: source,
            trust: ClientStore.Trust(authority: authority.publicKey, device: certificate.key)
        )
    }

    /// Those that a clerk may make: rulings would be measured otherwise.
    static func allowed(_ writes: [Change.Write]) throws -> [Change.Write] {
        let scheme = try Scheme.parse(BundledScheme.source)
        let grant = Grant(role: .clerk, unit: self.unit)
        return writes.filter {
            scheme.refusal(of: (CellAddress($0.address, in: self.unit), $0.value), under: grant) == nil
        }
    }

    /// One sync, or several alike.
    struct Measured {
        /// Of all of them.
        let milliseconds: Double
        /// Of frames, both ways, of the last.
        let byteCount: Int
    }

    struct Outcome {
        let nothing: Measured
        let oneCell: Measured
        let all: Measured
        let connectionsPerSecond: Double
    }

    /// - Parameter writes: at least one more than the single ones.
    func measure(_ writes: [Change.Write]) async throws -> Outcome {
        try await self.serve { server in
            // Brings the grant.
            _ = try await self.sync(server)
            try self.write(writes[1...])
            let all = try await self.sync(server)
            let nothing = try await self.median(of: 101, server) {}
            var figure = 0
            let oneCell = try await self.median(of: 101, server) {
                figure += 1
                let address = CellAddress(writes[0].address, in: Self.unit)
                let value = CellValue.number(Quantity(ExactDecimal(figure)))
                _ = try self.client.write([Edit(address, value)], now: Workday.time)
            }
            let clock = ContinuousClock()
            let start = clock.now
            let (count, atOnce) = (400, 8)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for _ in 0..<atOnce {
                    tasks.addTask {
                        for _ in 0..<count / atOnce { _ = try await self.sync(server) }
                    }
                }
                try await tasks.waitForAll()
            }
            let seconds = (clock.now - start) / .seconds(1)
            return Outcome(
                nothing: nothing,
                oneCell: oneCell,
                all: all,
                connectionsPerSecond: Double(count) / seconds
            )
        }
    }

    private func write(_ writes: ArraySlice<Change.Write>) throws {
        var rest = writes
        while !rest.isEmpty {
            _ = try self.client.write(
                rest.prefix(500).map { Edit(CellAddress($0.address, in: Self.unit), $0.value) },
                now: Workday.time
            )
            rest = rest.dropFirst(500)
        }
    }

    private func median(of count: Int, _ server: HostPort, _ prepare: () throws -> Void) async throws -> Measured {
        var measured: [Measured] = []
        for _ in 0..<count {
            try prepare()
            measured.append(try await self.sync(server))
        }
        return measured.sorted { $0.milliseconds < $1.milliseconds }[count / 2]
    }

    private func sync(_ server: HostPort) async throws -> Measured {
        let clock = ContinuousClock()
        let start = clock.now
        let report = try await Synchronizer(
            store: self.client,
            scheme: self.scheme,
            server: server,
            security: try self.identity?.security(),
            sealingKey: self.identity?.sealingKey,
            waitSeconds: 60,
            logger: Self.logger,
            now: { Workday.time }
        ).run()
        return Measured(
            milliseconds: (clock.now - start) / .milliseconds(1),
            byteCount: report.bytesOut + report.bytesIn
        )
    }

    private func serve<Result: Sendable>(_ body: (HostPort) async throws -> Result) async throws -> Result {
        let (addresses, listening) = AsyncStream.makeStream(of: HostPort.self)
        let security = try self.authority.map { authority in
            let (certificate, key) = try authority.issueServer(now: Workday.time)
            return try TransportSecurity.server(authority: authority.publicKey, certificate: certificate, key: key)
        }
        let service = try SyncService(
            store: self.server,
            address: HostPort(host: "127.0.0.1", port: 0),
            security: security,
            authority: self.authority,
            logger: Self.logger,
            now: { Workday.time },
            listening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [service], logger: Self.logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = addresses.makeAsyncIterator()
            guard let address = await iterator.next() else { throw CancellationError() }
            let result = try await body(address)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        }
    }
}
