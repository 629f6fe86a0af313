import BundledScheme
import ReportModel
import ReportScheme
import TestSupport
import Testing

@Suite struct MeasureTests {
    static let scheme = try! Scheme.parse(BundledScheme.source)

    /// A scheme of one item, measured in `code`.
    static func item(in code: String) throws -> (Scheme, Item) {
        let files =
            BundledScheme.source.files.filter { $0.name == "measures.yaml" }
            + [.init(name: "scheme.yaml", text: "scheme: figures\nname: 数字\nname_en: Figures\nversion: \"1\"\n")]
        let units = "units: [{code: \"410000\", name: 河南省, name_en: Henan, level: province}]"
        let form = """
            form: figures
            name: 数字
            name_en: Figures
            items:
              - {item: figure, name: 数, name_en: Figure, unit: "\(code)", kind: current, periods: [year], reported_by: [province]}
            """
        let scheme = try Scheme.parse(
            SchemeSource(files + [.init(name: "units.yaml", text: units), .init(name: "figures.yaml", text: form)])
        )
        return (scheme, try #require(scheme.form("figures")?.item("figure")))
    }

    @Test(arguments: [
        ("113.2亿元", "万元", "1132000"), ("9000万元", "亿元", "0.9000"), ("1.5万亿元", "亿元", "15000"), ("5元", "万元", "0.0005"),
        ("0.30平方公里", "亩", "450"), ("8.6平方公里", "公顷", "860"), ("3公顷", "亩", "45"), ("4500亩", "公顷", "300.0"),
        ("2万平方米", "公顷", "2"), ("60万平方米", "平方米", "600000"), ("2000平方米", "亩", "3.00"), ("1.2万亩", "平方公里", "8.0"),
        ("7公里", "米", "7000"), ("850米", "公里", "0.850"), ("5千米", "公里", "5"), ("5KM", "公里", "5"), ("5km", "米", "5000"),
        ("11万伏", "千伏", "110"), ("110kV", "万伏", "11.0"), ("1.3万人", "人", "13000"), ("800人次", "万人次", "0.0800"),
        ("2.5万台", "台", "25000"), ("3000套", "万套", "0.3000"), ("1.2万个", "个", "12000"), ("3万吨", "吨", "30000"),
        ("2万吨/日", "吨/日", "20000"), ("10万元/公顷", "万元/亩", nil), ("150万元/公顷", "万元/亩", "10.0"),
        ("20万元/亩", "万元/公顷", "300"), ("3成", "%", "30"), ("2倍", "%", "200"), ("45.6%", "成", "4.56"),
    ])
    func aFigureInAnotherMeasureOfTheClassIsConverted(typed: String, own: String, stored: String?) throws {
        let (scheme, item) = try Self.item(in: own)
        guard let stored else {
            let error = try #require(throws: SchemeRefusal.self) { _ = try scheme.value(typed, for: item) }
            #expect(error.code == "inexact_conversion")
            return
        }
        #expect(try scheme.value(typed, for: item).description == stored)
    }

    @Test func whatWasConvertedIsTold() throws {
        let (scheme, item) = try Self.item(in: "万元")
        #expect(try scheme.reading("113.2亿元", for: item).conversion?.description == "113.2亿元 = 1132000万元")
        #expect(try scheme.reading("近200亿元", for: item).value.description == "近2000000")
        let range = try scheme.reading("2-3亿元", for: item)
        #expect(range.value.description == "20000-30000")
        #expect(range.conversion?.description == "2-3亿元 = 20000-30000万元")
        #expect(try scheme.reading("5万元", for: item).conversion == nil)
        #expect(try scheme.reading("5", for: item).conversion == nil)
    }

    @Test(arguments: [
        ("100亩", "公顷", "inexact_conversion", "四舍五入"), ("1-2亩", "平方公里", "inexact_conversion", "平方公里"),
        ("999999999999999999999亿元", "元", "inexact_conversion", "位数过多"),
        ("5人次", "人", "other_unit_of_measure", "万人次"), ("5人", "万人次", "other_unit_of_measure", "人次"),
        ("3台", "套", "other_unit_of_measure", "万台"), ("3%", "百分点", "other_unit_of_measure", "倍"),
        ("3个百分点", "%", "other_unit_of_measure", "百分点"), ("4条", "公里", "other_unit_of_measure", "米"),
        ("4家", "个", "other_unit_of_measure", "万个"), ("5万美元", "万元", "other_unit_of_measure", "亿元"),
        ("5吨", "吨/日", "other_unit_of_measure", "万吨/日"), ("5天", "日", "other_unit_of_measure", "天"),
        ("5英里", "公里", "unknown_unit_of_measure", "公里"),
    ])
    func whatCannotBeConvertedExactlyIsRefused(typed: String, own: String, code: String, word: String) throws {
        let (scheme, item) = try Self.item(in: own)
        let error = try #require(throws: SchemeRefusal.self) { _ = try scheme.value(typed, for: item) }
        #expect(error.code == code)
        #expect((error.explanation.chinese + error.advice.chinese).contains(word))
        #expect(!error.explanation.english.isEmpty && !error.advice.english.isEmpty)
    }

    @Test func thereAndBackIsExactWhereverThereIsADecimal() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        var converted = 0
        for from in Self.scheme.measures {
            let (fromScheme, fromItem) = try Self.item(in: from.code)
            for into in Self.scheme.measures
            where into.measureClass == from.measureClass && into != from {
                let (intoScheme, intoItem) = try Self.item(in: into.code)
                for _ in 0..<20 {
                    let mantissa = Int128(Int.random(in: -9_999_999...9_999_999, using: &random))
                    let number = ExactDecimal(mantissa: mantissa, scale: .random(in: 0...4, using: &random))!
                    guard let there = try? intoScheme.value("\(number)\(from.code)", for: intoItem) else {
                        // Only what has no decimal is refused.
                        let exact = (Fraction(number) * from.factor / into.factor)?.exactDecimal
                        #expect(exact == nil, "\(number)\(from.code), replay with seed \(seed)")
                        continue
                    }
                    let back = try fromScheme.value("\(there)\(into.code)", for: fromItem)
                    #expect(back == .number(Quantity(number)), "\(number)\(from.code), replay with seed \(seed)")
                    converted += 1
                }
            }
        }
        #expect(converted > 500)
    }

