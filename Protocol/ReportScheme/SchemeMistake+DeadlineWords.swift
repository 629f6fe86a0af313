import ReportModel

extension SchemeMistake.Reason {
    var wordsOfDeadlines: Bilingual? {
        switch self {
        case .badTime(let text):
            Bilingual("“\(text)”不是 00:00 至 24:00 的时刻", "“\(text)” is no time of day from 00:00 to 24:00")
        case .badDayCount(let text, let least, let most):
            Bilingual(
                "“\(text)”不是 \(least) 至 \(most) 的整数天数",
                "“\(text)” is no whole number of days from \(least) to \(most)"
            )
        case .opensAfterDue(let opens, let due):
            Bilingual(
                "第 \(opens) 天才开放，第 \(due) 天就截止",
                "it would open on day \(opens), after it is due on day \(due)"
            )
        default: nil
        }
    }
}
