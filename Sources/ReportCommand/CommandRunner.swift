import ArgumentParser
import Foundation
import ReportModel
import ReportPages

/// What a command's exit code says (the contract with scripts).
package enum Exit {
    package static let done: Int32 = 0
    /// Conflicts, refused rows, differences: somebody has to look.
    package static let attention: Int32 = 1
    package static let usage: Int32 = 2
    package static let unreachable: Int32 = 3
    package static let refused: Int32 = 4
}

/// An error with the exit code and the JSON that belong to it.
package struct CommandFailure: Error {
    package let exitCode: Int32
    package let error: any ExplainedError
    /// The versions that are the reason, where there are any.
    package let versions: [VersionJSON]?

    package init(_ exitCode: Int32, _ error: any ExplainedError, versions: [VersionJSON]? = nil) {
        self.exitCode = exitCode
        self.error = error
        self.versions = versions
    }
}

/// One sentence about what was wrong in the arguments, and what to write instead.
package struct UsageError: ExplainedError {
    package let code = "usage"
    package let explanation: Bilingual
    package let advice: Bilingual

    package init(_ explanation: Bilingual, advice: Bilingual) {
        self.explanation = explanation
        self.advice = advice
    }

    /// A file that somebody named cannot be read.
    package static func unreadable(_ path: String) -> UsageError {
        UsageError(
            Bilingual("读不到文件 \(path)。", "The file \(path) cannot be read."),
            advice: Bilingual("请核对路径和权限。", "Check the path and its permissions.")
        )
    }

    /// What somebody typed is no address of a server.
    package static func serverAddress(_ text: String) -> UsageError {
        UsageError(
            Bilingual("“\(text)”不是服务器地址。", "“\(text)” is not a server address."),
            advice: Bilingual("请写成 主机:端口，例如 127.0.0.1:7428。", "Write HOST:PORT, for example 127.0.0.1:7428.")
        )
    }
}

/// Parses, runs, and turns whatever goes wrong into one sentence and an exit code.
package enum CommandRunner {
    /// Never returns.
    package static func main(_ root: (some AsyncParsableCommand).Type) async -> Never {
        // Whoever reads our output may stop reading; that is an error of the write, not of the process.
        signal(SIGPIPE, SIG_IGN)
        // Whatever is written has figures in it: stores, exports, backups.
        umask(0o077)
        do {
            var command = try root.parseAsRoot(NegativeFigures.placed(Array(CommandLine.arguments.dropFirst())))
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(Exit.done)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch let failure as CommandFailure {
            self.report(failure)
            exit(failure.exitCode)
        } catch let error as any ExplainedError {
            self.report(CommandFailure(Exit.refused, error))
            exit(Exit.refused)
        } catch {
            let code = root.exitCode(for: error)
            if code == .success {
                let message = root.fullMessage(for: error)
                print(say(UsageWords.chineseHelp(message), message))
                exit(Exit.done)
            }
            let isUsage = code == .validationFailure
            if self.isJSON {
                self.report(CommandFailure(isUsage ? Exit.usage : Exit.refused, Self.explained(error, root)))
            } else {
                let message = root.fullMessage(for: error)
                Console.error(say(UsageWords.chinese(message), message))
            }
            exit(isUsage ? Exit.usage : Exit.refused)
        }
    }

    private static var isJSON: Bool { CommandLine.arguments.contains("--json") }

    /// What the argument parser has to say, as one of our errors.
    private static func explained(_ error: any Error, _ root: (some AsyncParsableCommand).Type) -> UsageError {
        let message = root.message(for: error)
        return UsageError(
            Bilingual("参数有误：\(UsageWords.chinese(message))", message),
            advice: Bilingual("请用 --help 查看用法。", "See --help.")
        )
    }

    private static func report(_ failure: CommandFailure) {
        Console.error(
            self.isJSON
                ? JSONOutput.text(ErrorJSON(failure.error, language: Speech.language, versions: failure.versions))
                : failure.error.sentence[Speech.language]
        )
    }
}

/// Standard output and standard error, unbuffered. A reader that has gone away is not our error.
package enum Console {
    /// Writes a line to standard output. Whatever others have typed, it does nothing to a terminal but stand there.
    package static func line(_ text: String) {
        self.write(text.harmless + "\n", to: 1)
    }

    /// Writes a line to standard error, likewise.
    package static func error(_ text: String) {
        self.write(text.harmless + "\n", to: 2)
    }

    /// Without a line end, for a line that is written over.
    static func errorPart(_ text: String) {
        self.write(text, to: 2)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || (count < 0 && errno == EINTR) else { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}
