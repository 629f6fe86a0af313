import Foundation

/// The Swift files of the repository, as text.
struct SourceFile: Sendable {
    /// From the top of the repository: `Client/ClientStore/ClientStore.swift`.
    let path: String
    let lines: [String]

    /// `Client`
    var room: String { String(self.path.prefix { $0 != "/" }) }

    /// The target: the folder in the room.
    var module: String {
        let parts = self.path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// The modules that the file imports.
    var imports: [String] {
        self.lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let position = words.firstIndex(of: "import"), position + 1 < words.count,
                words[..<position].allSatisfy({ $0.hasPrefix("@") || ["package", "private", "public"].contains($0) })
            else { return nil }
            // `import struct Foundation.Data`
            let name = position + 2 < words.count ? words[position + 2] : words[position + 1]
            return String(name.prefix { $0 != "." })
        }
    }

    /// The lines without comments, with their numbers from 1.
    var code: [(number: Int, text: String)] {
        self.lines.enumerated().compactMap { index, line in
            let text = line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? line
            return text.allSatisfy(\.isWhitespace) ? nil : (index + 1, text)
        }
    }
}

/// The repository in which this file stands.
enum SourceTree {
    static let top: URL = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        return folder
    }()

    static let rooms = ["Protocol", "Sources", "Client", "Server", "Tests"]

    /// Every Swift file of the rooms.
    static let files: [SourceFile] = Self.rooms.flatMap { room in
        Self.paths(in: room).filter { $0.hasSuffix(".swift") }.map { path in
            SourceFile(path: path, lines: Self.text(path).components(separatedBy: "\n"))
        }
    }

    static func text(_ path: String) -> String {
        (try? String(contentsOf: self.top.appendingPathComponent(path), encoding: .utf8)) ?? ""
    }

    /// All files below `folder`.
    static func paths(in folder: String) -> [String] {
        let start = self.top.appendingPathComponent(folder)
        let found = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return found.map { "\(folder)/\($0)" }.filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(
                atPath: self.top.appendingPathComponent(path).path,
                isDirectory: &isFolder
            )
            return !isFolder.boolValue
        }.sorted()
    }
}
