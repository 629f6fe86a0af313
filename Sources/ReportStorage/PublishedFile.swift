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
        let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
        let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        for draft in left where Self.isDraft(draft, of: name) {
            unlink((folder as NSString).appendingPathComponent(draft))
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

    /// Makes the names in a file's folder durable. Where that cannot be done there is nothing to be told.
    static func syncFolder(of path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
