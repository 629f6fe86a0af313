import Foundation
import ReportModel
import ReportWire
import TestSupport
import Testing

/// Peers that read slowly, or not at all.
@Suite("A slow peer")
struct SlowPeerTests {
    private static let scope = UnitCode("410728-01")!

    @Test("has the receipt of its upload before the bulk that waits for it")
    func receiptBeforeBulk() async throws {
        let scene = try Scene()
        let server = try await scene.province(log: "debug")
        let batches = Self.batches()
        // More than a connection may have in flight.
        let writer = try RawPeer(port: server.port)
        writer.send(.hello(replica: 9))
        for batch in batches {
            writer.send(batch)
            _ = try await writer.messages { $0.kind == .receipt }
        }

        let reader = try RawPeer(port: server.port, receiveBufferByteCount: 4096)
        reader.send(.hello(replica: 7))
        _ = try await reader.messages { $0.kind == .have }
        // It lacks everything, and has something itself.
        reader.send(.have(Have(scope: Self.scope, batchesSeen: 0, frontier: Frontier())), .batch(replica: 7))
        // The server takes that although the reader reads nothing.
        var committedCount = 0
        for await line in server.program.errors.lines where line.contains("committed") {
            committedCount += 1
            if committedCount == batches.count + 1 { break }
        }
        let answers = try await reader.messages { $0.kind == .receipt }
        #expect(answers.last?.kind == .receipt)
        #expect(answers.count { $0.kind == .batch } <= 2, "one that was on its way, and what the kernel holds")
        let more = try await reader.messages { $0.kind == .batch }
        #expect(more.last?.kind == .batch, "the bulk follows")
        try await server.terminate()
    }

    /// Ten batches of one change each, 48 KiB that no compression makes much shorter.
    private static func batches() -> [Message] {
        var random = SplitMix64(seed: 1)
        var store = MemoryStore(replica: ReplicaID(rawValue: 9), scope: Self.scope)
        for _ in 0..<10 {
            let writes = (0..<3).map { number in
                let letters = (0..<16_000).map { _ in UInt8.random(in: 33...126, using: &random) }
                return Change.Write(
                    AddressInScope(form: "infrastructure", period: Period("2024-H1")!, item: Code("text_\(number)")!),
                    .text(String(decoding: letters, as: UTF8.self))
                )
            }
            store.write(writes, time: Timestamp(secondsSince1970: 0), author: "nobody")
        }
        return store.storedChanges.map { .batch(Batch(scope: Self.scope, changes: [$0])) }
    }

    @Test("of a client is a server that never answers: the sync gives up, and loses nothing")
    func serverThatNeverAnswers() async throws {
        let scene = try Scene()
        let server = try await scene.province()
        let office = try await scene.office("办公室", server: server)
        try await office.expect("set", ConflictTests.cell, "1")
        try await server.terminate()
        // The system takes the connection and what the client says; nobody reads it.
        let listener = try RawListener()
        let synced = try await office.run("sync", "--server", "127.0.0.1:\(listener.port)", "--wait", "2")
        #expect(synced.exitCode == 3, "\(synced.errors)")
        #expect(try await office.json("status")["unsent"].number ?? 0 > 0)
    }
}

/// A port that connects and does nothing else.
private final class RawListener: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, size) | listen(descriptor, 16) | getsockname(descriptor, address, &size)
            }
        }
        guard status == 0 else { throw RawPeer.SystemError(call: "listen", number: errno) }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(self.descriptor) }
}
