import Foundation
import ReportModel
import ReportWire
import Testing

@Suite("Durable before receipt, as the kernel sees it")
struct DurabilityTests {
    /// The texts that each change of the office writes: they can be found in what goes to disk.
    typealias Marks = [UInt64: Set<String>]

    private static let cellCount = 3000

    @Test(
        "the server and the client sync their log between each commit and its receipt",
        .enabled(if: SystemCallTrace.isPossible, "needs strace, and leave to trace (apt-get install strace)")
    )
    func traced() async throws {
        let scene = try Scene()
        var server = try await scene.province(
            scheme: try OwnScheme.write(in: scene, itemCount: 10, type: "type: text")
        )
        let writer = try await scene.office("writer", server: server)
        let reader = try await scene.office("reader", server: server)
        try await writer.sync()
        try await reader.sync()
        let file = try scene.write(Self.rows, to: "rows.csv")
        try #require(try await writer.json("import", file)["new"].number == Self.cellCount)
        let marks = try await Self.marks(of: writer.store)
        try #require(marks.count > 10, "many changes, so that there are many receipts")
        try await server.terminate()

        let serverTrace = scene.path("server.trace")
        server = try await RunningServer.start(
            store: server.store,
            port: server.port,
            tracer: SystemCallTrace.command(writing: serverTrace)
        )
        #expect(try await writer.sync()["sent"].number == marks.count)
        let clientTrace = scene.path("client.trace")
        let synced = try await Command.client.run(
            ["sync", "--wait", Office.patience, "--store", reader.store, "--json"],
            tracer: SystemCallTrace.command(writing: clientTrace)
        )
        #expect(try JSON(synced.output)["received"].number == marks.count, "\(synced.errors)")
        try await server.terminate()

        for (name, trace) in [("server", serverTrace), ("client", clientTrace)] {
            let events = try SystemCallTrace(try String(contentsOfFile: trace, encoding: .utf8)).events
            let found = Self.check(events, marks)
            print(
                "  \(name): \(found.syncCount) syncs of the log, \(found.receiptCount) receipts, "
                    + "\(found.early.count) of them early"
            )
            #expect(found.receiptCount > 10, "\(name)")
            #expect(found.syncCount >= found.receiptCount, "\(name)")
            #expect(found.early.isEmpty, "\(name)")
            #expect(found.receiptedSequence == marks.keys.max(), "\(name)")
        }
    }

    @Test("and a receipt that went before the sync would be found")
    func checker() throws {
        // Each says that one more change is durable.
        let receipt = SystemCallTrace.Event.sent(
            Message.receipt(Receipt(held: [Receipt.Held(count: 1, tag: 7)])).frame
        )
        let marks: Marks = [1: ["mark-0001"], 2: ["mark-0002"]]
        let written = (1...2).map { SystemCallTrace.Event.logWritten(Array("..mark-000\($0)..".utf8)) }
        let orderly = [written[0], .logSynced, receipt, written[1], .logSynced, receipt]
        #expect(Self.check(orderly, marks).early.isEmpty)
        #expect(Self.check([written[0], receipt, .logSynced], marks).early == [1])
        #expect(Self.check([written[0], .logSynced, receipt, written[1], receipt], marks).early == [2])
        #expect(Self.check([.logSynced, receipt], marks).early == [1], "nothing was written at all")
    }

    // MARK: -

    struct Found {
        var syncCount = 0
        var receiptCount = 0
        /// Changes that were receipted before all they write was on disk.
        var early: [UInt64] = []
        /// The last change that was receipted.
        var receiptedSequence: UInt64 = 0
    }

    /// Goes through the events in order. A receipt for a change is one for all before it.
    private static func check(_ events: [SystemCallTrace.Event], _ marks: Marks) -> Found {
        var found = Found()
        var written: Set<String> = []
        var durable: Set<String> = []
        for event in events {
            switch event {
            case .logWritten(let bytes):
                written.formUnion(self.marks(in: bytes))
            case .logSynced:
                found.syncCount += 1
                durable.formUnion(written)
                written = []
            case .sent(let frame):
                guard case .receipt(let receipt)? = try? Message(frame) else { continue }
                found.receiptCount += 1
                // One chain, sent once and in order: each receipt says how many more of its changes are durable.
                let last = found.receiptedSequence + receipt.held.reduce(0) { $0 + $1.count }
                guard last > found.receiptedSequence else { continue }
                for sequence in (found.receiptedSequence + 1)...last
                where !(marks[sequence] ?? []).isSubset(of: durable) {
                    found.early.append(sequence)
                }
                found.receiptedSequence = last
            }
        }
        return found
    }

    // MARK: - Texts that can be found again

    private static func mark(_ number: Int) -> String {
        let digits = String(number)
        return "mark-" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// All `mark-0000` in `bytes`.
    private static func marks(in bytes: [UInt8]) -> Set<String> {
        let start = Array("mark-".utf8)
        var marks: Set<String> = []
        var index = 0
        while let found = bytes[index...].firstIndex(of: start[0]) {
            index = found + 1
            let end = found + start.count + 4
            guard end <= bytes.count, bytes[found..<(found + start.count)].elementsEqual(start) else { continue }
            marks.insert(String(decoding: bytes[found..<end], as: UTF8.self))
        }
        return marks
    }

    private static var rows: String {
        (0..<self.cellCount).reduce(into: "unit,form,period,row,item,value\n") { rows, number in
            let month = number / 10
            let period = "\(2000 + month / 12)-\(month % 12 < 9 ? "0" : "")\(month % 12 + 1)"
            let text = self.mark(number) + String(repeating: "字", count: 40)
            rows += "410728-01,figures,\(period),,\(OwnScheme.item(number % 10 + 1)),\(text)\n"
        }
    }

    private static func marks(of store: String) async throws -> Marks {
        let changes = try await Command.inspect.json(["log", "--store", store])["changes"].list
        return Dictionary(
            uniqueKeysWithValues: changes.map { change in
                let texts = change["writes"].list.compactMap { $0["value"]["text"].text }
                return (
                    UInt64(change["sequence"].number ?? 0),
                    Set(texts.map { String($0.prefix(9)) }.filter { $0.hasPrefix("mark-") })
                )
            }
        )
    }
}
