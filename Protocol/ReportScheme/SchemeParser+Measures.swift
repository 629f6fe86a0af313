import ReportModel

extension SchemeParser {
    static let measureKeys = ["code", "name_en", "aliases", "class", "factor", "counted", "note"]

    mutating func readMeasure(_ object: YAMLObject) {
        self.takeNames(["code", "name_en"], of: object, in: \.measureNames)
        let code = self.text("code", of: object)
        let name = self.text("name_en", of: object)
        let aliases = self.texts("aliases", of: object).map(\.value)
        let size = self.size(of: object, code: code?.value ?? "")
        let counted: Truth? = self.choice("counted", of: object, missing: .false)
        _ = self.text("note", of: object, required: false)
        guard let code, let name, let size else {
            self.flawed.measures.formUnion([code?.value, name?.value].compactMap(\.self) + aliases)
            return
        }
        self.measures.append(
            Measure(
                code: code.value,
                englishName: name.value,
                aliases: aliases,
                measureClass: size.measureClass,
                factor: size.factor,
                isCounted: counted == .true
            )
        )
    }

    /// `class` and `factor`, which go together: a factor that was forgotten would make 亿元 and 元 one size.
    private mutating func size(
        of object: YAMLObject,
        code: String
    ) -> (measureClass: MeasureClass, factor: Fraction)? {
        guard object.values["class"] != nil else {
            if let factor = self.text("factor", of: object, required: false) {
                self.add(.factorWithoutClass, at: factor.place)
                return nil
            }
            return (MeasureClass(dimension: "“\(code)”"), Fraction(1))
        }
        let name = self.text("class", of: object)
        let size = self.text("factor", of: object)
        var measureClass: MeasureClass?
        if let name {
            measureClass = MeasureClass(name.value)
            if measureClass == nil { self.add(.badMeasureClass(name.value.shortened), at: name.place) }
        }
        var factor: Fraction?
        if let size {
            factor = Fraction(size.value).flatMap { $0 > .zero ? $0 : nil }
            if factor == nil { self.add(.badFactor(size.value.shortened), at: size.place) }
        }
        guard let measureClass, let factor else { return nil }
        return (measureClass, factor)
    }
}
