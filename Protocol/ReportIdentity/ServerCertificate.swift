import Crypto
import ReportModel
import X509

/// The certificate that the province's server shows: the authority's word that this key is the server's. A device's
/// certificate is never one, nor the other way round.
package struct ServerCertificate: Hashable, Sendable {
    /// X.509 in DER, at most 4 KiB.
    package let der: [UInt8]
    package let key: DeviceKey
    package let validity: Validity

    /// - Parameters:
    ///   - der: as the other side shows it.
    ///   - authority: the province's public key, which was pinned when the device was enrolled.
    /// - Throws: When the authority has not signed it, or not for its server.
    package init(der: [UInt8], authority: DeviceKey) throws(CertificateRefusal) {
        let verified = try CertificateProfile.verify(der, authority: authority)
        guard verified.isWritten(as: .server), verified.certificate.subject == CertificateProfile.name(.server)
        else { throw .notServer }
        self.der = der
        self.key = DeviceKey(verified.key)
        self.validity = verified.validity
    }

    /// Issues a certificate for a server's own key.
    ///
    /// - Parameter serial: 16 random bytes.
    /// - Throws: What the library says where it cannot sign, which is never for a key that exists.
    package static func issue(
        for key: P256.Signing.PublicKey,
        authority: P256.Signing.PrivateKey,
        serial: [UInt8],
        validity: Validity
    ) throws -> ServerCertificate {
        let der = try CertificateProfile.issue(
            .server,
            for: key,
            authority: authority,
            serial: serial,
            validity: validity
        )
        return try ServerCertificate(der: der, authority: DeviceKey(authority.publicKey))
    }
}

/// The authority's certificate of itself, for other programs that want one. Huiliu itself pins the key and reads none.
package enum AuthorityCertificate {
    /// - Parameter serial: 16 random bytes.
    /// - Returns: X.509 in DER.
    package static func issue(
        authority: P256.Signing.PrivateKey,
        serial: [UInt8],
        validity: Validity
    ) throws -> [UInt8] {
        try CertificateProfile.issue(
            .authority,
            for: authority.publicKey,
            authority: authority,
            serial: serial,
            validity: validity
        )
    }
}
