import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

extension Discount {
    /// Why a write does not count, in words.
    ///
    /// - Parameters:
    ///   - write: the cell, what was written there and in whose name.
    ///   - device: as it was granted something there: with the scheme it tells why the root ruled as it did.
    package func words(
        of write: (address: CellAddress, authored: AuthoredVersion),
        on device: GrantedDevice?,
        scheme: Scheme?
    ) -> Bilingual {
        switch self {
        case .notTheirs:
            return Bilingual("这里不由设备填写。", "No device writes there.")
        case .revoked:
            return Bilingual("省级在收到它之前已撤销该设备。", "The province had revoked the device before it had this.")
        case .ruledOut(AccessRefusal.notGranted):
            return AccessRefusal.notGrantedWords
        case .ruledOut(let code):
            let known = (write.address, write.authored.version.value)
            if let device, let refusal = scheme?.refusal(of: known, by: write.authored.author, on: device),
                refusal.code == code
            {
                return refusal.explanation
            }
            return Bilingual("省级裁定不算数（代码 \(code)）。", "The province ruled it out (code \(code)).")
        }
    }
}

extension UncountedWrite {
    /// Why it does not count, in words.
    package func reason(_ scheme: Scheme?) -> Bilingual {
        self.discounts[0].words(of: (self.address, self.authored), on: self.device, scheme: scheme)
    }
}

/// Says what this device wrote and does not count.
package enum UncountedReport {
    /// A line for each write.
    package static func tell(_ writes: [UncountedWrite], scheme: Scheme?) {
        for write in writes {
            let value = write.value.text(at: write.address, scheme: scheme)
            let reason = write.reason(scheme)
            Console.line(
                say(
                    "不算数：\(write.address) 写入的 \(value)。\(reason.chinese)它仍保存在历史中。",
                    "Does not count: \(value) at \(write.address). \(reason.english) It is kept in the history."
                )
            )
        }
        guard !writes.isEmpty else { return }
        Console.line(
            say(
                "有权填写的人可以采纳：huiliu-client accept",
                "Whoever may write the cell can accept it: huiliu-client accept"
            )
        )
    }
}

/// A write that does not count, in JSON.
package struct UncountedJSON: Encodable {
    let cell: String
    let code: String
    let text: String

    package init(_ write: UncountedWrite, scheme: Scheme?) {
        self.cell = write.address.description
        self.code = write.discounts[0].code
        self.text = write.reason(scheme)[Speech.language]
    }
}
