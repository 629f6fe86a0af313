import ReportModel
import ReportTransport
import ReportWire

/// Why a device could not be enrolled over a line. Nothing has changed at the province; here a key may wait.
package struct EnrolmentFailure: ExplainedError {
    package let failure: SyncFailure

    package var code: String {
        switch self.failure {
        case .refused: "enrolment_refused"
        case .unreachable, .insecure, .unsecured: self.failure.code
        }
    }

    package var explanation: Bilingual {
        switch self.failure {
        case .unreachable(let server, let seconds, let reason):
            Bilingual(
                "\(seconds) 秒内未能从省级服务器 \(server) 得到答复。\(reason.map { "原因：\($0.chinese)" } ?? "")",
                "The province at \(server) did not answer within \(seconds) seconds."
                    + (reason.map { " The reason: \($0.english)" } ?? "")
            )
        case .refused(let error):
            Bilingual(
                "登记未成功（代码 \(error.rawCode)）：\(error.words.chinese)",
                "The device was not enrolled (code \(error.rawCode)): \(error.words.english)"
            )
        case .insecure, .unsecured: self.failure.explanation
        }
    }

    package var advice: Bilingual {
        switch self.failure {
        case .unreachable:
            Bilingual("请在有网络时用同一登记文件再试。", "Try again with the same file when there is a line.")
        case .refused:
            Bilingual("本机除新生成的密钥外未作改动。", "Nothing was changed here, but for a new key that waits for a good file.")
        case .insecure, .unsecured: self.failure.advice
        }
    }
}
