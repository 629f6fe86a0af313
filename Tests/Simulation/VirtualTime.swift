/// A clock that stands still but for what is to happen: each event moves it to its own moment.
package final class VirtualTime {
    private struct Event {
        let milliseconds: Int64
        let number: Int
        let happen: () throws -> Void
    }

    package private(set) var milliseconds: Int64 = 0
    private var events: [Event] = []
    private var number = 0

    package init() {}

    /// Events of the same moment happen in the order in which they were planned.
    package func at(_ milliseconds: Int64, _ happen: @escaping () throws -> Void) {
        self.number += 1
        let event = Event(milliseconds: max(milliseconds, self.milliseconds), number: self.number, happen: happen)
        let index =
            self.events.lastIndex { ($0.milliseconds, $0.number) <= (event.milliseconds, event.number) }
            .map { $0 + 1 } ?? 0
        self.events.insert(event, at: index)
    }

    /// Lets everything happen that was planned, and what comes of it, until nothing is left.
    ///
    /// - Returns: `false` when there was no end to it.
    package func runUntilQuiet(eventCountMax: Int = 20_000) throws -> Bool {
        for _ in 0..<eventCountMax {
            guard !self.events.isEmpty else { return true }
            let event = self.events.removeFirst()
            self.milliseconds = event.milliseconds
            try event.happen()
        }
        return false
    }

    package func pass(milliseconds: Int64) {
        self.milliseconds += milliseconds
    }
}
