import Foundation
import ReportCommand
import ReportModel
import ReportScheme

/// A directory of scheme files.
enum SchemeFolder {
    /// Every YAML file that lies directly in `directory`.
    static func read(_ directory: String) throws -> SchemeSource {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw CommandFailure(
                Exit.usage,
                UsageError(
                    Bilingual("读不到目录 \(directory)。", "The directory \(directory) cannot be read."),
                    advice: Bilingual("请核对报表制度目录的路径。", "Check the path of the scheme's directory.")
                )
            )
        }
        return try SchemeSource(
            read: names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
                (name: name, bytes: [UInt8](FileManager.default.contents(atPath: directory + "/" + name) ?? Data()))
            }
        )
    }
}
