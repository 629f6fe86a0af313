import ClientStore
import ReportCommand
import ReportModel

/// Says why the province refused the last sync. Whoever goes on filling in figures should know it: until it is mended they
/// stay here, and those that a revoked device writes will not count.
enum RefusalReport {
    static func tell(_ refusal: SyncRefusal?) {
        guard let refusal else { return }
        Console.line(
            say(
                "省级拒绝了上次的同步（代码 \(refusal.code)）：\(refusal.words.chinese)",
                "The province refused the last sync (code \(refusal.code)): \(refusal.words.english)"
            )
        )
    }
}
