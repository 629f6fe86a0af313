import ReportModel
import Testing
import TestSupport

@Suite struct ValueTextTests {
    @Test(arguments: [
        ("0", "0", nil), ("5.20", "5.20", nil), ("-3", "-3", nil), ("－３．５", "-3.5", nil), ("−4", "-4", nil),
        ("１２，３４５．６", "12345.6", nil), ("1,234.5", "1234.5", nil), ("12,345,678", "12345678", nil),
        ("  \u{3000}7.0\t", "7.0", nil), ("\u{FEFF}8", "8", nil), ("007", "7", nil),
        ("近200", "近200", nil), ("接近200", "接近200", nil), ("不足3", "不足3", nil), ("不少于5.2", "不少于5.2", nil),
        ("超40", "超40", nil), ("突破1,000", "突破1000", nil), ("约 9", "约9", nil), ("至少2", "至少2", nil),
        ("1000多", "1000多", nil), ("1000余", "1000余", nil), ("5左右", "5左右", nil), ("4000以上", "4000以上", nil),
        ("5.2亿元", "5.2", "亿元"), ("1000多家", "1000多", "家"), ("4000亩以上", "4000以上", "亩"),
        ("4000以上亩", "4000以上", "亩"), ("近200 亿元", "近200", "亿元"), ("3 km²", "3", "km²"), ("3m2", "3", "m2"),
        ("5-7", "5-7", nil), ("5–7", "5-7", nil), ("5—7", "5-7", nil), ("5~7", "5-7", nil), ("5～7", "5-7", nil),
        ("5至7公里", "5-7", "公里"), ("5 - 7 公里", "5-7", "公里"), ("-5--3", "-5--3", nil), ("-5至-3", "-5--3", nil),
        ("5-5", "5-5", nil), ("1,000-2,000", "1000-2000", nil),
        ("不适用", "不适用", nil), ("N/A", "不适用", nil), ("××", "××", nil), ("Withheld", "××", nil),
        ("", "", nil), (" \u{3000}\r\n", "", nil),
    ])
    func aNumberIsReadWithItsUnitOfMeasure(text: String, value: String, measure: String?) throws {
        let found = try ValueText.number(text)
        #expect(found.value.description == value)
        #expect(found.measure == measure)
    }

    static let malformed: [(String, MalformedValue.Reason)] = [
        ("亿元", .unexpected("亿元")), ("+5", .unexpected("+5")), (".5", .unexpected(".5")), ("5.", .noDigitAfterPoint),
        ("-", .noDigits), ("—", .unexpected("—")), ("近", .noDigits), ("5-", .noDigits), ("5..2", .noDigitAfterPoint),
        ("1.2.3", .unexpected(".3")), ("5 6", .unexpected("6")),
        ("1,23", .badThousands), ("1234,567", .badThousands), ("1,2345", .badThousands), (",123", .unexpected(",123")),
        ("1.234,567", .unexpected(",567")), ("1,234,", .badThousands),
        ("7-5", .reversedRange), ("约5-7", .qualifierWithRange(.about)), ("5-7左右", .qualifierWithRange(.around)),
        ("5-7公里以上", .qualifierWithRange(.orMore)), ("5亿元-7亿元", .measureWithinRange),
        ("约5左右", .twoQualifiers(.about, .around)), ("近约5", .twoQualifiers(.near, .about)),
        ("5多左右", .twoQualifiers(.more, .around)), ("1000多亩以上", .twoQualifiers(.more, .orMore)),
        ("左右5", .misplaced(.around)), ("5约", .misplaced(.about)),
        ("1234567890123456789012345", .tooManyDigits), ("0.1234567890123", .tooManyDigits),
        (String(repeating: "9", count: 100_000), .tooManyDigits), ("1-1234567890123456789012345", .tooManyDigits),
        ("٥", .unexpected("٥")),
    ]

    @Test(arguments: malformed)
    func whatIsNoNumberIsRefusedWithItsReason(text: String, reason: MalformedValue.Reason) {
        let error = #expect(throws: MalformedValue.self) { try ValueText.number(text) }
        #expect(error?.reason == reason)
        #expect(error.map { $0.explanation.english.count < 300 } == true)
    }

    @Test func everyPrintedNumberIsReadBack() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let value = CellValue.number(Self.quantity(&random))
            let found = try ValueText.number(value.description)
            #expect(found.value == value && found.measure == nil, "\(value), replay with seed \(seed)")
            #expect(found.value.description == value.description, "replay with seed \(seed)")
        }
    }

    private static func quantity(_ random: inout SplitMix64) -> Quantity {
        let digitCount = Int.random(in: 1...ExactDecimal.digitCountMax, using: &random)
        func decimal() -> ExactDecimal {
            let digits = (0..<digitCount).reduce(Int128(0)) { number, _ in
                number * 10 + Int128.random(in: 0...9, using: &random)
            }
            let negative = Bool.random(using: &random)
            return ExactDecimal(
                mantissa: negative ? -digits : digits,
                scale: .random(in: 0...ExactDecimal.scaleMax, using: &random)
            )!
        }
        let (first, second) = (decimal(), decimal())
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return Quantity(first)
        case 1: return Quantity(first, qualifier: Qualifier.allCases.randomElement(using: &random))
        default: return Quantity(min(first, second), upper: max(first, second))
        }
    }

    @Test func anyTextIsReadOrRefusedButNeverCrashes() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(seed: seed)
        let parts =
            "0123456789.,-−～至 年亿元".map(String.init) + ["不少于", "近", "多", "以上", "左右", "×", "n/a", "９", "。", "\u{FEFF}"]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...8, using: &random)).reduce("") { text, _ in
                text + parts.randomElement(using: &random)!
            }
            guard let found = try? ValueText.number(text) else { continue }
            let again = try? ValueText.number(found.value.description)
            #expect(again?.value == found.value, "“\(text)”, replay with seed \(seed)")
        }
    }

    static let typed: [(String, ValueType, CellValue?)] = [
        ("2024-06-30", .date, .date(CalendarDate(year: 2024, month: 6, day: 30)!)),
        ("２０２４－０６－３０", .date, .date(CalendarDate(year: 2024, month: 6, day: 30)!)),
        ("2024-02-30", .date, nil), ("2024/6/30", .date, nil), ("", .date, .missing),
        ("是", .boolean, .boolean(true)), ("否", .boolean, .boolean(false)), ("TRUE", .boolean, .boolean(true)),
        ("no", .boolean, .boolean(false)), ("1", .boolean, nil), ("n/a", .boolean, .notApplicable),
        (" 一期 ", .choice, .choice("一期")), ("多字 文本", .text, .text("多字 文本")), ("××", .text, .withheld),
        ("5", .number, .number(Quantity(ExactDecimal(5)))), ("5亿元", .number, nil),
        (String(repeating: "长", count: 6_000), .text, nil),
    ]

    @Test(arguments: typed)
    func otherTypesAreReadToo(text: String, type: ValueType, value: CellValue?) {
        #expect((try? ValueText.value(text, as: type)) == value)
    }
}
