import Foundation

/// SQLite's write-ahead log beside a store's file: what was committed last, until it is written into the file
/// (https://sqlite.org/fileformat2.html#the_write_ahead_log).
///
/// SQLite reads it up to the first frame whose checksum is wrong and drops the rest without a word: after a power cut that
/// is the rest of a transaction that nobody was told of. But where another transaction was written after it, the frame had
/// been made durable and confirmed; then it is damage, and what SQLite would drop are reported figures.
///
/// Damage in the last transaction cannot be told from a power cut, nor can damage that reaches over the end of the one
/// before it.
struct WriteAheadLog {
    /// A page of the store as a frame holds it.
    struct Frame: Hashable {
        let pageNumber: Int
        let page: [UInt8]
    }

    /// The first frame that had been committed and is damaged, counted from 0; `nil` for nearly every log.
    private(set) var damagedFrame: Int?
    /// Of a damaged log every frame up to the end of the last transaction that is known to have been confirmed, damaged
    /// ones too, in their order.
    private(set) var frames: [Frame] = []

    private static let headerByteCount = 32
    private static let frameHeaderByteCount = 24

    /// Whether the log is gone that the shared memory beside a store speaks of: whoever closes a store removes that memory
    /// first (https://sqlite.org/walformat.html#the_wal_index_file_format).
    static func isGone(besideStoreAt path: String) -> Bool {
        guard !FileManager.default.fileExists(atPath: path + "-wal"),
            let file = FileHandle(forReadingAtPath: path + "-shm")
        else { return false }
        defer { try? file.close() }
        guard let memory = try? file.bytes(100) else { return false }
        // A program may have begun a log meanwhile.
        guard !FileManager.default.fileExists(atPath: path + "-wal") else { return false }
        // In the machine's own byte order: how many frames there were, and how many of them are in the file.
        func number(at offset: Int) -> UInt32 {
            memory.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
        }
        return number(at: 16) > number(at: 96)
    }

