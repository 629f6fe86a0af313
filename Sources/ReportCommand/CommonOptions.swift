import ArgumentParser
import Foundation
import Logging
import ReportModel

/// Options that every command has.
package struct CommonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            say(
                "数据库所在目录（默认 $HUILIU_STORE，其次系统数据目录）",
                "The store's directory (default: $HUILIU_STORE, else the platform's data directory)."
            ),
            valueName: "dir"
        )
    )
    package var store: String?

    @Option(
        help: ArgumentHelp(say("界面语言：zh 或 en（默认按 LANG）", "Language: zh or en (default: by LANG)."), valueName: "zh|en")
    )
    package var lang: String?

    package init() {}

    /// Refuses a language that is not spoken.
    package func validate() throws {
        if let lang, Language(rawValue: lang) == nil {
            throw ValidationError(
                say("不认识的语言“\(lang)”；请写 zh 或 en。", "There is no language “\(lang)”; write zh or en.")
            )
        }
    }

    /// The store's directory.
    package var storeDirectory: String {
        if let store { return store }
        let environment = ProcessInfo.processInfo.environment
        if let directory = environment["HUILIU_STORE"], !directory.isEmpty { return directory }
        if let data = environment["XDG_DATA_HOME"], !data.isEmpty { return data + "/huiliu" }
        return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/huiliu"
    }
}

/// `--json`, of every command that reads, and of `sync` and `import`.
package struct JSONOption: ParsableArguments {
    @Flag(help: ArgumentHelp(say("输出一个 JSON 对象，供程序读取", "Write one JSON object, for programs.")))
    package var json = false

    package init() {}
}

/// The wall clock; time is passed in everywhere else.
package func wallClock() -> Timestamp {
    Timestamp(secondsSince1970: Int64(Date().timeIntervalSince1970.rounded(.down)))
}

/// Today by the calendar in Shanghai, which reports are kept by.
package func todayInShanghai() -> CalendarDate {
    // Only a clock beyond the year 9999 has no day there.
    wallClock().inShanghai?.day ?? CalendarDate(year: 9999, month: 12, day: 31)!
}

/// A logger that writes to standard error, from `warning` on, or from the level that `$HUILIU_LOG` names.
package func makeLogger(label: String) -> Logger {
    var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
    let level = ProcessInfo.processInfo.environment["HUILIU_LOG"].flatMap { Logger.Level(rawValue: $0) }
    logger.logLevel = level ?? .warning
    return logger
}
