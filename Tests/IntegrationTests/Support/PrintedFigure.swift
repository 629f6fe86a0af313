import Foundation
import ReportModel
import ReportScheme
import Testing

/// One row of an import file, read by other code than the product's.
struct PrintedFigure: Sendable, CustomStringConvertible {
    let address: CellAddress
    /// As it stands in the file.
    let text: String

    var description: String { "\(self.address) = \(self.text)" }

    /// The words that stand around figures in the files.
    private static let words = [
        "不少于", "接近", "突破", "至少", "不足", "左右", "以上", "近", "超", "多", "余", "约",
    ]
    /// Figures typed in another unit of measure than their item's, converted by hand.
    private static let convertedTable = ["9000万元": "0.9000", "410千米": "410"]

    /// What `show` must give for this row: every member of the value, but the unit of measure.
    var members: [String: JSON] {
        var members: [String: JSON] = ["state": "missing", "number": nil, "upper": nil, "qualifier": nil, "text": nil]
        if self.text.isEmpty { return members }
        if self.text == "××" || self.text == "不适用" {
            members["state"] = self.text == "××" ? "withheld" : "not_applicable"
            return members
        }
        let word = Self.words.first { self.text.contains($0) }
        let digits = Self.convertedTable[self.text] ?? self.text.replacing(word ?? "", with: "")
        let ends = digits.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let isFigure = ends.count <= 2 && ends.allSatisfy { $0.wholeMatch(of: /[0-9]+(\.[0-9]+)?/) != nil }
        guard isFigure else {
            members["state"] = nil
            members["text"] = .text(self.text)
            return members
        }
        members["state"] = "number"
        members["number"] = .text(ends[0])
        if ends.count == 2 { members["upper"] = .text(ends[1]) }
        if let word { members["qualifier"] = .text(word) }
        return members
    }

    /// The value, as a program gave it, must be this figure to the last digit.
    func expect(_ value: JSON, by who: String) {
        for (key, member) in self.members {
            if key == "state", member == nil {
                #expect(["text", "choice", "date"].contains(value["state"].text), "\(self), by \(who)")
            } else {
                #expect(value[key] == member, "\(self): \(key), by \(who)")
            }
        }
    }

    /// Every row of `file`. Only names are looked up with the product's scheme.
    static func all(in file: String, scheme: Scheme) throws -> [PrintedFigure] {
        let lines = try String(contentsOfFile: repository(file), encoding: .utf8)
            .replacing("\u{FEFF}", with: "").split(whereSeparator: \.isNewline)
        return try lines.dropFirst().map { line in
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            try #require(fields.count == 6 && fields[3].isEmpty, "\(line)")
            let form = try #require(scheme.form(named: fields[1]), "\(line)")
            return PrintedFigure(
                address: CellAddress(
                    unit: try #require(scheme.unit(named: fields[0]), "\(line)").code,
                    form: form.code,
                    period: try #require(Period(fields[2]), "\(line)"),
                    item: try #require(form.item(named: fields[4]), "\(line)").code
                ),
                text: fields[5]
            )
        }
    }
}
