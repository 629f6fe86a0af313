import Foundation
import GRDBSQLite

/// The first bytes of a SQLite file, without which it is not opened at all.
enum SalvageHeader {
    /// Puts what every store's header says in the place of what cannot be right.
    static func repair(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var found = [UInt8](try file.read(upToCount: 100) ?? Data())
        // A copy of a store may have been made without its log.
        if found.count == 100 { found.replaceSubrange(18..<20, with: [2, 2]) }
        let byteCount = Int(try file.seekToEnd())
        let usual: [UInt8] = Array("SQLite format 3\0".utf8) + [0x10, 0x00, 2, 2, 0, 64, 32, 32]
        let isWhole = found.count == 100 && found.starts(with: usual)
        var header = isWhole ? found : usual + [UInt8](repeating: 0, count: 76)
        func set(_ offset: Int, _ number: Int) {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - $0 * 8)) }
            header.replaceSubrange(offset..<offset + 4, with: bytes)
        }
        if !isWhole {
            set(44, 4)  // the format of schemas
            set(56, 1)  // UTF-8
        }
        // As many pages as there are, and a mark that this number is in force.
        set(28, byteCount / ScannedPages.usualPageByteCount)
        header.replaceSubrange(92..<96, with: header[24..<28])
        try file.seek(toOffset: 0)
        try file.write(contentsOf: header)
    }

    /// Whether the file is marked as a store of the other kind, which nobody turns into one of this kind.
    static func isOfOtherKind(_ path: String, than kind: StoreKind) throws -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return false }
        defer { try? file.close() }
        try file.seek(toOffset: 68)
        let mark = [UInt8](try file.read(upToCount: 4) ?? Data()).reduce(0) { $0 << 8 | Int32($1) }
        return StoreKind(rawValue: mark).map { $0 != kind } ?? false
    }

    /// Puts what only the write-ahead log has into the file, whose pages are looked at afterwards. By SQLite itself, which
    /// needs no schema for it; GRDB opens nothing without.
    static func foldLog(_ path: String) {
        var connection: OpaquePointer?
        defer { sqlite3_close(connection) }
        guard sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { return }
        // Finds the log; what the schema is like does not matter.
        sqlite3_exec(connection, "SELECT 1 FROM sqlite_master", nil, nil, nil)
        sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    }
}
