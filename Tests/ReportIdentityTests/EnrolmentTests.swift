import Crypto
import ReportIdentity
import ReportModel
import Testing

@Suite("Enrolment files")
struct EnrolmentFileTests {
    private static let code = EnrolmentCode(random: Array(1...13))
    private let file: EnrolmentFile
    private let lines: [String]

    init() throws {
        let issuing = try Issuing()
        self.file = try EnrolmentFile(
            server: "province.example:7428",
            authority: issuing.pinned,
            code: Self.code,
            facts: issuing.facts
        )
        self.lines = self.file.text.split(separator: "\n").map(String.init)
    }

    private func error(_ lines: [String]) -> EnrolmentFileError? {
        do {
            _ = try EnrolmentFile(lines.joined(separator: "\n"))
            return nil
        } catch {
            return error
        }
    }

    @Test("are read as they are written, also by way of other systems")
    func roundTrip() throws {
        #expect(try EnrolmentFile(self.file.text) == self.file)
        #expect(self.lines.count == 8)
        #expect(self.lines[0] == "huiliu enrolment 0")
        #expect(self.lines[4] == "unit: 410728-01")
        let windows = "\u{FEFF}" + self.lines.joined(separator: "\r\n") + "\r\n\r\n"
        #expect(try EnrolmentFile(windows) == self.file)
        let turned = [self.lines[0]] + self.lines.dropFirst().reversed()
        #expect(try EnrolmentFile(turned.joined(separator: "\n")) == self.file)
    }

    @Test("without a line, or with one twice, are refused")
    func lacking() {
        for (index, key) in EnrolmentFile.Key.allCases.enumerated() {
            var lines = self.lines
            lines.remove(at: index + 1)
            #expect(self.error(lines)?.reason == .missing(key))
            #expect(self.error(self.lines + [self.lines[index + 1]])?.reason == .twice(key))
            #expect(self.error(self.lines + [self.lines[index + 1]])?.line == 9)
        }
    }

    @Test(
        "with a value that is none are refused, with the line and what belongs there",
        arguments: [
            (1, "server: nowhere"), (1, "server: a b:1"), (1, "server:"), (2, "authority: 02ab"),
            (2, "authority: " + String(repeating: "0", count: 66)), (3, "code: 7F3K"),
            (3, "code: UUUU-UUUU-UUUU-UUUU-UUUU"), (4, "unit: 1"), (5, "name: ../../etc"), (5, "name: a\u{7}b"),
            (5, "name:"), (6, "role: king"), (6, "role: Clerk"), (7, "person: a\\b"),
            (7, "person: " + String(repeating: "x", count: 97)),
        ]
    )
    func values(index: Int, line: String) throws {
        var lines = self.lines
        lines[index] = line
        let error = try #require(self.error(lines))
        #expect(error.line == index + 1)
        #expect(error.reason == .value(EnrolmentFile.Key.allCases[index - 1]))
        #expect(error.explanation.english.contains("Line \(index + 1) "))
        #expect(error.explanation.chinese.contains("第 \(index + 1) 行"))
    }

    @Test("that are something else are refused")
    func foreign() {
        #expect(self.error([])?.reason == .title)
        #expect(self.error(["huiliu enrolment 1"] + self.lines.dropFirst())?.reason == .title)
        for line in ["note: hello", "hello", ": hello"] {
            let error = self.error(self.lines + [line])
            #expect(error?.line == 9 && error?.reason == .notKnown, "\(line)")
        }
        #expect(self.error([String(repeating: "x", count: 5000)])?.reason == .tooLong)
    }

    @Test("never say their code in an error or by accident")
    func secret() {
        var lines = self.lines
        lines[3] += "X"
        let text = Self.code.text
        #expect(self.error(lines).map { "\($0) \($0.sentence)" }?.contains(text.prefix(9)) == false)
        #expect(!"\(self.file)".contains(text.prefix(4)))
        #expect(!String(reflecting: self.file).contains("symbols"))
    }
}

@Suite("One-time codes")
struct EnrolmentCodeTests {
    @Test("are groups of letters and digits that nobody mixes up")
    func text() {
        #expect(EnrolmentCode(random: [UInt8](repeating: 0, count: 13)).text == "0000-0000-0000-0000-0000")
        #expect(EnrolmentCode(random: [UInt8](repeating: 0xFF, count: 13)).text == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ")
        // 00001 00010 00011 00100, then zeros.
        let counted = EnrolmentCode(random: [0x08, 0x86, 0x40] + [UInt8](repeating: 0, count: 10))
        #expect(counted.text == "1234-0000-0000-0000-0000")
    }

    @Test(
        "are read as people type them",
        arguments: [
            "7F3K-01WE-ABCD-2345-VXYZ", "7f3k01weabcd2345vxyz", " 7F3K - OIWE - abcd 2345 vxyz ",
            "7F3K-OLWE-ABCD-2345-VXYZ", "7F3K\t01WE\nABCD—2345VXYZ".replacing("—", with: "-"),
        ]
    )
    func typed(text: String) throws {
        let code = try #require(EnrolmentCode("7F3K-01WE-ABCD-2345-VXYZ"))
        #expect(EnrolmentCode(text) == code)
        #expect(EnrolmentCode(text)?.digest == code.digest)
    }

    @Test(
        "that are too short, too long or of other letters are none",
        arguments: [
            "", "7F3K", "7F3K-01WE-ABCD-2345-VXY", "7F3K-01WE-ABCD-2345-VXYZ-0", "7F3K-01WE-ABCD-2345-VXYU", "数",
        ]
    )
    func refused(text: String) {
        #expect(EnrolmentCode(text) == nil)
    }

    @Test("differ in every bit that they are made of")
    func bits() {
        let zero = EnrolmentCode(random: [UInt8](repeating: 0, count: 13))
        for bit in 0..<100 {
            var random = [UInt8](repeating: 0, count: 13)
            random[bit / 8] = 0x80 >> UInt8(bit % 8)
            let code = EnrolmentCode(random: random)
            #expect(code != zero, "bit \(bit)")
            #expect(code.digest != zero.digest)
            #expect(EnrolmentCode(code.text) == code)
        }
    }
}
