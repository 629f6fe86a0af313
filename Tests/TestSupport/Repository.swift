import Foundation

/// The files of the repository, which tests hold the program to.
package enum Repository {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Of a path such as `Protocol/README.md`.
    package static func url(_ path: String) -> URL { self.root.appending(path: path) }

    /// A whole file.
    package static func text(_ path: String) throws -> String {
        try String(contentsOf: self.url(path), encoding: .utf8)
    }

    /// Replaces a whole file.
    package static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: self.url(path), options: .atomic)
    }
}
