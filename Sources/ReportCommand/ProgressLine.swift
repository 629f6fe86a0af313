import Foundation

/// How far long work has got, on standard error: a bar on a terminal, plain lines now and then elsewhere. Short work
/// shows nothing.
package final class ProgressLine {
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var shown: ContinuousClock.Instant
    private let isTerminal = isatty(2) == 1
    private var hasShown = false

    /// Nothing is shown for work that is done sooner.
    private static let quiet = Duration.seconds(1)
    private static let barWidth = 30

    package init() {
        self.start = self.clock.now
        self.shown = self.start
    }

    /// - Parameters:
    ///   - total: what `done` will come to, if known; 0 if not.
    ///   - text: in the user's language.
    package func update(done: Int, of total: Int, text: String) {
        let now = self.clock.now
        let pause: Duration = self.isTerminal ? .milliseconds(100) : .seconds(5)
        guard now - self.start > Self.quiet, !self.hasShown || now - self.shown > pause else { return }
        self.shown = now
        self.hasShown = true
        guard self.isTerminal else {
            Console.error(text)
            return
        }
        let filled = total > 0 ? min(Self.barWidth, done * Self.barWidth / total) : 0
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.barWidth - filled)
        Console.errorPart("\r\u{1B}[K\(total > 0 ? bar + " " : "")\(text)")
    }

    /// Clears the bar.
    package func finish() {
        if self.isTerminal, self.hasShown { Console.errorPart("\r\u{1B}[K") }
    }
}
