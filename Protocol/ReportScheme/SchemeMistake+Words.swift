import ReportModel

extension SchemeMistake.Reason {
    /// What is wrong, as part of a line that begins with the place.
    package var words: Bilingual {
        self.wordsOfFiles ?? self.wordsOfShape ?? self.wordsOfUnits ?? self.wordsOfDays ?? self.wordsOfDeadlines
            ?? self.wordsOfItems ?? self.wordsOfFormulas ?? Bilingual("内容有误", "something is wrong here")
    }

    private var wordsOfFiles: Bilingual? {
        switch self {
        case .empty: Bilingual("没有任何制度内容", "there is no scheme here: no file says `scheme:`")
        case .noUnits: Bilingual("没有任何单位", "the scheme has no units")
        case .noForms: Bilingual("没有任何报表", "the scheme has no forms")
        case .notUTF8: Bilingual("文件不是 UTF-8 编码", "the file is not UTF-8")
        case .badFileName:
            Bilingual("文件名只能是小写字母、数字、_ 和 -，以 .yaml 结尾", "a file is named [a-z0-9_-]+.yaml")
        case .duplicateFile: Bilingual("有两个同名文件", "two files have this name")
        case .fileTooLarge(let byteCount):
            Bilingual(
                "文件有 \(byteCount) 字节，超过 \(SchemeLimits.fileByteCountMax)",
                "the file has \(byteCount) bytes; \(SchemeLimits.fileByteCountMax) are allowed"
            )
        case .tooManyFiles(let count):
            Bilingual(
                "共有 \(count) 个文件，超过 \(SchemeLimits.fileCountMax)",
                "there are \(count) files; \(SchemeLimits.fileCountMax) are allowed"
            )
        case .sourceTooLarge(let byteCount):
            Bilingual(
                "全部文件共 \(byteCount) 字节，超过 \(SchemeLimits.sourceByteCountMax)",
                "the files have \(byteCount) bytes together; \(SchemeLimits.sourceByteCountMax) are allowed"
            )
        case .syntax(let problem): Bilingual("YAML 语法错误：\(problem)", "no YAML: \(problem)")
        case .anchor:
            Bilingual("不接受 YAML 锚点；文字中的 & 后面请加空格", "no YAML anchors here; in a text, write a blank after &")
        case .unknownFileKind:
            Bilingual(
                "文件应以 scheme、units、measures 或 form 之一为键",
                "the file has none of the keys `scheme`, `units`, `measures`, `form`"
            )
        case .duplicateHeader(let first):
            Bilingual("`scheme` 已在 \(first) 中给出", "`scheme` was already given at \(first)")
        default: nil
        }
    }

    private var wordsOfShape: Bilingual? {
        switch self {
        case .notMapping: Bilingual("这里应为“键: 值”", "keys with values are expected here")
        case .notList: Bilingual("这里应为列表", "a list is expected here")
        case .notText: Bilingual("这里应为一个文字或数字", "one text is expected here")
        case .emptyText: Bilingual("值是空的", "the value is empty")
        case .badText:
            Bilingual(
                "文字过长（超过 \(SchemeLimits.nameByteCountMax) 字节）或含有换行等控制字符",
                "the text is longer than \(SchemeLimits.nameByteCountMax) bytes or has control characters"
            )
        case .emptyList: Bilingual("列表是空的", "the list is empty")
        case .unknownKey(let key, let known):
            Bilingual(
                "未知的键 `\(key)`；可用：\(known.joined(separator: "、"))",
                "unknown key `\(key)`; known here: \(known.joined(separator: ", "))"
            )
        case .duplicateKeys(let keys):
            Bilingual(
                "重复的键：\(keys.joined(separator: "、"))",
                "keys given twice: \(keys.joined(separator: ", "))"
            )
        case .missingKey(let key): Bilingual("缺少键 `\(key)`", "the key `\(key)` is missing")
        case .notOneOf(let text, let allowed):
            Bilingual(
                "“\(text)”不在可选值之中：\(allowed.joined(separator: "、"))",
                "“\(text)” is none of \(allowed.joined(separator: ", "))"
            )
        case .badCode(let text):
            Bilingual(
                "“\(text)”不是代码：1 至 \(Code.byteCountMax) 个字母、数字、_ 或 -",
                "“\(text)” is no code: 1 to \(Code.byteCountMax) of a-z A-Z 0-9 _ -"
            )
        case .badUnitCode(let text):
            Bilingual("“\(text)”不是单位代码，例如 410728 或 410728-01", "“\(text)” is no unit code such as 410728 or 410728-01")
        case .systemCode(let text):
            Bilingual("以 _ 开头的代码“\(text)”由系统专用", "codes that begin with _, such as “\(text)”, belong to the system")
        case .duplicate(let name, let first):
            Bilingual("“\(name)”已在 \(first) 使用", "“\(name)” is already used at \(first)")
        default: nil
        }
    }

