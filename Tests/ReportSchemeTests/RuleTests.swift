import ReportModel
import ReportScheme
import Testing

@Suite("Rules, tried on figures")
struct RuleTests {
    struct Case: CustomTestStringConvertible {
        let rule: String
        let cells: String
        /// What the finding says; `nil` = nothing is found.
        let finding: String?
        let testDescription: String

        init(_ rule: String, _ cells: String, finds finding: String?) {
            (self.rule, self.cells, self.finding) = (rule, cells, finding)
            self.testDescription = "\(rule) with \(cells)"
        }
    }

    static let cases: [Case] = [
        // Exact sums, over units of measure
        Case("f.a == f.flow", "zone 2024-H1 a = 1.10\nzone 2024-H1 flow = 1.1", finds: nil),
        Case("f.a == f.b", "zone 2024-H1 a = 1.2\nzone 2024-H1 b = 12000", finds: nil),
        Case(
            "f.a == f.b",
            "zone 2024-H1 a = 1.2\nzone 2024-H1 b = 12001",
            finds: "甲区 2024-H1：应当如此。a名 1.2亿元，而 b名 12001万元 = 1.2001亿元，相差 0.0001亿元。"
        ),
        Case(
            "f.a == f.flow + g.a",
            "zone 2024-Q1 a = 6.3\nzone 2024-Q1 flow = 4.5\nzone 2024-Q1 g.a = 1.7",
            finds: "甲区 2024-Q1：应当如此。a名 6.3亿元，而 flow名 4.5亿元 + a名 1.7亿元（另表） = 6.2亿元，相差 0.1亿元。"
        ),
        Case(
            "f.a == f.flow + g.a",
            "zone 2024 a = 17.30005\nzone 2024 flow = 10.29995\nzone 2024 g.a = 7",
            finds: "a名 17.30005亿元，而 flow名 10.29995亿元 + a名 7亿元（另表） = 17.29995亿元，相差 0.0001亿元。"
        ),
        Case(
            "f.a == f.flow / 3",
            "zone 2024 a = 0.33333\nzone 2024 flow = 1",
            finds: "a名 0.33333亿元，而 flow名 1亿元 ÷ 3 = 0.33亿元，相差 0.000003亿元。"
        ),
        // Missing is never zero
        Case("f.a == f.flow + g.a", "zone 2024-Q1 a = 6.3\nzone 2024-Q1 flow = 4.5", finds: nil),
        Case(
            "f.a == f.flow + g.a",
            "zone 2024-Q1 a = 6.3\nzone 2024-Q1 flow = 4.5\nzone 2024-Q1 g.a = 不适用",
            finds: nil
        ),
        // Qualifiers
        Case("f.a == f.flow", "zone 2024 a = 近200\nzone 2024 flow = 195", finds: nil),
        Case(
            "f.a == f.flow",
            "zone 2024 a = 近200\nzone 2024 flow = 150",
            finds: "甲区 2024：应当如此。a名 近200亿元，而 flow名 150亿元，相差 50亿元。"
        ),
        Case("f.a >= f.flow", "zone 2024 a = 超40\nzone 2024 flow = 60", finds: nil),
        Case("f.a == f.flow", "zone 2024 a = 2-3\nzone 2024 flow = 3", finds: nil),
        Case("stated(f.a) >= f.flow", "zone 2024 a = 不少于5.2\nzone 2024 flow = 7.6", finds: "少 2.4亿元"),
        Case("not (f.a == f.flow)", "zone 2024 a = 近200\nzone 2024 flow = 195", finds: nil),
        Case("not (f.a < f.flow)", "zone 2024 a = 近200\nzone 2024 flow = 195", finds: nil),
        Case("not (f.a >= f.flow and f.a <= f.flow)", "zone 2024 a = 近200\nzone 2024 flow = 195", finds: nil),
        Case("not (f.a == f.flow)", "zone 2024 a = 195\nzone 2024 flow = 195.0", finds: "a名 195亿元"),
        Case("not (f.a > f.flow or f.a < f.flow)", "zone 2024 a = 近200\nzone 2024 flow = 150", finds: "近200"),
        // Parts and wholes
        Case("f.n <= f.only_zones", "zone 2024 n = 5\nzone 2024 only_zones = 4", finds: "a"),
        // Printed ratios
        Case(
            "f.share_a ~= share(f.a, f.a_plan)",
            "zone 2024 a = 897\nzone 2024 a_plan = 2900\nzone 2024 share_a = 31",
            finds: nil
        ),
        Case(
            "f.share_a ~= share(f.a, f.a_plan)",
            "zone 2024 a = 391\nzone 2024 a_plan = 1000\nzone 2024 share_a = 39.1",
            finds: nil
        ),
        Case(
            "f.share_a ~= share(f.a, f.a_plan)",
            "zone 2024 a = 6.3\nzone 2024 a_plan = 30\nzone 2024 share_a = 31.7",
            finds: "甲区 2024：应当如此。share_a名 31.7%，而按 a名 6.3亿元 ÷ a_plan名 30亿元 = 21.0% 计算，相差 10.7个百分点。"
        ),
        // Plans are read at the year
        Case(
            "f.share_a ~= completion(f.a)",
            "zone 2024-Q1 a = 6.3\nzone 2024 a_plan = 30\nzone 2024-Q1 share_a = 21.0",
            finds: nil
        ),
        Case("f.share_a ~= completion(f.a)", "zone 2024-Q1 a = 6.3\nzone 2024-Q1 share_a = 21.0", finds: nil),
        // Other periods
        Case("f.a >= last(f.a)", "zone 2024-H1 a = 4.6\nzone 2024-07 a = 4.7", finds: nil),
        Case(
            "f.a >= last(f.a)",
            "zone 2024-H1 a = 4.6\nzone 2024-07 a = 4.1",
            finds: "甲区 2024-07：应当如此。a名 4.1亿元，小于 上期a名 4.6亿元（2024-H1），少 0.5亿元。"
        ),
        Case("f.a >= last(f.a)", "zone 2023 a = 9\nzone 2024-01 a = 0.5", finds: nil),
        Case("f.stock == last(f.stock) + 0.8平方公里", "zone 2023 stock = 3.2\nzone 2024 stock = 4.0", finds: nil),
        Case("current(f.a) == 9.1亿元", "zone 2024-Q1 a = 9.1", finds: nil),
        Case(
            "current(f.a) == 9.1亿元 or not present(f.n)",
            "zone 2024-Q1 a = 6.3\nzone 2024-H1 a = 15.4\nzone 2024-Q2 n = 1",
            finds: nil
        ),
        // Two figures up to the same day
        Case(
            "current(f.a) == 0亿元 or not present(f.n)",
            "zone 2024-Q1 a = 10\nzone 2024-06 a = 90\nzone 2024-Q2 a = 100\nzone 2024-Q2 n = 1",
            finds: nil
        ),
        Case(
            "current(f.a) == 0亿元 or not present(f.n)",
            "zone 2024-Q1 a = 10\nzone 2024-06 a = 100\nzone 2024-Q2 a = 100\nzone 2024-Q2 n = 1",
            finds: "10亿元"
        ),
        Case("growth(f.a) <= 300%", "zone 2023 a = 1\nzone 2024 a = 5", finds: "400%"),
        Case("growth(f.a) >= 0%", "zone 2023 a = 2\nzone 2024 a = 1", finds: "-50%"),
        Case("growth(f.a) >= 0%", "zone 2023 a = -2\nzone 2024 a = -1", finds: nil),
        Case("growth(f.a) >= 0%", "zone 2023 a = 0\nzone 2024 a = -1", finds: nil),
        Case("f.a <= in_year(2010, f.a)", "zone 2010 a = 1\nzone 2024 a = 5", finds: "超出 4亿元"),
        Case(
            "f.flow == at_quarter(previous(f.a) + f.a_plan)",
            "zone 2024-H1 flow = 15.4\nzone 2024-Q1 a = 6.3\nzone 2024-Q2 a_plan = 9.1",
            finds: nil
        ),
        Case(
            "f.flow == at_quarter(previous(f.a) + f.a_plan)",
            "zone 2024-H2 flow = 30\nzone 2024-Q3 a = 20\nzone 2024-Q4 a_plan = 9.1",
            finds: "a名 20亿元（2024-Q3） + a_plan名 9.1亿元（2024-Q4） = 29.1亿元，相差 0.9亿元"
        ),
        Case("f.a >= previous(f.a)", "zone 2024-07 a = 4.1\nzone 2024-H1 a = 4.6", finds: nil),
        Case("decimals(f.a) == decimals(f.flow)", "zone 2024 a = 110.70\nzone 2024 flow = 60.84", finds: nil),
        Case(
            "decimals(f.a) == decimals(f.flow)",
            "zone 2024 a = 110.7\nzone 2024 flow = 60.84",
            finds: "a名 110.7亿元 的小数位数 1，而 flow名 60.84亿元 的小数位数 2，相差 1"
        ),
        // Other units
        Case("f.a == below(f.a)", "county 2024 a = 3\nzone 2024 a = 1\nzone2 2024 a = 2", finds: nil),
        Case(
            "f.a == below(f.a)",
            "county 2024 a = 4\nzone 2024 a = 1\nzone2 2024 a = 2",
            finds: "县 2024：应当如此。a名 4亿元，而 下级合计a名 3亿元，相差 1亿元（其中 甲区 1亿元、乙区 2亿元）。"
        ),
        Case("f.a == below(f.a)", "county 2024 a = 4\nzone 2024 a = 1", finds: nil),
        Case("complete(f.a)", "zone 2024 a = 1", finds: "缺 乙区"),
        Case("f.a <= at(county, f.a)", "county 2024 a = 4\nzone 2024 a = 5", finds: "超出 1亿元"),
        // Classes
        Case(
            "f.points ~= points(f.share_a, year_before(f.share_a))",
            "zone 2024 points = 19.4\nzone 2024 share_a = 54.6\nzone 2023 share_a = 35.2",
            finds: nil
        ),
        Case("between(f.a / f.n, 0.3亿元/1个, 1亿元/1个)", "zone 2024 a = 4.45\nzone 2024 n = 10", finds: nil),
        Case("between(f.a / f.n, 0.3亿元/1个, 1亿元/1个)", "zone 2024 a = 16.2\nzone 2024 n = 10", finds: "1.62亿元/个"),
        Case("number(f.n) != number(f.firms)", "zone 2024 n = 61\nzone 2024 firms = 61", finds: "相同"),
        Case("number(f.n) != year()", "zone 2024 n = 2024", finds: "2024"),
        // A whole that is a whole number
        Case("whole_exists(f.n, f.share_a)", "zone 2024 n = 62\nzone 2024 share_a = 83.8", finds: nil),
        Case(
            "whole_exists(f.n, f.share_a)",
            "zone 2024 n = 29\nzone 2024 share_a = 85.2",
            finds: "n名 29个；share_a名 85.2%；最接近的是 29 ÷ 34 = 85.3%，相差 0.1个百分点"
        ),
        // Lists, dates, choices, truths
        Case("count(f.list) == 3", "zone 2024 list = 医药、食品，纺织", finds: nil),
        Case("count(f.list) == number(f.n)", "zone 2024 list = 医药\nzone 2024 n = 4", finds: "名单共列 1 个，而 n名 4个，相差 3。"),
        Case(
            "stated(f.a) >= stated(year_before(f.a))",
            "zone 2023 a = 3\nzone 2024 a = 2",
            finds: "a名 2亿元，小于 a名 3亿元（2023），少 1亿元。"
        ),
        Case("within(f.list, f.other_list)", "zone 2024 list = 甲、乙\nzone 2024 other_list = 乙、丙、甲", finds: nil),
        Case("within(f.list, f.other_list)", "zone 2024 list = 甲、丁\nzone 2024 other_list = 乙、丙、甲", finds: "不在其列：丁。"),
        Case("without_gaps(f.list)", "zone 2024 list = 1、2、4、8", finds: "1、2、4、8；缺 3、5–7。"),
        Case("without_gaps(f.list)", "zone 2024 list = -9223372036854775808、9223372036854775807", finds: nil),
        Case("f.signed_on >= 2008-01-01", "zone 2024 signed_on = 2001-04-01", finds: "2001-04-01"),
        Case(
            "f.signed_on <= today() or f.stage == \"批准\"",
            "zone 2024 signed_on = 2031-04-01\nzone 2024 stage = 批准",
            finds: nil
        ),
        Case("f.agreed", "zone 2024 agreed = 否", finds: "一致 否"),
        Case(
            "not (f.stage == \"起草\" and f.signed_on < today())",
            "zone 2024 stage = 起草\nzone 2024 signed_on = 2024-05-31",
            finds: "起草"
        ),
    ]