    /// Whether anything lies beside the store that SQLite would take for its log.
    static func isThere(besideStoreAt path: String) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return attributes?[.size] as? Int ?? 0 > 0
    }

    /// What is damaged in the log of a store, if anything. Harmless beside a program that writes to it.
    ///
    /// - Parameter path: of the store's file.
    /// - Returns: the number of the first damaged frame.
    static func damage(besideStoreAt path: String) throws -> Int? {
        // A program that writes meanwhile may be seen in the midst of a frame. It had finished that frame before it went on
        // with the next transaction, so whoever reads again finds it whole.
        guard let first = try Self(besideStoreAt: path, keepsPages: false).damagedFrame else { return nil }
        return try Self(besideStoreAt: path, keepsPages: false).damagedFrame == first ? first : nil
    }

    /// - Parameter keepsPages: whether ``frames`` are wanted, and not only which one is damaged.
    /// - Throws: when the disk does not give what is there.
    init(besideStoreAt path: String, keepsPages: Bool = true) throws {
        guard let file = FileHandle(forReadingAtPath: path + "-wal") else { return }
        defer { try? file.close() }
        guard let header = try file.bytes(Self.headerByteCount) else {
            // The header is the first that is written.
            if Self.isThere(besideStoreAt: path) { self.damagedFrame = 0 }
            return
        }
        guard let beginning = try Beginning(header) ?? Beginning(without: header, file) else {
            self.damagedFrame = 0
            return
        }
        try file.seek(toOffset: UInt64(Self.headerByteCount))
        // Of the frame before: as it is stored, and as it ought to be.
        var before = (stored: beginning.stored, computed: beginning.computed)
        var endsTransaction = false
        // The frame at which SQLite stops reading.
        var stop = beginning.isWhole ? nil : 0
        var isConfirmed = false
        // Up to the end of the last transaction that is known to have been confirmed.
        var confirmedCount = 0
        var frames: [Frame] = []
        var index = 0
        while let frame = try file.bytes(Self.frameHeaderByteCount + ScannedPages.usualPageByteCount) {
            defer { index += 1 }
            let content = [frame[..<8], frame[Self.frameHeaderByteCount...]]
            let stored = Checksum(frame, at: 16)
            let computed = before.stored.adding(content, beginning.isBigEndian)
            // The frame before may have nothing wrong but its checksum.
            let follows =
                frame[8..<16] == beginning.salts
                && (stored == computed
                    || before.computed != before.stored
                        && stored == before.computed.adding(content, beginning.isBigEndian))
            let commits = frame.number(at: 4) != 0
            if keepsPages {
                let page = Array(frame[Self.frameHeaderByteCount...])
                frames.append(Frame(pageNumber: Int(frame.number(at: 0)), page: page))
            }
            if !follows {
                stop = stop ?? index
                isConfirmed = false
            } else if stop != nil, endsTransaction {
                // A transaction begins here, so the one before it had been confirmed.
                isConfirmed = true
                confirmedCount = index
            }
            // The header is made durable before any frame: where it is destroyed, every transaction that hangs together was
            // confirmed.
            if follows, commits, isConfirmed || !beginning.isWhole {
                isConfirmed = true
                confirmedCount = index + 1
            }
            before = (stored, follows ? stored : computed)
            endsTransaction = commits
        }
        guard confirmedCount > 0 else { return }
        self.damagedFrame = stop
        self.frames = Array(frames.prefix(confirmedCount))
    }

    /// Writes the frames into a copy of the store's file, as SQLite would if none were damaged.
    ///
    /// - Returns: Whether every one had a place.
    func write(intoStoreAt path: String) throws -> Bool {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let pageByteCount = ScannedPages.usualPageByteCount
        // A page number may be what is damaged.
        let pageNumbers = 1...Int(try file.seekToEnd()) / pageByteCount + self.frames.count + 1
        for frame in self.frames where pageNumbers.contains(frame.pageNumber) {
            try file.seek(toOffset: UInt64((frame.pageNumber - 1) * pageByteCount))
            try file.write(contentsOf: frame.page)
        }
        return self.frames.allSatisfy { pageNumbers.contains($0.pageNumber) }
    }

    /// What the checks of the frames begin with.
    private struct Beginning {
        /// Only the frames since the log was last begun anew carry these.
        let salts: ArraySlice<UInt8>
        /// Whether the checksums run over big-endian words, as on the machine that made the log.
        let isBigEndian: Bool
        let stored: Checksum
        let computed: Checksum

        /// Whether the header is one; that of zeros has the checksums of zeros.
        let isWhole: Bool

        /// `nil` where the header is destroyed.
        init?(_ header: [UInt8]) {
            self.init(header, salts: header[16..<24], isBigEndian: header[3] & 1 == 1, isWhole: true)
            guard self.stored == self.computed, header.number(at: 0) | 1 == 0x377F_0683 else { return nil }
        }

        /// What the frames tell where the header is destroyed; `nil` where no two hang together.
        init?(without header: [UInt8], _ file: FileHandle) throws {
            let frameByteCount = WriteAheadLog.frameHeaderByteCount + ScannedPages.usualPageByteCount
            var last: [UInt8]?
            while let frame = try file.bytes(frameByteCount) {
                defer { last = frame }
                // No page has this number; zeros hang together with zeros.
                guard frame.number(at: 0) != 0 else { continue }
                for isBigEndian in [false, true] {
                    let content = [frame[..<8], frame[WriteAheadLog.frameHeaderByteCount...]]
                    let before = [Checksum(header, at: 24)] + (last.map { [Checksum($0, at: 16)] } ?? [])
                    let stored = Checksum(frame, at: 16)
                    guard before.contains(where: { $0.adding(content, isBigEndian) == stored }) else { continue }
                    self.init(header, salts: frame[8..<16], isBigEndian: isBigEndian, isWhole: false)
                    return
                }
            }
            return nil
        }

        private init(_ header: [UInt8], salts: ArraySlice<UInt8>, isBigEndian: Bool, isWhole: Bool) {
            self.isWhole = isWhole
            self.salts = salts
            self.isBigEndian = isBigEndian
            self.stored = Checksum(header, at: 24)
            self.computed = Checksum().adding(header[..<24], isBigEndian)
        }
    }

    /// The two sums that SQLite keeps (https://sqlite.org/fileformat2.html#checksum_algorithm).
    private struct Checksum: Hashable {
        var first: UInt32 = 0
        var second: UInt32 = 0

        init() {}

        init(_ bytes: [UInt8], at offset: Int) {
            self.first = bytes.number(at: offset)
            self.second = bytes.number(at: offset + 4)
        }

        /// - Parameter bytes: a multiple of eight.
        func adding(_ bytes: ArraySlice<UInt8>, _ isBigEndian: Bool) -> Checksum {
            var sums = self
            bytes.withUnsafeBytes { bytes in
                for offset in stride(from: 0, to: bytes.count, by: 8) {
                    let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                    let high = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
                    sums.first &+= (isBigEndian ? low.bigEndian : low.littleEndian) &+ sums.second
                    sums.second &+= (isBigEndian ? high.bigEndian : high.littleEndian) &+ sums.first
                }
            }
            return sums
        }

        func adding(_ parts: [ArraySlice<UInt8>], _ isBigEndian: Bool) -> Checksum {
            parts.reduce(self) { $0.adding($1, isBigEndian) }
        }
    }
}

extension FileHandle {
    /// Exactly so many bytes; `nil` where fewer are left.
    fileprivate func bytes(_ count: Int) throws -> [UInt8]? {
        let bytes = [UInt8](try self.read(upToCount: count) ?? Data())
        return bytes.count == count ? bytes : nil
    }
}

extension [UInt8] {
    /// Four bytes as a number, the most significant first.
    fileprivate func number(at offset: Int) -> UInt32 {
        self[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
