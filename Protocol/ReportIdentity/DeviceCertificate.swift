import Crypto
import ReportModel
import SwiftASN1
import X509

/// A device's certificate: the province's word that this key is of that device, with what it says of it.
///
/// Its dates are told, and never a reason to refuse it.
package struct DeviceCertificate: Hashable, Sendable {
    /// X.509 in DER, at most 4 KiB.
    package let der: [UInt8]
    package let key: DeviceKey
    package let facts: DeviceFacts
    package let validity: Validity

    package var id: DeviceID { self.key.id }

    /// - Parameters:
    ///   - der: as the other side shows it.
    ///   - authority: the province's public key, which was pinned when the device was enrolled.
    /// - Throws: When the authority has not signed it, or not for a device.
    package init(der: [UInt8], authority: DeviceKey) throws(CertificateRefusal) {
        let verified = try CertificateProfile.verify(der, authority: authority)
        guard verified.isWritten(as: .device) else { throw .notDevice }
        self.der = der
        self.key = DeviceKey(verified.key)
        self.facts = try Self.facts(verified.certificate.subject)
        self.validity = verified.validity
    }

    /// Issues a certificate.
    ///
    /// - Parameters:
    ///   - key: whose private part the device has proved to hold (``CertificateRequest``).
    ///   - authority: the province's private key.
    ///   - serial: 16 random bytes.
    /// - Throws: What the library says where it cannot sign, which is never for a key that exists.
    package static func issue(
        for key: DeviceKey,
        facts: DeviceFacts,
        authority: P256.Signing.PrivateKey,
        serial: [UInt8],
        validity: Validity
    ) throws -> DeviceCertificate {
        let der = try CertificateProfile.issue(
            .device,
            for: P256.Signing.PublicKey(compressedRepresentation: key.bytes),
            subject: Self.attributes(facts),
            authority: authority,
            serial: serial,
            validity: validity
        )
        return try DeviceCertificate(der: der, authority: DeviceKey(authority.publicKey))
    }

    /// Unit, role, person and name, in this order.
    private static let types: [ASN1ObjectIdentifier] = [
        .NameAttributes.organizationalUnitName, .NameAttributes.title, .NameAttributes.name,
        .NameAttributes.commonName,
    ]

    private static func attributes(_ facts: DeviceFacts) -> [RelativeDistinguishedName.Attribute] {
        zip(self.types, [facts.unit.description, facts.role.rawValue, facts.person, facts.name]).map {
            RelativeDistinguishedName.Attribute(type: $0, utf8String: $1)
        }
    }

    private static func facts(_ subject: DistinguishedName) throws(CertificateRefusal) -> DeviceFacts {
        let texts = subject.dropFirst().compactMap { part in part.first.flatMap { String($0.value) } }
        guard texts.count == self.types.count, let unit = UnitCode(texts[0]), let role = Role(rawValue: texts[1]),
            let facts = try? DeviceFacts(name: texts[3], unit: unit, role: role, person: texts[2]),
            // The one way to write them: the same parts, of the same types, in the same order.
            subject == CertificateProfile.name(.device, self.attributes(facts))
        else { throw .malformedFacts }
        return facts
    }
}
