import ReportModel
import ReportScheme
import Testing

@Suite("The reason why a warning is right")
struct ExplanationTests {
    @Test(
        "stock words give no reason, however they are put together",
        arguments: [
            "核实无误", "已核实。", "经核实，数据无误", "经我单位认真核实，数据真实、准确、完整", "以上数据均已核实，情况属实", "没有问题", "经反复核对，未发现错误。", "数据是对的", "同上",
            "经核查，各项指标均填报正确", "特此说明", "如实填报，与实际情况相符", "OK，数据无误", "无", "。。。", "",
            "verified, no errors", "Verified; the data are correct.", "We have checked all figures: no mistakes found",
            "ok",
            "It's right", "The numbers are accurate and have been double-checked.", "no problem", "none", "n/a",
            "As stated above",
        ]
    )
    func nothing(words: String) {
        #expect(throws: ExplanationRefusal.self) { try Explanation(words, of: []) }
    }

    @Test(
        "a real reason is kept in its own words, stock words and all",
        arguments: [
            "补交上年税款3000万元", "口径不同", "单位不同", "只有一家龙头企业已投产", "二季度新并入蒲城园区，口径扩大", "经核实，新增规上企业3家", "上期数据错误", "经济下行", "全县停电",
            "全部停产", "我县停产",
            "我单位停产检修", "无新开工项目", "前后口径不一致", "数据无误，因疫情停工两个月", "企业搬迁", "实到外资减少",
            "Plant closed in March", "verified: a merger in May", "no new projects", "VAT refund",
            "the Pucheng park was merged in the second quarter",
        ]
    )
    func reason(words: String) throws {
        #expect(try Explanation(words, of: []).words == words)
    }
}