    private var wordsOfUnits: Bilingual? {
        switch self {
        case .unknownParent(let code): Bilingual("没有上级单位“\(code)”", "there is no unit “\(code)” to be the parent")
        case .cycle(let codes):
            Bilingual(
                "上级关系成环：\(codes.joined(separator: " → "))",
                "the parents go round in a circle: \(codes.joined(separator: " → "))"
            )
        case .levelNotBelowParent(let level, let parent):
            Bilingual(
                "级别 \(level.rawValue) 不低于上级单位的级别 \(parent.rawValue)",
                "the level \(level.rawValue) is not below its parent's, \(parent.rawValue)"
            )
        case .secondRoot(let first):
            Bilingual("缺少 `parent`：最高单位已是 \(first)", "`parent` is missing: the unit at the top is already \(first)")
        case .badMeasureClass(let text):
            Bilingual(
                "“\(text)”不是计量类别；例如 money、area、money/area、ratio",
                "“\(text)” is no class of measures such as money, area, money/area or ratio"
            )
        case .badFactor(let text):
            Bilingual(
                "“\(text)”不是换算系数：应为大于零的小数，或 10000/15 这样的分数",
                "“\(text)” is no factor: a decimal above zero, or a fraction such as 10000/15"
            )
        case .factorWithoutClass:
            Bilingual(
                "有 `factor` 而没有 `class`：不知道按什么换算",
                "there is a `factor` but no `class`: nobody knows what it converts into"
            )
        case .eitherKey(let key, let other):
            Bilingual("`\(key)` 和 `\(other)` 只能写一个", "`\(key)` and `\(other)` stand together; write one of them")
        default: nil
        }
    }

    private var wordsOfFormulas: Bilingual? {
        switch self {
        case .formula(let reason): reason.words
        case .formulaTooLong:
            Bilingual(
                "公式超过 \(SchemeLimits.formulaByteCountMax) 字节",
                "the formula is longer than \(SchemeLimits.formulaByteCountMax) bytes"
            )
        case .formulaCircle(let items):
            Bilingual(
                "公式互相引用成环：\(items.joined(separator: " → "))",
                "the formulas go round in a circle: \(items.joined(separator: " → "))"
            )
        case .toleranceWithoutAgreement:
            Bilingual("`tolerance` 只用于 指标 ~= 公式", "`tolerance` goes only with a rule of the form item ~= formula")
        default: nil
        }
    }

    private var wordsOfDays: Bilingual? {
        switch self {
        case .badDate(let text): Bilingual("“\(text)”不是日期，例如 2024-06-30", "“\(text)” is no date such as 2024-06-30")
        case .endsBeforeItBegins: Bilingual("`until` 早于 `from`", "`until` is before `from`")
        case .overlappingValidity(let first):
            Bilingual("有效期与 \(first) 重叠", "overlapping validity: some of these days are taken at \(first)")
        case .withoutParent(let after, let before):
            Bilingual(
                [after.map { "\($0) 之后" }, before.map { "\($0) 之前" }].compactMap(\.self).joined(separator: "、")
                    + "没有上级单位",
                "there is no parent "
                    + [after.map { "after \($0)" }, before.map { "before \($0)" }].compactMap(\.self)
                    .joined(separator: " and ")
            )
        default: nil
        }
    }

    private var wordsOfItems: Bilingual? {
        switch self {
        case .unknownMeasure(let name):
            Bilingual("没有计量单位“\(name)”", "there is no unit of measure “\(name)”")
        case .unknownReporter(let name):
            Bilingual(
                "“\(name)”既不是级别也不是单位",
                "“\(name)” is neither a level (\(UnitLevel.allCases.map(\.rawValue).joined(separator: ", "))) nor a unit"
            )
        case .unknownPlan(let code): Bilingual("本表没有计划指标“\(code)”", "this form has no item “\(code)” to be the plan")
        case .planIsItself: Bilingual("指标不能以自己为计划", "an item is not its own plan")
        case .planIsNoNumber(let code): Bilingual("计划指标“\(code)”不是数值", "the plan “\(code)” is no number")
        case .planMeasureDiffers(let code, let own, let plans):
            Bilingual(
                "计量单位是 \(own)，而计划指标“\(code)”是 \(plans)",
                "the unit of measure is \(own), but that of the plan “\(code)” is \(plans)"
            )
        case .planWithoutYear(let code):
            Bilingual(
                "计划按年读取，而计划指标“\(code)”没有 year 报告期",
                "a plan is read at the calendar year, but “\(code)” has no period `year`"
            )
        case .unknownLetterForm(let code):
            Bilingual("没有目标责任书的报表“\(code)”", "there is no form “\(code)” for the target letters")
        case .unknownLetterItem(let code, let form):
            Bilingual("报表 \(form) 没有指标“\(code)”", "the form \(form) has no item “\(code)”")
        case .letterItemType(let code, let type):
            Bilingual("指标“\(code)”的类型应为 \(type.rawValue)", "the item “\(code)” must have the type \(type.rawValue)")
        case .letterWithoutYear(let code):
            Bilingual(
                "责任书按年签订，而指标“\(code)”没有 year 报告期",
                "a letter is signed for a year, but “\(code)” has no period `year`"
            )
        case .onlyForNumbers(let key): Bilingual("`\(key)` 只用于数值指标", "`\(key)` is for numbers only")
        case .onlyForChoices: Bilingual("`choices` 只用于选择指标", "`choices` is for the type choice only")
        default: nil
        }
    }
}
