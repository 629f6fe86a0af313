import ReportModel

/// Why a device may not write a cell: told on the device before it writes, and by the root of what it does not let count.
package struct AccessRefusal: ExplainedError {
    /// What forbids the write.
    package enum Reason: Sendable {
        case roleWritesNothing
        /// The change names somebody else than the person who was enrolled with the device.
        case otherAuthor(PersonID, person: PersonID)
        /// The device calls itself something else than the province does.
        case otherName(String)
        /// With the name of the grant's unit, where the scheme has it.
        case outsideUnit(Bilingual?)
        case rootOnly
        case derived(Bilingual)
        /// The item, or the form whose warning is explained, and the roles that write it there.
        case otherRoles(Bilingual, [Role])
        case otherMarker(ReportMark, [Role])
        case ownReport
        case otherType(CellValue, expected: ValueType)
        case scheme(SchemeRefusal)
    }

    package let cell: CellAddress
    package let grant: Grant
    package let reason: Reason

    package var code: String {
        switch self.reason {
        case .roleWritesNothing: "role_writes_nothing"
        case .otherAuthor: "other_author"
        case .otherName: "other_device_name"
        case .outsideUnit: "outside_granted_unit"
        case .rootOnly: "written_by_root_only"
        case .derived: "derived_figure"
        case .otherRoles: "not_written_by_role"
        case .otherMarker: "not_marked_by_role"
        case .ownReport: "own_report"
        case .otherType: "other_type_of_value"
        case .scheme(let refusal): refusal.code
        }
    }

    package var explanation: Bilingual {
        let (cell, role) = (self.cell, self.grant.role.name)
        switch self.reason {
        case .roleWritesNothing:
            return Bilingual(
                "角色为“\(role.chinese)”的设备只读不写，不能写 \(cell)。",
                "A device with the role \(role.english) writes nothing, and so not \(cell)."
            )
        case .otherAuthor(let author, let person):
            return Bilingual(
                "写 \(cell) 时署名“\(author.shortened)”，而这台设备登记的使用人是“\(person)”。",
                "\(cell) was written in the name of “\(author.shortened)”, on a device that is enrolled for “\(person)”."
            )
        case .otherName(let name):
            return Bilingual(
                "这台设备登记的名称是“\(name)”，不能用别的名称。",
                "The device is enrolled as “\(name)” and writes under no other name."
            )
        case .outsideUnit(let name):
            let code = self.grant.unit.description
            let unit =
                name.map { Bilingual("\($0.chinese)（\(code)）", "\($0.english) (\(code))") } ?? Bilingual(code, code)
            return Bilingual(
                "\(unit.chinese)的设备不能写 \(cell)：\(cell.unit) 不是该单位，也不是其下级。",
                "A device of \(unit.english) does not write \(cell): \(cell.unit) is neither that unit nor below it."
            )
        case .rootOnly:
            return Bilingual(
                "\(cell) 只由省级服务器写，任何设备都不能写。",
                "\(cell) is written by the province's server alone, by no device."
            )
        case .derived(let name):
            return Bilingual(
                "“\(name.chinese)”由公式算出，不填报，不能写 \(cell)。",
                "\(name.english) is worked out by a formula, and \(cell) is not written."
            )
        case .otherRoles(let name, let roles):
            let writers = Self.words(roles)
            return Bilingual(
                "\(cell) 中的“\(name.chinese)”由\(writers.chinese)填写，\(role.chinese)不能写。",
                "\(name.english) in \(cell) is written by \(writers.english), not by a device with the role \(role.english)."
            )
        case .otherMarker(let mark, let roles):
            let markers = Self.words(roles)
            return Bilingual(
                "报表的“\(mark.name.chinese)”由\(markers.chinese)标记，\(role.chinese)不能写 \(cell)。",
                "A report is marked as \(mark.name.english) by \(markers.english); the role \(role.english) does not write \(cell)."
            )
        case .ownReport:
            return Bilingual(
                "\(role.chinese)不给本单位的报表作标记，不能写 \(cell)。",
                "A \(role.english) does not mark a report of the own unit, and so does not write \(cell)."
            )
        case .otherType(let value, let expected):
            return Bilingual(
                "\(cell) 应为\(expected.name.chinese)，不能写\(value.kindName.chinese)。",
                "\(cell) holds \(expected.name.english), and takes no \(value.kindName.english)."
            )
        case .scheme(let refusal):
            return Bilingual(
                "不能写 \(cell)：\(refusal.explanation.chinese)",
                "\(cell) does not take this: \(refusal.explanation.english)"
            )
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .roleWritesNothing:
            Bilingual("请由该单位的填报员填写。", "Ask a clerk of the unit to write it.")
        case .otherAuthor, .otherName:
            Bilingual(
                "使用人变更的，请向省级重新登记设备。",
                "Where somebody else works there now, ask the province to enrol the device anew."
            )
        case .outsideUnit:
            Bilingual(
                "请由该单位或其上级的人员填写；单位划转了的，请向省里申请授权。",
                "Ask somebody of that unit or of one above it; where units have moved, ask the province for a grant."
            )
        case .rootOnly: Bilingual("请由省里办理。", "Ask the province to see to it.")
        case .derived: Bilingual("请填写公式所用的指标。", "Write the items that the formula is made of.")
        case .otherRoles(_, let roles), .otherMarker(_, let roles):
            Bilingual(
                "请由\(Self.words(roles).chinese)办理。",
                "Ask a device with the role \(Self.words(roles).english) to do it."
            )
        case .ownReport:
            Bilingual("请由上级单位的审核员或办公室办理。", "Ask a reviewer of a unit above, or the office.")
        case .otherType(_, let expected):
            Bilingual(
                "请写\(expected.name.chinese)；没有值时留空，或写“不适用”或“××”。",
                "Write \(expected.name.english); without a value leave it empty, or write n/a or withheld."
            )
        case .scheme(let refusal): refusal.advice
        }
    }

    private static func words(_ roles: [Role]) -> Bilingual {
        Bilingual(
            roles.map(\.name.chinese).joined(separator: "、"),
            roles.map(\.name.english).joined(separator: " or ")
        )
    }
}

extension AccessRefusal {
    /// The code of what a device wrote of which the root can read no grant.
    package static let notGranted = "not_granted"

    /// The same in words.
    package static let notGrantedWords = Bilingual(
        "省级读不出该设备在此的授权。",
        "The province can read no grant of the device there."
    )
}

extension ReportMark {
    fileprivate var name: Bilingual {
        switch self {
        case .submitted: Bilingual("已上报", "submitted")
        case .returned: Bilingual("已退回", "returned")
        case .accepted: Bilingual("已通过", "accepted")
        }
    }
}

extension ValueType {
    fileprivate var name: Bilingual {
        switch self {
        case .number: Bilingual("数值", "a number")
        case .text: Bilingual("文字", "a text")
        case .date: Bilingual("日期", "a date")
        case .choice: Bilingual("选项", "a choice")
        case .boolean: Bilingual("是或否", "yes or no")
        }
    }
}

extension CellValue {
    fileprivate var kindName: Bilingual {
        switch self {
        case .missing, .notApplicable, .withheld: Bilingual("空值", "blank")
        case .number: Bilingual("数值", "number")
        case .text: Bilingual("文字", "text")
        case .date: Bilingual("日期", "date")
        case .choice: Bilingual("选项", "choice")
        case .boolean: Bilingual("是或否", "yes or no")
        }
    }
}
