import Foundation
import ReportModel

/// From when until when a certificate is meant to be used. Nobody refuses one because of its dates: clocks in the
/// counties may be wrong by years. They say when it is time to renew.
package struct Validity: Hashable, Sendable {
    package let notBefore: Timestamp
    package let notAfter: Timestamp

    /// The times that a certificate can state: 1970 to 9999, in whole seconds (RFC 5280, 4.1.2.5).
    private static let representable: ClosedRange<Int64> = 0...253_402_300_799

    /// - Parameters: A time that a certificate cannot state counts as the nearest that it can.
    package init(notBefore: Timestamp, notAfter: Timestamp) {
        self.notBefore = Self.nearest(notBefore)
        self.notAfter = Self.nearest(notAfter)
    }

    /// A year from `now`, and from a day before: other clocks may be behind.
    package static func year(from now: Timestamp) -> Validity {
        let now = self.nearest(now).secondsSince1970
        return Validity(
            notBefore: Timestamp(secondsSince1970: now - 86_400),
            notAfter: Timestamp(secondsSince1970: now + 365 * 86_400)
        )
    }

    /// Whether a third of the time is left, or less.
    package func isRunningOut(at now: Timestamp) -> Bool {
        self.notAfter.seconds(since: now) <= self.notAfter.seconds(since: self.notBefore) / 3
    }

    private static func nearest(_ time: Timestamp) -> Timestamp {
        let range = Self.representable
        return Timestamp(secondsSince1970: min(max(time.secondsSince1970, range.lowerBound), range.upperBound))
    }

    // MARK: - As the library of certificates has it

    init(_ notBefore: Date, _ notAfter: Date) {
        func timestamp(_ date: Date) -> Timestamp {
            Timestamp(secondsSince1970: Int64(exactly: date.timeIntervalSince1970.rounded()) ?? 0)
        }
        self.init(notBefore: timestamp(notBefore), notAfter: timestamp(notAfter))
    }

    var dates: (notBefore: Date, notAfter: Date) {
        func date(_ time: Timestamp) -> Date { Date(timeIntervalSince1970: Double(time.secondsSince1970)) }
        return (date(self.notBefore), date(self.notAfter))
    }
}
