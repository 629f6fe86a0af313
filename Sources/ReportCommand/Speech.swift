import Foundation
import ReportModel

/// The language of this run, and how texts in both languages are written down beside each other.
package enum Speech {
    /// `--lang zh|en` if given, else by `LANG`: Chinese where it begins with `zh`, English elsewhere.
    ///
    /// Read from the arguments themselves, because help texts need it before the arguments are parsed.
    package static let language: Language = {
        let arguments = CommandLine.arguments
        for (index, argument) in arguments.enumerated() {
            if argument == "--lang", index + 1 < arguments.count,
                let language = Language(rawValue: arguments[index + 1])
            {
                return language
            }
            if argument.hasPrefix("--lang="), let language = Language(rawValue: String(argument.dropFirst(7))) {
                return language
            }
        }
        return Language(posixLocale: ProcessInfo.processInfo.environment["LANG"] ?? "")
    }()
}

/// The text in the language of this run.
package func say(_ chinese: String, _ english: String) -> String {
    Bilingual(chinese, english)[Speech.language]
}
