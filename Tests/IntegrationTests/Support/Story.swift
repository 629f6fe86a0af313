import Foundation
import ReportModel
import ReportScheme
import Testing

/// The province, two offices of 长垣 and two of 鲁山, with the real figures of both counties synced to all who may
/// hold them.
struct Story {
    let scene: Scene
    let server: RunningServer
    /// Two offices of 410728. The first imported the county's figures.
    let first: Office
    let second: Office
    /// Two offices of 410423. The first imported the county's figures.
    let lushan: Office
    let lushanSecond: Office

    static let changyuanFile = "Protocol/Schemes/henan-zones/examples/changyuan.csv"
    static let lushanFile = "Protocol/Schemes/henan-zones/examples/lushan.csv"

    init() async throws {
        self.scene = try Scene()
        self.server = try await self.scene.province()
        self.first = try await self.scene.office("办公室一", author: "张三", server: self.server)
        self.second = try await self.scene.office("办公室二", author: "王五", server: self.server)
        self.lushan = try await self.scene.office("鲁山", of: "410423", author: "李四", server: self.server)
        self.lushanSecond = try await self.scene.office("鲁山二", of: "410423", author: "赵六", server: self.server)
        let imported = try await self.first.json("import", repository(Self.changyuanFile))
        #expect(imported["refused"] == [])
        #expect(imported["new"] == 100 && imported["same"] == 5, "105 rows, 5 of them blank")
        let other = try await self.lushan.json("import", repository(Self.lushanFile))
        #expect(other["refused"] == [] && other["new"] == 38)
        for office in [self.first, self.lushan, self.second, self.lushanSecond] { try await office.sync() }
    }
}

/// One row of an import file, read by other code than the product's.
struct PrintedFigure: Sendable, CustomStringConvertible {
    let address: CellAddress
    /// As it stands in the file.
    let text: String

    var description: String { "\(self.address) = \(self.text)" }

    /// The words that stand around a figure in the two files.
    private static let qualifiers = ["近", "超", "多", "不少于", "以上"]

    /// The words around the figure; `nil` where there are none.
    var qualifier: String? {
        let words = self.text.filter { !"0123456789.".contains($0) }
        return words.isEmpty ? nil : words
    }

    /// The digits as printed; `nil` for a blank.
    var digits: String? {
        let digits = self.text.filter { "0123456789.".contains($0) }
        return digits.isEmpty ? nil : digits
    }

    /// Every row of `file`. Only names are looked up with the product's scheme.
    static func all(in file: String, scheme: Scheme) throws -> [PrintedFigure] {
        let lines = try String(contentsOfFile: repository(file), encoding: .utf8)
            .replacing("\u{FEFF}", with: "").split(whereSeparator: \.isNewline)
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count == 6 && fields[3].isEmpty, "\(line)")
            let form = try #require(scheme.form(named: fields[1]), "\(line)")
            let figure = PrintedFigure(
                address: CellAddress(
                    unit: try #require(scheme.unit(named: fields[0]), "\(line)").code,
                    form: form.code,
                    period: try #require(Period(fields[2]), "\(line)"),
                    item: try #require(form.item(named: fields[4]), "\(line)").code
                ),
                text: fields[5]
            )
            #expect(figure.qualifier.map { Self.qualifiers.contains($0) } ?? true, "\(line)")
            return figure
        }
    }
}
