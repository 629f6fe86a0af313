import ArgumentParser
import ClientStore
import Foundation
import ReportCommand
import ReportModel
import ReportPages
import ReportStorage

struct ClientExport: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "export",
            abstract: say(
                "把数据库中的全部内容连同历史导出为 CSV",
                "Writes everything that the store holds, with its history, as CSV."
            ),
            discussion: say(
                "例：huiliu-client export 全部.csv\n每次写入一行：谁、在哪台设备、何时、取代了什么、是否送达。加 --current 只写现值，加 --unsent 只写本机填写而尚未送达省级的，import 可以读回。文件名写 - 则输出到标准输出。",
                "Example: huiliu-client export all.csv\nOne row for every write: who, on which device, when, what it superseded, whether it is delivered. With --current only the present values, with --unsent only what was written here and is not delivered yet; import reads both back. The file - is standard output."
            )
        )
    }

    @OptionGroup var common: CommonOptions
    @Flag(help: ArgumentHelp(say("只导出现值，供 import 读回", "Only the present values, for import.")))
    var current = false
    @Flag(
        help: ArgumentHelp(
            say("只导出本机填写而尚未送达省级的，供 import 读回", "Only what was written here and is not delivered yet, for import.")
        )
    )
    var unsent = false
    @Flag(help: ArgumentHelp(say("覆盖已有的文件", "Replace an existing file.")))
    var overwrite = false
    @Argument(help: ArgumentHelp(say("CSV 文件，或 -", "The CSV file, or -."), valueName: "file"))
    var file: String

    /// Whether `import` is to read it.
    private var isForImport: Bool { self.current || self.unsent }

    func run() async throws {
        let client = try OpenedClient.store(self.common, access: .read)
        var warnings: [String] = []
        if self.file == "-" {
            warnings = try self.write(client) { bytes in
                do {
                    try FileHandle.standardOutput.write(contentsOf: bytes)
                } catch {
                    throw FileUnwritable(path: self.file)
                }
            }
        } else {
            try PublishedFile.write(
                to: self.file,
                isReplacing: self.overwrite,
                alreadyThere: FileExists(path: self.file, option: "--overwrite")
            ) { warnings = try self.write(client, to: $0) }
        }
        for warning in warnings { Console.error(warning) }
        // Somebody counts on it that all is in the file that the province lacks.
        if self.unsent, !warnings.isEmpty { throw ExitCode(Exit.attention) }
    }

    /// Writes one consistent state, piece by piece.
    ///
    /// - Returns: What is to be known about the file.
    private func write(_ client: ClientStore, to sink: @escaping ([UInt8]) throws -> Void) throws -> [String] {
        var sheet = Sheet(sink)
        try sheet.add(CSVText.mark + CSVText.record(self.header))
        let warnings = try self.unsent ? Self.addUnsent(of: client, to: &sheet) : self.addAll(of: client, to: &sheet)
        try sheet.finish()
        return warnings
    }

    private static func addUnsent(of client: ClientStore, to sheet: inout Sheet) throws -> [String] {
        var (conflictCount, blankCount, markCount) = (0, 0, 0)
        for figure in try client.undeliveredFigures() {
            let form = figure.address.form
            guard !form.isSystem else {
                markCount += form == SystemForm.report || form == SystemForm.explanations ? 1 : 0
                continue
            }
            conflictCount += figure.isInConflict ? 1 : 0
            blankCount += figure.value == .missing ? 1 : 0
            try sheet.add(CSVText.record(Self.cell(figure.address, figure.value)))
        }
        var warnings: [String] = []
        if conflictCount > 0 {
            warnings.append(
                say(
                    "其中 \(conflictCount) 个与别人填的并存、尚未裁定：导出的是本机填的，导入后取代别人的；请先用 conflicts 查看。",
                    "In conflict with what others wrote: \(conflictCount); the file has what was written here, and takes the place of theirs when it is imported. Look at them with conflicts first."
                )
            )
        }
        if blankCount > 0 {
            warnings.append(
                say(
                    "其中 \(blankCount) 个是在本机清空的：导入时加 --clear-blanks 才会清空。",
                    "Cleared here: \(blankCount); import clears them only with --clear-blanks."
                )
            )
        }
        if markCount > 0 {
            warnings.append(
                say(
                    "另有 \(markCount) 个上报标记和说明不在文件中：导入之后请重新 check、submit。",
                    "Marks of reports and explanations, which are not in the file: \(markCount). After the import make them again with check and submit."
                )
            )
        }
        return warnings
    }

    private func addAll(of client: ClientStore, to sheet: inout Sheet) throws -> [String] {
        var conflictCount = 0
        try client.database.read { reader in
            for scope in try reader.scopes() {
                guard self.current else {
                    try reader.forEachWrite(in: scope) { try sheet.add(CSVText.record(Self.row($0))) }
                    continue
                }
                for cell in try reader.cells(of: scope) where !cell.address.form.isSystem {
                    conflictCount += cell.isConflict ? 1 : 0
                    guard cell.value != .missing else { continue }
                    try sheet.add(CSVText.record(Self.cell(cell.address, cell.value)))
                }
            }
        }
        guard conflictCount > 0 else { return [] }
        return [
            say(
                "有 \(conflictCount) 个单元格冲突，只导出了暂显示的值（空白不导出）；请先用 conflicts 和 resolve 裁定，再导出。",
                "Cells in conflict: \(conflictCount); only the value shown for now was written (a blank is not). Decide with conflicts and resolve, then export again."
            )
        ]
    }

    private var header: [String] {
        let cell = say("单位,报表,报告期,行,指标,数值", "unit,form,period,row,item,value")
        let history = say(
            ",状态,设备号,序号,哈希,填报人,设备,填报时间,接收时间,已送达,取代",
            ",state,replica,sequence,hash,author,device,time,received,delivered,supersedes"
        )
        return (self.isForImport ? cell : cell + history).split(separator: ",").map(String.init)
    }

    /// As `import` reads it.
    private static func cell(_ address: CellAddress, _ value: CellValue) -> [String] {
        [
            address.unit.description, address.form.description, address.period.description, address.row.description,
            address.item.description, value.description,
        ]
    }

    private static func row(_ write: ExportedWrite) -> [String] {
        let state =
            switch write.state {
            case .current: say("现值", "current")
            case .conflicting: say("冲突", "conflicting")
            case .superseded: say("已取代", "superseded")
            case .notCounted: say("不算数", "not counted")
            }
        return self.cell(write.address, write.value) + [
            state, write.replica.description, String(write.sequence), write.hash.description, write.author,
            write.device ?? "", write.time.description, write.received.description,
            write.isDelivered ? say("是", "yes") : say("否", "no"), write.supersedes.joined(separator: " "),
        ]
    }

    /// Collects lines, and writes them some at a time.
    private struct Sheet {
        private let sink: ([UInt8]) throws -> Void
        private var pending: [UInt8] = []
        private static let chunkByteCount = 1 << 16

        init(_ sink: @escaping ([UInt8]) throws -> Void) {
            self.sink = sink
        }

        mutating func add(_ text: String) throws {
            self.pending += Array(text.utf8)
            if self.pending.count >= Self.chunkByteCount { try self.finish() }
        }

        mutating func finish() throws {
            try self.sink(self.pending)
            self.pending = []
        }
    }
}
