import ArgumentParser
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

struct InspectVerify: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "verify",
            abstract: say(
                "仅凭日志核对整个数据库，指出第一处错误",
                "Checks a store from its log alone, and names the first thing that is wrong."
            ),
            discussion: say(
                "例：huiliu-inspect verify --store 目录\n逐笔重放日志，核对每个哈希、每条链和每个单元格，以及报表制度；需要与数据库差不多大的临时空间（$TMPDIR）。一切无误时退出码为 0，有错为 1。",
                "Example: huiliu-inspect verify --store DIR\nReplays the log and compares every hash, chain and cell, and looks at the scheme; needs about as much temporary room ($TMPDIR) as the store. Exits 0 if all is well, 1 if something is wrong."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @OptionGroup var output: JSONOption

    func run() async throws {
        let line = ProgressLine()
        let directory = self.common.storeDirectory
        var result = try ReportDatabase.verify(
            kind: try OpenedStore.kind(in: directory),
            directory: directory
        ) { done, total in
            line.update(
                done: done,
                of: total,
                text: say("已核对 \(done)/\(total) 笔更改", "checked \(done) of \(total) changes")
            )
        }
        line.finish()
        if result.firstProblem == nil, try !OpenedStore(in: directory).isSchemeWhole {
            result.firstProblem = StoreProblem(.scheme)
        }
        if self.output.json {
            JSONOutput.write(VerifyJSON(result))
        } else if let problem = result.firstProblem {
            Console.line(problem.sentence[Speech.language])
        } else {
            let (changes, seals) = (result.changeCount, result.sealCount)
            Console.line(
                say(
                    "数据库完好：\(changes) 笔更改与它们的哈希、链和所有单元格全部相符。",
                    "The store is whole. Changes: \(changes); their hashes, chains and every cell agree."
                )
            )
            if seals > 0 {
                Console.line(
                    say(
                        "\(seals) 个签封全部有效，逐一核到省级的密钥。",
                        "Seals: \(seals); each is valid, and its device was admitted by the province's key."
                    )
                )
            }
        }
        if result.firstProblem != nil { throw ExitCode(Exit.attention) }
    }

    private struct VerifyJSON: Encodable {
        let ok: Bool
        let changes: Int
        let seals: Int
        @Nullable var firstProblem: ProblemJSON?

        init(_ result: Verification) {
            self.ok = result.firstProblem == nil
            self.changes = result.changeCount
            self.seals = result.sealCount
            self._firstProblem = Nullable(wrappedValue: result.firstProblem.map(ProblemJSON.init))
        }

        enum CodingKeys: String, CodingKey {
            case ok, changes, seals
            case firstProblem = "first_problem"
        }
    }

    private struct ProblemJSON: Encodable {
        @Nullable var scope: String?
        @Nullable var replica: String?
        @Nullable var sequence: UInt64?
        @Nullable var hash: String?
        let code: String
        let text: String
        let next: String

        init(_ problem: StoreProblem) {
            self._scope = Nullable(wrappedValue: problem.scope?.description)
            self._replica = Nullable(wrappedValue: problem.replica?.description)
            self._sequence = Nullable(wrappedValue: problem.sequence)
            self._hash = Nullable(wrappedValue: problem.hash?.description)
            self.code = problem.code
            self.text = problem.explanation[Speech.language]
            self.next = problem.advice[Speech.language]
        }
    }
}
