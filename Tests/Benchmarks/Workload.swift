import BundledScheme
import ReportModel
import ReportScheme
import TestSupport

/// The workload of reference: zones that report six forms of twenty items by month and half-month, with figures that
/// grow from period to period, and 4 % corrections. The same on every run.
struct Workload {
    /// The six largest kinds of form of the bundled scheme with their first twenty items, in the scheme's order; made-up
    /// items where a form has fewer.
    static let forms: [(form: Code, items: [Code])] = {
        // The scheme is part of the program, and its tests parse it.
        let scheme = try! Scheme.parse(BundledScheme.source)
        let codes: [Code] = [
            "infrastructure", "projects_summary", "investment_promotion", "land", "enterprises", "output",
        ]
        return codes.map { code in
            let known = scheme.form(code)!.items.prefix(20).map(\.code)
            let made = (known.count..<20).map { Code("\(code.description.prefix(4))_figure_\($0)")! }
            return (code, known + made)
        }
    }()

    /// Months and half-months, in the order of reporting.
    static let periods: [Period] = (2020...2024).flatMap { year in
        (1...12).flatMap { month in
            let text = "\(year)-\(month < 10 ? "0" : "")\(month)"
            return [Period("\(text)A")!, Period("\(text)B")!, Period(text)!]
        }
    }

    private var random: SplitMix64

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    /// `count` cells of one zone: whole forms, period after period.
    mutating func cells(_ count: Int, startingAtPeriod first: Int = 0) -> [Change.Write] {
        var writes: [Change.Write] = []
        var levels: [Int: Int] = [:]
        for period in Self.periods[first...] {
            var series = 0
            for (form, items) in Self.forms {
                for item in items {
                    if writes.count == count { return writes }
                    writes.append(
                        Change.Write(
                            AddressInScope(form: form, period: period, item: item),
                            .number(Quantity(self.next(of: series, &levels)))
                        )
                    )
                    series += 1
                }
            }
        }
        return writes
    }

    /// The next figure of a series: its own size and digits, growing by up to a tenth; in 4 % a correction downwards.
    private mutating func next(of series: Int, _ levels: inout [Int: Int]) -> ExactDecimal {
        let scale = series % 3
        let level = levels[series] ?? Int.random(in: 20...90_000, using: &self.random)
        let step = Int.random(in: 0...max(1, level / 10), using: &self.random)
        let next = Int.random(in: 0..<100, using: &self.random) < 4 ? max(0, level - step / 2) : level + step
        levels[series] = next
        return ExactDecimal(mantissa: Int128(next), scale: scale)!
    }
}
