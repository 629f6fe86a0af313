import Foundation
import GRDB
import ReportModel
import ReportStorage
import TestSupport
import Testing

/// What was committed last lies in the write-ahead log until it is written into the file, and SQLite drops it without a
/// word where a byte of it is wrong.
@Suite("The write-ahead log of a store")
struct WriteAheadLogTests {
    /// The files of a program that was killed: all of its transactions are in the log only.
    private struct Killed {
        let store: StoreOnDisk
        let files: [String: Data]
        let contents: StoreContents
        /// How long the log was after each transaction.
        let byteCounts: [Int]

        private static let logName = "client.sqlite-wal"

        var log: Data { self.files[Self.logName]! }

        /// - Parameter anew: before so many last transactions all is written into the file, and the log is begun anew.
        init(anew: Int? = nil) throws {
            var options = GeneratedHistory.Options()
            options.stepCount = 24
            let history = GeneratedHistory(seed: 9, options: options)
            self.store = try StoreOnDisk()
            let opened = try self.store.open(.write)
            defer { try? opened.close() }
            var byteCounts: [Int] = []
            for (index, stored) in history.stored.enumerated() {
                if history.stored.count - index == anew {
                    try self.store.alter { try $0.execute(sql: "PRAGMA wal_checkpoint(RESTART)") }
                }
                let batch = Batch(scope: GeneratedHistory.scope, changes: [stored])
                _ = try opened.write { try $0.take(batch, received: Timestamp(secondsSince1970: 1_700_000_000)) }
                byteCounts.append(try self.store.directory.contents()[Self.logName]?.count ?? 0)
            }
            self.byteCounts = byteCounts
            self.files = try self.store.directory.contents()
            self.contents = try opened.read { try StoreContents($0, scope: GeneratedHistory.scope) }
        }

        /// Puts the files back, with another log.
        func put(log: Data) throws {
            for name in try self.store.directory.contents().keys {
                try FileManager.default.removeItem(atPath: self.store.directory.path + "/" + name)
            }
            try self.store.write(self.files["client.sqlite"]!)
            try log.write(to: URL(fileURLWithPath: self.store.path + "-wal"))
        }

        func stored() throws -> StoreContents {
            let opened = try self.store.open()
            defer { try? opened.close() }
            #expect(try opened.verify().firstProblem == nil)
            return try opened.read { try StoreContents($0, scope: GeneratedHistory.scope) }
        }

        func rebuild() throws -> Rebuilt {
            try ReportDatabase.rebuild(
                kind: .client,
                directory: self.store.directory.path,
                now: Timestamp(secondsSince1970: 1_720_000_000),
                completing: { _ in },
                units: { _ in [GeneratedHistory.scope] }
            )
        }
    }

    private func isDamaged(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch StoreError.damaged {
            return true
        } catch {
            Issue.record("\(error)")
            return false
        }
    }

    @Test("is refused where a byte of a transaction is wrong that another one followed, and all is saved from it")
    func damaged() throws {
        let killed = try Killed()
        let lastBegins = killed.byteCounts.dropLast().last!
        // The log's header, the first frame's, the one before the last transaction's, and samples of all the rest.
        let offsets =
            Array(0..<60) + Array(lastBegins - 4120..<lastBegins - 4090)
            + Array(stride(from: 61, to: lastBegins, by: 1_009))
        var rebuiltCount = 0
        for (index, offset) in offsets.enumerated() {
            var log = killed.log
            log[offset] ^= 0x10
            try killed.put(log: log)
            let before = try killed.store.directory.contents()
            #expect(self.isDamaged { _ = try killed.stored() }, "byte \(offset)")
            #expect(self.isDamaged { try killed.store.open(.write).close() }, "byte \(offset)")
            #expect(try killed.store.directory.contents() == before, "byte \(offset)")
            guard index % 7 == 0 else { continue }
            let rebuilt = try killed.rebuild()
            #expect(rebuilt.losses.isEmpty, "byte \(offset): \(rebuilt.losses)")
            #expect(try killed.stored() == killed.contents, "byte \(offset)")
            rebuiltCount += 1
        }
        #expect(rebuiltCount > 20)
    }

    @Test("is read as far as it was confirmed where a power cut tore its last transaction")
    func torn() throws {
        let killed = try Killed()
        let lastBegins = killed.byteCounts.dropLast().last!
        for offset in stride(from: lastBegins, to: killed.log.count, by: 701) {
            try killed.put(log: killed.log.prefix(offset))
            #expect(try killed.stored().log.count == killed.contents.log.count - 1, "cut at \(offset)")
            var log = killed.log
            log[offset] ^= 0x10
            try killed.put(log: log)
            #expect(try killed.stored().log.count == killed.contents.log.count - 1, "byte \(offset)")
        }
        try killed.put(log: killed.log)
        #expect(try killed.stored() == killed.contents)
    }

    @Test("may be followed by what is left of an older one")
    func begunAnew() throws {
        let killed = try Killed(anew: 3)
        // So much was written after the log had been begun anew, over the beginning of what was there.
        #expect(Set(killed.byteCounts.suffix(4)).count == 1)
        try killed.put(log: killed.log)
        #expect(try killed.stored() == killed.contents)
    }

    @Test("is never called damaged while another program writes to it")
    func whileWritten() async throws {
        let store = try StoreOnDisk()
        let (ended, end) = AsyncStream<Void>.makeStream()
        let directory = store.directory.path
        let writer = Thread {
            defer { end.finish() }
            do {
                let opened = try ReportDatabase(kind: .client, directory: directory, access: .write)
                defer { try? opened.close() }
                for index in 0..<1_500 { try opened.write { try $0.set("name", to: "\(index)") } }
            } catch {
                Issue.record("\(error)")
            }
        }
        writer.start()
        var count = 0
        while !writer.isFinished {
            try store.open().close()
            count += 1
        }
        for await _ in ended {}
        #expect(count > 5)
    }
}
