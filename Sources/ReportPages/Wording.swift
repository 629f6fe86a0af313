import ReportModel
import ReportScheme

extension UnitLevel {
    /// The level in words.
    package var name: Bilingual {
        switch self {
        case .province: Bilingual("省", "province")
        case .city: Bilingual("市", "city")
        case .county: Bilingual("县", "county")
        case .township: Bilingual("乡镇", "township")
        case .zone: Bilingual("集聚区", "zone")
        case .subzone: Bilingual("园区", "subzone")
        }
    }
}

extension Period.Kind {
    /// The kind of period in words.
    package var name: Bilingual {
        switch self {
        case .year: Bilingual("年", "year")
        case .half: Bilingual("半年", "half-year")
        case .quarter: Bilingual("季", "quarter")
        case .month: Bilingual("月", "month")
        case .halfMonth: Bilingual("半月", "half-month")
        case .tenDays: Bilingual("旬", "ten days")
        case .none: Bilingual("无", "no period")
        }
    }
}

extension Period {
    /// The period in words: 2024年上半年, first half of 2024.
    package var name: Bilingual {
        switch self.span {
        case .none: Bilingual("无报告期", "no period")
        case .year: Bilingual("\(self.year)年", "\(self.year)")
        case .half(let half):
            Bilingual(
                "\(self.year)年\(half == 1 ? "上" : "下")半年",
                "\(half == 1 ? "first" : "second") half of \(self.year)"
            )
        case .quarter(let quarter): Bilingual("\(self.year)年第\(quarter)季度", "quarter \(quarter) of \(self.year)")
        case .month(let month): Bilingual("\(self.year)年\(month)月", self.english(month))
        case .halfMonth(let month, let half):
            Bilingual(
                "\(self.year)年\(month)月\(half == 1 ? "上" : "下")半月",
                "\(half == 1 ? "first" : "second") half of \(self.english(month))"
            )
        case .tenDays(let month, let third):
            Bilingual(
                "\(self.year)年\(month)月\(["上", "中", "下"][third - 1])旬",
                "\(["first", "second", "last"][third - 1]) ten days of \(self.english(month))"
            )
        }
    }

    private func english(_ month: Int) -> String {
        let names = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        return "\(names[month - 1]) \(self.year)"
    }
}

extension Item.Kind {
    /// The stretch of time in words.
    package var name: Bilingual {
        switch self {
        case .cumulative: Bilingual("累计", "year to date")
        case .current: Bilingual("当期", "this period")
        case .pointInTime: Bilingual("时点", "on the last day")
        case .sinceStart: Bilingual("历年累计", "since the start")
        }
    }
}

extension CellValue {
    /// For people: the value as typed with its unit of measure, or its state in words.
    package func shown(measure: String?, in language: Language) -> String {
        switch self {
        case .missing: Bilingual("缺报", "missing")[language]
        case .notApplicable: Bilingual("不适用", "n/a")[language]
        case .withheld: "××"
        case .number(let quantity): quantity.description(measure: measure ?? "")
        case .boolean(let boolean): (boolean ? Bilingual("是", "yes") : Bilingual("否", "no"))[language]
        case .text, .date, .choice: self.description
        }
    }
}
