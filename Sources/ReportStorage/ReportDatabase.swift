import Foundation
import GRDB
import ReportModel

/// A store's SQLite file: WAL, `synchronous=FULL`, so that what was committed survives a power cut.
///
/// Opening checks the mark of the file (`application_id`, `user_version`) before anything is written.
package final class ReportDatabase: Sendable {
    package let kind: StoreKind
    package let path: String
    package let safeguards: Safeguards
    let connection: any DatabaseWriter
    private static let memory = ":memory:"

    /// How a store is opened.
    package enum Access: Sendable {
        /// Must not exist yet.
        case create
        /// One connection; for commands.
        case write
        /// One connection that cannot write; works while others write. A store that an older program made gets its
        /// migrations first; what was stored in it stays as it is.
        case read
        /// As `read`, but the file stays as it is, byte by byte; for looking at stores of any age.
        case inspect
        /// A writer and several readers; for the server.
        case serve
    }

    /// - Parameters:
    ///   - directory: created when needed, if `access` is `create`.
    ///   - filling: what a new store holds from its first moment: there is never a store without it.
    /// - Throws: `StoreError`.
    package convenience init(
        kind: StoreKind,
        directory: String,
        access: Access,
        filling: (StoreWriter) throws -> Void = { _ in }
    ) throws {
        let path = directory + "/" + kind.fileName
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        guard !isDirectory.boolValue else { throw StoreError.foreign(path: path) }
        let otherKind = StoreKind.allCases.first { other in
            other != kind && FileManager.default.fileExists(atPath: directory + "/" + other.fileName)
        }
        if case .create = access {
            // A log that is left of another store would be taken for this one's.
            guard !exists, otherKind == nil,
                !WriteAheadLog.isThere(besideStoreAt: path)
            else {
                throw StoreError.alreadyExists(directory: directory)
            }
            do {
                try FileManager.default.createDirectory(
                    atPath: directory,
                    withIntermediateDirectories: true,
                    // Figures are nobody else's business on a machine that others use too.
                    attributes: [.posixPermissions: 0o700]
                )
            } catch {
                throw StoreError.unusable(path: path, detail: "mkdir")
            }
            let file = PublishedFile(path: path)
            do {
                try Self.make(kind: kind, path: file.draft, filling: filling)
                try file.publish(alreadyThere: StoreError.alreadyExists(directory: directory))
            } catch {
                file.discard()
                throw error
            }
        } else {
            guard exists else {
                if let otherKind { throw StoreError.otherKind(directory: directory, otherKind) }
                throw StoreError.absent(from: directory, path: path)
            }
        }
        try self.init(kind: kind, path: path, access: access == .create ? .write : access)
    }

    /// Makes a store in a file, closed and on disk on return.
    static func make(kind: StoreKind, path: String, filling: (StoreWriter) throws -> Void) throws {
        let store = try Self(kind: kind, path: path, access: .create)
        try store.write(filling)
        try store.close()
    }

    /// A store in memory, for tests.
    ///
    /// - Parameter safeguards: fewer than all only to show that a test notices.
    package init(inMemory kind: StoreKind, safeguards: Safeguards = .all) throws {
        self.kind = kind
        self.path = Self.memory
        self.safeguards = safeguards
        self.connection = try DatabaseQueue(configuration: Self.configuration(readOnly: false))
        try self.connection.write { try Self.migrate($0, kind: kind, path: Self.memory) }
    }

    /// A copy in memory of a store as it is now, as a copied file would be; for tests.
    package init(inMemoryCopyOf other: ReportDatabase) throws {
        self.kind = other.kind
        self.path = Self.memory
        self.safeguards = other.safeguards
        self.connection = try DatabaseQueue(configuration: Self.configuration(readOnly: false))
        try other.connection.backup(to: self.connection)
    }

    init(kind: StoreKind, path: String, access: Access) throws {
        self.kind = kind
        self.path = path
        self.safeguards = .all
        let file = Self.fileNumber(path)
        self.connection = try Self.explaining(path: path) {
            let readOnly = access == .read || access == .inspect
            if access != .create {
                // Look at the mark first: in the file, then over a connection that cannot write.
                try Self.checkMarkInFile(kind: kind, path: path)
                try Self.checkLog(path: path)
                let peek = try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: true))
                let version = try peek.read { try Self.checkMark($0, kind: kind, path: path) }
                try peek.close()
                if access == .read, version < Schema.migrations(of: kind).count {
                    try Self(kind: kind, path: path, access: .write).close()
                }
            }
            let connection: any DatabaseWriter =
                access == .serve
                ? try DatabasePool(path: path, configuration: Self.configuration(readOnly: false))
                : try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: readOnly))
            guard !readOnly else {
                _ = try connection.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") }
                try Self.requireSameFile(file, path)
                return connection
            }
            if access != .create {
                _ = try connection.read { try Int32.fetchOne($0, sql: "PRAGMA user_version") }
                try Self.requireSameFile(file, path)
            }
            let hadLog = WriteAheadLog.isThere(besideStoreAt: path)
            try connection.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                // A pool sets its writer to NORMAL after it was prepared, and that syncs no commit.
                try database.execute(sql: "PRAGMA synchronous = FULL")
                try database.inTransaction(.immediate) {
                    try Self.migrate(database, kind: kind, path: path)
                    return .commit
                }
                // What a killed program left in the log, and what the pool wrote there before it was told to sync, may not
                // have reached the disk. Synced together with the next commit, a power cut could leave that one whole and
                // what is before it torn. On a full disk there is no commit either.
                if hadLog || connection is DatabasePool { _ = try? database.checkpoint(.passive) }
            }
            return connection
        }
    }

    /// Which file has this name now; `nil` when none has.
    private static func fileNumber(_ path: String) -> ino_t? {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_ino : nil
    }

    /// To be asked once the connection has read: from then on nobody can put another store in the place of this one.
    private static func requireSameFile(_ file: ino_t?, _ path: String) throws {
        guard self.fileNumber(path) == file else { throw StoreError.busy(path: path) }
    }

    private static func checkLog(path: String) throws {
        guard RebuildTraces(of: path).interrupted == nil else {
            throw StoreError.damaged(path: path, detail: "interrupted rebuild")
        }
        guard !WriteAheadLog.isGone(besideStoreAt: path) else {
            throw StoreError.damaged(path: path, detail: "write-ahead log missing")
        }
        do {
            guard let frame = try WriteAheadLog.damage(besideStoreAt: path) else { return }
            throw StoreError.damaged(path: path, detail: "write-ahead log, frame \(frame)")
        } catch let error where !(error is StoreError) {
            throw StoreError.damaged(path: path, detail: "write-ahead log: \(error.localizedDescription)")
        }
    }

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        // Another command may be committing; a commit takes milliseconds.
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
        }
        return configuration
    }

    // MARK: - Mark and migrations

    /// - Returns: The version of the store.
    private static func checkMark(_ database: Database, kind: StoreKind, path: String) throws -> Int {
        let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        try self.check(
            mark: Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
            version: version,
            kind: kind,
            path: path
        )
        return Int(version)
    }

    private static func check(mark: Int32, version: Int32, kind: StoreKind, path: String) throws {
        guard mark == kind.rawValue else { throw StoreError.foreign(path: path) }
        guard version > 0 else { throw StoreError.damaged(path: path, detail: "format \(version)") }
        guard Int(version) <= Schema.migrations(of: kind).count else {
            throw StoreError.newer(path: path, version: version)
        }
    }

    /// Checks the mark in the file's header (https://sqlite.org/fileformat2.html#the_database_header). SQLite itself, even
    /// when it only reads, leaves two more files beside a database in WAL mode.
    ///
    /// While there is a write-ahead log the header may be out of date; then only SQLite can tell.
    private static func checkMarkInFile(kind: StoreKind, path: String) throws {
        guard !WriteAheadLog.isThere(besideStoreAt: path), let file = FileHandle(forReadingAtPath: path) else { return }
        defer { try? file.close() }
        let header = [UInt8](try file.read(upToCount: 100) ?? Data())
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            // Whole pages and no header: a store whose beginning was overwritten. A letter has no pages.
            let byteCount = try file.seekToEnd()
            guard byteCount > 0, byteCount % 4096 == 0 else { throw StoreError.foreign(path: path) }
            throw StoreError.damaged(path: path, detail: "no database header")
        }
        func number(at offset: Int) -> Int32 {
            Int32(bitPattern: header[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        try self.check(mark: number(at: 68), version: number(at: 60), kind: kind, path: path)
    }

    private static func migrate(_ database: Database, kind: StoreKind, path: String) throws {
        let version = Int(try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0)
        let migrations = Schema.migrations(of: kind)
        guard version < migrations.count else { return }
        for migration in migrations[version...] { try migration(database) }
        try database.execute(sql: "PRAGMA application_id = \(kind.rawValue)")
        try database.execute(sql: "PRAGMA user_version = \(migrations.count)")
    }

    // MARK: - Reading and writing

    /// Reads one consistent state.
    package func read<Result>(_ body: (StoreReader) throws -> Result) throws -> Result {
        try Self.explaining(path: self.path) {
            // Nobody else can write to a store in memory meanwhile, so tests spare themselves the transaction.
            guard self.path != Self.memory else {
                return try self.connection.unsafeRead { try body(StoreReader($0, self.safeguards)) }
            }
            return try self.connection.read { try body(StoreReader($0, self.safeguards)) }
        }
    }

    /// One transaction; durable on return. Nothing is written when `body` throws.
    package func write<Result>(_ body: (StoreWriter) throws -> Result) throws -> Result {
        try Self.explaining(path: self.path) {
            try self.connection.write { database in
                let writer = StoreWriter(database, self.safeguards)
                let result = try body(writer)
                try writer.finish()
                return result
            }
        }
    }

    /// Closes the store. Everything is in its one file then, unless another program is reading it.
    package func close() throws {
        if let pool = self.connection as? DatabasePool {
            // A pool leaves its write-ahead log behind (https://github.com/groue/GRDB.swift/issues/739), and whoever
            // copies the file alone would miss what is there.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
        try self.connection.close()
    }

    static func explained(_ error: DatabaseError, path: String) -> StoreError {
        let detail = error.message ?? error.resultCode.description
        // A page that the disk does not give any more is damage, whatever the permissions are.
        let unreadable: [ResultCode] = [.SQLITE_IOERR_READ, .SQLITE_IOERR_SHORT_READ]
        if unreadable.contains(error.extendedResultCode) { return .damaged(path: path, detail: detail) }
        return switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .damaged(path: path, detail: detail)
        case .SQLITE_FULL: .full(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_IOERR:
            .unusable(path: path, detail: detail)
        default: .damaged(path: path, detail: detail)
        }
    }

    /// Says what SQLite found in the words of this project.
    static func explaining<Result>(path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw self.explained(error, path: path)
        } catch let error as MalformedBytes {
            throw StoreError.damaged(path: path, detail: error.description)
        } catch is RowDecodingError {
            throw StoreError.damaged(path: path, detail: "a column that cannot be read")
        }
    }
}
