import Crypto
import Foundation
import ReportModel
import ReportStorage
import TestSupport
import Testing

@Suite("Files with a private key")
struct KeyFileTests {
    private let directory: TemporaryDirectory
    private let path: String
    private let key = P256.Signing.PrivateKey()

    init() throws {
        self.directory = try TemporaryDirectory()
        self.path = self.directory.path + "/device.key"
    }

    @Test("are read as they were written, and their owner alone may read them")
    func roundTrip() throws {
        let before = umask(0)
        defer { umask(before) }
        try KeyFile.create(self.key, at: self.path)
        #expect(try KeyFile.read(self.path).rawRepresentation == self.key.rawRepresentation)
        var status = stat()
        #expect(stat(self.path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(try String(contentsOfFile: self.path, encoding: .utf8).hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    }

    @Test("never take the place of a file, nor follow a link")
    func alreadyThere() throws {
        try KeyFile.create(self.key, at: self.path)
        #expect(throws: KeyFileError.alreadyExists(path: self.path)) {
            try KeyFile.create(P256.Signing.PrivateKey(), at: self.path)
        }
        #expect(try KeyFile.read(self.path).rawRepresentation == self.key.rawRepresentation)
        let link = self.directory.path + "/link"
        #expect(symlink(self.directory.path + "/elsewhere", link) == 0)
        #expect(throws: KeyFileError.alreadyExists(path: link)) { try KeyFile.create(self.key, at: link) }
        #expect(access(self.directory.path + "/elsewhere", F_OK) != 0)
        let nowhere = self.directory.path + "/none/device.key"
        #expect {
            try KeyFile.create(self.key, at: nowhere)
        } throws: {
            ($0 as? KeyFileError)?.code == "key_unwritable"
        }
    }

    @Test("are refused when others may read or write them", arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o777])
    func openToOthers(mode: Int) throws {
        try KeyFile.create(self.key, at: self.path)
        #expect(chmod(self.path, mode_t(mode)) == 0)
        #expect(throws: KeyFileError.openToOthers(path: self.path)) { try KeyFile.read(self.path) }
    }

    @Test("are refused when they belong to somebody else", .enabled(if: geteuid() == 0))
    func otherOwner() throws {
        try KeyFile.create(self.key, at: self.path)
        #expect(chown(self.path, 12_345, 12_345) == 0)
        #expect(throws: KeyFileError.otherOwner(path: self.path)) { try KeyFile.read(self.path) }
    }

    @Test("are refused when they are links, folders or pipes, and nobody waits for one")
    func notRegular() throws {
        try KeyFile.create(self.key, at: self.path)
        let link = self.directory.path + "/link"
        let pipe = self.directory.path + "/pipe"
        #expect(symlink(self.path, link) == 0)
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [link, pipe, self.directory.path] {
            #expect(throws: KeyFileError.notRegular(path: path)) { try KeyFile.read(path) }
        }
        #expect(throws: KeyFileError.notFound(path: self.path + "x")) { try KeyFile.read(self.path + "x") }
    }

    @Test("are refused when there is no key in them, and what is in them is not said")
    func notKey() throws {
        let text = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"
        for contents in [Data(), Data(text.utf8), Data([0xFF, 0xFE]), Data(repeating: 65, count: 100_000)] {
            try contents.write(to: URL(fileURLWithPath: self.path))
            #expect(chmod(self.path, 0o600) == 0)
            let error = #expect(throws: KeyFileError.self) { try KeyFile.read(self.path) }
            #expect(error == .notKey(path: self.path))
            #expect(error.map { "\($0) \($0.sentence)" }?.contains("c2Vj") == false)
        }
    }
}
