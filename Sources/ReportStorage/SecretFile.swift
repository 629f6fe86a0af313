import Foundation

/// A file that its owner alone can read.
package enum SecretFile {
    /// Why there is no such file now.
    package enum Failure: Error, Equatable {
        /// Something has that name, and was left as it is.
        case exists
        /// - Parameter detail: what the system says.
        case unwritable(detail: String)
    }

    /// Read and write for the owner, nothing for anybody else.
    private static let mode: mode_t = 0o600

    /// Writes a new file. It never exists with other permissions, and is durable when this returns.
    ///
    /// - Throws: `Failure`. Of what could not be written whole nothing is left.
    package static func create(_ text: String, at path: String) throws(Failure) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let descriptor = open(path, flags, self.mode)
        guard descriptor >= 0 else { throw errno == EEXIST ? .exists : .unwritable(detail: self.systemWords) }
        var failure: String?
        var rest = Array(text.utf8)[...]
        while failure == nil, !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                failure = self.systemWords
            }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = self.systemWords }
        close(descriptor)
        if let failure {
            unlink(path)
            throw .unwritable(detail: failure)
        }
        PublishedFile.syncFolder(of: path)
    }

    /// What the system says of the last call.
    private static var systemWords: String { String(cString: strerror(errno)) }
}
