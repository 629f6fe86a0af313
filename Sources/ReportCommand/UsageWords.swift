import ReportModel

/// What the argument parser says, in plain Chinese. It has only English, and a clerk may have none.
enum UsageWords {
    /// - Parameter text: the help of a command, as the parser lays it out; our own words in it are Chinese already.
    static func chineseHelp(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { self.helpLine(String($0)) }
            .joined(separator: "\n")
    }

    private static func helpLine(_ line: String) -> String {
        let line = line.replacing("<subcommand>", with: "<子命令>")
        for (english, chinese) in self.headings where line.hasPrefix(english) {
            return chinese + line.dropFirst(english.count)
        }
        if line.hasPrefix("  See '"), let command = line.split(separator: "'").dropFirst().first {
            return "  请用 \(command) 查看用法和例子。"
        }
        if line.hasSuffix(")"), let start = line.firstRange(of: " (default: ") {
            return line[..<start.lowerBound] + "（默认 \(line[start.upperBound...].dropLast())）"
        }
        // As wide as it was, so that the columns stand.
        return line.replacing(" (default)", with: "（默认）  ")
            .replacing("Show help information.", with: "显示帮助")
    }

    private static let headings = [
        ("OVERVIEW: ", ""), ("USAGE: ", "用法："), ("ARGUMENTS:", "参数："), ("OPTIONS:", "选项："), ("SUBCOMMANDS:", "子命令："),
    ]

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
