import Crypto
import ReportModel
import SwiftASN1
import X509

/// A device's request for a certificate (PKCS#10, RFC 2986): its public key, signed with the private one, which proves that
/// it holds it. It says nothing else: who works at the device the province knows from the enrolment.
package struct CertificateRequest: Hashable, Sendable {
    /// PKCS#10 in DER, at most 4 KiB.
    package let der: [UInt8]
    package let key: DeviceKey

    /// Makes a request.
    ///
    /// - Throws: What the library says where it cannot sign, which is never for a key that exists.
    package init(key: P256.Signing.PrivateKey) throws {
        let request = try CertificateSigningRequest(
            version: .v1,
            subject: CertificateProfile.name(.device),
            privateKey: Certificate.PrivateKey(key),
            attributes: CertificateSigningRequest.Attributes(),
            signatureAlgorithm: .ecdsaWithSHA256
        )
        self.der = try CertificateProfile.encoded(request)
        self.key = DeviceKey(key.publicKey)
    }

    /// Reads a request as it came.
    ///
    /// - Throws: When it is none, or when whoever made it does not hold the key.
    package init(der: [UInt8]) throws(RequestRefusal) {
        guard der.count <= CertificateProfile.byteCountMax,
            let request = try? CertificateSigningRequest(derEncoded: der),
            CertificateProfile.isWhole(der, request), let key = P256.Signing.PublicKey(request.publicKey),
            request.version == .v1,
            request.signatureAlgorithm == .ecdsaWithSHA256, request.attributes.isEmpty,
            request.subject == CertificateProfile.name(.device)
        else { throw .notRequest }
        guard request.publicKey.isValidSignature(request.signature, for: request) else { throw .notHolder }
        self.der = der
        self.key = DeviceKey(key)
    }
}

/// Why no certificate is issued for a request.
package enum RequestRefusal: ExplainedError, Equatable {
    /// No request, or not one that this program makes.
    case notRequest
    /// Signed with another key than the one it carries, or altered since.
    case notHolder

    package var code: String {
        switch self {
        case .notRequest: "request_malformed"
        case .notHolder: "request_not_holder"
        }
    }

    package var explanation: Bilingual {
        switch self {
        case .notRequest: Bilingual("这不是汇流设备的证书申请。", "These bytes are no request of a Huiliu device for a certificate.")
        case .notHolder:
            Bilingual(
                "证书申请的签名与其中的公钥不符：申请被改动过，或申请者没有这把私钥。",
                "The request is not signed with the key that it carries: it was altered, or whoever made it does not hold the key."
            )
        }
    }

    package var advice: Bilingual {
        Bilingual("请在设备上重新生成申请。", "Make the request again on the device.")
    }
}
