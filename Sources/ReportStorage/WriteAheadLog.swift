import Foundation

/// SQLite's write-ahead log beside a store's file: what was committed last, until it is written into the file
/// (https://sqlite.org/fileformat2.html#the_write_ahead_log).
///
/// SQLite reads it up to the first frame whose checksum is wrong and drops the rest without a word: after a power cut that
/// is the rest of a transaction that nobody was told of. But where another transaction was written after it, the frame had
/// been made durable and confirmed; then it is damage, and what SQLite would drop are reported figures.
struct WriteAheadLog {
    /// A page of the store as a frame holds it.
    struct Frame: Hashable {
        let pageNumber: Int
        let page: [UInt8]
    }

    /// The frames that had been committed and that SQLite would drop, the first of them damaged, in their order. Empty for
    /// nearly every log.
    private(set) var lost: [Frame] = []
    /// Of the first of ``lost``, counted from 0.
    private(set) var damagedFrame: Int?

    private static let headerByteCount = 32
    private static let frameHeaderByteCount = 24
    /// The first bytes where the checksums run over big-endian words, as on the machine that made the log.
    private static let bigEndianMark: UInt32 = 0x377F_0683

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

    /// - Parameter keepsPages: whether what is lost is wanted, and not only which frame is damaged.
    /// - Throws: when the disk does not give what is there.
    init(besideStoreAt path: String, keepsPages: Bool = true) throws {
        guard let file = FileHandle(forReadingAtPath: path + "-wal") else { return }
        defer { try? file.close() }
        guard let header = try file.bytes(Self.headerByteCount) else { return }
        let isBigEndian = header.number(at: 0) == Self.bigEndianMark
        let stated = Checksum(header, at: 24)
        let computed = Checksum().adding(header[..<24], isBigEndian)
        let isHeaderWhole = computed == stated
        // Only the frames since the log was last begun anew carry its salts. Where the header is destroyed, the first
        // frame tells them.
        var salts = isHeaderWhole ? header[16..<24] : nil
        // Of the frame before: as it is stored, and as it ought to be.
        var before = (stored: stated, computed: computed)
        var endsTransaction = false
        // Those since the first damaged one which no later transaction has shown to be confirmed so far.
        var unproven: [Frame] = []
        var isUnbroken = false
        var index = 0
        while let frame = try file.bytes(Self.frameHeaderByteCount + ScannedPages.usualPageByteCount) {
            defer { index += 1 }
            if salts == nil { salts = frame[8..<16] }
            let hasSalts = frame[8..<16] == salts
            let content = [frame[..<8], frame[Self.frameHeaderByteCount...]]
            let (stored, computed) = (Checksum(frame, at: 16), before.stored.adding(content, isBigEndian))
            // The frame before may have nothing wrong but its checksum.
            let follows =
                hasSalts
                && (stored == computed
                    || before.computed != before.stored && stored == before.computed.adding(content, isBigEndian))
            if self.damagedFrame == nil, unproven.isEmpty, isHeaderWhole, follows {
                // As SQLite reads it.
            } else {
                let page = keepsPages ? Array(frame[Self.frameHeaderByteCount...]) : []
                unproven.append(Frame(pageNumber: Int(frame.number(at: 0)), page: page))
                if !follows {
                    isUnbroken = false
                } else if endsTransaction {
                    isUnbroken = true
                }
                if isUnbroken {
                    if self.damagedFrame == nil { self.damagedFrame = index + 1 - unproven.count }
                    self.lost += unproven
                    unproven = []
                }
            }
            before = (stored, follows ? stored : computed)
            endsTransaction = frame.number(at: 4) != 0
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
