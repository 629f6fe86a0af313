import Foundation

/// A file that somebody named, read from its beginning some bytes at a time.
package struct InputFile {
    private let handle: FileHandle

    /// `nil` where there is no file of that name, or none that this user may read.
    package init?(path: String) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let handle = FileHandle(forReadingAtPath: path)
        else { return nil }
        self.handle = handle
    }

    /// The next bytes: as many as asked for, fewer only at the end of the file.
    ///
    /// - Throws: What the system says where the disk does not give them.
    package func next(_ byteCount: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < byteCount {
            guard let piece = try self.handle.read(upToCount: byteCount - bytes.count), !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }
}
