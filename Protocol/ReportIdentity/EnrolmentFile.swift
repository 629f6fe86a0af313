import ReportModel

/// What the province hands to an office so that a device can be enrolled: a small text, sent or carried, which a person can
/// read. The key in it is what the device pins; the code is a secret until it has been used.
///
/// ```
/// huiliu enrolment 0
/// server: province.example:7428
/// authority: 02…
/// code: 7F3K-…
/// unit: 410728
/// name: 办公室一
/// role: clerk
/// person: 张三
/// ```
package struct EnrolmentFile: Equatable, Sendable {
    /// The longest file that is read: 4 KiB.
    package static let byteCountMax = 4 * 1024
    /// The longest address of a server: the longest name of a machine, a colon and a port.
    package static let serverByteCountMax = 253 + 1 + 5
    /// The first line: what the file is, and the version of its format.
    static let title = "huiliu enrolment 0"

    /// `HOST:PORT`, as the office is to reach the province. What it means is for whoever connects.
    package let server: String
    package let authority: DeviceKey
    package let code: EnrolmentCode
    package let facts: DeviceFacts

    /// - Throws: `EnrolmentFileError` of no line where `server` is no address.
    package init(
        server: String,
        authority: DeviceKey,
        code: EnrolmentCode,
        facts: DeviceFacts
    ) throws(EnrolmentFileError) {
        guard Self.isAddress(server) else { throw EnrolmentFileError(nil, .value(.server)) }
        self.server = server
        self.authority = authority
        self.code = code
        self.facts = facts
    }

    /// The keys of the lines, in the order in which they are written.
    package enum Key: String, CaseIterable, Sendable {
        case server, authority, code, unit, name, role, person
    }

    /// The text of the file. It has the code in it.
    package var text: String {
        let lines = Key.allCases.map { key in
            let value =
                switch key {
                case .server: self.server
                case .authority: self.authority.description
                case .code: self.code.text
                case .unit: self.facts.unit.description
                case .name: self.facts.name
                case .role: self.facts.role.rawValue
                case .person: self.facts.person
                }
            return "\(key.rawValue): \(value)"
        }
        return ([Self.title] + lines).joined(separator: "\n") + "\n"
    }

    private static func isAddress(_ text: String) -> Bool {
        (1...self.serverByteCountMax).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && text.contains(":")
    }
}

extension EnrolmentFile {
    /// Reads a file as it came. Each key stands there once, in any order; nothing else does. The ends of lines may be
    /// those of other systems, and empty lines may follow: mail programs leave such.
    ///
    /// - Throws: `EnrolmentFileError`, which names the first line that is wrong.
    package init(_ text: String) throws(EnrolmentFileError) {
        guard text.utf8.count <= Self.byteCountMax else { throw EnrolmentFileError(nil, .tooLong) }
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0 }
        guard let first = lines.first, String(first).trimmingBlanks == Self.title else {
            throw EnrolmentFileError(1, .title)
        }
        var values: [Key: (line: Int, text: String)] = [:]
        for (index, line) in lines.enumerated().dropFirst() where !String(line).trimmingBlanks.isEmpty {
            guard let colon = line.firstIndex(of: ":"),
                let key = Key(rawValue: String(line[..<colon]).trimmingBlanks)
            else { throw EnrolmentFileError(index + 1, .notKnown) }
            guard values[key] == nil else { throw EnrolmentFileError(index + 1, .twice(key)) }
            values[key] = (index + 1, String(line[line.index(after: colon)...]).trimmingBlanks)
        }
        func read<Value>(_ key: Key, _ make: (String) -> Value?) throws(EnrolmentFileError) -> Value {
            guard let (line, text) = values[key] else { throw EnrolmentFileError(nil, .missing(key)) }
            guard let value = make(text) else { throw EnrolmentFileError(line, .value(key)) }
            return value
        }
        self.server = try read(.server) { Self.isAddress($0) ? $0 : nil }
        self.authority = try read(.authority) { DeviceKey($0) }
        self.code = try read(.code) { EnrolmentCode($0) }
        let unit = try read(.unit) { UnitCode($0) }
        let role = try read(.role) { Role(rawValue: $0) }
        // Each name is looked at beside one that is right, so that the error names the line that is wrong.
        let name = try read(.name) { try? DeviceFacts(name: $0, unit: unit, role: role, person: "x").name }
        self.facts = try read(.person) { try? DeviceFacts(name: name, unit: unit, role: role, person: $0) }
    }
}

