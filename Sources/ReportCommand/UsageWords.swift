import ReportModel

/// What the argument parser says about a mistake, in plain Chinese. It has only English, and a clerk may have none.
enum UsageWords {
    /// - Parameter message: one line or several, as the parser gives them.
    static func chinese(_ message: String) -> String {
        message.split(separator: "\n", omittingEmptySubsequences: false).map { self.line(String($0)) }
            .joined(separator: "\n")
    }

    private static func line(_ line: String) -> String {
        if line.hasPrefix("Error: ") { return "参数有误：" + self.line(String(line.dropFirst("Error: ".count))) }
        if line.hasPrefix("Usage: ") { return "用法：" + line.dropFirst("Usage: ".count) }
        if line.hasPrefix("Help:") { return "说明：" + String(line.dropFirst("Help:".count)).trimmingBlanks }
        let quoted = line.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
        guard quoted.count >= 3 else { return line }
        for (start, words) in self.sentences where quoted[0].trimmingBlanks.hasSuffix(start) {
            guard quoted.count >= 5 else { return words(quoted[1]) }
            if quoted[2].contains("Did you mean") { return words(quoted[1]) + "是否想写 \(quoted[3])？" }
            return words(quoted[1]) + (quoted[2].contains("invalid for") ? "它属于 \(quoted[3])。" : "")
        }
        return line
    }

    /// What may have been taken for an option.
    private static let hyphens = "负数直接写，例如 -0.5；以 - 开头的文字写在 -- 之后，例如 -- -甲方案。"

    /// How a line begins up to the first quotation mark, and what to say about what stands within the marks.
    private static let sentences: [(start: String, words: @Sendable (String) -> String)] = [
        ("Missing expected argument", { "缺少 \($0)。" + ($0 == "<value>" ? Self.hyphens : "") }),
        ("Missing value for", { "\($0) 之后缺少值。" }),
        ("Unknown option", { "没有选项 \($0)。" }),
        ("unexpected arguments:", { "多出了“\($0)”。" }),
        ("Unexpected argument", { "多出了“\($0)”。" }),
        ("See", { "请用 \($0) 查看用法和例子。" }),
        ("The value", { "“\($0)”不能用在这里。" }),
    ]
}
