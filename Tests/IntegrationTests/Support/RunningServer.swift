import Foundation
import Testing

/// A `huiliu-server serve` on a store, on any free port of the loopback.
final class RunningServer: Sendable {
    let store: String
    let port: Int
    let program: RunningProgram

    private init(store: String, port: Int, program: RunningProgram) {
        self.store = store
        self.port = port
        self.program = program
    }

    var address: String { "127.0.0.1:\(self.port)" }

    /// - Parameters:
    ///   - port: 0 is any free one; another is for a server that comes back after a crash.
    ///   - tracer: a program, with arguments, to run the server under.
    /// - Returns: Once clients can connect.
    static func start(
        store: String,
        port: Int = 0,
        log: String = "info",
        timeLimitSeconds: Int = 3600,
        tracer: [String] = []
    ) async throws -> RunningServer {
        let command =
            tracer + [Command.server.executable.path, "serve", "--store", store, "--sync", "127.0.0.1:\(port)"]
        let program = try RunningProgram(
            URL(fileURLWithPath: command[0]),
            Array(command.dropFirst()),
            variables: ["HUILIU_LOG": log],
            timeLimitSeconds: timeLimitSeconds
        )
        for await line in program.output.lines {
            let port = line.wholeMatch(of: /listening sync=127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
            return RunningServer(
                store: store,
                port: try #require(port, "the first line is \(line)"),
                program: program
            )
        }
        throw DidNotListen(errors: try await program.finished().errors)
    }

    /// Stops it as an operator would.
    @discardableResult
    func terminate() async throws -> RunningProgram.Finished {
        self.program.send(SIGTERM)
        return try await self.program.finished()
    }

    /// Kills it, as a power cut would.
    func kill() async throws {
        self.program.send(SIGKILL)
        try await self.program.finished()
    }

    /// The server ended before it listened.
    struct DidNotListen: Error {
        let errors: String
    }
}
