import ArgumentParser
import ClientSync
import ReportCommand
import ReportTransport

/// Where the province is, and how long to wait for it.
struct LineOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            say(
                "省级服务器地址（默认登记或 init 时给的，或 sync 上次连上的）",
                "The province's address (default: as given to enrol or init, or where sync reached it last)."
            ),
            valueName: "host:port"
        )
    )
    var server: String?
    @Option(
        help: ArgumentHelp(say("连不上时最多等多少秒", "Give up after so many seconds without an answer."), valueName: "seconds")
    )
    var wait: Int64 = 20

    func validate() throws {
        guard (1...86_400).contains(self.wait) else {
            throw ValidationError(say("--wait 应为 1 到 86400 秒。", "--wait takes 1 to 86400 seconds."))
        }
    }

    /// Where to connect to.
    ///
    /// - Parameter known: where nothing else was asked for.
    func address(else known: String) throws -> HostPort {
        let text = self.server ?? known
        guard let address = HostPort(text) else { throw CommandFailure(Exit.usage, UsageError.serverAddress(text)) }
        return address
    }

    /// Runs what needs the province; that it is out of reach has an exit code of its own.
    static func reaching<Outcome>(_ body: () async throws -> Outcome) async throws -> Outcome {
        do {
            return try await body()
        } catch let failure as SyncFailure {
            if case .unreachable = failure { throw CommandFailure(Exit.unreachable, failure) }
            throw failure
        } catch let failure as EnrolmentFailure {
            if case .unreachable = failure.failure { throw CommandFailure(Exit.unreachable, failure) }
            throw failure
        }
    }
}
