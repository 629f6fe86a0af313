/// What people write to be left alone: that all was looked at and is right. It gives no reason, however it is put together.
enum StockWords {
    /// Whether hardly anything is left of `text` without its stock words: fewer than four letters or digits, for a
    /// reason in Chinese may be as short as 口径不同.
    static func areAll(of text: String) -> Bool {
        self.pieces(of: text).reduce(0) { $0 + self.remainder(of: $1) } < 4
    }

    /// The runs of letters and digits, parted also where Chinese and Latin script meet.
    private static func pieces(of text: String) -> [[Character]] {
        var pieces: [[Character]] = []
        var last: Bool?
        // An apostrophe within a word is no gap: it's.
        for character in text.lowercased() where character != "'" && character != "’" {
            let isLatin: Bool? = character.isLetter || character.isNumber ? character.isASCII : nil
            if let isLatin {
                if isLatin != last { pieces.append([]) }
                pieces[pieces.count - 1].append(character)
            }
            last = isLatin
        }
        return pieces
    }

    private static func remainder(of piece: [Character]) -> Int {
        guard piece.first?.isASCII == false else { return self.english.contains(String(piece)) ? 0 : piece.count }
        var (count, rest) = (0, piece[...])
        // What stands between two stock words.
        var between: [Character] = []
        func close() {
            if !between.allSatisfy(self.particles.contains) { count += between.count }
            between = []
        }
        while let first = rest.first {
            if let phrase = self.chinese.first(where: { rest.starts(with: $0) }) {
                close()
                rest.removeFirst(phrase.count)
            } else {
                between.append(first)
                rest.removeFirst()
            }
        }
        close()
        return count
    }

    /// Longest first. No word of them is one that a reason is made of: 错误 alone is not here, for 上期数据错误 is a reason.
    private static let chinese: [[Character]] = [
        "核实", "核对", "核查", "核准", "复核", "审核", "检查", "查证", "查实", "查验", "查核", "确认", "验证", "认真", "仔细", "再次", "反复",
        "多次", "逐项", "逐一",
        "无误", "没有误", "没误", "没错", "无错", "没有错", "无错误", "没有错误", "未发现错误", "没有发现错误", "不存在错误", "无差错", "没有差错", "未发现差错", "无异常",
        "没有异常",
        "未见异常", "未发现异常", "无问题", "没有问题", "没问题", "未发现问题", "不存在问题", "没有任何问题", "没有任何错误", "属实", "真实", "准确", "正确", "完整", "可靠",
        "有效", "正常", "合理",
        "数据", "数字", "数值", "数额", "指标", "情况", "信息", "内容", "填报", "上报", "报送", "填写", "报表", "报告", "以上",
        "上述", "如上", "同上",
        "如实", "据实", "按实际", "与实际", "以此为准", "相符", "相一致",
        "与实际一致", "与实际情况一致",
        "确实", "确系", "的确", "特此", "说明", "解释", "不需要", "知道了", "知悉", "已阅",
        "无原因",
    ].map(Array.init).sorted { $0.count > $1.count }

    /// What holds stock words together, and counts only within other words: 经 is one in 经核实, and none in 经济下行.
    private static let particles: Set<Character> = [
        "经", "已", "均", "都", "皆", "全", "是", "的", "了", "为", "并", "且", "无", "后", "过", "对", "与", "和", "及", "也", "很", "该",
        "此", "请", "系", "予", "以",
        "我", "们", "本", "各", "项", "单", "位", "县", "区", "园", "部", "完", "没", "有", "不", "存", "在", "暂", "需", "用", "查",
    ]

    private static let english: Set<String> = [
        "verified", "verify", "verification", "checked", "check", "rechecked", "double", "confirmed", "reviewed",
        "audited", "validated",
        "correct", "correctly", "right", "true", "accurate", "valid", "ok", "okay", "fine", "good", "normal", "genuine",
        "real", "exact", "sure",
        "error", "errors", "mistake", "mistakes", "problem", "problems", "issue", "issues", "wrong", "nothing", "none",
        "no", "noerror", "noerrors", "not", "na", "any",
        "data", "datum", "figure", "figures", "number", "numbers", "value", "values", "information", "report",
        "reported", "entry", "entries",
        "a", "an", "the", "this", "that", "these", "those", "it", "its", "they", "theyre", "thats", "we", "i", "our",
        "us", "all", "everything", "both", "each",
        "is", "are", "was", "were", "be", "been", "has", "have", "had", "to", "of", "in", "on", "by", "with", "without",
        "and", "or", "as", "so", "for", "there", "here",
        "found", "stated", "above", "same", "ditto", "again", "already", "carefully", "indeed", "really", "very", "yes",
        "please", "explanation", "explain", "reason",
    ]
}
