import ReportIdentity
import ReportModel

/// Why a line could not be secured, or not with this other side. Trying again does not help.
package enum SecurityFailure: ExplainedError, Equatable {
    /// The server shows no certificate of the province's server.
    case notOurServer(CertificateRefusal)
    /// What answers there does not speak TLS.
    case noTLS
    /// The server speaks TLS, and we were about to speak without.
    case wantsTLS
    /// The server does not take our certificate.
    case certificateRefused
    /// As a server: the client's certificate is none of a device of ours.
    case peerRefused(CertificateRefusal)
    /// TLS, but not Huiliu within.
    case otherProtocol
    /// The other side says more in a handshake than anybody needs.
    case handshakeTooLong
    /// Whatever else is wrong with what the other side says.
    ///
    /// - Parameter detail: what the library says, for an engineer.
    case handshakeFailed(detail: String)

    package var code: String {
        switch self {
        case .notOurServer: "server_not_ours"
        case .noTLS: "server_without_tls"
        case .wantsTLS: "server_wants_tls"
        case .certificateRefused: "certificate_refused"
        case .peerRefused: "client_not_ours"
        case .otherProtocol: "other_protocol"
        case .handshakeTooLong: "handshake_too_long"
        case .handshakeFailed: "handshake_failed"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .notOurServer(let refusal):
            Bilingual(
                "那里的服务器不是本省的服务器：\(refusal.explanation.chinese)",
                "The server there is not this province's: \(refusal.explanation.english)"
            )
        case .noTLS: Bilingual("那里的服务器不使用加密连接。", "The server there does not encrypt its lines.")
        case .wantsTLS:
            Bilingual(
                "那里的服务器只接受加密连接，而本机没有登记。",
                "The server there wants an encrypted line, and this device is not enrolled."
            )
        case .certificateRefused:
            Bilingual("服务器没有接受本设备的证书。", "The server did not take this device's certificate.")
        case .peerRefused(let refusal):
            Bilingual(
                "对方出示的证书未被接受：\(refusal.explanation.chinese)",
                "The client's certificate was not taken: \(refusal.explanation.english)"
            )
        case .otherProtocol:
            Bilingual("对方在加密连接中说的不是汇流协议。", "The other side speaks something else than Huiliu on its encrypted line.")
        case .handshakeTooLong:
            Bilingual("对方的加密握手过长。", "The other side's handshake is too long.")
        case .handshakeFailed(let detail):
            Bilingual("无法建立加密连接（\(detail)）。", "The line cannot be encrypted (\(detail)).")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .notOurServer:
            Bilingual(
                "没有发送任何数据；请核对服务器地址，并联系省级管理员。",
                "Nothing was sent; check the server's address, and ask the province."
            )
        case .noTLS, .otherProtocol, .handshakeTooLong, .handshakeFailed:
            Bilingual("请核对服务器地址，并联系省级管理员。", "Check the server's address, and ask the province.")
        case .wantsTLS: Bilingual("请先用登记文件登记本设备。", "Enrol this device with its enrolment file first.")
        case .certificateRefused, .peerRefused:
            Bilingual("请联系省级管理员重新登记本设备。", "Ask the province to enrol the device again.")
        }
    }
}
