import Foundation
import ReportModel

/// A file that would have to be replaced to be written.
package struct FileExists: ExplainedError, Equatable {
    package let path: String
    /// The option that allows it, if there is one.
    package let option: String?

    package init(path: String, option: String? = nil) {
        self.path = path
        self.option = option
    }

    package var code: String { "file_exists" }

    package var explanation: Bilingual {
        Bilingual("文件 \(self.path) 已存在，未作改动。", "\(self.path) exists already; it was left unchanged.")
    }

    package var advice: Bilingual {
        guard let option else { return Bilingual("请换一个文件名。", "Give another name.") }
        return Bilingual("请换一个文件名，或加 \(option)。", "Give another name, or add \(option).")
    }
}

/// A file that holds figures or keys would have to be replaced, and no option allows it.
package struct FileOfStore: ExplainedError, Equatable {
    package let path: String

    package var code: String { "file_of_store" }

    package var explanation: Bilingual {
        Bilingual(
            "文件 \(self.path) 可能是数据库或密钥，不能覆盖，未作改动。",
            "\(self.path) may be a store or a key, which nothing may replace; it was left unchanged."
        )
    }

    package var advice: Bilingual { Bilingual("请换一个文件名。", "Give another name.") }
}

/// A file that somebody asked for cannot be written where they want it.
package struct FileUnwritable: ExplainedError, Equatable {
    package let path: String
    private let reason: Reason

    private enum Reason {
        case noName, noFolder, noPermission, noRoom
    }

    /// To be made right when it failed: the file system tells why.
    package init(path: String) {
        self.path = path
        let (folder, name) = path.folderAndName
        self.reason =
            name.isEmpty
            ? .noName : access(folder, F_OK) != 0 ? .noFolder : access(folder, W_OK) != 0 ? .noPermission : .noRoom
    }

    package var code: String {
        switch self.reason {
        case .noName: "file_not_named"
        case .noFolder: "folder_not_found"
        case .noPermission: "file_no_permission"
        case .noRoom: "disk_full"
        }
    }

    package var explanation: Bilingual {
        switch self.reason {
        case .noName: Bilingual("“\(self.path)”不是文件名。", "“\(self.path)” names no file.")
        case .noFolder: Bilingual("文件 \(self.path) 所在的目录不存在。", "The folder of \(self.path) does not exist.")
        case .noPermission:
            Bilingual("文件 \(self.path) 所在的目录不能写入。", "The folder of \(self.path) cannot be written.")
        case .noRoom:
            Bilingual("文件 \(self.path) 写不下，没有留下半个文件。", "There is no room for \(self.path); no part of it was left.")
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .noName: Bilingual("请给出文件名。", "Name a file.")
        case .noFolder: Bilingual("请先建立目录，或换一个目录。", "Make the folder first, or name another.")
        case .noPermission: Bilingual("请换一个目录。", "Name another folder.")
        case .noRoom: Bilingual("请腾出空间后重试，或换一个磁盘。", "Make room and try again, or use another disk.")
        }
    }
}

/// A file that is made under another name beside its place and put there when it is whole: whoever looks sees all of it
/// or nothing, whenever this program or the power ends.
package struct PublishedFile {
    /// Where the file will be.
    package let path: String
    /// Where it is made.
    package let draft: String

    /// What stands between a file's name and a random part in the name of its draft.
    private static let mark = ".new-"

    /// Removes the drafts that earlier attempts left.
    package init(path: String) {
        self.path = path
        let (folder, name) = path.folderAndName
        let left = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for draft in left where Self.isDraft(draft, of: name) {
            unlink("\(folder)/\(draft)")
        }
        self.draft = path + Self.mark + UUID().uuidString.prefix(8)
    }

    /// Whether a file's name is one that only a draft of `name`, or what SQLite keeps beside one, can have.
    private static func isDraft(_ file: String, of name: String) -> Bool {
        guard file.hasPrefix(name + self.mark) else { return false }
        let rest = file.dropFirst((name + self.mark).count)
        let suffixes = ["", "-copy", "-wal", "-shm", "-journal", "-copy-wal", "-copy-shm", "-copy-journal"]
        return rest.prefix(8).wholeMatch(of: /[0-9A-F]{8}/) != nil && suffixes.contains(String(rest.dropFirst(8)))
    }

    /// Puts the draft, which is closed, in its place, also in the place of another file.
    package func replace() throws {
        try self.syncDraft()
        guard rename(self.draft, self.path) == 0 else { throw self.unwritable }
        Self.syncFolder(of: self.path)
    }

    private func syncDraft() throws {
        let descriptor = open(self.draft, O_RDONLY)
        guard descriptor >= 0 else { throw self.unwritable }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw self.unwritable }
    }

    private var unwritable: StoreError {
        StoreError.unwritable(path: self.path, detail: String(cString: strerror(errno)))
    }

    /// Puts the draft, which is closed, in its place.
    ///
    /// - Throws: `alreadyThere` when something has that name, which is left as it is.
    package func publish(alreadyThere: @autoclosure () -> any Error) throws {
        try self.syncDraft()
        // SQLite takes a log that lies beside a file for that file's.
        guard !WriteAheadLog.isThere(besideStoreAt: self.path) else { throw alreadyThere() }
        // A second name cannot replace a file, as renaming would. Some file systems have no second names.
        if link(self.draft, self.path) == 0 {
            unlink(self.draft)
        } else if errno == EEXIST {
            throw alreadyThere()
        } else if rename(self.draft, self.path) != 0 {
            throw self.unwritable
        }
        Self.syncFolder(of: self.path)
    }

    /// Removes what was made of the draft.
    package func discard() {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(self.draft + suffix) }
    }

    /// Makes a file of what `body` gives, piece by piece.
    ///
    /// - Parameters:
    ///   - isReplacing: whether another file of that name gives way.
    ///   - exists: what is thrown where one does not.
    /// - Throws: also ``FileUnwritable``, ``FileOfStore``, `StoreError`, and what `body` throws; then nothing of the file is left.
    package static func write<Result>(
        to path: String,
        isReplacing: Bool,
        alreadyThere exists: FileExists,
        _ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        let name = path.folderAndName.name
        guard !name.isEmpty else { throw FileUnwritable(path: path) }
        let isThere = FileManager.default.fileExists(atPath: path)
        guard !isThere || isReplacing else { throw exists }
        guard !isThere || !StoreKind.isPartOfStore(name) else { throw FileOfStore(path: path) }
        let file = PublishedFile(path: path)
        do {
            guard FileManager.default.createFile(atPath: file.draft, contents: nil),
                let handle = FileHandle(forWritingAtPath: file.draft)
            else { throw FileUnwritable(path: path) }
            let result = try body { bytes in
                do {
                    try handle.write(contentsOf: bytes)
                } catch {
                    throw FileUnwritable(path: path)
                }
            }
            try handle.close()
            if isReplacing { try file.replace() } else { try file.publish(alreadyThere: exists) }
            return result
        } catch {
            file.discard()
            throw error
        }
    }

    /// Makes the names in a file's folder durable. Where that cannot be done there is nothing to be told.
    package static func syncFolder(of path: String) {
        let descriptor = open(path.folderAndName.folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

extension String {
    /// A path's folder, `.` for a name alone, and the name in it. Foundation's own way stops the program at names of one
    /// letter.
    package var folderAndName: (folder: String, name: String) {
        guard let slash = self.lastIndex(of: "/") else { return (".", self) }
        return (slash == self.startIndex ? "/" : String(self[..<slash]), String(self[self.index(after: slash)...]))
    }
}
