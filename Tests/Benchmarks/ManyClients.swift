import Foundation
import NIOCore
import NIOPosix
import ReportModel
import ReportScheme
import ReportSession
import ReportTransport
import ReportWire
import ServerStore
import TestSupport

/// Clients that connect anew, each with one change of its own zone, so many at a time; and connections that do nothing.
struct ManyClients {
    let scheme: Scheme
    private let source: SchemeSource
    private let directory: String

    /// 100 counties of 100 zones.
    static let clientCount = 10_000
    static let cellCount = 50

    init(in directory: String) throws {
        var units = "units:\n  - {code: \"410000\", name: 河南省, name_en: Henan, level: province}\n"
        for county in 0..<100 {
            let code = "41\(1000 + county)"
            units +=
                "  - {code: \"\(code)\", name: 县\(county), name_en: County \(county), level: county, parent: \"410000\"}\n"
            for zone in 0..<100 {
                units +=
                    "  - {code: \"\(Self.zone(county * 100 + zone))\", name: 区\(county)-\(zone), "
                    + "name_en: Zone \(county) \(zone), level: zone, parent: \"\(code)\"}\n"
            }
        }
        self.source = SchemeSource([
            .init(
                name: "figures.yaml",
                text:
                    "form: figures\nname: 数字\nname_en: Figures\nitems:\n  - {item: a, name: 一, name_en: One, unit: 家, kind: current, periods: [month], reported_by: [zone]}\n"
            ),
            .init(name: "measures.yaml", text: "measures:\n  - {code: 家, name_en: firms, counted: true}\n"),
            .init(name: "scheme.yaml", text: "scheme: many\nname: 多\nname_en: Many\nversion: \"1\"\n"),
            .init(name: "units.yaml", text: units),
        ])
        self.scheme = try Scheme.parse(self.source)
        self.directory = directory
    }

    private static func zone(_ number: Int) -> UnitCode {
        let zone = number % 100
        return UnitCode("41\(1000 + number / 100)-\(zone < 10 ? "0" : "")\(zone)") ?? UnitCode("410000")!
    }

    /// A server with an empty store.
    func server(_ name: String, commitStepCountMax: Int) throws -> ServerProcess {
        let store = self.directory + "/" + name
        try ServerStore.create(in: store, replica: ReplicaID(rawValue: 1), scheme: self.source).database.close()
        return try ServerProcess(store: store, commitStepCountMax: commitStepCountMax)
    }

    /// How long all clients took, and each of them.
    struct Measured {
        let seconds: Double
        let milliseconds: [Double]

        func percentile(_ part: Double) -> Double { self.milliseconds[Int(Double(self.milliseconds.count - 1) * part)] }
    }

    /// All clients sync, at most so many at a time.
    func sync(with port: Int, atOnce: Int, stores: [MemoryStore]) async throws -> Measured {
        let clock = ContinuousClock()
        let start = clock.now
        let times = try await withThrowingTaskGroup(of: Double.self) { tasks in
            var times: [Double] = []
            for (number, store) in stores.enumerated() {
                if number >= atOnce, let time = try await tasks.next() { times.append(time) }
                tasks.addTask {
                    let begun = clock.now
                    try await self.sync(store, Self.zone(number), port)
                    return (clock.now - begun) / .milliseconds(1)
                }
            }
            for try await time in tasks { times.append(time) }
            return times
        }
        return Measured(seconds: (clock.now - start) / .seconds(1), milliseconds: times.sorted())
    }

    /// The clients' changes, made before the clock runs.
    static func stores() -> [MemoryStore] {
        var workload = Workload(seed: 7)
        let writes = workload.cells(Self.cellCount, startingAtPeriod: 20)
        return (0..<Self.clientCount).map { number in
            var store = MemoryStore(replica: ReplicaID(rawValue: UInt64(number + 2)), scope: Self.zone(number))
            store.write(writes, time: Workday.edit(number % 1000), author: "张三")
            return store
        }
    }

    // MARK: - One client

    private func connect(_ port: Int) async throws -> FrameLine {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try FrameLine(
                        channel,
                        times: Patience.Times(silenceSeconds: 60, frameSeconds: 60),
                        controlByteCountMax: Limits.clientControlByteCountMax
                    )
                }
            }
    }

    private func session(_ store: MemoryStore, _ unit: UnitCode) -> ClientSession {
        let standing = ScopeStanding(scope: unit, frontier: store.frontier, tip: store.tip.map(\.high) ?? 0)
        return ClientSession(
            ClientSession.Start(
                replica: store.replica,
                scheme: self.scheme.fingerprint.high,
                scopes: [.init(standing: standing, delivered: Frontier())]
            )
        )
    }

    /// What `ClientConnection` does, with a store that is a value.
    private func sync(_ store: MemoryStore, _ unit: UnitCode, _ port: Int) async throws {
        let line = try await self.connect(port)
        var session = self.session(store, unit)
        try await line.channel.executeThenClose { inbound, outbound in
            var frames = IncomingFrames(inbound, line.patience)
            var actions = session.connected(now: Workday.time)
            while true {
                while !actions.isEmpty {
                    switch actions.removeFirst() {
                    case .send(let message): try await outbound.write(OutgoingFrame(message))
                    case .load(let scope, let peer):
                        let changes = peer.frontier.isEmpty ? store.storedChanges : []
                        let loaded = LoadedChanges(changes: changes, frontier: store.frontier, hasUnknownHeads: false)
                        actions = session.loaded(scope, loaded) + actions
                    case .close(let error):
                        if let error { throw error }
                        return
                    default: break
                    }
                }
                guard let event = try await frames.next() else { throw ProtocolError.connectionLost }
                if case .frame(let frame) = event, let message = try Message(frame) {
                    actions = session.received(message)
                }
            }
        }
    }

    // MARK: - Idle connections

    /// Connections that stay open, having said nothing, or hello.
    func idle(_ count: Int, at server: ServerProcess, saysHello: Bool) async throws -> Double {
        let before = server.heapByteCount()
        let hello = Message.hello(
            Hello(
                replica: ReplicaID(rawValue: 99),
                time: Workday.time,
                scheme: self.scheme.fingerprint.high,
                scopes: [.init(unit: Self.zone(0), tip: 1)]
            )
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            let (opened, open) = AsyncStream<Void>.makeStream()
            for _ in 0..<count {
                let line = try await self.connect(server.port)
                tasks.addTask {
                    try await line.channel.executeThenClose { inbound, outbound in
                        var frames = IncomingFrames(inbound, line.patience)
                        if saysHello {
                            try await outbound.write(OutgoingFrame(hello))
                            // Welcome, and a have.
                            for _ in 0..<2 { _ = try await frames.next() }
                        }
                        open.yield()
                        // Until cancelled.
                        try? await Task.sleep(for: .seconds(50))
                    }
                }
            }
            var openCount = 0
            for await _ in opened {
                openCount += 1
                if openCount == count { break }
            }
            let after = server.heapByteCount()
            tasks.cancelAll()
            return Double(after - before) / Double(count)
        }
    }
}
