import Foundation
import Testing

/// Mounts that only some programs see: those that are started with ``prefix`` find a small disk, or one that is read-only,
/// where all others find a plain folder. Gone with this object.
final class PrivateMounts: Sendable {
    /// What stands before a program, and its absolute paths, to run it in here.
    let prefix: [String]
    private let holder: RunningProgram
    private let process: String

    /// Whether this machine lets the tests mount.
    static let isPossible: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    static let needs: Comment = "needs leave to mount: run the tests as root"

    /// - Parameters:
    ///   - script: mounts, in the words of the shell.
    ///   - folder: `$1` of the script. Must exist.
    init(_ script: String, on folder: String) async throws {
        self.holder = try RunningProgram(
            URL(fileURLWithPath: "/usr/bin/unshare"),
            ["--mount", "bash", "-euc", script + "; echo $$; exec tail -f /dev/null", "_", folder],
            timeLimitSeconds: 3600
        )
        var process: String?
        for await line in self.holder.output.lines {
            process = line
            break
        }
        self.process = try #require(process)
        self.prefix = ["/usr/bin/nsenter", "--target", self.process, "--mount", "--"]
    }

    /// A disk of its own at `folder`.
    static func disk(_ size: String, at folder: String) async throws -> PrivateMounts {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try await PrivateMounts("mount -t tmpfs -o size=\(size) none \"$1\"", on: folder)
    }

    /// `folder` as it is, and nobody may write there.
    static func readOnly(_ folder: String) async throws -> PrivateMounts {
        try await PrivateMounts("mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", on: folder)
    }

    /// Where the tests themselves find what programs in here find at `path`.
    func outside(_ path: String) -> String { "/proc/\(self.process)/root\(path)" }

    /// Writes zeros to `file` until the disk is full, and gives `byteCount` of it back.
    func fill(_ file: String, leaving byteCount: Int = 0) async throws {
        let filled = try await RunningProgram(
            URL(fileURLWithPath: self.prefix[0]),
            self.prefix.dropFirst() + [
                "bash", "-c", "dd if=/dev/zero of=\"$1\" bs=4096 2>/dev/null; truncate -s -$2 \"$1\"", "_", file,
                "\(byteCount)",
            ]
        ).finished()
        try #require(filled.exitCode == 0, "\(filled.errors)")
    }
}