    @Test func classesMultiplyAndDivide() throws {
        let (money, area) = (try #require(MeasureClass("money")), try #require(MeasureClass("area")))
        #expect(MeasureClass("money/area") == money / area)
        #expect(money / area * area == money && money / money == .ratio && MeasureClass("ratio") == .ratio)
        #expect(MeasureClass("points") == .points && MeasureClass.points != .ratio)
        #expect(MeasureClass("money*area/money") == area && MeasureClass("ratio/area") == .ratio / area)
        #expect((money / area).description == "area^-1 money")
        for text in ["", "/", "money/", "/area", "Money", "money area", "money//area", "_x", "1", "钱"] {
            #expect(MeasureClass(text) == nil, "\(text)")
        }
    }

    @Test func wholeThingsAreCountedAndEachHasItsOwnClass() {
        let counted = Self.scheme.measures.filter(\.isCounted)
        #expect(Set(counted.map(\.code)).isSuperset(of: ["个", "家", "条", "座", "栋", "项", "台", "套", "人", "人次"]))
        #expect(Set(counted.map(\.measureClass)).count == counted.count)
        #expect(!counted.contains { ["万人", "公里", "亩", "%"].contains($0.code) })
    }

    @Test(arguments: [
        ("class: length", "measures.yaml:2:5", SchemeMistake.Reason.missingKey("factor")),
        ("factor: 2", "measures.yaml:2:63", .factorWithoutClass),
        ("class: 长度, factor: 1", "measures.yaml:2:62", .badMeasureClass("长度")),
        ("class: length, factor: 0", "measures.yaml:2:78", .badFactor("0")),
        ("class: length, factor: -1", "measures.yaml:2:78", .badFactor("-1")),
        ("class: length, factor: 1/0", "measures.yaml:2:78", .badFactor("1/0")),
        ("class: length, factor: many", "measures.yaml:2:78", .badFactor("many")),
        ("counted: perhaps", "measures.yaml:2:64", .notOneOf("perhaps", allowed: ["true", "false"])),
    ])
    func aBadMeasureIsAMistakeAtItsPlace(keys: String, place: String, reason: SchemeMistake.Reason) throws {
        let source = SmallScheme.source("measures.yaml", replacing: "km]", with: "km], \(keys)")
        let error = try #require(throws: SchemeMistakes.self) { _ = try Scheme.parse(source) }
        #expect(error.mistakes.map { "\($0.file):\($0.line):\($0.column) \($0.reason)" } == ["\(place) \(reason)"])
        #expect(!error.explanation.english.contains("something is wrong"))
    }
}
