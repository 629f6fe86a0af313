import Foundation
import Testing

/// The three programs, as they were built with the tests.
enum Command: String, CaseIterable {
    case client = "huiliu-client"
    case server = "huiliu-server"
    case inspect = "huiliu-inspect"

    /// Beside the test bundle.
    var executable: URL {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent(self.rawValue)
    }

    /// Runs the program to its end, when it is its turn.
    ///
    /// - Parameter tracer: a program, with arguments, to run it under.
    func run(
        _ arguments: [String],
        tracer: [String] = [],
        variables: [String: String] = [:],
        directory: URL? = nil,
        timeLimitSeconds: Int = RunningProgram.timeLimitSeconds
    ) async throws -> RunningProgram.Finished {
        try await Turns.ofCommands.take {
            let command = tracer + [self.executable.path] + arguments
            return try await RunningProgram(
                URL(fileURLWithPath: command[0]),
                Array(command.dropFirst()),
                variables: variables,
                directory: directory,
                timeLimitSeconds: timeLimitSeconds
            ).finished()
        }
    }

    /// Runs the program, expects the exit code, and reads the JSON on its standard output.
    func json(
        _ arguments: [String],
        exits exitCode: Int32 = 0,
        timeLimitSeconds: Int = RunningProgram.timeLimitSeconds,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSON {
        let finished = try await self.run(arguments + ["--json"], timeLimitSeconds: timeLimitSeconds)
        #expect(
            finished.exitCode == exitCode,
            "\(self.rawValue) \(arguments): \(finished.errors)",
            sourceLocation: sourceLocation
        )
        return try JSON(finished.output)
    }
}

/// The path of a file or folder of the repository.
func repository(_ path: String) -> String {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { folder.deleteLastPathComponent() }
    return folder.appendingPathComponent(path).path
}
