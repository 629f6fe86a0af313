import Foundation
import Testing

/// Whole conversations of each machine, as text files that read like one.
///
/// With `HUILIU_RECORD=1` in the environment the files are rewritten with what the machines answer now; look at the
/// difference before you keep it.
@Suite("Conversations")
struct ConversationTests {
    static let files: [String] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    }()

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Conversations")

    @Test("A machine answers as written", arguments: files)
    func conversation(file: String) throws {
        let script = try Script(Self.folder.appendingPathComponent(file))
        var conversation = Conversation()
        let answers = try script.steps.map { try conversation.perform($0.command) }
        if ProcessInfo.processInfo.environment["HUILIU_RECORD"] == "1" {
            try script.text(answers: answers).write(to: script.url, atomically: true, encoding: .utf8)
        } else {
            let differences = script.differences(from: answers)
            #expect(differences.isEmpty, "\(differences)\nTo keep the new answers, run with HUILIU_RECORD=1.")
        }
    }

    @Test("Every conversation is found")
    func found() {
        #expect(Self.files.count >= 16)
    }
}
