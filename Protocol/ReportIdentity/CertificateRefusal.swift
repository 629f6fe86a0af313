import ReportModel

/// Why bytes are not the certificate that they should be. The other side's mistake, or an attempt to deceive.
package enum CertificateRefusal: ExplainedError, Equatable {
    case tooLong(byteCount: Int)
    /// No X.509 certificate in its one encoding, or none with a key on P-256.
    case notCertificate
    /// Signed by the key that it carries.
    case selfSigned
    /// Signed by somebody else, or altered since.
    case otherAuthority
    /// The authority's own, but for something else than a device.
    case notDevice
    /// The authority's own, but for something else than the province's server.
    case notServer
    /// The authority has signed facts that no device of ours has.
    case malformedFacts
    /// Nothing, or more than one certificate, where one is shown.
    case notOne(count: Int)

    package var code: String {
        switch self {
        case .tooLong: "certificate_too_long"
        case .notCertificate: "certificate_malformed"
        case .selfSigned: "certificate_self_signed"
        case .otherAuthority: "certificate_other_authority"
        case .notDevice: "certificate_not_device"
        case .notServer: "certificate_not_server"
        case .malformedFacts: "certificate_malformed_facts"
        case .notOne: "certificate_not_one"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .tooLong(let byteCount):
            Bilingual(
                "证书长 \(byteCount) 字节，超过 \(CertificateProfile.byteCountMax) 字节。",
                "The certificate has \(byteCount) bytes, more than \(CertificateProfile.byteCountMax)."
            )
        case .notCertificate: Bilingual("这不是汇流使用的证书。", "These bytes are no certificate as Huiliu uses them.")
        case .selfSigned: Bilingual("证书由它自己签发，不是由本省签发。", "The certificate is signed by itself, not by the province.")
        case .otherAuthority:
            Bilingual("证书不是由本省签发，或签发后被改动。", "The certificate is not signed by this province, or was altered since.")
        case .notDevice: Bilingual("证书由本省签发，但不是设备的证书。", "The certificate is of this province, but not a device's.")
        case .notServer:
            Bilingual("证书由本省签发，但不是省级服务器的证书。", "The certificate is of this province, but not its server's.")
        case .malformedFacts:
            Bilingual("证书中关于设备的内容不合规定。", "What the certificate says of the device is not as it should be.")
        case .notOne(let count):
            Bilingual("应出示一张证书，实际为 \(count) 张。", "One certificate is to be shown, not \(count).")
        }
    }

    package var advice: Bilingual {
        switch self {
        case .notServer:
            Bilingual("请核对服务器地址，并联系省级管理员。", "Check the server's address, and ask the province.")
        default:
            Bilingual("请联系省级管理员重新登记本设备。", "Ask the province to enrol the device again.")
        }
    }
}
