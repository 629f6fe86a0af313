import Foundation

/// Runs commands as processes, as a person would, and tells how long they take and how much memory.
///
/// The peak that the system counts for a process includes what its parent held when it started it. So the benchmark
/// starts itself once more, and that small process starts the commands (``measureAndExit(_:)``).
struct Processes {
    let timing: Timing
    /// The largest peak of the resident memory, in MiB.
    let peakMebibytes: Double

    static let argument = "--run"

    /// - Parameter command: one of ours, which lies beside the benchmark.
    init(_ count: Int, _ command: String, _ arguments: [String]) throws {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let process = Process()
        process.executableURL = own
        process.arguments =
            [Self.argument, String(count), own.deletingLastPathComponent().appendingPathComponent(command).path]
            + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        let runs = text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
        guard process.terminationStatus == 0, runs.count == count, runs.allSatisfy({ $0.count == 3 }) else {
            throw CocoaError(.executableLoad)
        }
        self.timing = Timing(milliseconds: runs.map { $0[0] }, processor: runs.map { $0[1] })
        self.peakMebibytes = runs.map { $0[2] }.max()! / 1024
    }

    /// What was measured, with what is wanted of it.
    func text(goal: Double, mebibytes: Double? = nil) -> String {
        let memory = mebibytes.map { "; goal: at most \(Int($0)) MiB, \(self.peakMebibytes <= $0 ? "met" : "missed")" }
        return self.timing.text(goal: goal) + "; peak memory \(String(format: "%.1f", self.peakMebibytes)) MiB"
            + (memory ?? "")
    }

    /// Runs `COUNT COMMAND ARGUMENT…` once unmeasured, then COUNT times, and prints a line for each:
    /// milliseconds, those of the processor, and KiB.
    static func measureAndExit(_ arguments: [String]) -> Never {
        guard arguments.count >= 2, let count = Int(arguments[0]) else { exit(2) }
        let command = Array(arguments.dropFirst())
        _ = self.run(command)
        for _ in 0..<count {
            let clock = ContinuousClock()
            let start = clock.now
            let usage = self.run(command)
            let elapsed = clock.now - start
            let worked = usage.ru_utime.milliseconds + usage.ru_stime.milliseconds
            print(elapsed / .milliseconds(1), worked, usage.ru_maxrss)
        }
        exit(0)
    }

    /// - Returns: what the process used.
    private static func run(_ command: [String]) -> rusage {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawn(&process, command[0], &actions, nil, &arguments, environ) == 0 else { exit(2) }
        var status: Int32 = 0
        var usage = rusage()
        guard wait4(process, &status, 0, &usage) == process else { exit(2) }
        // 1: somebody has to look, as after a check that finds something.
        guard status & 0x7f == 0, [0, 1].contains(status >> 8 & 0xff) else { exit(2) }
        return usage
    }
}

extension timeval {
    fileprivate var milliseconds: Double { Double(self.tv_sec) * 1000 + Double(self.tv_usec) / 1000 }
}
