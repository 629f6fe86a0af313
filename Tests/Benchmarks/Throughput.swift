import ClientStore
import ClientSync
import Foundation
import Logging
import ReportModel
import ReportScheme
import ReportStorage
import ReportTransport
import ServerStore
import ServerSync
import ServiceLifecycle
import Synchronization

/// Writes from one client to durable on the server, over TCP on this machine and with real files, against the same rows
/// as plain SQLite upserts.
struct Throughput {
    let source: SchemeSource
    let directory: String
    let unit = UnitCode("410728-02")!

    /// - Returns: Writes a second from the first byte sent to the last receipt.
    func sync(writes: [Change.Write]) async throws -> Double {
        let scheme = try Scheme.parse(self.source)
        let server = try ServerStore.create(
            in: self.directory + "/server",
            replica: ReplicaID(rawValue: 1),
            scheme: self.source
        )
        try server.database.close()
        let serving = try ServerStore(in: self.directory + "/server", access: .serve)
        let client = try ClientStore.office(in: self.directory + "/client", unit: self.unit, scheme: self.source)
        var rest = writes[...]
        while !rest.isEmpty {
            _ = try client.write(
                rest.prefix(500).map { Edit(CellAddress($0.address, in: self.unit), $0.value) },
                now: Workday.time
            )
            rest = rest.dropFirst(500)
        }

        let (addresses, listening) = AsyncStream.makeStream(of: HostPort.self)
        let logger = Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() }
        let service = try SyncService(
            store: serving,
            address: HostPort(host: "127.0.0.1", port: 0),
            logger: logger,
            now: { Workday.time },
            listening: { listening.yield($0) }
        )
        let group = ServiceGroup(services: [service], logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = addresses.makeAsyncIterator()
            guard let address = await iterator.next() else { return 0 }
            let clock = ContinuousClock()
            let start = clock.now
            _ = try await Synchronizer(
                store: client,
                scheme: scheme,
                server: address,
                waitSeconds: 60,
                logger: logger,
                now: { Workday.time }
            ).run()
            let seconds = (clock.now - start) / .seconds(1)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return Double(writes.count) / seconds
        }
    }
}
