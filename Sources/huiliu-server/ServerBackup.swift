import ArgumentParser
import Foundation
import ReportCommand
import ReportModel
import ReportStorage
import ServerStore

struct ServerBackup: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "backup",
            abstract: say(
                "把数据库某一时刻的完整内容备份到一个文件，serve 无需停止",
                "Copies the store, as it is at one moment, to a file; serve goes on meanwhile."
            ),
            discussion: say(
                "例：huiliu-server backup 备份.sqlite --store 目录\n恢复：停止 serve，把备份以 server.sqlite 之名放进一个空目录，与另存的 authority.key 和 revoked 放在一起，再从那里 serve。备份不含这两个文件。备份之后各县送来的更改会在它们下次同步时自动补回。不会覆盖已有的文件。",
                "Example: huiliu-server backup copy.sqlite --store DIR\nTo restore: stop serve, put the copy in an empty folder as server.sqlite, with your copies of authority.key and revoked, and serve from there. The backup has neither of the two. What the counties have sent since comes back when they next sync. An existing file is never replaced."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp(say("备份文件", "The file to make."), valueName: "file"))
    var file: String

    func run() async throws {
        // Refused before the work, not only after it.
        guard !FileManager.default.fileExists(atPath: self.file) else { throw FileExists(path: self.file) }
        let store = try OpenedServer.store(self.common, access: .inspect)
        let line = ProgressLine()
        defer { line.finish() }
        try store.database.backUp(to: self.file) { done, total in
            line.update(
                done: done,
                of: total,
                text: say("已复制 \(done)/\(total) 页", "copied \(done) of \(total) pages")
            )
        }
        line.finish()
        Console.line(say("已备份到 \(self.file)。", "Backed up to \(self.file)."))
    }
}
