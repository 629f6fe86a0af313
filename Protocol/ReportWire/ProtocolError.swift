import ReportModel

/// Why a connection ends: what the other side did wrong, or what befell this one. Our own mistakes are preconditions.
///
/// It travels as the code of a `goodbye` (Protocol/README.md, "Goodbye codes"); codes are never reused.
package struct ProtocolError: Error, Hashable, Sendable {
    /// The numbers on the wire.
    package enum Code: UInt64, Sendable, CaseIterable {
        case frameTooLarge = 1
        case frameTooShort = 2
        case checksumMismatch = 3
        case unknownCriticalKind = 4
        case malformedMessage = 5
        case unexpectedMessage = 6
        case clientTooOld = 7
        case clientTooNew = 8
        case unknownUnit = 9
        case inflatesBeyondStatedSize = 10
        case scopeNotServed = 11
        case tooManyGaps = 12
        case shuttingDown = 13
        case silentTooLong = 14
        case storeFailed = 15
        case connectionLost = 16
        case tooManyConnections = 17
        case tooSlow = 18
        case unprovenBatch = 19
        case notEnrolled = 20
        case otherUnit = 21
        case deviceRevoked = 22
        case codeUnknown = 23
        case codeUsed = 24
        case codeExpired = 25
        case requestRefused = 26
        case notThisProtocol = 27
    }

    /// The raw code as it came; a newer peer may say one that is not in ``Code``.
    package let rawCode: UInt64
    package let words: Bilingual

    package init(_ code: Code, _ chinese: String, _ english: String) {
        self.rawCode = code.rawValue
        self.words = Bilingual(chinese, english)
    }

    /// As read from a goodbye.
    package init(rawCode: UInt64, words: Bilingual) {
        self.rawCode = rawCode
        self.words = words
    }

    package var knownCode: Code? { Code(rawValue: self.rawCode) }
}

extension ProtocolError {
    /// The very first bytes are those of no frame: whatever speaks there speaks something else.
    package static let notThisProtocol = Self(
        .notThisProtocol,
        "对方说的不是汇流协议；请核对服务器地址和端口。",
        "The other side does not speak the Huiliu protocol; check the server's address and port."
    )

    /// A length field above the limit.
    package static func frameTooLarge(_ byteCount: UInt32) -> Self {
        Self(
            .frameTooLarge,
            "对方发来长度为 \(byteCount) 字节的帧，上限是 \(Limits.frameByteCountMax) 字节。",
            "The other side announced a frame of \(byteCount) bytes; the limit is \(Limits.frameByteCountMax)."
        )
    }

    /// A length field that leaves no room for kind, flags and checksum.
    package static func frameTooShort(_ byteCount: UInt32) -> Self {
        Self(
            .frameTooShort,
            "对方发来长度为 \(byteCount) 字节的帧，至少应有 \(Limits.frameByteCountMin) 字节。",
            "The other side announced a frame of \(byteCount) bytes; it needs at least \(Limits.frameByteCountMin)."
        )
    }

    /// A frame that was damaged on its way.
    package static func checksumMismatch(expected: UInt32, actual: UInt32) -> Self {
        let (expected, actual) = (
            Hexadecimal.text(expected, digitCount: 8), Hexadecimal.text(actual, digitCount: 8)
        )
        return Self(
            .checksumMismatch,
            "收到的帧校验和不符（应为 \(expected)，实为 \(actual)），数据在途中损坏。",
            "A frame arrived damaged: its checksum is \(actual) instead of \(expected)."
        )
    }

    /// A message that may not be skipped, of a kind that is not known.
    package static func unknownCriticalKind(_ kind: UInt8) -> Self {
        Self(
            .unknownCriticalKind,
            "对方发来必须理解、但本程序不认识的消息（种类 \(kind)），请升级本程序。",
            "The other side sent a message of kind \(kind) that must be understood and is not known here; update this program."
        )
    }

