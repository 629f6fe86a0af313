import Foundation

extension StoreError {
    /// SQLite needs so much beside a store before it can open it.
    private static let roomByteCountMin: UInt64 = 64 * 1024

    /// Why a store cannot be used, as the file system tells it: what SQLite says of a full disk, of one that is read-only
    /// and of a file that somebody else owns is much the same.
    ///
    /// - Parameters:
    ///   - path: of the store's file, whether or not it is there.
    ///   - detail: what was said when it failed, for what the file system does not explain.
    package static func unusable(path: String, detail: String) -> StoreError {
        var place = path
        var status = stat()
        while stat(place, &status) != 0 {
            if errno == EACCES { return self.noPermission(path: path) }
            let parent = place.folderAndName.folder
            guard parent != place else { break }
            place = parent
        }
        if place != path, status.st_mode & S_IFMT != S_IFDIR { return self.notDirectory(path: place) }
        let places = place == path ? [path, path.folderAndName.folder] : [place]
        for place in places where access(place, W_OK) != 0 {
            if errno == EROFS { return self.readOnlyDisk(path: path) }
            if errno == EACCES || errno == EPERM { return self.noPermission(path: path) }
        }
        var disk = statvfs()
        if statvfs(place, &disk) == 0, UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < self.roomByteCountMin {
            return self.full(path: path)
        }
        return self.unwritable(path: path, detail: detail)
    }

    /// Why no store is to be seen in `directory`.
    package static func absent(from directory: String, path: String) -> StoreError {
        var status = stat()
        guard stat(path, &status) != 0, errno != ENOENT else { return self.notFound(directory: directory) }
        return self.unusable(path: path, detail: "")
    }
}
