import Foundation
import ReportModel

extension ReportDatabase {
    /// What a rebuilt store says of itself: as read, and as it shall be.
    package struct SavedSettings: Sendable {
        package var values: [String: String]
        /// The scheme's files, by name.
        package var schemeFiles: [String: String]
    }

    /// Makes a new store of what can still be read of a damaged one, and puts it in its place. The damaged file gets
    /// another name beside it, and no byte of it is altered.
    ///
    /// Of each chain is kept what its hashes prove and what is causally closed.
    ///
    /// - Parameters:
    ///   - completing: adds what could not be read of the settings; throws to leave everything as it is.
    ///   - units: told the completed settings; where a chain's row is lost, it is looked for among these.
    ///   - newReplica: the store's replica, if its own cannot be read or some of its own changes are lost: another
    ///     incarnation, to which no number is taken.
    ///   - now: names the damaged file.
    /// - Throws: `StoreError`; then everything is as it was.
    package static func rebuild(
        kind: StoreKind,
        directory: String,
        newReplica: ReplicaID,
        now: Timestamp,
        completing: (inout SavedSettings) throws -> Void,
        units: (SavedSettings) -> Set<UnitCode>
    ) throws -> Rebuilt {
        let path = directory + "/" + kind.fileName
        guard FileManager.default.fileExists(atPath: path) else { throw StoreError.notFound(directory: directory) }
        return try self.explaining(path: path) {
            try self.rebuild(
                kind: kind,
                path: path,
                newReplica: newReplica,
                now: now,
                completing: completing,
                units: units
            )
        }
    }

    private static func rebuild(
        kind: StoreKind,
        path: String,
        newReplica: ReplicaID,
        now: Timestamp,
        completing: (inout SavedSettings) throws -> Void,
        units: (SavedSettings) -> Set<UnitCode>
    ) throws -> Rebuilt {
        let damaged = try DamagedFile(path: path)
        try RebuildTraces(of: path).undo()
        let file = PublishedFile(path: path)
        let copy = file.draft + "-copy"
        defer {
            file.discard()
            for suffix in ["", "-wal", "-shm"] { unlink(copy + suffix) }
        }
        try damaged.copy(to: copy)
        guard try !SalvageHeader.isOfOtherKind(copy, than: kind) else { throw StoreError.foreign(path: path) }
        let salvage = try Salvage(copy: copy)
        guard try !salvage.isEmpty else { throw NothingToSave(path: path) }
        var saved = SavedSettings(
            values: salvage.settings,
            schemeFiles: salvage.isSchemeDoubtful ? [:] : salvage.schemeFiles
        )
        if saved.values[OwnReplica.setting].flatMap({ ReplicaID($0) }) == nil {
            saved.values[OwnReplica.setting] = newReplica.description
        }
        try completing(&saved)
        var limits: [Int64: UInt64] = [:]
        while true {
            var rebuilt: Rebuilt?
            try self.make(kind: kind, path: file.draft) { writer in
                try self.fill(writer, kind: kind, from: salvage, saved)
                let rebuilder = try Rebuilder(salvage, into: writer, units: units(saved), limits: limits)
                let outcome = try rebuilder.rebuild(isRoot: kind == .server)
                let further = try rebuilder.unprovenLimits()
                guard further.isEmpty else { return limits.merge(further, uniquingKeysWith: min) }
                try writer.noteLost(outcome.losses, now: now, newReplica: newReplica)
                rebuilt = outcome
            }
            // Else once more without what is beyond the limits, each of which lies before what was saved until now.
            guard var rebuilt else {
                file.discard()
                continue
            }
            rebuilt.damagedPath = try damaged.makeRoom(for: file.draft, now: now)
            return rebuilt
        }
    }

    /// Writes what is no change.
    private static func fill(
        _ writer: StoreWriter,
        kind: StoreKind,
        from salvage: Salvage,
        _ saved: SavedSettings
    ) throws {
        for (name, value) in saved.values { try writer.set(name, to: value) }
        try writer.replaceSchemeFiles(with: saved.schemeFiles.map { ($0.key, $0.value) })
        if kind == .client {
            for name in salvage.importedNames { try writer.restore(name) }
        } else {
            for device in salvage.devices {
                try writer.noteDevice(device.replica, unit: device.unit, at: device.lastSeen)
            }
        }
    }
}

/// Nothing in a store's file can be read any more, or it never was a store.
package struct NothingToSave: ExplainedError {
    package let path: String

    package let code = "nothing_to_save"

    package var explanation: Bilingual {
        Bilingual(
            "文件 \(self.path) 中已没有可读的更改，未作改动。",
            "Nothing in \(self.path) can be read as a change any more; it was left unchanged."
        )
    }

    package let advice = Bilingual(
        "请把该文件移到别处，用 init 新建，再用 sync 取回省级已有的。",
        "Move the file away, make a new store with init, and bring back with sync what the province holds."
    )
}