    /// A payload that is no such message.
    package static func malformed(_ message: String, _ error: MalformedBytes) -> Self {
        Self(
            .malformedMessage,
            "收到的 \(message) 消息无法解析：第 \(error.offset) 字节处应为 \(error.expected)。",
            "A \(message) message cannot be read: at byte \(error.offset), expected \(error.expected)."
        )
    }

    /// A message that the present state of the conversation has no place for.
    package static func unexpected(_ message: String) -> Self {
        Self(.unexpectedMessage, "此时不应收到 \(message) 消息。", "A \(message) message is out of place here.")
    }

    /// Two programs that speak no common version: which of them is too old.
    package static func noCommonVersion(client: ClosedRange<UInt64>) -> Self {
        client.upperBound < Limits.versions.lowerBound
            ? Self(
                .clientTooOld,
                "客户端程序太旧（协议版本至多 \(client.upperBound)，服务器至少要 \(Limits.versions.lowerBound)），请升级客户端。",
                "The client is too old: it speaks protocol version \(client.upperBound) at most, the server \(Limits.versions.lowerBound) at least; update the client."
            )
            : Self(
                .clientTooNew,
                "客户端程序太新（协议版本至少 \(client.lowerBound)，服务器至多 \(Limits.versions.upperBound)），请联系省级管理员升级服务器。",
                "The client is too new: it speaks protocol version \(client.lowerBound) at least, the server \(Limits.versions.upperBound) at most; ask the province to update the server."
            )
    }

    /// A client that claims a unit of no scheme.
    package static func unknownUnit(_ unit: UnitCode) -> Self {
        Self(
            .unknownUnit,
            "服务器的报表制度中没有单位 \(unit)，请核对单位代码或联系省级管理员。",
            "The server's scheme has no unit \(unit); check the code or ask the province."
        )
    }

    /// A deflated payload of another size than it states.
    package static func inflatesBeyondStatedSize(_ byteCount: Int) -> Self {
        Self(
            .inflatesBeyondStatedSize,
            "收到的压缩批次解压后与声明的 \(byteCount) 字节不符。",
            "A deflated batch does not inflate to the \(byteCount) bytes it states."
        )
    }

    /// Figures of a scope that the connection does not serve.
    package static func scopeNotServed(_ scope: UnitCode) -> Self {
        Self(
            .scopeNotServed,
            "本连接不包括单位 \(scope) 的数据。",
            "The scope \(scope) is not part of this connection."
        )
    }

    /// A peer that keeps sending what builds on something missing.
    package static func tooManyGaps(_ scope: UnitCode) -> Self {
        Self(
            .tooManyGaps,
            "单位 \(scope) 的更改多次缺少前置内容，同步停止；请稍后重试，若仍如此请联系管理员。",
            "Changes of \(scope) kept arriving without what they build on; try again, then ask the operator."
        )
    }

    /// A batch that does not prove who wrote what is in it.
    package static func unproven(_ problem: SealProblem, in scope: UnitCode) -> Self {
        let (chinese, english) =
            switch problem {
            case .unsealed(let replica): ("设备号 \(replica) 的更改没有签封", "changes of \(replica) are not sealed")
            case .unexpected(let device):
                (
                    "这里没有省级密钥，设备 \(device) 的签封无从核对",
                    "there is no authority here that could vouch for the device \(device) that sealed it"
                )
            case .unknownSigner(let device):
                ("签封的设备 \(device) 在此没有授权", "the device \(device) that sealed it was granted nothing there")
            case .wrongSignature(let device):
                ("设备 \(device) 的签封与内容不符", "the seal of the device \(device) does not fit what it seals")
            case .anothersChain(let device, let replica):
                (
                    "设备 \(device) 续写了别人的设备号 \(replica)",
                    "the device \(device) went on with the chain \(replica), which is another's"
                )
            }
        return Self(
            .unprovenBatch,
            "单位 \(scope) 的一批更改未被接收：\(chinese)。请联系省级管理员。",
            "A batch of changes of \(scope) was not taken: \(english). Ask the province."
        )
    }

