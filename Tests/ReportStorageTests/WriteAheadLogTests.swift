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
    /// What a store holds, with what is not in its log of changes.
    private struct Held: Equatable {
        let contents: StoreContents
        let name: String?
        let schemeFiles: [String]
        let importedNames: [StoredName]

        init(_ reader: StoreReader) throws {
            self.contents = try StoreContents(reader, scope: GeneratedHistory.scope)
            self.name = try reader.setting("name")
            self.schemeFiles = try reader.schemeFiles().map { $0.name + $0.text }
            self.importedNames = try reader.importedNames()
        }
    }

    /// The files of a program that was killed: all of its transactions are in the log.
    private struct Killed {
        let store: StoreOnDisk
        let files: [String: Data]
        /// After each transaction: what the store held, and how long the log was.
        let after: [(held: Held, byteCount: Int)]

        private static let logName = "client.sqlite-wal"

        var log: Data { self.files[Self.logName]! }
        var held: Held { self.after.last!.held }
        /// Where the last transaction begins, and the one before it.
        var lastBegins: Int { self.after[self.after.count - 2].byteCount }
        var secondLastBegins: Int { self.after[self.after.count - 3].byteCount }

        /// - Parameters:
        ///   - transactionCount: the last ones of eight.
        ///   - checkpoint: written into the file before so many last transactions, or after all of them (0).
        init(transactionCount: Int = 8, checkpoint: (before: Int, mode: String)? = nil) throws {
            let history = GeneratedHistory(seed: 9)
            self.store = try StoreOnDisk()
            let opened = try self.store.open(.write)
            defer { try? opened.close() }
            let share = history.stored.count / 8
            var after: [(Held, Int)] = []
            for index in 0..<8 {
                if index == 8 - transactionCount { try Self.checkpoint(self.store, "RESTART") }
                if let checkpoint, index == 8 - checkpoint.before { try Self.checkpoint(self.store, checkpoint.mode) }
                let changes = Array(history.stored.dropFirst(index * share).prefix(index == 7 ? .max : share))
                try opened.write { writer in
                    let batch = Batch(scope: GeneratedHistory.scope, changes: changes)
                    _ = try writer.take(batch, received: Timestamp(secondsSince1970: 1_700_000_000))
                    try writer.set("name", to: "office \(index)")
                    try writer.noteImportedName(
                        "区\(index)",
                        form: "",
                        rowCount: 1,
                        at: Timestamp(secondsSince1970: Int64(index))
                    )
                    if index % 3 == 2 {
                        let text = String(repeating: "# scheme \(index)\n", count: 900)
                        try writer.replaceSchemeFiles(with: [("scheme.yaml", text)])
                    }
                }
                let byteCount = try self.store.directory.contents()[Self.logName]?.count ?? 0
                after.append((try opened.read { try Held($0) }, byteCount))
            }
            if checkpoint?.before == 0 { try Self.checkpoint(self.store, "FULL") }
            self.after = after
            self.files = try self.store.directory.contents()
        }

        private static func checkpoint(_ store: StoreOnDisk, _ mode: String) throws {
            try store.alter { try $0.execute(sql: "PRAGMA wal_checkpoint(\(mode))") }
        }

        /// Puts the files back, with another log.
        func put(log: Data) throws {
            for name in try self.store.directory.contents().keys {
                try FileManager.default.removeItem(atPath: self.store.directory.path + "/" + name)
            }
            try self.store.write(self.files["client.sqlite"]!)
            try log.write(to: URL(fileURLWithPath: self.store.path + "-wal"))
        }

        /// With the bytes of `range` destroyed.
        func put(destroying range: Range<Int>, _ byte: UInt8 = 0) throws {
            var log = self.log
            log.replaceSubrange(range, with: Data(repeating: byte, count: range.count))
            try self.put(log: log)
        }

        func put(flipping offset: Int, _ bits: UInt8 = 0x10) throws {
            var log = self.log
            log[offset] ^= bits
            try self.put(log: log)
        }

        func stored() throws -> Held {
            let opened = try self.store.open()
            defer { try? opened.close() }
            #expect(try opened.verify().firstProblem == nil)
            return try opened.read { try Held($0) }
        }

        func rebuild() throws -> Rebuilt {
            try ReportDatabase.rebuild(
                kind: .client,
                directory: self.store.directory.path,
                newReplica: ReplicaID(rawValue: 0xABCD),
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

    private func expectRefused(_ killed: Killed, _ what: String) throws {
        let before = try killed.store.directory.contents()
        #expect(self.isDamaged { _ = try killed.stored() }, "\(what)")
        #expect(self.isDamaged { try killed.store.open(.write).close() }, "\(what)")
        #expect(try killed.store.directory.contents() == before, "\(what)")
    }

    @Test("is refused where a byte of a transaction is wrong that another one followed, and all is saved from it")
    func damagedByte() throws {
        let killed = try Killed()
        // The log's header, the first frame's, the one before the last transaction's, and samples of all the rest.
        let offsets =
            Array(0..<60) + Array(killed.lastBegins - 4120..<killed.lastBegins - 4090)
            + Array(stride(from: 61, to: killed.lastBegins, by: 1_009))
        var rebuiltCount = 0
        for (index, offset) in offsets.enumerated() {
            try killed.put(flipping: offset, index % 2 == 0 ? 0x10 : 0x01)
            try self.expectRefused(killed, "byte \(offset)")
            guard index % 7 == 0 else { continue }
            let rebuilt = try killed.rebuild()
            #expect(rebuilt.losses.isEmpty, "byte \(offset): \(rebuilt.losses)")
            let stored = try killed.stored()
            #expect(stored.contents == killed.held.contents, "byte \(offset)")
            // A byte of these may be what is wrong; it is not an older state that comes back.
            #expect(stored.name == killed.held.name && stored.importedNames.count == 8, "byte \(offset)")
            rebuiltCount += 1
        }
        #expect(rebuiltCount > 20)
        // The byte order of the checksums.
        try killed.put(flipping: 3, 0x01)
        try self.expectRefused(killed, "byte order")
    }

    @Test("is refused where a sector or a page of it is destroyed, and all is saved that other pages still have")
    func damagedBlock() throws {
        let killed = try Killed()
        var blocks: [Range<Int>] = []
        for size in [512, 4096] {
            blocks += stride(from: 0, to: killed.secondLastBegins - 2 * 4120 - size, by: size * 9).map {
                $0..<$0 + size
            }
        }
        for (index, block) in blocks.enumerated() {
            // Not with zeros: much of a page is.
            try killed.put(destroying: block, index % 2 == 0 ? 0xFF : 0x5A)
            try self.expectRefused(killed, "bytes \(block)")
            guard index % 4 == 0 else { continue }
            _ = try killed.rebuild()
            let stored = try killed.stored()
            let names = Set(stored.contents.log.map(\.name))
            #expect(names.isSubset(of: killed.held.contents.log.map(\.name)))
            // One block is at most three pages of the log, and pages are written again and again.
            #expect(names.count >= killed.held.contents.log.count - 12, "bytes \(block)")
            #expect(stored.name == killed.held.name, "bytes \(block)")
        }
        #expect(blocks.count > 20)
    }

    @Test("is refused where its header is destroyed, however few transactions it has", arguments: [1, 2])
    func header(transactionCount: Int) throws {
        let killed = try Killed(transactionCount: transactionCount)
        for (end, byte) in [(24, UInt8(0)), (32, 0), (32, 0xFF), (4152, 0), (8192, 0)]
        where end < killed.lastBegins + 8_192 {
            try killed.put(destroying: 0..<end, byte)
            try self.expectRefused(killed, "\(end) bytes of \(byte)")
            _ = try killed.rebuild()
            if end <= 32 { #expect(try killed.stored() == killed.held, "\(end) bytes of \(byte)") }
        }
    }

    @Test("that was written into the file already takes nothing away from it")
    func writtenIntoTheFile() throws {
        let killed = try Killed(checkpoint: (0, "FULL"))
        for frame in stride(from: 0, to: (killed.lastBegins - 32) / 4120, by: 3) {
            let page = 32 + frame * 4120 + 24
            try killed.put(destroying: page..<page + 4096)
            try self.expectRefused(killed, "frame \(frame)")
            let rebuilt = try killed.rebuild()
            #expect(rebuilt.losses.isEmpty, "frame \(frame): \(rebuilt.losses)")
            #expect(try killed.stored().contents == killed.held.contents, "frame \(frame)")
        }
    }

    @Test("is read as far as it was confirmed where a power cut tore its last transaction")
    func torn() throws {
        let killed = try Killed()
        let confirmed = killed.after[killed.after.count - 2].held
        for offset in stride(from: killed.lastBegins, to: killed.log.count, by: 1_901) {
            try killed.put(log: killed.log.prefix(offset))
            #expect(try killed.stored() == confirmed, "cut at \(offset)")
            try killed.put(flipping: offset)
            #expect(try killed.stored() == confirmed, "byte \(offset)")
        }
        try killed.put(log: killed.log)
        #expect(try killed.stored() == killed.held)
    }

    @Test("gives nothing of a transaction that was never confirmed, where another one is damaged")
    func unconfirmed() throws {
        let killed = try Killed()
        var log = killed.log.dropLast(4120)
        log[killed.secondLastBegins - 100] ^= 0x10
        try killed.put(log: log)
        try self.expectRefused(killed, "torn and damaged")
        _ = try killed.rebuild()
        #expect(try killed.stored().contents == killed.after[killed.after.count - 2].held.contents)
    }

    @Test("may be followed by what is left of an older one")
    func begunAnew() throws {
        let killed = try Killed(checkpoint: (2, "RESTART"))
        // So much was written after the log had been begun anew, over the beginning of what was there.
        #expect(Set(killed.after.suffix(3).map(\.byteCount)).count == 1)
        try killed.put(log: killed.log)
        #expect(try killed.stored() == killed.held)
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
                var index = 0
                while !Thread.current.isCancelled {
                    try opened.write { try $0.set("name", to: "\(index)") }
                    index += 1
                }
            } catch {
                Issue.record("\(error)")
            }
        }
        writer.start()
        for _ in 0..<200 { try store.open().close() }
        writer.cancel()
        for await _ in ended {}
    }

    @Test("that is left of another store is never taken for a new one's")
    func leftBehind() throws {
        let killed = try Killed()
        try killed.put(log: killed.log)
        try FileManager.default.removeItem(atPath: killed.store.path)
        let before = try killed.store.directory.contents()
        #expect(throws: StoreError.self) { try killed.store.open(.create) }
        #expect(try killed.store.directory.contents() == before)
    }

    @Test("is found again when a rebuild was interrupted after it had been put aside")
    func interruptedRebuild() throws {
        let killed = try Killed()
        try killed.put(flipping: killed.secondLastBegins - 100)
        let kept = killed.store.path + ".damaged-20240703-094640"
        try FileManager.default.linkItem(atPath: killed.store.path, toPath: kept)
        try FileManager.default.moveItem(atPath: killed.store.path + "-wal", toPath: kept + "-wal")
        #expect(self.isDamaged { _ = try killed.stored() })
        _ = try killed.rebuild()
        #expect(try killed.stored().contents == killed.held.contents)
    }

    @Test("is not given up for another one that came to lie beside the store since")
    func interruptedRebuildWithAnotherLog() throws {
        let killed = try Killed()
        try killed.put(log: killed.log)
        let kept = killed.store.path + ".damaged-20240703-094640"
        try FileManager.default.linkItem(atPath: killed.store.path, toPath: kept)
        try FileManager.default.moveItem(atPath: killed.store.path + "-wal", toPath: kept + "-wal")
        try Data(repeating: 1, count: 5_000).write(to: URL(fileURLWithPath: killed.store.path + "-wal"))
        let before = try killed.store.directory.contents()
        #expect(throws: StoreError.self) { try killed.rebuild() }
        #expect(try killed.store.directory.contents() == before)
        // An empty one is nothing that anybody would miss.
        try Data().write(to: URL(fileURLWithPath: killed.store.path + "-wal"))
        _ = try killed.rebuild()
        #expect(try killed.stored().contents == killed.held.contents)
    }
}
