import ReportModel

/// What the province says of a device: what it is called, where it stands, and who works at it as what.
package struct DeviceFacts: Hashable, Sendable {
    /// The most bytes of a device's or a person's name, in UTF-8: 96, which are 32 Chinese characters.
    package static let nameByteCountMax = 96

    /// What the office calls the device.
    package let name: String
    package let unit: UnitCode
    package let role: Role
    /// Who works at it.
    package let person: String

    /// - Throws: `MalformedName` for a name that is empty, too long, or not plain text.
    package init(name: String, unit: UnitCode, role: Role, person: String) throws(MalformedName) {
        try MalformedName.check(name, .device)
        try MalformedName.check(person, .person)
        self.name = name
        self.unit = unit
        self.role = role
        self.person = person
    }
}

/// A name of a device or a person that may stand in no certificate.
package struct MalformedName: ExplainedError, Equatable {
    /// Whose name it is.
    package enum Owner: Sendable {
        case device, person

        fileprivate var words: Bilingual {
            switch self {
            case .device: Bilingual("设备名称", "The device's name")
            case .person: Bilingual("人员姓名", "The person's name")
            }
        }
    }

    /// What is wrong with the name.
    package enum Reason: Equatable, Sendable {
        case empty
        case tooLong(byteCount: Int)
        /// Blanks at an end, control characters, and marks that turn the direction of writing.
        case notPlain
        /// `/`, `\`, or a dot at the beginning: such a name must never lead anywhere as part of a path.
        case likePath
    }

    package let owner: Owner
    package let reason: Reason

    /// Throws unless `name` may stand in a certificate.
    static func check(_ name: String, _ owner: Owner) throws(MalformedName) {
        func refused(_ reason: Reason) -> MalformedName { MalformedName(owner: owner, reason: reason) }
        guard !name.isEmpty else { throw refused(.empty) }
        guard name.utf8.count <= DeviceFacts.nameByteCountMax else {
            throw refused(.tooLong(byteCount: name.utf8.count))
        }
        guard name == name.trimmingBlanks, name.unicodeScalars.allSatisfy(\.isPlain) else { throw refused(.notPlain) }
        guard !name.hasPrefix("."), !name.contains(where: { $0 == "/" || $0 == "\\" }) else { throw refused(.likePath) }
    }

    package var code: String { "malformed_name" }

    package var explanation: Bilingual {
        let (owner, reason) = (self.owner.words, self.reasonWords)
        return Bilingual("\(owner.chinese)\(reason.chinese)。", "\(owner.english) \(reason.english).")
    }

    private var reasonWords: Bilingual {
        switch self.reason {
        case .empty: Bilingual("是空的", "is empty")
        case .tooLong(let byteCount):
            Bilingual(
                "长 \(byteCount) 字节，超过 \(DeviceFacts.nameByteCountMax) 字节",
                "has \(byteCount) bytes, more than \(DeviceFacts.nameByteCountMax)"
            )
        case .notPlain:
            Bilingual("含有控制字符，或首尾有空白", "has control characters, or blanks at an end")
        case .likePath:
            Bilingual("含有 / 或 \\，或以点开头", "has a / or \\ in it, or begins with a dot")
        }
    }

    package var advice: Bilingual {
        switch self.reason {
        case .tooLong: Bilingual("请缩短到 32 个汉字以内。", "Shorten it to 96 letters or fewer.")
        case .empty, .notPlain, .likePath:
            Bilingual("请用文字、数字、空格和连字符，例如 办公室一。", "Use letters, digits, spaces and hyphens, such as Office one.")
        }
    }
}

extension Unicode.Scalar {
    /// Neither a control character, nor a mark that no one sees, nor the end of a line.
    fileprivate var isPlain: Bool {
        switch self.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