    /// This side holds changes that it cannot send: seals between them are lost, and what stands between the others fits no
    /// frame.
    package static func unsendable(in scope: UnitCode) -> Self {
        Self(
            .unprovenBatch,
            "单位 \(scope) 的一些更改缺少签封，无法发送；请用 huiliu-inspect verify 检查发送方的数据库，并联系省级管理员。",
            "Some changes of \(scope) have lost their seals and cannot be sent; look at the sender's store with huiliu-inspect verify, and ask the province."
        )
    }

    /// A device that has shown no certificate, where only enrolled devices are served.
    package static let notEnrolled = Self(
        .notEnrolled,
        "这台设备没有登记，服务器不提供任何数据；请先用登记文件登记。",
        "This device is not enrolled, so nothing is served to it; enrol it with its enrolment file first."
    )

    /// A device that asks for another unit than the one for which it was enrolled.
    package static func otherUnit(_ asked: UnitCode, enrolledFor unit: UnitCode) -> Self {
        Self(
            .otherUnit,
            "这台设备是为单位 \(unit) 登记的，不能以 \(asked) 同步；请用该单位的设备，或请省级重新登记。",
            "This device is enrolled for the unit \(unit) and cannot sync as \(asked); use a device of that unit, or ask the province to enrol this one anew."
        )
    }

    package static let deviceRevoked = Self(
        .deviceRevoked,
        "省级已撤销这台设备；已写的数据仍保存在本机，请联系省级。",
        "The province has revoked this device; what was written is still stored here, ask the province."
    )

    /// A code that the province has given to nobody, or has forgotten since.
    package static let codeUnknown = Self(
        .codeUnknown,
        "省级没有发出过这个登记码；请核对登记文件，或向省级重新索取。",
        "The province has given out no such code; check the enrolment file, or ask the province for a new one."
    )

    /// A code with which another device was enrolled.
    package static let codeUsed = Self(
        .codeUsed,
        "这个登记码已被另一台设备用过；请向省级重新索取登记文件，如果不是你们自己用的，请立即告知省级。",
        "Another device was enrolled with this code; ask the province for a new enrolment file, and tell it at once if that was none of yours."
    )

    /// A code that was not used in time.
    package static let codeExpired = Self(
        .codeExpired,
        "这个登记码已过期，或已被作废；请向省级重新索取登记文件。",
        "This code has expired, or was withdrawn; ask the province for a new enrolment file."
    )

    /// A request for a certificate that is none.
    ///
    /// - Parameter words: what is wrong with it.
    package static func requestRefused(_ words: Bilingual) -> Self {
        Self(.requestRefused, words.chinese, words.english)
    }

    package static let shuttingDown = Self(
        .shuttingDown,
        "服务器正在停止，请稍后再同步。",
        "The server is stopping; sync again later."
    )

    /// A peer that says nothing.
    package static func silentTooLong(seconds: Int64) -> Self {
        Self(.silentTooLong, "对方 \(seconds) 秒没有任何消息。", "The other side said nothing for \(seconds) seconds.")
    }

    /// A peer that began a frame and does not end it.
    package static func notSentInTime(seconds: Int64) -> Self {
        Self(
            .tooSlow,
            "对方 \(seconds) 秒没有发完一帧。",
            "The other side did not finish a frame within \(seconds) seconds."
        )
    }

    /// A peer that does not take what it is sent.
    package static func notReadInTime(seconds: Int64) -> Self {
        Self(
            .tooSlow,
            "对方 \(seconds) 秒没有读取发给它的数据。",
            "The other side did not read what it was sent for \(seconds) seconds."
        )
    }

    package static let tooManyConnections = Self(
        .tooManyConnections,
        "服务器上的连接已满，请稍后再同步。",
        "The server has as many connections as it takes; sync again later."
    )

    package static let storeFailed = Self(
        .storeFailed,
        "对方无法写入自己的数据库，未丢失任何数据，请稍后再同步。",
        "The other side could not write to its store; nothing is lost, sync again later."
    )

    package static let connectionLost = Self(
        .connectionLost,
        "连接中断，未送达的更改仍保存在本机，请再次同步。",
        "The connection was lost; what was not delivered is still stored here, sync again."
    )
}
