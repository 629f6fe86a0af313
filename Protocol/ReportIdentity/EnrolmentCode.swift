import Crypto
import ReportModel

/// The one-time code with which a device is enrolled: 100 random bits as 20 letters and digits, in groups of four. Whoever
/// has it may enrol one device, so it is a secret until then.
package struct EnrolmentCode: Sendable, Equatable {
    /// How many random bytes make a code. Of the last one only half is used.
    package static let randomByteCount = 13
    /// How many letters and digits a code has, of 5 bits each.
    package static let symbolCount = 20
    private static let groupLength = 4

    /// Digits, and letters that nobody takes for a digit or for one another: I, L, O and U are left out.
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Letters and digits of ``alphabet``.
    private let symbols: [UInt8]

    /// - Parameter random: ``randomByteCount`` bytes from the system's generator.
    package init(random: [UInt8]) {
        precondition(random.count == Self.randomByteCount, "a code is made of \(Self.randomByteCount) bytes")
        let bits = random.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) }
        self.symbols = (0..<Self.symbolCount).map { index in
            Self.alphabet[Int(truncatingIfNeeded: bits >> UInt128(4 + 5 * (Self.symbolCount - 1 - index))) & 31]
        }
    }

    /// Reads a code as people type it: in any case, with blanks and hyphens anywhere, with O for 0 and I or L for 1.
    ///
    /// - Returns: `nil` unless it has ``symbolCount`` letters and digits of a code.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 256 else { return nil }
        var symbols: [UInt8] = []
        for character in text.uppercased() where !character.isWhitespace && character != "-" {
            let digit: Character =
                switch character {
                case "O": "0"
                case "I", "L": "1"
                default: character
                }
            guard let ascii = digit.asciiValue, Self.alphabet.contains(ascii) else { return nil }
            symbols.append(ascii)
        }
        guard symbols.count == Self.symbolCount else { return nil }
        self.symbols = symbols
    }

    /// As it is printed and handed over: `7F3K-0QWE-…`.
    package var text: String {
        stride(from: 0, to: Self.symbolCount, by: Self.groupLength)
            .map { String(decoding: self.symbols[$0..<$0 + Self.groupLength], as: UTF8.self) }
            .joined(separator: "-")
    }

    /// What the province may keep in place of the code: it shows whether a code is the right one, and not what it is.
    package var digest: [UInt8] {
        Array(SHA256.hash(data: Array("huiliu enrolment code 0".utf8) + self.symbols))
    }

    /// Takes the same time wherever two codes differ, so that the time tells nothing of the right one.
    package static func == (left: Self, right: Self) -> Bool {
        zip(left.symbols, right.symbols).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension EnrolmentCode: CustomStringConvertible, CustomReflectable {
    /// Not the code: what is printed by accident ends up in logs. See ``text``.
    package var description: String { "one-time code" }

    /// Likewise.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