extension StoreWriter {
    fileprivate func restore(_ name: StoredName) throws {
        try self.noteImportedName(name.name, form: name.form, rowCount: name.rowCount, at: name.firstSeen)
        try self.setMeaning(ofImportedName: name.name, form: name.form, to: name.code)
    }
}

/// What an earlier attempt to rebuild left when it was interrupted: the damaged file with a second name already, and maybe
/// its log with that other name only.
struct RebuildTraces {
    private let path: String
    /// The other name of the store's file.
    let interrupted: String?

    fileprivate static let mark = ".damaged-"

    init(of path: String) {
        self.path = path
        var information = stat()
        guard stat(path, &information) == 0, information.st_nlink > 1 else {
            self.interrupted = nil
            return
        }
        let (folder, name) = path.folderAndName
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let kept = files.filter { $0.hasPrefix(name + Self.mark) }.map {
            "\(folder)/\($0)"
        }
        self.interrupted = kept.first { other in
            Self.isSameFile(path, other)
        }
    }

    /// Gives the file and its log their only names back.
    ///
    /// - Throws: `StoreError.unwritable` where another log lies beside the file by now; then nothing was done.
    func undo() throws {
        guard let interrupted else { return }
        let (log, kept) = (self.path + "-wal", interrupted + "-wal")
        if access(kept, F_OK) == 0, !Self.isSameFile(log, kept) {
            guard !WriteAheadLog.isThere(besideStoreAt: self.path), rename(kept, log) == 0 else {
                throw StoreError.unwritable(path: log, detail: "\(kept)")
            }
        }
        PublishedFile.syncFolder(of: self.path)
        for suffix in ["-wal", ""] { unlink(interrupted + suffix) }
    }

    private static func isSameFile(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_ino == second.st_ino
            && first.st_dev == second.st_dev
    }
}

/// The file of a damaged store, held so that no other program uses it meanwhile.
private final class DamagedFile {
    private let path: String
    private let descriptor: Int32

    /// - Throws: `StoreError.busy` when a program has the store open.
    init(path: String) throws {
        self.path = path
        self.descriptor = open(path, O_RDWR)
        guard self.descriptor >= 0 else {
            throw StoreError.unwritable(path: path, detail: String(cString: strerror(errno)))
        }
        // SQLite's locks: every program that has the file open in WAL mode holds one of these bytes
        // (https://sqlite.org/src/file/src/os.h, PENDING_BYTE).
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0000
        lock.l_len = 512
        guard fcntl(self.descriptor, F_SETLK, &lock) == 0 else {
            close(self.descriptor)
            throw StoreError.busy(path: path)
        }
    }

    deinit {
        close(self.descriptor)
    }

    /// Copies the file and its write-ahead log.
    func copy(to copy: String) throws {
        // Over the descriptor: closing another one would drop the lock.
        try Self.copy(self.descriptor, to: copy)
        let log = open(self.path + "-wal", O_RDONLY)
        guard log >= 0 else { return }
        defer { close(log) }
        try Self.copy(log, to: copy + "-wal")
    }

    private static func copy(_ descriptor: Int32, to copy: String) throws {
        guard FileManager.default.createFile(atPath: copy, contents: nil),
            let target = FileHandle(forWritingAtPath: copy)
        else { throw StoreError.unwritable(path: copy, detail: "create") }
        defer { try? target.close() }
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        var offset: off_t = 0
        let byteCount = lseek(descriptor, 0, SEEK_END)
        while offset < byteCount {
            let count = pread(descriptor, &chunk, min(chunk.count, Int(byteCount - offset)), offset)
            // A sector that the disk cannot read is left out; what is around it is read.
            let step = count > 0 ? count : min(512, Int(byteCount - offset))
            do {
                try target.seek(toOffset: UInt64(offset))
                try target.write(contentsOf: count > 0 ? Data(chunk[..<count]) : Data(count: step))
            } catch {
                throw StoreError.full(path: copy)
            }
            offset += off_t(step)
        }
    }

    /// Gives the damaged file another name, and the new one its own. There is a file of the store's name at any time.
    ///
    /// - Returns: The other name.
    func makeRoom(for new: String, now: Timestamp) throws -> String {
        let digits = now.description.filter(\.isNumber)
        let kept = "\(self.path)\(RebuildTraces.mark)\(digits.prefix(8))-\(digits.dropFirst(8))"
        for suffix in ["", "-wal"] where access(self.path + suffix, F_OK) == 0 {
            guard link(self.path + suffix, kept + suffix) != 0 else { continue }
            // Some file systems have no second names. What has that name already is not replaced.
            guard errno != EEXIST, rename(self.path + suffix, kept + suffix) == 0 else {
                throw StoreError.unwritable(path: kept, detail: String(cString: strerror(errno)))
            }
        }
        // A log that is not of the new file must never lie beside it.
        for suffix in ["-wal", "-shm"] { unlink(self.path + suffix) }
        guard rename(new, self.path) == 0 else {
            throw StoreError.unwritable(path: self.path, detail: String(cString: strerror(errno)))
        }
        PublishedFile.syncFolder(of: self.path)
        return kept
    }
}
