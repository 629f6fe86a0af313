import Foundation
import ReportModel
import ReportWire
import Testing

/// Thousands of connections that do no work, at a server that others need.
@Suite("A crowd of idle connections")
struct CrowdTests {
    private static let silentCount = 3_000
    private static let drippingCount = 100
    /// What 3,101 connections may add to the server's memory, of which most is the threads' and the allocator's.
    private static let crowdKibibytesMax = 3_101 * 16
    /// What syncs may add, whatever the crowd does.
    private static let syncKibibytesMax = 48 * 1024

    @Test("leaves the server's memory bounded and others their sync, and is let go")
    func crowd() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", ConflictTests.cell, "1")
        try await office.sync()
        let before = try server.program.memory("VmRSS")

        let silent = try Crowd(Self.silentCount, port: server.port)
        let dripping = try Crowd(Self.drippingCount, port: server.port)
        let huge = try RawPeer(port: server.port)
        huge.send(Message.hello().frame.encoded)
        _ = try await huge.messages { $0.kind == .have }
        // The longest frame that is allowed: its bytes never come. Then one that is not.
        huge.send([0, 1, 0, 0])
        let huger = try RawPeer(port: server.port)
        huger.send([0xFF, 0xFF, 0xFF, 0xFF, 4, 1])

        // One byte a second of a hello, for as long as the server bears it.
        let hello = Message.hello().frame.encoded
        var figure = 1
        for await number in Seconds(hello.count) {
            dripping.send([hello[number]])
            figure += 1
            try await office.expect("set", ConflictTests.cell, "\(figure)")
            let synced = try await office.sync()
            #expect(synced["sent"] == 1)
            if dripping.goneCount() == Self.drippingCount, silent.goneCount() == Self.silentCount { break }
        }
        #expect(dripping.goneCount() == Self.drippingCount, "they are let go")
        #expect(silent.goneCount() == Self.silentCount)
        #expect(figure > 2, "others synced meanwhile")
        guard case .goodbye(let reason)? = try await huger.messages().last else {
            return #expect(Bool(false), "no goodbye")
        }
        #expect(reason.knownCode == .notThisProtocol)
        let peak = try server.program.memory("VmHWM")
        #expect(
            peak - before < Self.crowdKibibytesMax + Self.syncKibibytesMax,
            "\(before) KiB before the crowd, at most \(peak) KiB since"
        )
        let stored = try await Command.inspect.json(["explain", ConflictTests.cell, "--store", server.store])
        #expect(stored["current"][0]["value"]["number"].text == "\(figure)")
    }

    @Test("does not keep an office out for ever: it is told to come back, and does")
    func tooMany() async throws {
        let scene = try Scene()
        let first = try await scene.province()
        let office = try await scene.office("办公室", server: first)
        try await office.expect("set", ConflictTests.cell, "1")
        try await first.terminate()
        // The server takes only as many connections as the system lets it open files.
        let fileCount = Limits.refusalCountMax + Limits.otherFileCountMax + 10
        let server = try await RunningServer.start(
            store: first.store,
            tracer: ["/bin/sh", "-c", "ulimit -n \(fileCount); exec \"$@\"", "sh"]
        )
        let crowd = try Crowd(10, port: server.port)
        let refused = try RawPeer(port: server.port)
        guard case .goodbye(let reason)? = try await refused.messages().last else {
            return #expect(Bool(false), "no goodbye")
        }
        #expect(reason.knownCode == .tooManyConnections)

        let client = try RunningProgram(
            Command.client.executable,
            ["sync", "--store", office.store, "--server", server.address, "--wait", "40", "--json"],
            variables: ["HUILIU_LOG": "debug"]
        )
        let told = "code=\(ProtocolError.Code.tooManyConnections.rawValue)"
        for await line in client.errors.lines where line.contains(told) { break }
        crowd.leave()
        let synced = try await client.finished()
        #expect(synced.exitCode == 0, "\(synced.errors.suffix(300))")
        #expect(try await office.json("status")["unsent"] == 0)
        try await server.terminate()
    }
}

/// A number at the beginning of each second.
private struct Seconds: AsyncSequence {
    private let count: Int

    init(_ count: Int) { self.count = count }

    func makeAsyncIterator() -> AsyncStream<Int>.AsyncIterator {
        let (numbers, continuation) = AsyncStream<Int>.makeStream()
        Self.tick(0, of: self.count, continuation)
        return numbers.makeAsyncIterator()
    }

    private static func tick(_ number: Int, of count: Int, _ continuation: AsyncStream<Int>.Continuation) {
        guard number < count, case .enqueued = continuation.yield(number) else { return continuation.finish() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 1) { Self.tick(number + 1, of: count, continuation) }
    }
}