    @Test(
        "hold only where their condition cannot be otherwise",
        arguments: [
            ("a > b", "近200", "195", 0), ("a > b", "200", "195", 1), ("a > b", "近200", "150", 1),
            ("not (a > b)", "近200", "195", 0), ("not (a > b)", "195", "195", 1), ("a == b", "近200", "195", 0),
            ("a == b", "195", "195.0", 1), ("a != b", "2-3", "2.5", 0), ("a != b", "2-3", "4", 1),
            ("a >= b", "不少于40", "40", 1), ("a > b or a <= b", "近200", "195", 0), ("a > b", "200", "不适用", 0),
        ]
    )
    func conditional(_ condition: String, _ a: String, _ b: String, _ count: Int) throws {
        let formula = condition.replacing("a ", with: "f.a ").replacing("b", with: "f.flow")
        let scheme = try RuleScheme.scheme(rule: "f.n == 2个", "when: '\(formula)'")
        let cells = "zone 2024 a = \(a)\nzone 2024 flow = \(b)\nzone 2024 n = 1"
        #expect(try RuleScheme.findings(scheme, cells).count == count)
    }

    @Test(
        "agree within what was printed, and a tolerance or truncation besides",
        arguments: [
            ("tolerance: 0.2", "45", "44.3", 0), ("tolerance: 0.2", "45", "44.2", 1),
            ("tolerance: 0.2", "45", "45.7", 0),
            ("tolerance: 0.2", "45", "45.8", 1), ("tolerance: 0", "45", "44.3", 1),
            ("rounding: truncation", "0.0", "-0.08", 0), ("rounding: truncation", "0.0", "0.08", 0),
            ("rounding: truncation", "0.0", "-0.12", 1), ("rounding: truncation", "0.1", "0.18", 0),
            ("rounding: truncation", "0.1", "0.02", 1), ("rounding: truncation", "-0.1", "-0.18", 0),
            ("rounding: half_up", "0.0", "-0.08", 1),
        ]
    )
    func agreement(_ more: String, _ printed: String, _ truth: String, _ count: Int) throws {
        let scheme = try RuleScheme.scheme(rule: "f.share_a ~= \(truth)%", more)
        #expect(try RuleScheme.findings(scheme, "zone 2024 share_a = \(printed)").count == count)
    }

    @Test("find what cannot be true, and nothing else", arguments: Self.cases)
    func tried(_ test: Case) throws {
        let scheme = try RuleScheme.scheme(rule: test.rule)
        let findings = try RuleScheme.findings(scheme, test.cells)
        guard let expected = test.finding else {
            #expect(findings.isEmpty, "\(findings.map(\.text.chinese))")
            return
        }
        #expect(findings.count == 1)
        let text = findings.first?.text.chinese ?? ""
        #expect(text.contains(expected) || expected == "a", "\(text)")
    }
}
