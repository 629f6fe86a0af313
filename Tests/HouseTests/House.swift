import Foundation

/// The sources as they lie in the repository.
enum House {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Source {
        /// From the repository's top, such as `Protocol/ReportModel/Period.swift`.
        let path: String
        let lines: [Substring]

        /// The module, by the folder it lies in.
        var module: String { String(self.path.split(separator: "/")[1]) }
        /// The top folder.
        var room: String { String(self.path.split(separator: "/")[0]) }

        var imports: Set<String> {
            Set(
                self.lines.filter { $0.hasPrefix("import ") }.compactMap { line in
                    line.split(separator: " ").last.map { String($0.split(separator: ".")[0]) }
                }
            )
        }
    }

    /// Every Swift file below these folders.
    static func sources(in rooms: [String] = ["Protocol", "Client", "Server", "Sources"]) throws -> [Source] {
        try rooms.flatMap { room -> [Source] in
            let folder = self.root.appending(path: room)
            let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                return Source(
                    path: "\(room)/\(path)",
                    lines: text.split(separator: "\n", omittingEmptySubsequences: false)
                )
            }
        }
    }
}
