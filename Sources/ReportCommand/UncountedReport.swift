import ReportModel
import ReportPages
import ReportScheme
import ReportStorage

extension Discount {
    /// Why a write does not count, in words.
    ///
    /// - Parameters:
    ///   - write: the cell and what was written there.
    ///   - grant: what the device was granted there: with the scheme it tells why the root ruled as it did.
    package func words(
        of write: (address: CellAddress, value: CellValue),
        under grant: Grant?,
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
            if let grant, let refusal = scheme?.refusal(of: write, under: grant), refusal.code == code {
                return refusal.explanation
            }
            return Bilingual("省级裁定不算数（代码 \(code)）。", "The province ruled it out (code \(code)).")
        }
    }
}

/// Says what this device wrote and does not count.
package enum UncountedReport {
    /// A line for each write.
    package static func tell(_ writes: [UncountedWrite], scheme: Scheme?) {
        for write in writes {
            let value = write.value.text(at: write.address, scheme: scheme)
            let reason = write.discounts[0].words(of: (write.address, write.value), under: write.grant, scheme: scheme)
            Console.line(
                say(
                    "不算数：\(write.address) 写入的 \(value)。\(reason.chinese)它仍保存在历史中。",
                    "Does not count: \(value) at \(write.address). \(reason.english) It is kept in the history."
                )
            )
        }
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
        self.text =
            write.discounts[0].words(of: (write.address, write.value), under: write.grant, scheme: scheme)[
                Speech.language
            ]
    }
}
