import Foundation

/// The rows of a SQLite file, found page by page: without its schema and without the trees that lead to the pages, any of
/// which may be destroyed (https://sqlite.org/fileformat2.html). One page that cannot be read costs its own rows.
///
/// Who looks at the rows must prove that they are what they seem: a page may hold anything.
struct ScannedPages {
    /// A column of a row.
    enum Value: Hashable {
        case null
        case integer(Int64)
        case real
        case text(String)
        case blob([UInt8])
    }

    /// A row of a table with a row number, or of an index or table without.
    struct Record {
        let number: Int64?
        let values: [Value]
    }

    private let file: FileHandle
    private let pageByteCount: Int
    private let pageCount: Int
    /// Pages that are looked at in the place of the file's.
    private let lost: [WriteAheadLog.Frame]
    private let lostPages: [Int: [UInt8]]

    /// The page size of every store, and of a file whose header says none.
    static let usualPageByteCount = 4096
    private static let headerByteCount = 100
    /// No row of ours is longer: the longest are files of a scheme.
    private static let recordByteCountMax = 4 * 1024 * 1024
    private static let columnCountMax = 32

    /// - Parameter lost: the frames of a damaged write-ahead log; then only the rows of these pages are found.
    /// - Throws: when the file cannot be read at all.
    init(path: String, lost: [WriteAheadLog.Frame] = []) throws {
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw StoreError.unwritable(path: path, detail: "open")
        }
        self.file = file
        let header = [UInt8](try file.read(upToCount: Self.headerByteCount) ?? Data())
        self.pageByteCount = Self.pageByteCount(inHeader: header)
        let byteCount = Int(try file.seekToEnd())
        self.pageCount = (byteCount + self.pageByteCount - 1) / self.pageByteCount
        self.lost = lost
        self.lostPages = Dictionary(lost.map { ($0.pageNumber, $0.page) }) { _, later in later }
    }

    static func pageByteCount(inHeader header: [UInt8]) -> Int {
        guard header.count >= 18 else { return self.usualPageByteCount }
        let stated = Int(header[16]) << 8 | Int(header[17])
        let isSize = stated >= 512 && stated & (stated - 1) == 0
        return isSize ? stated : self.usualPageByteCount
    }

    /// Every row of every page, in the order of the file.
    func forEach(_ body: (Record) throws -> Void) throws {
        guard self.lost.isEmpty else {
            for frame in self.lost { try self.forEachRecord(of: frame.page, frame.pageNumber, body) }
            return
        }
        for number in 1...max(self.pageCount, 1) {
            guard let page = self.page(number) else { continue }
            try self.forEachRecord(of: page, number, body)
        }
    }

    private func forEachRecord(of page: [UInt8], _ number: Int, _ body: (Record) throws -> Void) throws {
        let begin = number == 1 ? Self.headerByteCount : 0
        guard let kind = PageKind(rawValue: page[begin]) else { return }
        let pointers = begin + (kind == .indexInterior ? 12 : 8)
        let count = Int(page[begin + 3]) << 8 | Int(page[begin + 4])
        for index in 0..<count {
            let pointer = pointers + index * 2
            guard pointer + 2 <= page.count else { break }
            let offset = Int(page[pointer]) << 8 | Int(page[pointer + 1])
            guard let record = self.record(at: offset, of: page, kind) else { continue }
            try body(record)
        }
    }

    private enum PageKind: UInt8 {
        case tableLeaf = 0x0D
        case indexLeaf = 0x0A
        case indexInterior = 0x02
    }

    /// A whole page, filled up with zeros where the file ends within it.
    private func page(_ number: Int) -> [UInt8]? {
        if let page = self.lostPages[number] { return page }
        guard number >= 1, number <= self.pageCount else { return nil }
        do {
            try self.file.seek(toOffset: UInt64(number - 1) * UInt64(self.pageByteCount))
            var page = [UInt8](try self.file.read(upToCount: self.pageByteCount) ?? Data())
            page += [UInt8](repeating: 0, count: self.pageByteCount - page.count)
            return page
        } catch {
            // A sector that the disk cannot read.
            return nil
        }
    }

    // MARK: - Rows

    private func record(at offset: Int, of page: [UInt8], _ kind: PageKind) -> Record? {
        var cursor = Cursor(bytes: page, index: offset + (kind == .indexInterior ? 4 : 0))
        guard let byteCount = cursor.varint(), (1...Int64(Self.recordByteCountMax)).contains(byteCount) else {
            return nil
        }
        var number: Int64?
        if kind == .tableLeaf {
            number = cursor.varint()
            if number == nil { return nil }
        }
        guard let payload = self.payload(Int(byteCount), &cursor, isTable: kind == .tableLeaf) else { return nil }
        return Self.values(payload).map { Record(number: number, values: $0) }
    }

    /// The bytes of a row: what lies on the page, then what lies on a chain of further ones.
    private func payload(_ byteCount: Int, _ cursor: inout Cursor, isTable: Bool) -> [UInt8]? {
        let usable = self.pageByteCount
        let localMax = isTable ? usable - 35 : (usable - 12) * 64 / 255 - 23
        guard byteCount > localMax else { return cursor.take(byteCount) }
        let localMin = (usable - 12) * 32 / 255 - 23
        let fitting = localMin + (byteCount - localMin) % (usable - 4)
        guard var payload = cursor.take(fitting <= localMax ? fitting : localMin), var next = cursor.take(4) else {
            return nil
        }
        while payload.count < byteCount {
            guard let page = self.page(next.reduce(0) { $0 << 8 | Int($1) }) else { return nil }
            next = Array(page[..<4])
            payload += page[4...].prefix(byteCount - payload.count)
        }
        return payload
    }

    private static func values(_ payload: [UInt8]) -> [Value]? {
        var header = Cursor(bytes: payload, index: 0)
        guard let headerEnd = header.varint(), headerEnd > 0, headerEnd <= payload.count else { return nil }
        var body = Cursor(bytes: payload, index: Int(headerEnd))
        var values: [Value] = []
        while header.index < headerEnd {
            guard values.count < Self.columnCountMax, let type = header.varint(), let value = body.value(type) else {
                return nil
            }
            values.append(value)
        }
        return values
    }

    /// Reads on in some bytes; `nil` where they end.
    private struct Cursor {
        let bytes: [UInt8]
        var index: Int

        mutating func take(_ count: Int) -> [UInt8]? {
            guard count >= 0, self.index >= 0, count <= self.bytes.count - self.index else { return nil }
            defer { self.index += count }
            return Array(self.bytes[self.index..<self.index + count])
        }

        /// SQLite's: the most significant bits first, at most nine bytes, all of the last one.
        mutating func varint() -> Int64? {
            var number: UInt64 = 0
            for count in 1...9 {
                guard self.index >= 0, self.index < self.bytes.count else { return nil }
                let byte = self.bytes[self.index]
                self.index += 1
                if count == 9 { return Int64(bitPattern: number << 8 | UInt64(byte)) }
                number = number << 7 | UInt64(byte & 0x7F)
                if byte & 0x80 == 0 { break }
            }
            return Int64(bitPattern: number)
        }

        /// - Parameter type: SQLite's serial type.
        mutating func value(_ type: Int64) -> Value? {
            switch type {
            case 0: return .null
            case 8: return .integer(0)
            case 9: return .integer(1)
            case 1...6: return self.take([1, 2, 3, 4, 6, 8][Int(type) - 1]).map(Self.integer)
            case 7: return self.take(8).map { _ in .real }
            case 12...: break
            default: return nil
            }
            guard type <= 2 * Int64(ScannedPages.recordByteCountMax), let bytes = self.take((Int(type) - 12) / 2) else {
                return nil
            }
            if type % 2 == 0 { return .blob(bytes) }
            return String(validating: bytes, as: UTF8.self).map { .text($0) }
        }

        private static func integer(_ bytes: [UInt8]) -> Value {
            let first: UInt64 = bytes[0] & 0x80 == 0 ? 0 : .max
            return .integer(Int64(bitPattern: bytes.reduce(first) { $0 << 8 | UInt64($1) }))
        }
    }
}

extension ScannedPages.Value {
    var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return number
    }

    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var blob: [UInt8]? {
        guard case .blob(let bytes) = self else { return nil }
        return bytes
    }
}
