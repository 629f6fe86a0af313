import Crypto
import ReportModel
import SwiftASN1
import X509

/// The few kinds of certificate that there are, and the one way in which each is written. A certificate is X.509 version 3
/// (RFC 5280), signed with ECDSA on P-256 and SHA-256, and says nothing but what stands here.
enum CertificateProfile {
    /// The longest certificate or request that is read: 4 KiB. Ours have about 500 bytes, at most 700.
    static let byteCountMax = 4 * 1024

    /// What a certificate is for, told by its key usages and by its subject's organization, so that none is ever taken for
    /// another kind.
    enum Kind: String {
        case authority = "Huiliu authority"
        case server = "Huiliu server"
        case device = "Huiliu device"
    }

    /// A serial number's length: 16 random bytes, without the two bits that keep it positive and its length the same.
    static let serialByteCount = 16

    // MARK: - Writing

    static func issue(
        _ kind: Kind,
        for key: P256.Signing.PublicKey,
        subject: [RelativeDistinguishedName.Attribute] = [],
        authority: P256.Signing.PrivateKey,
        serial: [UInt8],
        validity: Validity
    ) throws -> [UInt8] {
        precondition(serial.count == self.serialByteCount, "a serial number has \(self.serialByteCount) bytes")
        let dates = validity.dates
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(bytes: [serial[0] & 0x3F | 0x40] + serial.dropFirst()),
            publicKey: Certificate.PublicKey(key),
            notValidBefore: dates.notBefore,
            notValidAfter: dates.notAfter,
            issuer: self.name(.authority),
            subject: self.name(kind, subject),
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try self.extensions(kind),
            issuerPrivateKey: Certificate.PrivateKey(authority)
        )
        return try self.encoded(certificate)
    }

    static func encoded(_ element: some DERSerializable) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(element)
        return serializer.serializedBytes
    }

    /// The kind, then what else is said, each part by itself.
    static func name(
        _ kind: Kind,
        _ attributes: [RelativeDistinguishedName.Attribute] = []
    ) -> DistinguishedName {
        let organization = RelativeDistinguishedName.Attribute(
            type: .RDNAttributeType.organizationName,
            utf8String: kind.rawValue
        )
        return DistinguishedName(([organization] + attributes).map { RelativeDistinguishedName($0) })
    }

    private static func extensions(_ kind: Kind) throws -> Certificate.Extensions {
        try Certificate.Extensions {
            switch kind {
            case .authority:
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
            case .server:
                Critical(KeyUsage(digitalSignature: true))
                Critical(try ExtendedKeyUsage([.serverAuth]))
            case .device:
                Critical(KeyUsage(digitalSignature: true))
                Critical(try ExtendedKeyUsage([.clientAuth]))
            }
        }
    }

    // MARK: - Reading

    /// Whether `element` is written in its one encoding: as this program writes it, to the last bit. The library keeps some
    /// bytes as they came, among them how many bits of the signature's last byte count.
    static func isWhole(_ der: [UInt8], _ element: some DERSerializable) -> Bool {
        guard let encoded = try? self.encoded(element), encoded == der, let node = try? DER.parse(der),
            case .constructed(let parts) = node.content, let last = parts.map({ $0 }).last,
            let signature = try? ASN1BitString(derEncoded: last)
        else { return false }
        return signature.paddingBits == 0
    }

    /// A certificate that the authority has signed.
    struct Verified {
        let certificate: Certificate
        let key: P256.Signing.PublicKey

        var validity: Validity { Validity(self.certificate.notValidBefore, self.certificate.notValidAfter) }

        /// Whether it is written as one of this kind is.
        func isWritten(as kind: Kind) -> Bool {
            guard let extensions = try? CertificateProfile.extensions(kind) else { return false }
            return self.certificate.extensions == extensions
                && self.certificate.subject.first == CertificateProfile.name(kind).first
        }
    }

    static func verify(_ der: [UInt8], authority: DeviceKey) throws(CertificateRefusal) -> Verified {
        guard der.count <= self.byteCountMax else { throw .tooLong(byteCount: der.count) }
        guard let certificate = try? Certificate(derEncoded: der),
            self.isWhole(der, certificate), let key = P256.Signing.PublicKey(certificate.publicKey)
        else { throw .notCertificate }
        // The pinned key is a point of the curve; that was looked at when it was read.
        guard let authorityKey = try? P256.Signing.PublicKey(compressedRepresentation: authority.bytes) else {
            throw .otherAuthority
        }
        let signer = Certificate.PublicKey(authorityKey)
        guard signer.isValidSignature(certificate.signature, for: certificate) else {
            let isSelfSigned = certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
            throw isSelfSigned ? .selfSigned : .otherAuthority
        }
        guard certificate.version == .v3, certificate.signatureAlgorithm == .ecdsaWithSHA256,
            certificate.issuer == self.name(.authority)
        else { throw .notCertificate }
        return Verified(certificate: certificate, key: key)
    }
}
