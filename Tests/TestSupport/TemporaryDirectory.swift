import Foundation

/// A directory of a test's own, gone when the test is.
package final class TemporaryDirectory {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("huiliu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        self.path = url.path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// Every file in it, byte for byte.
    package func contents() throws -> [String: Data] {
        try FileManager.default.subpathsOfDirectory(atPath: self.path).reduce(into: [:]) { contents, name in
            contents[name] = FileManager.default.contents(atPath: self.path + "/" + name)
        }
    }
}
