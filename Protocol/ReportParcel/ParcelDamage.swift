import ReportModel
import ReportWire

/// From where on a parcel cannot be used. Everything before is used; what is missing comes with the next parcel, since the
/// other side says with its next one how far it has got.
package struct ParcelDamage: ExplainedError, Equatable {
    /// Bytes from the beginning of the file.
    package let offset: Int
    package let cause: Cause

    /// What is wrong there.
    package enum Cause: Equatable, Sendable {
        /// Not what was written.
        case altered
        /// The file ends before the parcel does.
        case cutOff
        /// The file goes on behind the end of the parcel.
        case trailing
        /// The disk or stick does not give it.
        case unreadable(String)
        /// It is what was written, and should not have been.
        case refused(ProtocolError)
    }

    package init(offset: Int, _ cause: Cause) {
        self.offset = offset
        self.cause = cause
    }

    package var code: String {
        switch self.cause {
        case .altered, .trailing: "parcel_altered"
        case .cutOff: "parcel_cut_off"
        case .unreadable: "parcel_unreadable"
        case .refused: "parcel_refused"
        }
    }

    package var explanation: Bilingual {
        switch self.cause {
        case .altered:
            Bilingual(
                "数据包从第 \(self.offset) 字节起已损坏或被改动。",
                "The parcel is damaged or altered from byte \(self.offset) on."
            )
        case .cutOff:
            Bilingual(
                "数据包不完整：从第 \(self.offset) 字节起缺失。",
                "The parcel is cut off: what should follow byte \(self.offset) is missing."
            )
        case .trailing:
            Bilingual(
                "数据包在第 \(self.offset) 字节已结束，文件之后还有别的内容。",
                "The parcel ends at byte \(self.offset), and the file goes on."
            )
        case .unreadable(let detail):
            Bilingual(
                "文件从第 \(self.offset) 字节起读不出来（\(detail)）。",
                "The file cannot be read from byte \(self.offset) on (\(detail))."
            )
        case .refused(let error):
            Bilingual(
                "数据包从第 \(self.offset) 字节起不能使用（代码 \(error.rawCode)）：\(error.words.chinese)",
                "The parcel cannot be used from byte \(self.offset) on (code \(error.rawCode)): \(error.words.english)"
            )
        }
    }

    package var advice: Bilingual {
        switch self.cause {
        case .altered, .cutOff, .trailing, .unreadable:
            Bilingual(
                "请重新复制这个文件再导入一次，或请对方重做一个数据包。",
                "Copy the file again and import it once more, or ask for a new parcel."
            )
        case .refused: Bilingual("请两边升级程序后重做一个数据包。", "Update both programs and make a new parcel.")
        }
    }
}
