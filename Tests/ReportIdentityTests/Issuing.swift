import Crypto
import ReportIdentity
import ReportModel

/// A province and what it issues, with keys drawn anew in every test.
struct Issuing {
    let authority = P256.Signing.PrivateKey()
    let device = P256.Signing.PrivateKey()
    let facts: DeviceFacts

    static let validity = Validity.year(from: Timestamp(secondsSince1970: 1_760_000_000))
    static let serial = [UInt8](repeating: 0xFF, count: 16)

    init(name: String = "办公室一", person: String = "张三") throws {
        self.facts = try DeviceFacts(name: name, unit: UnitCode("410728-01")!, role: .clerk, person: person)
    }

    var pinned: DeviceKey { DeviceKey(self.authority.publicKey) }

    func certificate(
        by authority: P256.Signing.PrivateKey? = nil,
        validity: Validity = Self.validity
    ) throws -> DeviceCertificate {
        try .issue(
            for: DeviceKey(self.device.publicKey),
            facts: self.facts,
            authority: authority ?? self.authority,
            serial: Self.serial,
            validity: validity
        )
    }

    func serverCertificate() throws -> ServerCertificate {
        try .issue(
            for: P256.Signing.PrivateKey().publicKey,
            authority: self.authority,
            serial: Self.serial,
            validity: Self.validity
        )
    }

    func refusal(_ der: [UInt8]) -> CertificateRefusal? {
        do {
            _ = try DeviceCertificate(der: der, authority: self.pinned)
            return nil
        } catch {
            return error
        }
    }
}

/// Every way to alter one byte, to cut some off or to add one.
func mutations(of bytes: [UInt8]) -> [(what: String, bytes: [UInt8])] {
    var all: [(String, [UInt8])] = bytes.indices.flatMap { index in
        [0x01, 0x80, 0xFF].map { (mask: UInt8) in
            var altered = bytes
            altered[index] ^= mask
            return ("byte \(index) ^ \(mask)", altered)
        }
    }
    all += bytes.indices.map { ("the first \($0)", Array(bytes[..<$0])) }
    all += bytes.indices.map { index in
        var altered = bytes
        altered.insert(0, at: index)
        return ("a byte more at \(index)", altered)
    }
    return all + [("a byte more at the end", bytes + [0])]
}

/// What `issue` gives when a bit at the end of its signature is free to be left out: half of all signatures.
func withFreeBit(_ issue: () throws -> [UInt8]) rethrows -> [UInt8] {
    while true {
        let der = try issue()
        if let last = der.last, last & 1 == 0 { return der }
    }
}
