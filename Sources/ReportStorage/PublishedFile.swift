import Foundation

/// A file that is made under another name beside its place and put there when it is whole: whoever looks sees all of it
/// or nothing, whenever this program or the power ends.
struct PublishedFile {
    /// Where the file will be.
    let path: String
    /// Where it is made.
    let draft: String

    /// What stands between a file's name and a random part in the name of its draft.
    private static let mark = ".new-"

    /// Removes the drafts that earlier attempts left.
    init(path: String) {
        self.path = path
        let (folder, name) = ((path as NSString).deletingLastPathComponent, (path as NSString).lastPathComponent)
        let left = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
        for draft in left where draft.hasPrefix(name + Self.mark) {
            try? FileManager.default.removeItem(atPath: (folder as NSString).appendingPathComponent(draft))
        }
        self.draft = path + Self.mark + UUID().uuidString.prefix(8)
    }

    /// Puts the draft, which is closed and on disk, in its place.
    ///
    /// - Throws: `alreadyThere` when something has that name, which is left as it is.
    func publish(alreadyThere: @autoclosure () -> any Error) throws {
        // A second name cannot replace a file, as renaming would. Some file systems have no second names.
        if link(self.draft, self.path) == 0 {
            unlink(self.draft)
        } else if errno == EEXIST {
            throw alreadyThere()
        } else if rename(self.draft, self.path) != 0 {
            throw StoreError.unwritable(path: self.path, detail: String(cString: strerror(errno)))
        }
        Self.syncFolder(of: self.path)
    }

    /// Removes what was made of the draft.
    func discard() {
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
