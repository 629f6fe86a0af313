import ReportModel

/// The days on which something of the scheme holds, the first and the last included.
package struct Validity: Hashable, Sendable {
    /// `nil`: since ever.
    package let from: CalendarDate?
    /// `nil`: for ever.
    package let until: CalendarDate?

    /// Takes the days as they are: where `until` is before `from`, no day is within.
    package init(from: CalendarDate? = nil, until: CalendarDate? = nil) {
        self.from = from
        self.until = until
    }

    /// Whether `date` is one of the days.
    package func contains(_ date: CalendarDate) -> Bool {
        (self.from.map { $0 <= date } ?? true) && (self.until.map { date <= $0 } ?? true)
    }

    /// Whether some day is within both.
    package func overlaps(_ other: Validity) -> Bool {
        let from = [self.from, other.from].compactMap(\.self).max()
        let until = [self.until, other.until].compactMap(\.self).min()
        guard let from, let until else { return true }
        return from <= until
    }
}

extension Validity {
    /// The days in words: 2024-08-01起, from 2024-08-01 on.
    package var words: Bilingual {
        switch (self.from, self.until) {
        case (nil, nil): Bilingual("一直有效", "always")
        case (let from?, nil): Bilingual("\(from)起", "from \(from) on")
        case (nil, let until?): Bilingual("至\(until)止", "until \(until)")
        case (let from?, let until?): Bilingual("\(from)至\(until)", "from \(from) until \(until)")
        }
    }
}
