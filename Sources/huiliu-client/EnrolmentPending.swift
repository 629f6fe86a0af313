import ClientSync
import Foundation
import ReportCommand
import ReportModel
import ReportStorage

/// A directory in which an enrolment has begun and not ended: there is a key, and no store yet.
struct EnrolmentPending: ExplainedError {
    let directory: String

    /// - Throws: itself, where a directory without a store is such a one.
    static func check(_ directory: String) throws {
        let files = FileManager.default
        guard files.fileExists(atPath: "\(directory)/\(DeviceIdentity.keyFileName)"),
            !files.fileExists(atPath: "\(directory)/\(StoreKind.client.fileName)")
        else { return }
        throw CommandFailure(Exit.usage, EnrolmentPending(directory: directory))
    }

    var code: String { "enrolment_pending" }

    var explanation: Bilingual {
        Bilingual(
            "目录 \(self.directory) 中的登记还没有完成：省级还没有接受本设备。",
            "The enrolment in \(self.directory) is not done: the province has not admitted this device yet."
        )
    }

    var advice: Bilingual {
        Bilingual(
            "有网时再运行一次 huiliu-client enrol 登记文件，没有网络时用 --answer 回执；登记文件已被拒绝的，请用新的。",
            "Run huiliu-client enrol FILE again when there is a line; without one, with --answer RECEIPT; if the province has refused the file, with a new one."
        )
    }
}