/// Why a text is no enrolment file.
package struct EnrolmentFileError: ExplainedError, Equatable {
    /// What is wrong. A value is never repeated: it may be the code.
    package enum Reason: Equatable, Sendable {
        case title, tooLong, notKnown
        case twice(EnrolmentFile.Key)
        case missing(EnrolmentFile.Key)
        case value(EnrolmentFile.Key)
    }

    /// Counted from 1; `nil` where no one line is at fault.
    package let line: Int?
    package let reason: Reason

    init(_ line: Int?, _ reason: Reason) {
        (self.line, self.reason) = (line, reason)
    }

    package var code: String { "enrolment_file_malformed" }

    package var explanation: Bilingual {
        let place = self.line.map { Bilingual("登记文件第 \($0) 行", "Line \($0) of the enrolment file") }
        let file = place ?? Bilingual("登记文件", "The enrolment file")
        let words: Bilingual =
            switch self.reason {
            case .title:
                Bilingual("应为“\(EnrolmentFile.title)”", "should be “\(EnrolmentFile.title)”")
            case .tooLong:
                Bilingual("超过 \(EnrolmentFile.byteCountMax) 字节", "has more than \(EnrolmentFile.byteCountMax) bytes")
            case .notKnown:
                Bilingual("不是已知的“项目: 内容”", "is no “key: value” with a key that is known")
            case .twice(let key): Bilingual("又写了一遍 \(key.rawValue)", "gives \(key.rawValue) a second time")
            case .missing(let key): Bilingual("缺少 \(key.rawValue)", "has no line for \(key.rawValue)")
            case .value(let key):
                Bilingual(
                    "的 \(key.rawValue) 不合规定：\(key.words.chinese)",
                    "has no proper \(key.rawValue): \(key.words.english)"
                )
            }
        return Bilingual("\(file.chinese)\(words.chinese)。", "\(file.english) \(words.english).")
    }

    package var advice: Bilingual {
        switch self.reason {
        case .title, .tooLong:
            Bilingual(
                "请确认选对了文件；它由省级的 enrol 命令生成。",
                "Check that this is the right file; the province makes it with enrol."
            )
        case .notKnown, .twice, .missing, .value:
            Bilingual("请向省级管理员重新索取登记文件，不要改动它。", "Ask the province for the file again, and leave it as it is.")
        }
    }
}

extension EnrolmentFile.Key {
    /// What belongs there.
    fileprivate var words: Bilingual {
        switch self {
        case .server: Bilingual("应为 主机:端口", "it should be HOST:PORT")
        case .authority: Bilingual("应为 66 位十六进制的公钥", "it should be a public key of 66 hexadecimal digits")
        case .code: Bilingual("应为 20 个字母和数字", "it should be 20 letters and digits")
        case .unit: Bilingual("应为单位代码，例如 410728", "it should be a unit's code, such as 410728")
        case .name, .person:
            Bilingual(
                "应为不超过 \(DeviceFacts.nameByteCountMax) 字节的普通文字",
                "it should be plain text of at most \(DeviceFacts.nameByteCountMax) bytes"
            )
        case .role:
            Bilingual(
                "应为 \(Role.allCases.map(\.rawValue).joined(separator: "、")) 之一",
                "it should be one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))"
            )
        }
    }
}
