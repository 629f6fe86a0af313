import Foundation
import Testing

@Suite(
    "An init that is killed",
    .enabled(if: SystemCallTrace.isPossible, "needs strace, and leave to trace (apt-get install strace)")
)
struct InterruptedInitTests {
    /// The calls that change what is on disk; the program is killed before one of them.
    private static let calls = "openat,pwrite64,write,fsync,fdatasync,ftruncate,link,rename,unlink,mkdir"

    @Test(
        "leaves a whole store or none, wherever it was, and the next one works",
        arguments: [Command.client, .server]
    )
    func killed(command: Command) async throws {
        let scene = try Scene()
        let options =
            command == .client ? ["--unit", "410728", "--server", "127.0.0.1:1", "--name", "n"] : []
        var (killed, whole) = (0, 0)
        // Every one of the calls in turn would take long; these numbers share no pattern with what is written.
        for count in stride(from: 1, to: 4000, by: 37) {
            let store = scene.path("store-\(count)")
            let initialising = [command.executable.path, "init", "--store", store] + options
            let ended = try await RunningProgram(
                URL(fileURLWithPath: "/usr/bin/strace"),
                [
                    "-f", "-o", "/dev/null", "-e", "trace=\(Self.calls)", "-e",
                    "inject=\(Self.calls):signal=KILL:when=\(count)",
                ] + initialising
            ).finished()
            if ended.exitCode == 0 { break }
            killed += 1
            let status = try await Command.inspect.run(["status", "--store", store, "--json"])
            if status.exitCode == 0 {
                whole += 1
            } else {
                #expect(try JSON(status.errors)["error"]["code"] == "store_not_found", "call \(count)")
                let again = try await command.run(["init", "--store", store] + options)
                #expect(again.exitCode == 0, "call \(count): \(again.errors)")
            }
            // Made whole with who it is, and nothing lies about.
            let verified = try await Command.inspect.json(["verify", "--store", store])
            #expect(verified["ok"] == true, "call \(count)")
            let names = try FileManager.default.contentsOfDirectory(atPath: store)
            #expect(!names.contains { $0.contains(".new-") } || status.exitCode == 0, "\(names)")
        }
        print("  \(command.rawValue) init killed at \(killed) places; \(whole) times the store was there already")
        #expect(killed > 3)
    }
}
