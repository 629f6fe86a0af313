import ArgumentParser
import ReportModel
import ReportPages
import ReportStorage

/// What the `rebuild` of either side does around the rebuilding, and what it says.
package enum RebuildReport {
    /// Rebuilds the store if something is wrong with it, and tells what was saved.
    ///
    /// - Parameters:
    ///   - acceptingLosses: only ends the notice of what an earlier rebuilding lost.
    ///   - isSchemeWhole: whether the store's scheme is what was stored: its log does not tell.
    package static func run(
        _ kind: StoreKind,
        in directory: String,
        isJSON: Bool,
        acceptingLosses: Bool,
        isSchemeWhole: () throws -> Bool,
        rebuild: () throws -> Rebuilt
    ) throws {
        guard !acceptingLosses else { return try self.acceptLosses(kind, in: directory, isJSON: isJSON) }
        var problem: StoreProblem?
        do {
            problem = try ReportDatabase.verify(kind: kind, directory: directory).firstProblem
            if problem == nil, try !isSchemeWhole() { problem = StoreProblem(.file, detail: "scheme") }
        } catch let error as StoreError {
            if case .notFound = error { throw CommandFailure(Exit.usage, error) }
            // The mark of the file may be what is damaged; whether it is a store its rows will tell.
            guard case .foreign = error else { throw error }
            problem = StoreProblem(.file, detail: "application_id")
        }
        guard let problem else {
            if isJSON {
                JSONOutput.write(RebuildJSON(problem: nil, rebuilt: nil))
            } else {
                Console.line(
                    say("数据库完好，无需重建，未作改动。", "Nothing is wrong with the store; it was left unchanged.")
                )
            }
            return
        }
        if !isJSON { Console.line(problem.explanation[Speech.language]) }
        let rebuilt = try rebuild()
        if isJSON {
            JSONOutput.write(RebuildJSON(problem: problem, rebuilt: rebuilt))
        } else {
            self.tell(rebuilt, kind)
        }
        if !rebuilt.losses.isEmpty { throw ExitCode(Exit.attention) }
    }

    private static func acceptLosses(_ kind: StoreKind, in directory: String, isJSON: Bool) throws {
        let store = try ReportDatabase(kind: kind, directory: directory, access: .write)
        let accepted = try store.write { try $0.acceptLostChanges() }
        try store.close()
        if isJSON { return JSONOutput.write(AcceptedJSON(accepted: accepted.map(LostJSON.init))) }
        Console.line(
            accepted.isEmpty
                ? say("没有待确认的丢失记录。", "There is no notice of lost changes.")
                : say("已确认 \(accepted.count) 条丢失记录，不再提示。", "Notices of lost changes ended: \(accepted.count).")
        )
    }

    private struct AcceptedJSON: Encodable {
        let accepted: [LostJSON]
    }

    private static func tell(_ rebuilt: Rebuilt, _ kind: StoreKind) {
        Console.line(
            say(
                "已重建：救回 \(rebuilt.changeCount) 笔更改。损坏的文件保留为 \(rebuilt.damagedPath)。",
                "Rebuilt. Changes saved: \(rebuilt.changeCount). The damaged file is kept as \(rebuilt.damagedPath)."
            )
        )
        for loss in rebuilt.losses {
            let chain = "\(loss.scope?.description ?? "?") \(loss.replica?.description ?? "?")"
            Console.line(
                say(
                    "缺失：\(chain) 只救回到第 \(loss.savedSequence) 笔，原来至少有 \(loss.knownSequence) 笔。",
                    "Missing: of \(chain) changes 1 to \(loss.savedSequence) were saved, of at least \(loss.knownSequence)."
                )
            )
        }
        Console.line(
            kind == .client
                ? say(
                    "请运行 sync：省级有的更改会取回来，省级没有的会送过去。",
                    "Run sync: what the province holds comes back, and what it lacks is sent."
                )
                : say(
                    "各县下次同步时，它们手中的更改会自动补回来。",
                    "What the counties hold comes back when they next sync."
                )
        )
    }

    private struct RebuildJSON: Encodable {
        @Nullable var problem: String?
        let saved: Int
        let lost: [LossJSON]
        @Nullable var damaged: String?

        init(problem: StoreProblem?, rebuilt: Rebuilt?) {
            self._problem = Nullable(wrappedValue: problem?.code)
            self.saved = rebuilt?.changeCount ?? 0
            self.lost = rebuilt?.losses.map(LossJSON.init) ?? []
            self._damaged = Nullable(wrappedValue: rebuilt?.damagedPath)
        }
    }

    private struct LossJSON: Encodable {
        @Nullable var scope: String?
        @Nullable var replica: String?
        let saved: UInt64
        let known: UInt64

        init(_ loss: Rebuilt.Loss) {
            self._scope = Nullable(wrappedValue: loss.scope?.description)
            self._replica = Nullable(wrappedValue: loss.replica?.description)
            self.saved = loss.savedSequence
            self.known = loss.knownSequence
        }
    }
}
