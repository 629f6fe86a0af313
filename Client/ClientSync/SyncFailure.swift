import ReportModel
import ReportTransport
import ReportWire

/// Why a sync did not come to its end.
package enum SyncFailure: ExplainedError {
    /// - Parameter reason: why the last connection ended, where there was one.
    case unreachable(HostPort, seconds: Int64, reason: Bilingual?)
    case refused(ProtocolError)
    /// The line cannot be secured, or what answers there is not our province.
    case insecure(HostPort, SecurityFailure)
    /// The line would leave this machine without encryption.
    case unsecured(HostPort)

    package var code: String {
        switch self {
        case .unreachable: "server_unreachable"
        case .refused: "sync_refused"
        case .insecure(_, let failure): failure.code
        case .unsecured: "connect_refused"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .unreachable(let server, let seconds, let reason):
            Bilingual(
                "\(seconds) 秒内未能与省级服务器 \(server) 完成同步。\(reason.map { "原因：\($0.chinese)" } ?? "")",
                "The sync with the province at \(server) did not come to its end within \(seconds) seconds."
                    + (reason.map { " The reason: \($0.english)" } ?? "")
            )
        case .refused(let error):
            Bilingual(
                "同步中止（代码 \(error.rawCode)）：\(error.words.chinese)",
                "The sync was ended (code \(error.rawCode)): \(error.words.english)"
            )
        case .insecure(let server, let failure):
            Bilingual(
                "未与 \(server) 同步：\(failure.explanation.chinese)",
                "There was no sync with \(server): \(failure.explanation.english)"
            )
        case .unsecured(let server):
            Bilingual(
                "拒绝连接 \(server)：本设备没有登记，连接无法加密，只允许本机回环地址。",
                "Refused to connect to \(server): this device is not enrolled, so the line would not be encrypted and may not leave this machine."
            )
        }
    }

    package var advice: Bilingual {
        switch self {
        case .unreachable:
            Bilingual("数据都保存在本机，请在有网络时再次运行 sync。", "Everything is kept here; run sync again when there is a line.")
        case .refused:
            Bilingual("数据都保存在本机，按上面的说明处理后再次运行 sync。", "Everything is kept here; run sync again once that is put right.")
        case .insecure(_, let failure): failure.advice
        case .unsecured:
            Bilingual(
                "请先用登记文件登记本设备，或连接 127.0.0.1:端口 上的加密隧道。",
                "Enrol this device with its enrolment file first, or connect to an encrypted tunnel at 127.0.0.1:PORT."
            )
        }
    }
}
