import BundledScheme
import Foundation
import TestSupport

// What the server bears: how fast it decodes, how many connect, what idle ones cost.

extension Benchmarks {
    static func decoding() throws {
        var workload = Workload(seed: 8)
        let decoding = try Decoding(writes: workload.cells(Workload.periods.count * 120))
        let decoded = try Timing(9) { try decoding.decode() }
        let inflated = Timing(9) { decoding.inflate() }
        let ratio = decoded.processorMedian / inflated.processorMedian
        func speed(_ byteCount: Int, _ timing: Timing) -> String {
            String(format: "%.1f MB/s", Double(byteCount) / timing.processorMedian / 1000)
        }
        self.say(
            "decoding \(decoding.writeCount) writes in \(decoding.frames.count) batches, \(decoding.inflatedByteCount) bytes of "
                + "columns, \(decoding.canonicalByteCount) canonical: \(decoded.text); "
                + "\(speed(decoding.inflatedByteCount, decoded)) of columns, "
                + "\(speed(decoding.canonicalByteCount, decoded)) canonical"
        )
        self.say(
            "… plain zlib inflating the same: \(inflated.text), \(speed(decoding.inflatedByteCount, inflated)); "
                + String(format: "decoding takes %.0f times as long", ratio)
        )
    }

    static func connections() async throws {
        let directory = try TemporaryDirectory()
        let clients = try ManyClients(in: directory.path)
        let idle = try clients.server("idle", commitStepCountMax: 64)
        // The first ones pay for what all share.
        _ = try await clients.idle(500, at: idle, saysHello: true)
        for saysHello in [false, true] {
            let byteCount = try await clients.idle(2_000, at: idle, saysHello: saysHello)
            self.say(
                "heap of the server for each of 2,000 idle connections\(saysHello ? " that said hello" : ""): "
                    + String(
                        format: "%.1f KiB; goal: at most 8 KiB, %@",
                        byteCount / 1024,
                        byteCount <= 8192 ? "met" : "missed"
                    )
            )
        }
        try idle.stop()
        let stores = ManyClients.stores()
        var ratios: [Double] = []
        for round in 0..<3 {
            var seconds: [Double] = []
            for stepCount in [64, 1] {
                let server = try clients.server("many-\(round)-\(stepCount)", commitStepCountMax: stepCount)
                let measured = try await clients.sync(with: server.port, atOnce: 200, stores: stores)
                try server.stop()
                seconds.append(measured.seconds)
                self.say(
                    "\(stores.count) clients of \(ManyClients.cellCount) cells, 200 at a time, "
                        + (stepCount == 1 ? "every commit by itself: " : "committed in groups: ")
                        + String(
                            format: "%.2f s; a client takes %.0f ms (median), %.0f ms (p99)",
                            measured.seconds,
                            measured.percentile(0.5),
                            measured.percentile(0.99)
                        )
                )
            }
            ratios.append(seconds[0] / seconds[1])
        }
        ratios.sort()
        self.say(
            String(format: "ratio: median %.2f, from %.2f to %.2f; goal: at most 0.5", ratios[1], ratios[0], ratios[2])
        )
    }
}

extension Benchmarks {
    /// The two provinces take turns, so that what else the machine does hurts both alike.
    static func security() async throws {
        var workload = Workload(seed: 12)
        // The same cells over and over: a clerk may write no more of them.
        let drawn = try (0..<5).flatMap { _ in
            try SecuredCost.allowed(workload.cells(Workload.periods.count * 120))
        }
        let writes = Array(drawn.prefix(100_001))
        for round in 1...3 {
            for isSecured in [false, true] {
                let directory = try TemporaryDirectory()
                let cost = try SecuredCost(isSecured: isSecured, in: directory.path)
                let outcome = try await cost.measure(writes)
                func text(_ measured: SecuredCost.Measured) -> String {
                    String(format: "%.2f ms, %d bytes of frames", measured.milliseconds, measured.byteCount)
                }
                self.say(
                    "\(isSecured ? "TLS and seals" : "open"), round \(round): nothing to do \(text(outcome.nothing)); "
                        + "one cell \(text(outcome.oneCell)); \(writes.count - 1) writes \(text(outcome.all)); "
                        + String(format: "%.0f syncs a second, 8 at a time", outcome.connectionsPerSecond)
                )
            }
        }
    }
}
