import Foundation
import ReportStorage
import TestSupport
import Testing

@Suite("A file that is put in its place when it is whole")
struct PublishedFileTests {
    @Test("removes the drafts that were left, and nothing else whose name is like theirs")
    func foreign() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/report"
        let left = ["", "-copy", "-wal", "-shm", "-journal"].map { "report.new-0A1B2C3D" + $0 }
        let foreign = [
            "report", "report.new-prices.csv", "report.new-0A1B2C3D.csv", "report.new-0a1b2c3d", "report.new-",
            "other.new-0A1B2C3D",
        ]
        for name in left + foreign {
            try Data("kept".utf8).write(to: URL(fileURLWithPath: directory.path + "/" + name))
        }
        let folder = directory.path + "/report.new-2026ABCD"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = PublishedFile(path: path)
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: directory.path))
        #expect(names == Set(foreign + ["report.new-2026ABCD"]))
        #expect(!names.contains(file.draft.folderAndName.name))
    }

    @Test(
        "may have any name",
        arguments: [
            ("q", ".", "q"), ("数", ".", "数"), ("/q", "/", "q"), ("a/q", "a", "q"), ("/a/b/数.csv", "/a/b", "数.csv"),
            ("a/", "a", ""),
        ]
    )
    func names(path: String, folder: String, name: String) {
        #expect(path.folderAndName == (folder, name))
        #expect(PublishedFile(path: path).path == path)
    }
}
